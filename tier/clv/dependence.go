package clv

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
)

// Dependence returns the correlation over customers between the number of repeat
// purchases and their mean value, with an interval of a level such as 0.95. [GammaGamma]
// takes the two for independent, under which it is 0: an interval without 0 says that
// frequent buyers pay more, or less, than the model lets them, and values of customers
// are off in that direction. The interval is Fisher's, with a variance that holds
// whatever the distributions, for a few dozen customers and more; where the spread of
// spend is infinite (Q ≤ 2) it is a guess. It fails with a [relmark.FieldError] on a level
// outside (0, 1) and with [relmark.ErrTooFew] on fewer than 4 customers or if all have one
// number of purchases or one value.
func (s Spend) Dependence(level float64) (Interval, error) {
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	if s.total < 4 {
		return Interval{}, fmt.Errorf("clv: %d customers with repeat purchases for a correlation: %w", s.total, relmark.ErrTooFew)
	}
	x := s.standard(func(m SpendMean) float64 { return float64(m.X) })
	y := s.standard(func(m SpendMean) float64 { return m.Value })
	if !(x.sd > 0 && y.sd > 0) {
		return Interval{}, fmt.Errorf("clv: everybody buys as often, or for the same: %w", relmark.ErrTooFew)
	}
	n, r := float64(s.total), 0.0
	for m, c := range s.All() {
		r += float64(c) / n * x.of(float64(m.X)) * y.of(m.Value)
	}
	r = min(max(r, -1), 1)
	// What a customer adds to the correlation, whose variance is that of the estimate.
	variance := 0.0
	for m, c := range s.All() {
		a, b := x.of(float64(m.X)), y.of(m.Value)
		part := a*b - r*(a*a+b*b)/2
		variance += float64(c) / n * part * part
	}
	if 1-r*r < 1e-12 {
		return Interval{r, r, r}, nil
	}
	half := distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt(variance/n) / (1 - r*r)
	z := math.Atanh(r)
	return Interval{math.Tanh(z - half), r, math.Tanh(z + half)}, nil
}

// A standard turns values into those of mean 0 and standard deviation 1. They are taken
// per scale, so that squares stay in the range of floats.
type standard struct{ scale, mean, sd float64 }

func (d standard) of(v float64) float64 { return (v/d.scale - d.mean) / d.sd }

func (s Spend) standard(value func(SpendMean) float64) standard {
	d, n := standard{}, float64(s.total)
	for m := range s.counts {
		d.scale = max(d.scale, value(m))
	}
	for m, c := range s.All() {
		d.mean += float64(c) / n * (value(m) / d.scale)
	}
	for m, c := range s.All() {
		off := value(m)/d.scale - d.mean
		d.sd += float64(c) / n * off * off
	}
	if d.sd = math.Sqrt(d.sd); d.sd < 1e-12*d.mean { // but for rounding
		d.sd = 0
	}
	return d
}

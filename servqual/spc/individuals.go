package spc

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// An Estimator says how σ is taken from single values. The zero Estimator is
// [MeanRange].
type Estimator string

// The estimators of σ.
const (
	MeanRange         Estimator = ""                   // mean moving range · √π/2: blind to slow drifts, the usual choice
	MedianRange       Estimator = "median_range"       // median moving range / 0.954: blind to single shocks too
	StandardDeviation Estimator = "standard_deviation" // S / c4: takes every drift for noise
)

func estimators() enum.Set[Estimator] { return enum.Of(MeanRange, MedianRange, StandardDeviation) }

// XmROptions choose how an [XmR] chart is made. The zero XmROptions are the default.
type XmROptions struct {
	Sigma Estimator `json:"sigma,omitempty"`
	// Bridge takes values on either side of a gap for neighbours, in moving ranges
	// and in runs. By default a gap ends both.
	Bridge bool `json:"bridge,omitempty"`
}

// An Individuals is a chart of single values with that of their moving ranges.
type Individuals struct {
	Chart
	MeanRange float64   `json:"mean_range"` // mean moving range
	Ranges    []float64 `json:"ranges"`     // moving ranges of neighbours, in order
	// RangeUpper is the upper limit of moving ranges, mean range · (1 + 3·d3/d2).
	RangeUpper float64 `json:"range_upper"`
}

// XmR makes the chart of single values from at least two that are there. It fails
// with a [relmark.FieldError] for values beyond 1e100 or an unknown estimator, and
// with [relmark.ErrTooFew] without two neighbours.
func XmR(readings []Reading, o XmROptions) (Individuals, error) {
	if err := estimators().Check("Sigma", o.Sigma); err != nil {
		return Individuals{}, fault.Room("spc", err)
	}
	values, err := present(readings, -most)
	if err != nil {
		return Individuals{}, err
	}
	x := Individuals{Ranges: movingRanges(readings, o.Bridge)}
	if len(x.Ranges) == 0 {
		return Individuals{}, fmt.Errorf("spc: moving ranges of %d values: %w", len(values), relmark.ErrTooFew)
	}
	x.MeanRange = mean(x.Ranges)
	f, _ := FactorsOf(2)
	x.RangeUpper = x.MeanRange * (1 + 3*f.D3/f.D2)
	x.Chart = draw(Limits{Values, mean(values), o.Sigma.of(values, x.Ranges)}, readings, nil)
	x.Bridge = o.Bridge
	return x, nil
}

// of estimates σ from values and their moving ranges.
func (e Estimator) of(values, ranges []float64) float64 {
	switch e {
	case MeanRange:
	case MedianRange:
		// Half of all |x − y| lie below √2 times the quartile of a standard normal.
		return median(ranges) / (math.Sqrt2 * stat.Normal(0.5))
	case StandardDeviation:
		return deviation(values) / c4(len(values))
	}
	return mean(ranges) * math.Sqrt(math.Pi) / 2
}

// movingRanges returns the distances of neighbours.
func movingRanges(readings []Reading, bridge bool) (ranges []float64) {
	last, seen := 0.0, false
	ranges = make([]float64, 0, max(len(readings)-1, 0))
	for _, r := range readings {
		if r.Missing {
			seen = seen && bridge
			continue
		}
		if seen {
			ranges = append(ranges, math.Abs(r.Value-last))
		}
		last, seen = r.Value, true
	}
	return ranges
}

// mean returns the mean of some values, about the first so that a far centre costs no
// digits.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v - values[0]
	}
	return values[0] + sum/float64(len(values))
}

// deviation returns the standard deviation of two values or more, divisor n − 1.
func deviation(values []float64) float64 {
	m, sum, squares := mean(values), 0.0, 0.0
	for _, v := range values {
		sum += v - m
		squares += (v - m) * (v - m)
	}
	n := float64(len(values))
	return math.Sqrt(max(squares-sum*sum/n, 0) / (n - 1))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

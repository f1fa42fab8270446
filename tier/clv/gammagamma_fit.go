package clv

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/maximum"
)

// An amountCell is one mean of a sample with its number of customers.
type amountCell struct{ x, mean, n float64 }

// FitGammaGamma fits a [GammaGamma] model to amounts by maximum likelihood. It
// fails with [relmark.ErrTooFew] on fewer than 3 customers (a nil spend has none),
// with a [relmark.FieldError] unless the mean lies in 1e-25 … 1e25, and else as
// [FitBGNBD] does. A fit with Q ≤ 1 is no failure; see [GammaGamma.Mean]. Nor is one
// to customers who all pay one price, whose likelihood has no maximum: the fit is
// [Unbounded], without standard errors, and its means are that price.
func FitGammaGamma(ctx context.Context, spend *Spend, o FitOptions) (Fit[GammaGamma], error) {
	if err := o.Validate(); err != nil {
		return Fit[GammaGamma]{}, err
	}
	if spend == nil {
		spend = &Spend{}
	}
	if spend.N() < 3 {
		return Fit[GammaGamma]{}, fmt.Errorf("clv: %d customers with repeat purchases for 3 parameters: %w", spend.N(), relmark.ErrTooFew)
	}
	cells := make([]amountCell, 0, spend.Len())
	total, count := 0.0, float64(spend.N())
	least, most := math.Inf(1), 0.0
	for c, n := range spend.All() {
		cells = append(cells, amountCell{float64(c.X), c.Value, float64(n)})
		total += float64(n) / count * c.Value
		least, most = min(least, c.Value), max(most, c.Value)
	}
	if err := checkScale("Value", total); err != nil {
		return Fit[GammaGamma]{}, err
	}
	if most-least <= 1e-12*most { // means are quotients, each rounded on its own
		return onePrice(spend, least)
	}
	logMeans := 0.0 // which no parameter changes
	for i := range cells {
		cells[i].mean /= total
		logMeans += cells[i].n * math.Log(cells[i].mean)
	}
	p := maximum.Problem{
		Restarts: restarts(spend.N(), len(cells)),
		Axes: []maximum.Axis{{
			Name: "P", Start: 1,
			Lo: limit("P", 0, "the amounts of one customer have nothing in common"),
			Hi: limit("P", math.Inf(1), "each customer always spends the same"),
		}, {
			Name: "Q", Start: 1,
			Lo: limit("Q", 0, "customers have nothing in common"),
			Hi: limit("Q", math.Inf(1), "all customers spend alike"),
		}, {Name: "V", Lo: limit("V", 0, "nobody spends"), Hi: limit("V", math.Inf(1), "customers spend without end")}},
		Mix: [][]float64{{1, 0, 0}, {0, 1, 0}, {-1, 1, 1}}, // the third coordinate is ln p·v/q
		LogLik: func(theta, grad []float64) float64 {
			m := GammaGamma{theta[0], theta[1], theta[2]}
			sum := sumCells(cells, o.Workers, m.cellsLogLik)
			for i := range grad {
				grad[i] = theta[i] * sum.grad[i]
			}
			return sum.logLik - logMeans
		},
	}
	in := units{customers: spend.N(), shift: count * math.Log(total), scale: total, times: []int{2}}
	return fit(ctx, o, &p, in, gammaGammaOf)
}

// onePrice returns the fit to customers who all pay the same: the likelihood rises
// without end as neither their amounts nor they themselves differ. The model is far on
// that way, with the price as the mean of the population and of each customer.
func onePrice(spend *Spend, price float64) (Fit[GammaGamma], error) {
	const shape = 1 << 40
	m, err := NewGammaGamma(GammaGammaParams{P: shape, Q: shape + 1, V: price})
	if err != nil {
		return Fit[GammaGamma]{}, err
	}
	f := Fit[GammaGamma]{
		Model: m, Status: Unbounded, N: spend.N(),
		Warnings: []Warning{
			{Endless, "P", math.Inf(1), "each customer always spends the same", []Move{{"P", 1}, {"V", -1}}},
			{Endless, "Q", math.Inf(1), "all customers spend alike", []Move{{"Q", 1}, {"V", 1}}},
		},
		Estimates: []Estimate{{"P", shape, math.NaN()}, {"Q", shape + 1, math.NaN()}, {"V", price, math.NaN()}},
		Cov:       [][]float64{nans(3), nans(3), nans(3)},
		GradNorm:  float64(spend.N()) / 2,
		build:     gammaGammaOf, slopes: make([]bool, 3),
	}
	for c, n := range spend.All() {
		f.LogLik += float64(n) * m.LogLik(c)
	}
	return f, nil
}

func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

func gammaGammaOf(theta []float64) (GammaGamma, error) {
	return NewGammaGamma(GammaGammaParams{theta[0], theta[1], theta[2]})
}

// cellsLogLik sums, but for the logarithms of the means, with the gradient by p, q and v.
// Cells come by rising x.
func (m *GammaGamma) cellsLogLik(cells []amountCell) partial {
	var p partial
	var group amountGroup
	for i := range cells {
		c := &cells[i]
		if c.x != group.x {
			group = m.group(c.x)
		}
		a := m.amount(&group, c.mean)
		p.logLik += c.n * (group.logB - a.fall)
		p.grad[0] += c.n * c.x * (group.dn + a.own)
		p.grad[1] += c.n * (group.dq + a.others)
		p.grad[2] += c.n * a.e / m.v
	}
	return p
}

package clv

import (
	"context"
	"math"

	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// FitBGBB fits a [BGBB] model to a table of patterns that count occasions, by
// maximum likelihood. It fails with a [relmark.FieldError] on a pattern that does
// not, and else as [FitBGNBD] does.
func FitBGBB(ctx context.Context, table *rfm.Patterns, o FitOptions) (Fit[BGBB], error) {
	if err := o.Validate(); err != nil {
		return Fit[BGBB]{}, err
	}
	s, err := readSample(table, 4)
	if err != nil {
		return Fit[BGBB]{}, err
	}
	for _, c := range s.cells {
		if !wholePattern(rfm.Pattern{X: int(c.x), TX: c.tx, T: c.t}) {
			return Fit[BGBB]{}, invalid("T", c.t, "must count occasions, as must TX: X ≤ TX ≤ T, all whole, TX = 0 only if X = 0")
		}
	}
	inf := math.Inf(1)
	p := maximum.Problem{
		Restarts: restarts(s.customers, len(s.cells)),
		Axes: []maximum.Axis{{
			Name: "Alpha", Start: -1,
			Lo: limit("Alpha/Beta", 0, "nobody buys"),
			Hi: limit("Alpha/Beta", inf, "everybody buys on every occasion"),
		}, {
			Name: "Beta",
			Lo:   limit("Alpha", 0, "customers buy always or never"),
			Hi:   limit("Alpha", inf, "all have the same probability to buy"),
		}, {
			Name: "Gamma", Start: -1,
			Lo: limit("Gamma/Delta", 0, "nobody drops out"),
			Hi: limit("Gamma/Delta", inf, "everybody drops out at once"),
		}, {
			Name: "Delta", Start: -0.5,
			Lo: limit("Gamma", 0, "customers drop out at once or never"),
			Hi: limit("Gamma", inf, "all have the same probability to drop out"),
		}},
		Mix: maximum.Paired(4, 0, 2),
		LogLik: func(theta, grad []float64) float64 {
			m := BGBB{theta[0], theta[1], theta[2], theta[3]}
			sum := sumCells(s.cells, o.Workers, m.cellsLogLik)
			for i := range grad {
				grad[i] = theta[i] * sum.grad[i]
			}
			return sum.logLik
		},
	}
	return fit(ctx, o, &p, units{customers: s.customers, scale: 1}, func(theta []float64) (BGBB, error) {
		return NewBGBB(BGBBParams{theta[0], theta[1], theta[2], theta[3]})
	})
}

// cellsLogLik sums the log likelihood with its gradient by α, β, γ and δ.
func (m *BGBB) cellsLogLik(cells []cell) partial {
	var p partial
	for i := range cells {
		c := &cells[i]
		gone := m.passed(c.x, c.tx, c.t)
		dead := special.Logistic(gone.logOdds)
		trials, lives := special.DigammaRatio(m.alpha+m.beta, c.t), special.DigammaRatio(m.gamma+m.delta, c.t)
		p.logLik += c.n * (m.logAlive(c.x, c.t) + special.Softplus(gone.logOdds))
		p.grad[0] += c.n * (special.DigammaRatio(m.alpha, c.x) - trials + dead*gone.grad[0])
		p.grad[1] += c.n * (special.DigammaRatio(m.beta, c.t-c.x) - trials + dead*gone.grad[1])
		p.grad[2] += c.n * (-lives + dead*gone.grad[2])
		p.grad[3] += c.n * (special.DigammaRatio(m.delta, c.t) - lives + dead*gone.grad[3])
	}
	return p
}

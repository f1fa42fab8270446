package clv

import (
	"context"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// FitParetoNBD fits a [ParetoNBD] model to a pattern table by maximum likelihood.
// It fails as [FitBGNBD] does. One of some 50 evaluations takes about 0.5 µs per
// pattern.
func FitParetoNBD(ctx context.Context, table *rfm.Patterns, o FitOptions) (Fit[ParetoNBD], error) {
	if err := o.Validate(); err != nil {
		return Fit[ParetoNBD]{}, err
	}
	s, err := newSample(table, 4)
	if err != nil {
		return Fit[ParetoNBD]{}, err
	}
	p := thinned(&s, func(s *sample) *maximum.Problem {
		g := newGrid(s)
		return &maximum.Problem{
			Axes: s.paretoAxes(),
			Mix:  maximum.Paired(4, 0, 2),
			LogLik: func(theta, grad []float64) float64 {
				m := ParetoNBD{theta[0], theta[1], theta[2], theta[3]}
				return g.logLik(&m, o.Workers, grad)
			},
		}
	})
	return fit(ctx, o, p, s.result(1, 3), func(theta []float64) (ParetoNBD, error) {
		return NewParetoNBD(ParetoNBDParams{theta[0], theta[1], theta[2], theta[3]})
	})
}

// paretoAxes returns the axes of r, α, s and β.
func (s *sample) paretoAxes() []maximum.Axis {
	return append(s.buying(), maximum.Axis{
		Name: "S", Start: -0.5,
		Lo: limit("S/Beta", 0, "nobody drops out"),
		Hi: limit("S/Beta", math.Inf(1), "everybody drops out at once"),
	}, maximum.Axis{
		Name: "Beta", Start: -0.5,
		Lo: limit("S", 0, "customers drop out at once or never"),
		Hi: limit("S", math.Inf(1), "all drop out at the same rate"),
	})
}

// cellLogLik returns the log likelihood of one customer of a cell and its gradient
// by the logarithms of r, α, s and β.
func (m *ParetoNBD) cellLogLik(c *cell, rule *legendre) partial {
	p := m.aging(c, special.Log1p(c.t/m.alpha), special.Log1p(c.t/m.beta), m.odds(c, rule))
	p.logLik += special.LogGammaRatio(m.r, c.x)
	p.grad[0] += special.DigammaRatio(m.r, c.x)
	for i, v := range [4]float64{m.r, m.alpha, m.s, m.beta} {
		p.grad[i] *= v
	}
	return p
}

// aging adds to the odds of drop-out what else depends on times,
//
//	−r·ln(1+T/α) − x·ln(α+T) − s·ln(1+T/β)
//
// given both logarithms of growth, with the gradient by r, α, s and β.
func (m *ParetoNBD) aging(c *cell, agedA, agedB float64, odds partial) partial {
	odds.logLik -= m.r*agedA + c.x*(math.Log(m.alpha)+agedA) + m.s*agedB
	odds.grad[0] -= agedA
	odds.grad[1] += (m.r*c.t/m.alpha - c.x) / (m.alpha + c.t)
	odds.grad[2] -= agedB
	odds.grad[3] += m.s * c.t / (m.beta * (m.beta + c.t))
	return odds
}

// odds returns ln(1+odds) of drop-out and its gradient, by Gauss-Legendre
// quadrature of the positive integral in [ParetoNBD.logOdds] over
// η = ln (l+u)/(l+t_x), l the lesser of α and β. The integrand falls from 1 at
// η = 0; it is cut where it is below e^−40 and divided into panels over each of
// which it falls by e^−12 at most, so that 16 points each are enough.
func (m *ParetoNBD) odds(c *cell, rule *legendre) partial {
	const fall, perPanel, longest = 40, 12, 2
	gap, shape := c.t-c.tx, m.r+c.x
	if gap == 0 {
		return partial{}
	}
	a, b := m.alpha+c.tx, m.beta+c.tx
	end := min(gap, a*special.Expm1(fall/shape), b*special.Expm1(fall/m.s))
	l := min(a, b)
	length := special.Log1p(end / l)
	drop := shape*special.Log1p(end/a) + m.s*special.Log1p(end/b)
	panels := max(math.Ceil(drop/perPanel), math.Ceil(length/longest))
	width := length / panels
	// Sums of the integrand f and of f·ln (α+u)/(α+t_x), f·(T−u)/(α+u), and so on.
	var sum, logA, logB, leftA, leftB, perB float64
	for panel := 0.0; panel < panels; panel++ {
		for i, at := range rule.at {
			eta := (panel + at) * width
			u := l * special.Expm1(eta)
			da, db := eta, eta
			if a < b {
				db = special.Log1p(u / b)
			} else {
				da = special.Log1p(u / a)
			}
			ia, ib := 1/(a+u), 1/(b+u)
			f := rule.weight[i] * (l + u) * ib * special.Exp(-shape*da-m.s*db)
			sum += f
			logA += f * da
			logB += f * db
			leftA += f * (gap - u) * ia
			leftB += f * (gap - u) * ib
			perB += f * ib
		}
	}
	toA, toB := special.Log1p(gap/a), special.Log1p(gap/b)
	growth := shape*toA + m.s*toB
	logOdds := growth + math.Log(m.s*sum*width)
	gone := 1 / (1 + special.Exp(-logOdds))
	return partial{special.Softplus(logOdds), [4]float64{
		gone * (toA - logA/sum),
		-gone * shape / (m.alpha + c.t) * leftA / sum,
		gone * (1/m.s + toB - logB/sum),
		-gone * (m.s/(m.beta+c.t)*leftB + perB) / sum,
	}}
}

// legendre is the Gauss-Legendre rule with 16 points on (0, 1).
type legendre struct{ at, weight [16]float64 }

func newLegendre() *legendre {
	var r legendre
	quad.Legendre{}.FixedLocations(r.at[:], r.weight[:], 0, 1)
	return &r
}

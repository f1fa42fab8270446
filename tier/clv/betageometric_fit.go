package clv

import (
	"context"
	"math"

	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// FitBGNBD fits a [BGNBD] model to a pattern table by maximum likelihood. It fails
// with [relmark.ErrTooFew] on fewer than 4 customers (a nil table has none) or if
// nobody has an age, with [ErrNoRepeatPurchases], with a [relmark.FieldError] unless
// the mean age lies in 1e-25 … 1e25, on invalid options, with the error of ctx,
// which is looked at once per iteration, and with [relmark.ErrNoConverge], beside
// which the fit is the best one seen. One of some 40 evaluations takes about 50 ns
// per pattern.
func FitBGNBD(ctx context.Context, table *rfm.Patterns, o FitOptions) (Fit[BGNBD], error) {
	return fitBetaGeometric(ctx, table, o, 0, NewBGNBD)
}

// FitMBGNBD fits an [MBGNBD] model as [FitBGNBD] does.
func FitMBGNBD(ctx context.Context, table *rfm.Patterns, o FitOptions) (Fit[MBGNBD], error) {
	return fitBetaGeometric(ctx, table, o, 1, func(p BGNBDParams) (MBGNBD, error) { return NewMBGNBD(MBGNBDParams(p)) })
}

func fitBetaGeometric[M any](ctx context.Context, table *rfm.Patterns, o FitOptions, first float64, build func(BGNBDParams) (M, error)) (Fit[M], error) {
	if err := o.Validate(); err != nil {
		return Fit[M]{}, err
	}
	s, err := newSample(table, 4)
	if err != nil {
		return Fit[M]{}, err
	}
	p := thinned(&s, func(s *sample) *maximum.Problem {
		return &maximum.Problem{
			Axes: s.geometricAxes(),
			Mix:  maximum.Paired(4, 0, 2),
			LogLik: func(theta, grad []float64) float64 {
				m := betaGeometric{r: theta[0], alpha: theta[1], a: theta[2], b: theta[3], first: first}
				return m.sampleLogLik(s, o.Workers, grad)
			},
		}
	})
	return fit(ctx, o, p, s.result(1), func(theta []float64) (M, error) {
		return build(BGNBDParams{theta[0], theta[1], theta[2], theta[3]})
	})
}

// geometricAxes returns the axes of r, α, a and b.
func (s *sample) geometricAxes() []maximum.Axis {
	return append(s.buying(), maximum.Axis{
		Name: "A", Start: -1,
		Lo: limit("A/B", 0, "nobody drops out"),
		Hi: limit("A/B", math.Inf(1), "everybody drops out at once"),
	}, maximum.Axis{
		Name: "B", Start: -0.5,
		Lo: limit("A", 0, "customers drop out at once or never"),
		Hi: limit("A", math.Inf(1), "all have the same probability to drop out"),
	})
}

// sampleLogLik returns the log likelihood of a sample and fills in its gradient by
// the logarithms of r, α, a and b.
func (m *betaGeometric) sampleLogLik(s *sample, workers int, grad []float64) float64 {
	a := m.age(s.times)
	sum := sumCells(s.cells, workers, func(cells []cell) partial { return m.cellsLogLik(cells, a) })
	for _, g := range s.groups {
		m.addGroup(&sum, g)
	}
	sum = m.byLogs(sum)
	copy(grad, sum.grad[:])
	return sum.logLik
}

// cellLogLik returns the log likelihood of one customer of a cell and its gradient
// by the logarithms of r, α, a and b.
func (m *betaGeometric) cellLogLik(c *cell) partial {
	one := [1]cell{{x: c.x, tx: c.tx, t: c.t, n: 1, from: 0, to: 1}}
	p := m.cellsLogLik(one[:], m.age([]float64{c.tx, c.t}))
	m.addGroup(&p, group{c.x, 1})
	return m.byLogs(p)
}

// byLogs turns a gradient by parameters into one by their logarithms.
func (m *betaGeometric) byLogs(p partial) partial {
	for i, v := range [4]float64{m.r, m.alpha, m.a, m.b} {
		p.grad[i] *= v
	}
	return p
}

// addGroup adds what depends on the number of purchases alone,
//
//	ln Γ(r+x)/Γ(r) + ln (b)_k/(a+b)_k
func (m *betaGeometric) addGroup(p *partial, g group) {
	k := g.x + m.first
	dropped := special.DigammaRatio(m.a+m.b, k)
	p.logLik += g.n * (special.LogGammaRatio(m.r, g.x) + special.LogRisingRatio(m.b, m.a, k))
	p.grad[0] += g.n * special.DigammaRatio(m.r, g.x)
	p.grad[2] -= g.n * dropped
	p.grad[3] += g.n * (special.DigammaRatio(m.b, k) - dropped)
}

// ages is what cells need of each time of a sample: ln(1+t/α) and 1/(α+t).
type ages struct{ log, per []float64 }

func (m *betaGeometric) age(times []float64) ages {
	both := make([]float64, 2*len(times))
	a := ages{both[:len(times)], both[len(times):]}
	for i, t := range times {
		a.log[i], a.per[i] = special.Log1p(t/m.alpha), 1/(m.alpha+t)
	}
	return a
}

// cellsLogLik sums what depends on times: with P the probability to have dropped
// out and L = ln (α+T)/(α+t_x),
//
//	−r·ln(1+T/α) − x·ln(α+T) + ln(1+odds)
//	∂r: −ln(1+T/α) + P·L   ∂α: r·T/(α(α+T)) − x/(α+T) − P·(r+x)·(T−t_x)/((α+T)(α+t_x))
//	∂a: P/a                ∂b: −P/(b+k−1)
func (m *betaGeometric) cellsLogLik(cells []cell, a ages) partial {
	var p partial
	logAlpha, perAlpha, x, coin, perCoin := math.Log(m.alpha), m.r/m.alpha, -1.0, 0.0, 0.0
	for i := range cells {
		c := &cells[i]
		if c.x != x {
			x = c.x
			coin, perCoin = 0, 0
			if k := x + m.first; k > 0 {
				perCoin = 1 / (m.b + (k - 1))
				coin = m.a * perCoin
			}
		}
		aged, perAge := a.log[c.to], a.per[c.to]
		logLik := -m.r*aged - x*(logAlpha+aged)
		dr := -aged
		dalpha := (perAlpha*c.t - x) * perAge
		if perCoin > 0 {
			l := aged - a.log[c.from]
			gone, logOdds := dropped(coin, (m.r+x)*l)
			logLik += logOdds
			dr += gone * l
			dalpha -= gone * (m.r + x) * (c.t - c.tx) * perAge * a.per[c.from]
			p.grad[2] += c.n * gone
			p.grad[3] -= c.n * gone * perCoin
		}
		p.logLik += c.n * logLik
		p.grad[0] += c.n * dr
		p.grad[1] += c.n * dalpha
	}
	p.grad[2] /= m.a
	return p
}

// dropped returns the probability to have dropped out with odds coin·e^growth, and
// ln(1 + odds), which may be out of the range of the odds.
func dropped(coin, growth float64) (gone, logOdds float64) {
	odds := coin * special.Exp(growth)
	if odds < 1e16 {
		return odds / (1 + odds), special.Log1p(odds)
	}
	return 1, math.Log(coin) + growth
}

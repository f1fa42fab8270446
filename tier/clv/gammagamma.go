package clv

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// GammaGammaParams are the parameters of a [GammaGamma] model. It is plain data.
type GammaGammaParams struct {
	P float64 `json:"p"` // shape of one customer's amounts; finite, > 0
	Q float64 `json:"q"` // shape of the customers' rates; finite, > 0; ≤ 1: no mean over customers
	V float64 `json:"v"` // rate of the customers' rates, in currency; finite, > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p GammaGammaParams) Validate() error {
	return positive(field{"P", p.P}, field{"Q", p.Q}, field{"V", p.V})
}

// GammaGamma is the gamma-gamma model of spend: amounts of a customer are
// Gamma(p, ν), ν is Gamma(q, v) over customers, and neither depends on how often
// the customer buys. It is an immutable value, safe for concurrent use. Obtain one
// from [NewGammaGamma]; the methods of the zero GammaGamma return NaN.
type GammaGamma struct{ p, q, v float64 }

// NewGammaGamma returns the model with parameters p. It fails exactly when
// [GammaGammaParams.Validate] does: a model with Q ≤ 1 is valid, but speaks only
// of customers with repeat purchases.
func NewGammaGamma(p GammaGammaParams) (GammaGamma, error) {
	if err := p.Validate(); err != nil {
		return GammaGamma{}, err
	}
	return GammaGamma{p.P, p.Q, p.V}, nil
}

// Params returns the parameters of the model.
func (m GammaGamma) Params() GammaGammaParams { return GammaGammaParams{m.p, m.q, m.v} }

// Mean returns the mean spend per purchase over customers, p·v/(q−1); false if it
// does not exist, which is so for q ≤ 1.
func (m GammaGamma) Mean() (float64, bool) {
	if !(m.q > 1) {
		return math.NaN(), false
	}
	return m.p * m.v / (m.q - 1), true
}

// CondMean returns the expected spend per purchase of a customer whose x repeat
// purchases had a given mean,
//
//	p·(v + x·mean) / (p·x + q − 1)
//
// a weighted mean of the customer's own and the population's. For x = 0 it is
// [GammaGamma.Mean] and the mean given does not matter. NaN if it does not exist,
// that is for p·x + q ≤ 1, for negative x, or unless mean is finite and 0 or more.
func (m GammaGamma) CondMean(x int, mean float64) float64 {
	weight := m.p*float64(x) + m.q - 1
	switch {
	case x < 0 || !(weight > 0):
		return math.NaN()
	case x == 0:
		return m.p * m.v / weight
	case !forward(mean):
		return math.NaN()
	}
	return m.p * (m.v + float64(x)*mean) / weight
}

// LogLik returns the log likelihood of one customer's mean, which is the logarithm
// of its density given x. NaN for an invalid mean.
func (m GammaGamma) LogLik(c Mean) float64 {
	if c.Validate() != nil || !(m.p > 0) {
		return math.NaN()
	}
	return m.logLik(float64(c.X), c.Value)
}

// logLik: with n = p·x and total s = x·mean,
//
//	−ln B(n, q) − n·ln(1+v/s) − q·ln(1+s/v) − ln mean
func (m *GammaGamma) logLik(x, mean float64) float64 {
	n, s := m.p*x, x*mean
	return -logBeta(n, m.q) - n*math.Log1p(m.v/s) - m.q*math.Log1p(s/m.v) - math.Log(mean)
}

// logBeta returns ln B(a, b), with the smaller of the two as the step.
func logBeta(a, b float64) float64 {
	a, b = max(a, b), min(a, b)
	g, _ := math.Lgamma(b)
	return g - logGammaRatio(a, b)
}

// An amountCell is one mean of a sample with its number of customers.
type amountCell struct{ x, mean, n float64 }

// FitGammaGamma fits a [GammaGamma] model to amounts by maximum likelihood. It
// fails with [relmark.ErrTooFew] on fewer than 3 customers (a nil spend has none),
// with a [relmark.FieldError] unless the mean lies in 1e-200 … 1e200, and else as
// [FitBGNBD] does. A fit with Q ≤ 1 is no failure; see [GammaGamma.Mean].
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
	for c, n := range spend.All() {
		cells = append(cells, amountCell{float64(c.X), c.Value, float64(n)})
		total += float64(n) / count * c.Value
	}
	if err := checkScale("Value", total); err != nil {
		return Fit[GammaGamma]{}, err
	}
	for i := range cells {
		cells[i].mean /= total
	}
	p := problem{
		small: spend.N() <= few, again: len(cells) <= few,
		axes: []axis{{
			name: "P", start: 1,
			lo: limit{"P", 0, "the amounts of one customer have nothing in common"},
			hi: limit{"P", math.Inf(1), "each customer always spends the same"},
		}, {
			name: "Q", start: 1,
			lo: limit{"Q", 0, "customers have nothing in common"},
			hi: limit{"Q", math.Inf(1), "all customers spend alike"},
		}, {name: "V", lo: limit{"V", 0, "nobody spends"}, hi: limit{"V", math.Inf(1), "customers spend without end"}}},
		mix: [][]float64{{1, 0, 0}, {0, 1, 0}, {-1, 1, 1}}, // the third coordinate is ln p·v/q
		logLik: func(theta, grad []float64) float64 {
			m := GammaGamma{theta[0], theta[1], theta[2]}
			sum := sumCells(cells, o.Workers, m.cellsLogLik)
			for i := range grad {
				grad[i] = theta[i] * sum.grad[i]
			}
			return sum.logLik
		},
	}
	in := units{customers: spend.N(), shift: count * math.Log(total), scale: total, times: []int{2}}
	return fit(ctx, o, &p, in, func(theta []float64) (GammaGamma, error) {
		return NewGammaGamma(GammaGammaParams{theta[0], theta[1], theta[2]})
	})
}

// cellsLogLik sums with the gradient by p, q and v. Cells come by rising x.
func (m *GammaGamma) cellsLogLik(cells []amountCell) partial {
	var p partial
	x, logB, dp, dq := 0.0, 0.0, 0.0, 0.0
	for i := range cells {
		c := &cells[i]
		n := m.p * c.x
		if c.x != x {
			x = c.x
			logB, dp, dq = logBeta(n, m.q), digammaRatio(n, m.q), digammaRatio(m.q, n)
		}
		s := c.x * c.mean
		own, others := math.Log1p(m.v/s), math.Log1p(s/m.v)
		p.logLik += c.n * (-logB - n*own - m.q*others - math.Log(c.mean))
		p.grad[0] += c.n * c.x * (dp - own)
		p.grad[1] += c.n * (dq - others)
		p.grad[2] += c.n * (m.q/m.v*s - n) / (s + m.v)
	}
	return p
}

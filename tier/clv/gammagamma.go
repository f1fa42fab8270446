package clv

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// GammaGammaParams are the parameters of a [GammaGamma] model. It is plain data.
type GammaGammaParams struct {
	P float64 `json:"p"` // shape of one customer's amounts; 1e-50 to 1e50
	Q float64 `json:"q"` // shape of the customers' rates; 1e-50 to 1e50; ≤ 1: no mean over customers
	V float64 `json:"v"` // rate of the customers' rates, in currency; 1e-50 to 1e50
}

// Validate reports every rule that p breaks, joined into one error.
func (p GammaGammaParams) Validate() error {
	return inDomain(field{"P", p.P}, field{"Q", p.Q}, field{"V", p.V})
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
func (m GammaGamma) LogLik(c SpendMean) float64 {
	if c.Validate() != nil || !within(c.Value) || !(m.p > 0) {
		return math.NaN()
	}
	group := m.group(float64(c.X))
	return group.logB - m.amount(&group, c.Value).fall - math.Log(c.Value)
}

// An amountGroup is what the likelihood of amounts needs of x purchases: with n = p·x
// and N = n+q the parts of ln B(n, q) and of its derivatives that are left without
// their leading terms, which [GammaGamma.amount] takes in.
type amountGroup struct {
	x, n         float64
	logB, dn, dq float64
}

func (m *GammaGamma) group(x float64) amountGroup {
	n := m.p * x
	all, rest := n+m.q, special.DigammaRest(n+m.q)
	return amountGroup{
		x, n,
		math.Log(n/all*m.q/(2*math.Pi))/2 + special.StirlingError(all) - special.StirlingError(n) - special.StirlingError(m.q),
		rest - special.DigammaRest(n), rest - special.DigammaRest(m.q),
	}
}

// An amount is how far a mean is from what is expected: with s = x·mean, the total,
// and e = (q·s − n·v)/(s+v),
//
//	n·ln(1+v/s) + q·ln(1+s/v) + ln B(n, q) but for group = −(n·ln(1+e/n) + q·ln(1−e/q))
//
// which does not cancel however large n and q are.
type amount struct{ e, fall, own, others float64 } // own: ln(1+e/n), others: ln(1−e/q)

func (m *GammaGamma) amount(g *amountGroup, mean float64) amount {
	s, all := g.x*mean, g.n+m.q
	per := 1 / (s + m.v)
	e := m.q * g.x * (mean - m.p*m.v/m.q) * per
	own, fall := logNear(e/g.n, all/g.n*s*per)
	others, more := logNear(-e/m.q, all/m.q*m.v*per)
	return amount{e, -g.n*fall - m.q*more, own, others}
}

// logNear returns ln(1+t) and ln(1+t) − t, given 1+t too for t next to −1.
func logNear(t, full float64) (log, less float64) {
	switch {
	case math.Abs(t) < 0.03: // where the difference cancels
		less = special.Log1pLess(t)
		return t + less, less
	case t < -0.4:
		log = math.Log(full)
	default:
		log = math.Log1p(t)
	}
	return log, log - t
}

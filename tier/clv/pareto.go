package clv

import (
	"math"

	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// ParetoNBDParams are the parameters of a [ParetoNBD] model. It is plain data.
type ParetoNBDParams struct {
	R     float64 `json:"r"`     // shape of the purchase rates; 1e-50 to 1e50
	Alpha float64 `json:"alpha"` // rate of the purchase rates, in units of time; 1e-50 to 1e50
	S     float64 `json:"s"`     // shape of the drop-out rates; 1e-50 to 1e50
	Beta  float64 `json:"beta"`  // rate of the drop-out rates, in units of time; 1e-50 to 1e50
}

// Validate reports every rule that p breaks, joined into one error.
func (p ParetoNBDParams) Validate() error {
	return inDomain(field{"R", p.R}, field{"Alpha", p.Alpha}, field{"S", p.S}, field{"Beta", p.Beta})
}

// ParetoNBD is the Pareto/NBD model: a customer buys at a rate λ ~ Gamma(r, α) and
// lives for an exponential time of rate μ ~ Gamma(s, β), whether buying or not. It
// is an immutable value, safe for concurrent use. Obtain one from [NewParetoNBD];
// the methods of the zero ParetoNBD return NaN.
type ParetoNBD struct{ r, alpha, s, beta float64 }

// NewParetoNBD returns the model with parameters p. It fails exactly when
// [ParetoNBDParams.Validate] does.
func NewParetoNBD(p ParetoNBDParams) (ParetoNBD, error) {
	if err := p.Validate(); err != nil {
		return ParetoNBD{}, err
	}
	return ParetoNBD{p.R, p.Alpha, p.S, p.Beta}, nil
}

// Params returns the parameters of the model.
func (m ParetoNBD) Params() ParetoNBDParams { return ParetoNBDParams{m.r, m.alpha, m.s, m.beta} }

// knows reports whether m is a built model and c a customer it can speak of.
func (m *ParetoNBD) knows(c rfm.Pattern) bool { return m.r > 0 && known(c) }

// A silence is the time since a last purchase: by how much the odds of drop-out have
// grown in it, ln ((α+T)/(α+t_x))^R·((β+T)/(β+t_x))^s, and where it began.
type silence struct {
	gap, a, b float64 // T−t_x, α+t_x, β+t_x
	growth    float64
	uneven    bool // a and b are too far apart for the tails to converge
}

// silence takes R and s as given for the sake of posterior means.
func (m *ParetoNBD) silence(shape, s float64, c rfm.Pattern) silence {
	g := silence{gap: c.T - c.TX, a: m.alpha + c.TX, b: m.beta + c.TX}
	g.growth = shape*special.Log1p(g.gap/g.a) + s*special.Log1p(g.gap/g.b)
	g.uneven = min(g.a, g.b) < 1e-9*max(g.a, g.b) && min(shape, s) < 1e3
	return g
}

// logOdds returns the logarithm of the odds that c has dropped out, with R = r+x,
//
//	s · ∫ ((α+T)/(α+u))^R · ((β+T)/(β+u))^s du/(β+u)   over u in (t_x, T)
//
// as the difference of two tails, from t_x and from T, or by integration over the
// logit of (u−t_x)/(T−t_x). −Inf for t_x = T.
func (m *ParetoNBD) logOdds(shape, s float64, c rfm.Pattern) float64 {
	if c.TX == c.T {
		return math.Inf(-1)
	}
	g := m.silence(shape, s, c)
	if g.uneven {
		return g.growth + math.Log(s*g.gap) + special.LogIntegral(func(v float64) float64 {
			u := g.gap * special.Logistic(v)
			return -shape*math.Log1p(u/g.a) - s*math.Log1p(u/g.b) - math.Log(g.b+u) - special.Softplus(-v) - special.Softplus(v)
		})
	}
	return g.growth + math.Log(max(m.tail(shape, s, c.TX)-math.Exp(-g.growth)*m.tail(shape, s, c.T), 0))
}

// tail returns s · ∫ ((α+t)/(α+u))^R · ((β+t)/(β+u))^s du/(β+u) over u > t, at most
// 1: with q = R+s and Euler's transform, which leaves positive terms,
//
//	α ≥ β:  s/q · 2F1(1, R; q+1; (α−β)/(α+t))
//	α < β:  s/q · (α+t)/(β+t) · 2F1(1, s+1; q+1; (β−α)/(β+t))
func (m *ParetoNBD) tail(shape, s, t float64) float64 {
	q, a, b := shape+s, m.alpha+t, m.beta+t
	if m.alpha >= m.beta {
		return s / q * special.Hyper1(s+1, shape, (m.alpha-m.beta)/a, b/a)
	}
	y := a / b
	return s / q * y * special.Hyper1(shape, s+1, (m.beta-m.alpha)/b, y)
}

// PAlive returns the probability that the customer has not dropped out by age T.
// NaN for an invalid pattern.
func (m ParetoNBD) PAlive(c rfm.Pattern) float64 {
	const inRange = 700
	if !m.knows(c) {
		return math.NaN()
	}
	if c.TX == c.T {
		return 1
	}
	shape := m.r + float64(c.X)
	if g := m.silence(shape, m.s, c); g.growth < inRange && !g.uneven { // no need of logarithms
		odds := special.Exp(g.growth)*m.tail(shape, m.s, c.TX) - m.tail(shape, m.s, c.T)
		return 1 / (1 + max(odds, 0))
	}
	return 1 / (1 + math.Exp(m.logOdds(shape, m.s, c)))
}

// PAliveAfter returns the probability that the customer will not have dropped out
// at age T+t. NaN for an invalid pattern or unless t is finite and 0 or more.
func (m ParetoNBD) PAliveAfter(c rfm.Pattern, t float64) float64 {
	if !forward(t) {
		return math.NaN()
	}
	return m.PAlive(c) * math.Exp(-m.s*math.Log1p(t/(m.beta+c.T)))
}

// LogLik returns the log likelihood of one customer, without constants that do not
// depend on the parameters: that of the purchase times, not of their number. NaN
// for an invalid pattern.
func (m ParetoNBD) LogLik(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	x := float64(c.X)
	return special.LogGammaRatio(m.r, x) - m.r*math.Log1p(c.T/m.alpha) - x*math.Log(m.alpha+c.T) -
		m.s*math.Log1p(c.T/m.beta) + special.Softplus(m.logOdds(m.r+x, m.s, c))
}

// ExpectedIfAlive returns the expected number of purchases in (T, T+t] of a
// customer who is alive at T; t_x does not matter then. NaN for an invalid pattern
// or unless t is finite and 0 or more.
func (m ParetoNBD) ExpectedIfAlive(c rfm.Pattern, t float64) float64 {
	if !m.knows(c) || !forward(t) {
		return math.NaN()
	}
	// ∫ (1+u/B)^−s du with B = β+T, which has no pole at s = 1.
	l, e := special.Log1p(t/(m.beta+c.T)), m.s-1
	lived := l
	if math.Abs(e*l) > negligible {
		lived = -special.Expm1(-e*l) / e
	}
	return m.rateIfAlive(c) * (m.beta + c.T) * lived
}

// rateIfAlive returns the mean purchase rate of a customer who is alive at T.
func (m *ParetoNBD) rateIfAlive(c rfm.Pattern) float64 {
	return (m.r + float64(c.X)) / (m.alpha + c.T)
}

// CondExpected returns the expected number of purchases in (T, T+t] given the
// customer's past. NaN as in [ParetoNBD.ExpectedIfAlive].
func (m ParetoNBD) CondExpected(c rfm.Pattern, t float64) float64 {
	return m.PAlive(c) * m.ExpectedIfAlive(c, t)
}

// Expected returns the expected number of repeat purchases of a new customer
// within t. NaN unless t is finite and 0 or more.
func (m ParetoNBD) Expected(t float64) float64 { return m.ExpectedIfAlive(rfm.Pattern{}, t) }

// DERT returns the discounted expected residual transactions: the expected number
// of all purchases after T, one at T+u counting e^(−rate·u). The rate is continuous
// and per unit of time. NaN for an invalid pattern or unless rate is finite and > 0.
func (m ParetoNBD) DERT(c rfm.Pattern, rate float64) float64 {
	return m.PAlive(c) * m.DERTIfAlive(c, rate)
}

// DERTIfAlive returns [ParetoNBD.DERT] of a customer who is alive at T,
//
//	(r+x)·(β+T)/(α+T) · e^z·E_s(z),   z = rate·(β+T)
func (m ParetoNBD) DERTIfAlive(c rfm.Pattern, rate float64) float64 {
	if !m.knows(c) || !within(rate) {
		return math.NaN()
	}
	b := m.beta + c.T
	return m.rateIfAlive(c) * b * special.ExpIntegral(m.s, rate*b)
}

// PMF returns the probability that a new customer makes n repeat purchases within
// t; 0 for negative n, NaN unless t is finite and 0 or more. It integrates over the
// time of drop-out.
func (m ParetoNBD) PMF(n int, t float64) float64 { return m.CondPMF(rfm.Pattern{}, n, t) }

// CondPMF returns the probability of n purchases in (T, T+t] given the customer's
// past; 0 for negative n, NaN for an invalid pattern or unless t is finite and 0
// or more. It integrates over the time of drop-out.
func (m ParetoNBD) CondPMF(c rfm.Pattern, n int, t float64) float64 {
	if !m.knows(c) || !forward(t) {
		return math.NaN()
	}
	if n < 0 {
		return 0
	}
	alive := m.PAlive(c)
	p := alive * pareto{m.r + float64(c.X), m.alpha + c.T, m.s, m.beta + c.T}.pmf(n, t)
	if n == 0 {
		p += 1 - alive
	}
	return p
}

// PosteriorRate returns the mean purchase rate of the customer while alive, given
// the past. NaN for an invalid pattern.
func (m ParetoNBD) PosteriorRate(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	shape := m.r + float64(c.X)
	return m.rateIfAlive(c) * math.Exp(special.Softplus(m.logOdds(shape+1, m.s, c))-special.Softplus(m.logOdds(shape, m.s, c)))
}

// PosteriorDropout returns the mean drop-out rate of the customer, given the past.
// NaN for an invalid pattern.
func (m ParetoNBD) PosteriorDropout(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	shape := m.r + float64(c.X)
	return m.s / (m.beta + c.T) * math.Exp(special.Softplus(m.logOdds(shape, m.s+1, c))-special.Softplus(m.logOdds(shape, m.s, c)))
}

// A pareto is the state of a living customer: a Gamma(shape, rate) distributed
// purchase rate and a Gamma(s, beta) distributed drop-out rate.
type pareto struct{ shape, rate, s, beta float64 }

// pmf returns the probability of n purchases within t, of a negative binomial
// process that ends at t or at drop-out before,
//
//	S(t)·P(N(t) = n) + ∫ P(N(u) = n) dF(u)   over u in (0, t)
//
// by integration over the logit v of u/t.
func (g pareto) pmf(n int, t float64) float64 {
	if t == 0 {
		if n == 0 {
			return 1
		}
		return 0
	}
	x := float64(n)
	log := func(u float64) float64 { // ln of S(u)·P(N(u) = 0)
		return -g.s*math.Log1p(u/g.beta) - g.shape*math.Log1p(u/g.rate)
	}
	// With u/(rate+u) relative to its value at t, the n-th power of which is next to 1
	// near t however large n is.
	ended := special.LogIntegral(func(v float64) float64 {
		u := t * special.Logistic(v)
		short := special.Logistic(-v) * (g.rate / (g.rate + u))
		relative := math.Log1p(-short)
		if short > 0.5 {
			relative = math.Log((g.rate+t)/(g.rate+u)) - special.Softplus(-v)
		}
		return log(u) + x*relative - math.Log(g.beta+u) - special.Softplus(-v) - special.Softplus(v)
	}) + math.Log(g.s) + math.Log(t)
	constant := special.LogNegativeBinomial(g.shape, x)
	if n > 0 {
		constant -= x * math.Log1p(g.rate/t)
	}
	return math.Exp(constant+log(t)) + math.Exp(constant+ended)
}

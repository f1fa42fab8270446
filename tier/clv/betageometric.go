package clv

import (
	"math"

	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// betaGeometric is what BG/NBD and MBG/NBD share. A customer with x repeat
// purchases has survived k = x + first tosses of the drop-out coin.
type betaGeometric struct {
	r, alpha, a, b float64
	first          float64  // tosses before any repeat purchase: 0 or 1
	ahead          *outlook // nil if not worth while

	_ [0]func() // not for ==, which would compare outlooks by address
}

// knows reports whether m is a built model and c a customer it can speak of.
func (m *betaGeometric) knows(c rfm.Pattern) bool { return m.r > 0 && known(c) }

// living returns the state of a customer who is alive at age T after x purchases.
func (m *betaGeometric) living(x int, age float64) geometric {
	return geometric{m.r + float64(x), m.alpha + age, m.a, m.b + float64(x) + m.first}
}

// logOdds returns the logarithm of the odds that c has dropped out,
//
//	a/(b+k−1) · ((α+T)/(α+t_x))^(r+x)
//
// and −Inf where no coin was tossed yet.
func (m *betaGeometric) logOdds(c rfm.Pattern) float64 {
	x := float64(c.X)
	if x+m.first == 0 {
		return math.Inf(-1)
	}
	return math.Log(m.a/(m.b+(x+m.first-1))) + (m.r+x)*math.Log1p((c.T-c.TX)/(m.alpha+c.TX))
}

// PAlive returns the probability that the customer has not dropped out by age T.
// Under BG/NBD that is 1 for a customer without repeat purchase. NaN for an
// invalid pattern.
func (m betaGeometric) PAlive(c rfm.Pattern) float64 {
	const inRange = 700
	if !m.knows(c) {
		return math.NaN()
	}
	x := float64(c.X)
	k := x + m.first
	if k == 0 {
		return 1
	}
	growth := (m.r + x) * special.Log1p((c.T-c.TX)/(m.alpha+c.TX))
	if growth < inRange { // no need of logarithms
		return 1 / (1 + m.a/(m.b+(k-1))*special.Exp(growth))
	}
	return 1 / (1 + math.Exp(m.logOdds(c)))
}

// PAliveAfter returns the probability that the customer will not have dropped out
// at age T+t. NaN for an invalid pattern or unless t is finite and 0 or more.
func (m betaGeometric) PAliveAfter(c rfm.Pattern, t float64) float64 {
	if !m.knows(c) || !forward(t) {
		return math.NaN()
	}
	return m.PAlive(c) * m.living(c.X, c.T).survival(t)
}

// LogLik returns the log likelihood of one customer, without constants that do not
// depend on the parameters: that of the purchase times, not of their number. NaN
// for an invalid pattern.
func (m betaGeometric) LogLik(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	x := float64(c.X)
	return special.LogGammaRatio(m.r, x) + special.LogRisingRatio(m.b, m.a, x+m.first) -
		m.r*math.Log1p(c.T/m.alpha) - x*math.Log(m.alpha+c.T) + special.Softplus(m.logOdds(c))
}

// ExpectedIfAlive returns the expected number of purchases in (T, T+t] of a
// customer who is alive at T; t_x does not matter then. NaN for an invalid pattern
// or unless t is finite and 0 or more.
func (m betaGeometric) ExpectedIfAlive(c rfm.Pattern, t float64) float64 {
	if !m.knows(c) || !forward(t) {
		return math.NaN()
	}
	if m.ahead != nil && c.X < len(m.ahead) {
		if v, ok := m.ahead[c.X].sum(t / (m.alpha + c.T + t)); ok {
			return v
		}
	}
	return finite(m.living(c.X, c.T).expected(t))
}

// CondExpected returns the expected number of purchases in (T, T+t] given the
// customer's past. NaN as in [BGNBD.ExpectedIfAlive].
func (m betaGeometric) CondExpected(c rfm.Pattern, t float64) float64 {
	return m.PAlive(c) * m.ExpectedIfAlive(c, t)
}

// Expected returns the expected number of repeat purchases of a new customer
// within t. NaN unless t is finite and 0 or more.
func (m betaGeometric) Expected(t float64) float64 { return m.CondExpected(rfm.Pattern{}, t) }

// PMF returns the probability that a new customer makes n repeat purchases within
// t; 0 for negative n, NaN unless t is finite and 0 or more. It takes O(n) time up
// to n = 8192 and constant time from there on.
func (m betaGeometric) PMF(n int, t float64) float64 { return m.CondPMF(rfm.Pattern{}, n, t) }

// CondPMF returns the probability of n purchases in (T, T+t] given the customer's
// past; 0 for negative n, NaN for an invalid pattern or unless t is finite and 0
// or more. It costs as much as [BGNBD.PMF].
func (m betaGeometric) CondPMF(c rfm.Pattern, n int, t float64) float64 {
	if !m.knows(c) || !forward(t) {
		return math.NaN()
	}
	if n < 0 {
		return 0
	}
	alive := m.PAlive(c)
	p := alive * m.living(c.X, c.T).pmf(n, t)
	if n == 0 {
		p += 1 - alive
	}
	return p
}

// DERT returns the discounted expected residual transactions: the expected number
// of all purchases after T, one at T+u counting e^(−rate·u). The rate is continuous
// and per unit of time. NaN for an invalid pattern or unless rate is finite and > 0.
func (m betaGeometric) DERT(c rfm.Pattern, rate float64) float64 {
	return m.PAlive(c) * m.DERTIfAlive(c, rate)
}

// DERTIfAlive returns [BGNBD.DERT] of a customer who is alive at T. It integrates
// over the drop-out probability, some thousand times the work of the others.
func (m betaGeometric) DERTIfAlive(c rfm.Pattern, rate float64) float64 {
	if !m.knows(c) || !within(rate) {
		return math.NaN()
	}
	return finite(m.living(c.X, c.T).discounted(rate))
}

// PosteriorRate returns the mean purchase rate of the customer while alive, given
// the past. NaN for an invalid pattern.
func (m betaGeometric) PosteriorRate(c rfm.Pattern) float64 {
	alive, shape := m.PAlive(c), m.r+float64(c.X)
	return alive*shape/(m.alpha+c.T) + (1-alive)*shape/(m.alpha+c.TX)
}

// PosteriorDropout returns the mean probability of the customer to drop out after
// a purchase, given the past. NaN for an invalid pattern.
func (m betaGeometric) PosteriorDropout(c rfm.Pattern) float64 {
	return (m.a + 1 - m.PAlive(c)) / (m.a + m.b + float64(c.X) + m.first)
}

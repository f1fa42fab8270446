package clv

import (
	"math"

	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// BGBBParams are the parameters of a [BGBB] model. It is plain data.
type BGBBParams struct {
	Alpha float64 `json:"alpha"` // first parameter of the purchase probabilities; 1e-50 to 1e50
	Beta  float64 `json:"beta"`  // second parameter of the purchase probabilities; 1e-50 to 1e50
	Gamma float64 `json:"gamma"` // first parameter of the drop-out probabilities; 1e-50 to 1e50
	Delta float64 `json:"delta"` // second parameter of the drop-out probabilities; 1e-50 to 1e50
}

// Validate reports every rule that p breaks, joined into one error.
func (p BGBBParams) Validate() error {
	return inDomain(field{"Alpha", p.Alpha}, field{"Beta", p.Beta}, field{"Gamma", p.Gamma}, field{"Delta", p.Delta})
}

// BGBB is the beta-geometric/beta-binomial model for occasions such as yearly
// appeals: at each one a living customer first drops out with probability
// θ ~ Beta(γ, δ), else buys with probability p ~ Beta(α, β). A pattern counts
// occasions: X of T were taken, the last of them the TX-th; all are whole numbers
// and X ≤ TX. It is an immutable value, safe for concurrent use. Obtain one from
// [NewBGBB]; the methods of the zero BGBB return NaN.
type BGBB struct{ alpha, beta, gamma, delta float64 }

// NewBGBB returns the model with parameters p. It fails exactly when
// [BGBBParams.Validate] does.
func NewBGBB(p BGBBParams) (BGBB, error) {
	if err := p.Validate(); err != nil {
		return BGBB{}, err
	}
	return BGBB{p.Alpha, p.Beta, p.Gamma, p.Delta}, nil
}

// Params returns the parameters of the model.
func (m BGBB) Params() BGBBParams { return BGBBParams{m.alpha, m.beta, m.gamma, m.delta} }

// knows reports whether m is a built model and c a customer it can speak of.
func (m *BGBB) knows(c rfm.Pattern) bool { return m.alpha > 0 && wholePattern(c) }

// wholePattern reports whether c counts occasions.
func wholePattern(c rfm.Pattern) bool {
	const most = 1 << 24 // occasions, for the sake of loops over them
	return c.Validate() == nil && c.TX == math.Floor(c.TX) && c.T == math.Floor(c.T) &&
		float64(c.X) <= c.TX && (c.X > 0 || c.TX == 0) && c.T <= most
}

// whole reports whether t is a number of occasions ahead.
func whole(t float64) bool { return forward(t) && t == math.Floor(t) }

// A passing is the odds that a customer has dropped out, relative to being alive,
// with what depends on when that was.
type passing struct {
	logOdds       float64
	grad          [4]float64 // of the odds, per odds, by α, β, γ, δ
	rate, dropout float64    // mean of p and of θ if dropped out
}

// passed sums the odds that the customer dropped out after occasion j,
//
//	B(α+x, β+j−x)/B(α+x, β+n−x) · B(γ+1, δ+j)/B(γ, δ+n)   j = n−1 … t_x
//
// by the ratio of neighbours. Terms are kept in the range of floats by a power of
// ten, so no floor distorts long absences.
func (m *BGBB) passed(x, last, n float64) passing {
	const large = 1e100 // a term grows by less than 1e150
	ab, cd := m.alpha+m.beta, m.gamma+m.delta
	term, sum, logScale := 1.0, 0.0, 0.0
	step := [4]float64{2: 1 / m.gamma} // logarithmic derivatives of the term
	var grad [4]float64
	var rate, dropout float64
	for j := n - 1; j >= last; j-- {
		// From survival of j+1 occasions, or drop-out after j+1, to drop-out after j.
		p, q := 1/(ab+j), 1/(m.beta+(j-x))
		d := 1 / (m.delta + j)
		term *= d / (p / q)
		step[0] += p
		step[1] += p - q
		step[3] -= d
		if j == n-1 {
			term *= m.gamma
		} else {
			c := 1 / (cd + j + 1)
			term /= c
			step[2] += c
			step[3] += c
		}
		sum += term
		for i := range grad {
			grad[i] += term * step[i]
		}
		rate += term * p
		dropout += term / (cd + j + 1)
		if term > large {
			for _, v := range []*float64{&term, &sum, &grad[0], &grad[1], &grad[2], &grad[3], &rate, &dropout} {
				*v /= large
			}
			logScale += math.Log(large)
		}
	}
	if sum == 0 {
		return passing{logOdds: math.Inf(-1)}
	}
	for i := range grad {
		grad[i] /= sum
	}
	return passing{math.Log(sum) + logScale, grad, (m.alpha + x) * rate / sum, (m.gamma + 1) * dropout / sum}
}

func (m *BGBB) passedBy(c rfm.Pattern) passing { return m.passed(float64(c.X), c.TX, c.T) }

// PAlive returns the probability that the customer has not dropped out by occasion
// T. It takes O(T − TX) time, as do all methods with a past. NaN for an invalid
// pattern.
func (m BGBB) PAlive(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	return 1 / (1 + math.Exp(m.passedBy(c).logOdds))
}

// PAliveAfter returns the probability that the customer will not have dropped out
// by occasion T+t; t = 1 is the "alive at n+1" of some texts. NaN for an invalid
// pattern or unless t is a whole number and 0 or more.
func (m BGBB) PAliveAfter(c rfm.Pattern, t float64) float64 {
	if !m.knows(c) || !whole(t) {
		return math.NaN()
	}
	return m.PAlive(c) * math.Exp(special.LogRisingRatio(m.delta+c.T, m.gamma, t))
}

// LogLik returns the log likelihood of one customer's sequence of occasions,
// without a binomial coefficient. NaN for an invalid pattern.
func (m BGBB) LogLik(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	return m.logAlive(float64(c.X), c.T) + special.Softplus(m.passedBy(c).logOdds)
}

// logAlive returns the log likelihood of x of n occasions while alive.
func (m *BGBB) logAlive(x, n float64) float64 {
	return special.LogGammaRatio(m.alpha, x) + special.LogGammaRatio(m.beta, n-x) - special.LogGammaRatio(m.alpha+m.beta, n) +
		special.LogRisingRatio(m.delta, m.gamma, n)
}

// buys returns the mean purchase probability of a customer who is alive at T.
func (m *BGBB) buys(c rfm.Pattern) float64 {
	return (m.alpha + float64(c.X)) / (m.alpha + m.beta + c.T)
}

// ExpectedIfAlive returns the expected number of purchases on the next t occasions
// of a customer who is alive at T. NaN for an invalid pattern or unless t is a
// whole number and 0 or more.
func (m BGBB) ExpectedIfAlive(c rfm.Pattern, t float64) float64 {
	if !m.knows(c) || !whole(t) {
		return math.NaN()
	}
	return m.buys(c) * m.occasions(m.delta+c.T, t)
}

// occasions returns Σ (d)_j/(γ+d)_j over j = 1 … t, the expected number of occasions
// to live through: summed, or for many of them in closed form with e = γ−1,
//
//	d/e · (1 − (d+1)_t/(d+1+e)_t),
//
// whose limit at e = 0 is d·(ψ(d+1+t) − ψ(d+1)).
func (m *BGBB) occasions(d, t float64) float64 {
	const few = 64
	if t <= few {
		sum, term := 0.0, 1.0
		for j := 0.0; j < t; j++ {
			term *= (d + j) / (m.gamma + d + j)
			sum += term
		}
		return sum
	}
	e := m.gamma - 1
	switch {
	case e == 0:
		return d * special.DigammaRatio(d+1, t)
	case e > 0:
		return -math.Expm1(special.LogRisingRatio(d+1, e, t)) * d / e
	default:
		return math.Expm1(-special.LogRisingRatio(d+1+e, -e, t)) * d / -e
	}
}

// CondExpected returns the expected number of purchases on the next t occasions
// given the customer's past. NaN as in [BGBB.ExpectedIfAlive].
func (m BGBB) CondExpected(c rfm.Pattern, t float64) float64 {
	return m.PAlive(c) * m.ExpectedIfAlive(c, t)
}

// Expected returns the expected number of purchases of a new customer on the first
// t occasions. NaN unless t is a whole number and 0 or more.
func (m BGBB) Expected(t float64) float64 { return m.ExpectedIfAlive(rfm.Pattern{}, t) }

// DERT returns the discounted expected residual transactions: the expected number
// of all purchases after occasion T, one on occasion T+j counting (1+rate)^−j. The
// rate is per occasion, not continuous. NaN for an invalid pattern or unless rate is
// finite and > 0.
func (m BGBB) DERT(c rfm.Pattern, rate float64) float64 {
	return m.PAlive(c) * m.DERTIfAlive(c, rate)
}

// DERTIfAlive returns [BGBB.DERT] of a customer who is alive at T.
func (m BGBB) DERTIfAlive(c rfm.Pattern, rate float64) float64 {
	if !m.knows(c) || !within(rate) {
		return math.NaN()
	}
	d := m.delta + c.T
	return m.buys(c) * d / (m.gamma + d) / (1 + rate) * special.Hyper1(m.gamma, d+1, 1/(1+rate), rate/(1+rate))
}

// PMF returns the probability that a new customer buys on n of the first t
// occasions; 0 for negative n, NaN unless t is a whole number and 0 or more. It
// takes O(t − n) time.
func (m BGBB) PMF(n int, t float64) float64 { return m.CondPMF(rfm.Pattern{}, n, t) }

// CondPMF returns the probability of n purchases on the next t occasions given the
// customer's past; 0 for n < 0 and n > t, NaN for an invalid pattern or unless t is
// a whole number from 0 to 2^24. It takes O(T − TX + t − n) time.
func (m BGBB) CondPMF(c rfm.Pattern, n int, t float64) float64 {
	if !m.knows(c) || !wholePattern(rfm.Pattern{T: t}) {
		return math.NaN()
	}
	x := float64(n)
	if n < 0 || x > t {
		return 0
	}
	alive := m.PAlive(c)
	now := BGBB{m.alpha + float64(c.X), m.beta + c.T - float64(c.X), m.gamma, m.delta + c.T}
	// Alive at the end, or dropped out after occasion j ≥ n, each of which can hold
	// the n purchases in any order.
	end := now.logAlive(x, t) + special.LogGammaRatio(t-x+1, x) - special.LogGammaRatio(1, x)
	term := now.logAlive(x, x) + math.Log(m.gamma/(m.gamma+now.delta+x))
	p := math.Exp(end)
	for j := x; j < t; j++ {
		p += math.Exp(term)
		term += math.Log((j + 1) / (j + 1 - x) * (now.beta + (j - x)) / (now.alpha + now.beta + j) *
			(now.delta + j) / (m.gamma + now.delta + j + 1))
	}
	p *= alive
	if n == 0 {
		p += 1 - alive
	}
	return p
}

// PosteriorRate returns the mean probability of the customer to buy on an occasion
// while alive, given the past. NaN for an invalid pattern.
func (m BGBB) PosteriorRate(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	gone := m.passedBy(c)
	dead := special.Logistic(gone.logOdds)
	return (1-dead)*m.buys(c) + dead*gone.rate
}

// PosteriorDropout returns the mean probability of the customer to drop out at an
// occasion, given the past. NaN for an invalid pattern.
func (m BGBB) PosteriorDropout(c rfm.Pattern) float64 {
	if !m.knows(c) {
		return math.NaN()
	}
	gone := m.passedBy(c)
	dead := special.Logistic(gone.logOdds)
	return (1-dead)*m.gamma/(m.gamma+m.delta+c.T) + dead*gone.dropout
}

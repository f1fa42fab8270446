package queue

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// MeanQueue returns the mean number of customers who are waiting, λ times the mean
// wait (Little's law).
func (m MMC) MeanQueue() float64 { return m.params.Arrival * m.MeanWait() }

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m MMC) MeanSystem() float64 { return m.Load() + m.MeanQueue() }

// QueueTail returns the probability that more than n customers are waiting:
// C·ρⁿ⁺¹. It is NaN unless n ≥ 0.
func (m MMC) QueueTail(n int) float64 {
	if n < 0 {
		return math.NaN()
	}
	return m.ProbWait() * m.geometric(float64(n)+1)
}

// geometric returns ρⁿ.
func (m MMC) geometric(n float64) float64 {
	rho := m.Utilization()
	if rho < 0.5 {
		return math.Pow(rho, n)
	}
	return math.Exp(n * math.Log1p(-m.idle()))
}

// idle returns 1 − ρ.
func (m MMC) idle() float64 { return m.slack.Hi / m.params.capacity() }

// ProbCount returns the probability that n customers are waiting or in service. It
// is NaN unless n ≥ 0, and 0 where it is below the range of float64. It takes O(1)
// time.
func (m MMC) ProbCount(n int) float64 {
	switch c := max(1, m.params.Servers); {
	case n < 0:
		return math.NaN()
	case n >= c:
		return m.ProbWait() * m.idle() * m.geometric(float64(n-c))
	case n > special.Direct:
		return special.NewPoisson(float64(n), m.load).Prob() / (1 + m.excess())
	default:
		half := 1.0
		if c > special.Direct {
			half = m.load.Decay(0.5)
		}
		p := half // half of e⁻ᵃ before the powers of a, half behind: neither overflows
		for j := 1; j <= n; j++ {
			p *= m.load.Hi / float64(j)
		}
		return p * half / (1 + m.excess())
	}
}

// ProbEmpty returns the probability that nobody is there, p₀. It is 0 where that is
// below the range of float64, as from a load of about 745 on: see
// [MMC.LogProbEmpty].
func (m MMC) ProbEmpty() float64 { return m.ProbCount(0) }

// LogProbEmpty returns the natural logarithm of the probability that nobody is
// there.
func (m MMC) LogProbEmpty() float64 {
	log := -math.Log1p(m.excess())
	if m.params.Servers > special.Direct {
		log -= m.Load()
	}
	return log
}

// excess returns x such that 1/p₀, the sum of Erlang's terms aʲ/j! below c and of
// that at c over 1 − ρ, is 1 + x for c ≤ special.Direct and eᵃ·(1 + x) beyond.
func (m MMC) excess() float64 {
	c := max(1, m.params.Servers)
	if c > special.Direct {
		x := special.NewPoisson(float64(c), m.load)
		return (x.Below() - 1) + x.Prob()/m.idle()
	}
	sum, term := 0.0, 1.0
	for j := 1; j < c; j++ {
		term *= m.load.Hi / float64(j)
		sum += term
	}
	return sum + term*m.load.Hi/float64(c)/m.idle()
}

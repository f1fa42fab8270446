package queue

import (
	"math"
	"math/big"

	"github.com/relmark/relmark/internal/special"
)

// WaitTail returns the share of customers who wait longer than t: C·e^(−st). It
// is NaN unless t ≥ 0.
func (m MMC) WaitTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return m.ProbWait() * m.slack.Decay(t)
}

// WaitWithin returns the share of customers who wait no longer than t, the service
// level of call centres: 1 − [MMC.WaitTail], without the loss of digits where
// almost everybody waits longer. It is NaN unless t ≥ 0.
func (m MMC) WaitWithin(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return min(1, m.free-m.ProbWait()*math.Expm1(-m.slack.Hi*t))
}

// WaitQuantile returns the least t with P(wait ≤ t) ≥ p: 0 where a share p or more
// does not wait, ln(C/(1−p))/s otherwise. It is NaN unless 0 < p < 1. It takes
// nanoseconds, and where 1 − p is within 3 % of C, √c steps in 128 bits: microseconds
// for a few servers, milliseconds for a hundred thousand.
func (m MMC) WaitQuantile(p float64) float64 {
	if !(p > 0 && p < 1) {
		return math.NaN()
	}
	more := (p - m.free) / (1 - p) // C/(1−p) − 1, exact where C is almost 1
	excess := math.Log1p(more)
	switch {
	case m.wait > 0 && m.params.Servers <= maxExact && math.Abs(more) < 1./32:
		excess = math.Log1p(m.more(p))
	case m.wait < 0.5:
		excess = math.Log(m.wait / (1 - p)) // exact where C is small
	}
	return max(0, excess) / m.WaitRate()
}

// maxExact is the greatest number of servers for which more is asked.
const maxExact = 1_000_000

// more returns C/(1−p) − 1 from the rates in 128 bits. Where C and 1 − p are almost
// equal, as at p = 0.8 for one server with a utilization of 0.2, the rounding of C
// would be all that is left of the difference. The odds, of P(N < c) to P(N = c) for a
// Poisson N of mean a, are
//
//	c/a + c·(c−1)/a² + c·(c−1)·(c−2)/a³ + …
//
// of which some 10·√c terms count: microseconds for ten servers, milliseconds for a
// hundred thousand.
func (m MMC) more(p float64) float64 {
	num := func(x float64) *big.Float { return new(big.Float).SetPrec(128).SetFloat64(x) }
	one, service, arrival := num(1), num(m.params.Service), num(m.params.Arrival)
	inverse, term, odds, factor := num(0).Quo(service, arrival), num(1), num(0), num(0)
	for k := m.params.Servers; k > 0; k-- {
		term.Mul(term, factor.SetInt64(int64(k))).Mul(term, inverse)
		odds.Add(odds, term)
		if float64(k) < m.load.Hi && term.MantExp(nil) < odds.MantExp(nil)-110 {
			break // from here on each term is less than the one before
		}
	}
	capacity := num(float64(m.params.Servers))
	capacity.Mul(capacity, service)
	// 1/C = 1 + (1 − ρ)·odds, so that C/(1−p) − 1 = 1/((1−p)/C) − 1.
	odds.Mul(odds, num(0).Sub(capacity, arrival)).Quo(odds, capacity)
	odds.Add(odds, one).Mul(odds, num(0).Sub(one, num(p)))
	ratio, _ := odds.Quo(num(0).Sub(one, odds), odds).Float64()
	return ratio
}

// SojournTail returns the share of customers for whom arrival to departure takes
// longer than t. It is NaN unless t ≥ 0. With g = |s − μ| it is
//
//	e^(−μt) + C·μ·e^(−min(s, μ)·t)·(1 − e^(−gt))/g
//
// where the last factor is t at g = 0; no term is negative and nothing cancels.
func (m MMC) SojournTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	service := special.Extended{Hi: m.params.Service}
	slow := service
	if m.slack.Hi < service.Hi {
		slow = m.slack
	}
	late := slow.Decay(t)
	if late == 0 { // so is the decay of service, which is no slower
		return 0
	}
	mixed := t
	if g := math.Abs(m.slack.Hi - service.Hi); g > 0 {
		mixed = -math.Expm1(-g*t) / g
	}
	return min(1, service.Decay(t)+m.ProbWait()*service.Hi*mixed*late)
}

// SojournQuantile returns the time within which a share p of customers leaves
// again: the least t of which [MMC.SojournTail] is at most 1 − p, to the last digit
// of both. It is NaN unless 0 < p < 1. It bisects, in some 60
// evaluations for p of 1e-12 or more.
func (m MMC) SojournQuantile(p float64) float64 {
	if !(p > 0 && p < 1 && m.slack.Hi > 0) {
		return math.NaN()
	}
	// A sojourn is no shorter than its service, and one that exceeds the sum of two
	// times has a wait or a service that exceeds its own.
	half := (1 - p) / 2
	low := -math.Log1p(-p) / m.params.Service
	high := max(0, math.Log(m.wait/half))/m.slack.Hi - math.Log(half)/m.params.Service
	return bisect(low, high, func(t float64) bool { return m.SojournTail(t) <= 1-p })
}

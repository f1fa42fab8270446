package queue

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// ErlangB returns Erlang's loss probability B(c, a): the share of customers that
// find every one of c servers busy and leave, when there is no place to wait. The
// load a is the arrival rate times the mean service time, and may exceed c. It is
// NaN unless servers ≥ 0 and load is finite and ≥ 0; without servers everybody is
// lost. It takes O(1) time and does not allocate.
//
// For a load far below c a relative change δ of the load changes B by (c − a)·δ: the
// rounding of a quotient λ/μ can show. [MMC.ProbBlock] has none.
func ErlangB(servers int, load float64) float64 {
	if !erlangDomain(servers, load) {
		return math.NaN()
	}
	return 1 / (1 + special.PoissonOdds(servers, special.Extended{Hi: load}))
}

// LogErlangB returns the natural logarithm of [ErlangB], also where that is too
// small for a float64. It is −Inf only where the load is 0.
func LogErlangB(servers int, load float64) float64 {
	if !erlangDomain(servers, load) {
		return math.NaN()
	}
	a, n := special.Extended{Hi: load}, float64(servers)
	switch odds := special.PoissonOdds(servers, a); {
	case odds < math.Inf(1):
		return -math.Log1p(odds)
	case servers > special.Direct && load >= special.Tiny:
		return special.NewPoisson(n, a).LogProb() // and P(N < n) is 1 to every digit
	}
	// So small a load that its exponential stands for the sum up to n.
	factorial, _ := math.Lgamma(n + 1)
	return n*math.Log(load) - factorial - load
}

// ErlangC returns Erlang's delay probability C(c, a): the share of customers who
// have to wait for one of c servers when all do wait. It is NaN unless servers ≥ 1
// and 0 ≤ load < servers: without slack the line grows for ever. It takes O(1) time
// and does not allocate.
func ErlangC(servers int, load float64) float64 {
	c := float64(servers)
	if !erlangDomain(servers, load) || load >= c {
		return math.NaN()
	}
	return 1 / (1 + (c-load)/c*special.PoissonOdds(servers, special.Extended{Hi: load}))
}

func erlangDomain(servers int, load float64) bool {
	return servers >= 0 && load >= 0 && load <= math.MaxFloat64
}

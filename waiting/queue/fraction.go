package queue

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/special"
)

// ErlangBReal returns Erlang's loss probability continued to a number of servers that is
// no integer, for staffing in fractions:
//
//	1/B = a·∫ e^(−ax)·(1 + x)^c dx over x > 0
//
// It is [ErlangB] for integers, and NaN unless servers is 0 to MaxServers and load finite
// and at least 0.
func ErlangBReal(servers, load float64) float64 {
	if !(servers >= 0 && servers <= MaxServers && load >= 0 && load <= math.MaxFloat64) {
		return math.NaN()
	}
	return 1 / (1 + realOdds(servers, special.Extended{Hi: load}))
}

// realOdds returns 1/B − 1.
func realOdds(servers float64, a special.Extended) float64 {
	whole := math.Floor(servers)
	switch {
	case servers == whole:
		return special.PoissonOdds(int(servers), a)
	case a.Hi == 0:
		return math.Inf(1)
	case servers > special.Direct && a.Hi < 2*servers && a.Hi >= special.Tiny:
		n := special.NewPoisson(servers, a)
		return n.Below() / n.Prob()
	}
	// Up from the fraction: odds(c) = (c/a)·(1 + odds(c − 1)). In front of twice the servers
	// each step halves an error, so that the last hundred do.
	c := servers - whole
	odds := fractionOdds(c, a.Hi)
	if a.Hi >= 2*servers && whole > 100 {
		c = servers - 100
		odds = c / (a.Hi - c)
	}
	for c < servers && odds <= math.MaxFloat64 {
		c = min(c+1, servers)
		odds = c / a.Hi * (1 + odds)
	}
	return odds
}

// fractionOdds returns 1/B − 1 for 0 < c < 1.
func fractionOdds(c, a float64) float64 {
	if a < 20 {
		factorial, _ := math.Lgamma(c + 1)
		return special.UpperGamma(c+1, a)*math.Exp(a+factorial-c*math.Log(a)) - 1
	}
	tail := 0.0 // Legendre's continued fraction of the upper incomplete gamma function Γ(c, a)
	for k := 80.0; k > 0; k-- {
		tail = k * (k - c) / (a + 2*k + 1 - c - tail)
	}
	return c / (a + 1 - c - tail)
}

// A FractionalNeed is how many servers a promise takes where they are shared with other
// lines, so that fractions count. It is plain data.
type FractionalNeed struct {
	Servers   float64 `json:"servers"`   // least real number that keeps the promise
	Positions float64 `json:"positions"` // people on the payroll for it: Servers/(1 − shrinkage)
}

// StaffFraction returns the least real number of servers for which a share level of the
// customers of p waits no longer than within, by Erlang's formulas continued to real
// numbers: sums of rounded needs overstate what a pool takes. Shrinkage is the share of
// paid time in which people do not serve: breaks, training, illness. p.Servers is ignored.
// It fails with a [relmark.FieldError] for a level or p that breaks a rule, a negative time,
// or a shrinkage that is not from 0 to below 1. It bisects.
func StaffFraction(p MMCParams, level float64, within time.Duration, shrinkage float64) (FractionalNeed, error) {
	var l faults
	p.Servers = 0
	p.check(&l)
	l.share("level", level)
	l.Check(within >= 0, "within", within, "must be at least 0")
	l.Check(shrinkage >= 0 && shrinkage < 1, "shrinkage", shrinkage, "must be 0 to below 1")
	if l.Len() == 0 {
		l.Check(p.Arrival/p.Service <= MaxServers/2, "Arrival", p.Arrival, "must be a load of 500000000 at most")
	}
	if l.Len() > 0 {
		return FractionalNeed{}, l.Err(room)
	}
	if p.Arrival == 0 {
		return FractionalNeed{}, nil
	}
	a, t := special.Quotient(p.Arrival, p.Service), p.units(within)
	enough := func(more float64) bool {
		c := a.Hi + more
		late := math.Exp(-more*p.Service*t) / (1 + more/c*realOdds(c, a))
		return 1-late >= level
	}
	more := beyond(1, enough)
	return FractionalNeed{a.Hi + more, (a.Hi + more) / (1 - shrinkage)}, nil
}

// LinesFor returns the least number of lines, servers without a place to wait, at which
// no more than a share blocking of calls is lost: 10 Erlangs at 2 % take 17. It fails with
// a [relmark.FieldError] unless load is 0 to 500,000,000 and blocking above 0 and below 1.
func LinesFor(load, blocking float64) (int, error) {
	var l faults
	l.Between("load", load, 0, MaxServers/2)
	l.share("blocking", blocking)
	if err := l.Err(room); err != nil {
		return 0, err
	}
	if load == 0 {
		return 0, nil
	}
	low, high := 0, 1 // low loses all
	for ErlangB(high, load) > blocking*(1+slight) {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; ErlangB(middle, load) > blocking*(1+slight) {
			low = middle
		} else {
			high = middle
		}
	}
	return high, nil
}

// LoadFor returns the greatest load, in Erlangs, of which so many lines lose no more than
// a share blocking. It fails with a [relmark.FieldError] unless servers is 1 to MaxServers
// and blocking above 0 and below 1. It bisects.
func LoadFor(servers int, blocking float64) (float64, error) {
	var l faults
	l.Check(servers >= 1 && servers <= MaxServers, "servers", servers, "must be 1 to 1000000000")
	l.share("blocking", blocking)
	if err := l.Err(room); err != nil {
		return 0, err
	}
	return beyond(1, func(load float64) bool { return ErlangB(servers, load) > blocking }), nil
}

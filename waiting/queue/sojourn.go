package queue

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// A Wait is the law of a wait with its mean: of the models of this package whose customers
// wait, of those served ([ErlangA.Served]) where others give up.
type Wait interface {
	ProbWait() float64          // P(wait > 0)
	MeanWait() float64          // those who do not wait included
	WaitTail(t float64) float64 // P(wait > t)
}

// SojournTail returns the share of customers for whom a wait and an exponential service
// of rate μ that does not depend on it take longer than t:
//
//	e^(−μt) + μ·∫ P(wait > u)·e^(−μ(t−u)) du from 0 to t
//
// by quadrature, to some 1e-11 where the tail is smooth. [MMC.SojournTail], [MD1.SojournTail]
// and [GM1.SojournTail] are closed forms. It is NaN unless t ≥ 0 and service is finite and above 0, or if the law
// is. It takes some hundred to a thousand evaluations of the tail.
func SojournTail(law Wait, service, t float64) float64 {
	if !(t >= 0 && service > 0 && service <= math.MaxFloat64) {
		return math.NaN()
	}
	if math.IsInf(t, 1) {
		return law.WaitTail(t)
	}
	const beyond = 45 // e^−45 is nothing beside what is near
	typical := law.MeanWait() / law.ProbWait()
	if law.ProbWait() == 0 {
		typical = 1 / service
	}
	start := max(0, t-beyond/service)
	sum := math.Exp(-service * t)
	if start > 0 {
		sum = law.WaitTail(start) * math.Exp(-beyond)
	}
	inner := func(u float64) float64 { return law.WaitTail(u) * math.Exp(-service*(t-u)) }
	step := min(typical, 1/service) / 8
	for at := start; at < t; step = min(2*step, 1/service) {
		end := min(t, at+max(step, (at-start)*0x1p-40))
		sum += service * quad.Fixed(inner, at, end, 16, quad.Legendre{}, 0)
		at = end
	}
	return min(1, sum)
}

// ApproxWaitTail returns about how many customers wait longer than t where no more is known
// than how many wait and for how long on average, as of [MG1] and of lines with priorities:
// prob·e^(−t·prob/mean), which is right if those who wait do so exponentially. The body of
// such a law is mostly near, its far tail may be off by a factor. It is NaN unless t and
// mean are at least 0 and prob is 0 to 1; 0 where nobody waits.
func ApproxWaitTail(prob, mean, t float64) float64 {
	switch {
	case !(t >= 0 && mean >= 0 && prob >= 0 && prob <= 1):
		return math.NaN()
	case mean == 0 || prob == 0:
		return 0
	}
	return prob * math.Exp(-t*prob/mean)
}

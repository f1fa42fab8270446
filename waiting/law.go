package waiting

import (
	"math"
	"time"
)

// Minutes are a time on the clock, or one as it feels. They are a type so that a
// number in another unit does not pass for them: a variable has to be converted, by
// Minutes(d.Minutes()) if it is a [time.Duration].
type Minutes float64

// A Law is the distribution of the wait that customers meet, in any unit of time that
// it says. The models of the package waiting/queue are laws, and so is a [Position].
// An [ExponentialLaw] that also has WaitWithin(t), P(wait ≤ t), is asked for it at 0: where
// almost everybody waits, 1 − ProbWait has few digits.
type Law interface {
	ProbWait() float64          // P(wait > 0)
	WaitTail(t float64) float64 // P(wait > t) for t ≥ 0; never rises, and falls to 0
	Unit() time.Duration        // the unit of t, such as time.Hour; > 0
}

// An ExponentialLaw is a Law with P(wait > t) = ProbWait·e^(−WaitRate·t), such as
// that of an M/M/c queue. Its expectations have a closed form.
type ExponentialLaw interface {
	Law
	WaitRate() float64 // per unit; finite and > 0
}

// A QuantileLaw is a Law that knows the least t for which P(wait ≤ t) ≥ p, for
// 0 < p < 1. Of others it is found by bisection.
type QuantileLaw interface {
	Law
	WaitQuantile(p float64) float64 // in units
}

// unitOf returns the unit of a law in minutes.
func unitOf(law Law) (Minutes, error) {
	if law == nil {
		return 0, broken("Law", nil, "must not be nil")
	}
	unit := law.Unit()
	if unit <= 0 {
		return 0, broken("Law.Unit", unit, "must be > 0: the unit of the times of the law")
	}
	return Minutes(float64(unit) / float64(time.Minute)), nil
}

// isExponential reports whether the tail of a law is what its type says. A host may
// have embedded a queue and given it another tail: the methods are all there, the
// closed form is not.
func isExponential(law ExponentialLaw) bool {
	prob, rate := law.ProbWait(), law.WaitRate()
	if !(prob >= 0 && prob <= 1 && rate > 0) || math.IsInf(3/rate, 0) {
		return true // for the closed form to refuse
	}
	for _, x := range [...]float64{0.5, 1, 3} {
		if math.Abs(law.WaitTail(x/rate)-prob*math.Exp(-x)) > 1e-9 {
			return false
		}
	}
	return true
}

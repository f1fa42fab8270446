package waiting

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Regret is what a wrong announcement costs: Under for each minute that the wait
// turns out longer than told, Over for each that it turns out shorter.
// [DefaultRegret] is that of loss aversion. It is plain data.
type Regret struct {
	Under float64 `json:"under"`          // 1e-9 to 1e9
	Over  float64 `json:"over"`           // 1e-9 to 1e9
	Step  Minutes `json:"step,omitempty"` // to round up to, 1e-6 to 1e6, or 0 for what is not rounded
}

// DefaultRegret returns the regret of loss aversion: a minute too few weighs 2.25
// times as much as a minute too many, and nothing is rounded.
func DefaultRegret() Regret { return Regret{Under: 2.25, Over: 1} }

// Validate reports every rule that r breaks, joined into one error.
func (r Regret) Validate() error {
	var l fault.List
	l.Between("Under", r.Under, 1e-9, 1e9)
	l.Between("Over", r.Over, 1e-9, 1e9)
	if r.Step != 0 {
		l.Between("Step", float64(r.Step), 1e-6, 1e6)
	}
	return l.Err(room)
}

// Level returns the share of customers who should wait no longer than announced,
// under/(under + over): 69 % for [DefaultRegret]. It is NaN for an invalid regret.
func (r Regret) Level() float64 {
	if r.Validate() != nil {
		return math.NaN()
	}
	return min(r.Under/(r.Under+r.Over), math.Nextafter(1, 0))
}

// An Announcement is a wait to tell customers. Whoever hears it is about to wait, so
// what to say is IfDelayed. Overall is for those who ask before they come, "how long
// do I have to reckon with?": where a desk answers 80 % at once, it is 0 while the
// others do wait. Both are rounded up to the step.
type Announcement struct {
	IfDelayed Minutes `json:"if_delayed"` // the quantile of the wait of those who have to wait; 0 if nobody has
	Overall   Minutes `json:"overall"`    // the quantile over all customers, those who do not wait included
}

// Announce returns the wait to announce: the quantile of the law at [Regret.Level],
// which costs least on average, of those who wait and of all. It takes one call of a
// closed form where the law has one, some hundred of its tail where not. It fails if
// r breaks a rule, if the law states no unit, has values that are no probabilities or
// a quantile that is not finite, and with [relmark.ErrNoConverge] if its tail stays
// above the level as far as a float64 reaches.
func Announce(law Law, r Regret) (Announcement, error) {
	if err := r.Validate(); err != nil {
		return Announcement{}, err
	}
	unit, err := unitOf(law)
	if err != nil {
		return Announcement{}, err
	}
	delayed, overall, err := quantiles(law, r.Level())
	if err != nil {
		return Announcement{}, err
	}
	var a Announcement
	if a.IfDelayed, err = r.round(Minutes(delayed) * unit); err != nil {
		return Announcement{}, err
	}
	a.Overall, err = r.round(Minutes(overall) * unit)
	return a, err
}

// quantiles returns the quantiles at a level of those who wait and of all, in units
// of the law.
func quantiles(law Law, level float64) (delayed, overall float64, err error) {
	prob := law.ProbWait()
	if !(prob >= 0 && prob <= 1) {
		return 0, 0, broken("Law.ProbWait", prob, "must be 0 to 1")
	}
	if known, ok := law.(QuantileLaw); ok {
		overall = known.WaitQuantile(level)
	} else if overall, err = below(law, 1-level); err != nil {
		return 0, 0, err
	}
	if !(overall >= 0 && overall <= math.MaxFloat64) {
		return 0, 0, broken("Law.WaitQuantile", overall, "must be finite and at least 0")
	}
	exponential, ok := law.(ExponentialLaw)
	switch {
	case prob == 0: // nobody waits: there is no wait to announce, whatever the law
	case ok && isExponential(exponential):
		delayed = -math.Log1p(-level) / exponential.WaitRate()
		if !(delayed >= 0 && delayed <= math.MaxFloat64) {
			return 0, 0, broken("Law.WaitRate", exponential.WaitRate(), "must be > 0 and give a finite wait")
		}
	case prob == 1:
		delayed = overall
	case prob > 0:
		delayed, err = below(law, (1-level)*prob)
	}
	return delayed, overall, err
}

// below returns the least t at which the tail of a law is at most a share, to the
// last digit.
func below(law Law, share float64) (float64, error) {
	if law.ProbWait() <= share {
		return 0, nil
	}
	low, high := 0.0, 1.0
	for ; ; high *= 2 {
		tail := law.WaitTail(high)
		if !(tail >= 0 && tail <= 1+1e-12) {
			return 0, broken("Law", tail, "must have tails from 0 to 1")
		}
		if tail <= share {
			break
		}
		if high > math.MaxFloat64/2 {
			return high, fault.Room(room, fault.At("Law", relmark.ErrNoConverge))
		}
		low = high
	}
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high, nil
		}
		if law.WaitTail(middle) > share {
			low = middle
		} else {
			high = middle
		}
	}
}

// round rounds a wait up to a multiple of the step.
func (r Regret) round(wait Minutes) (Minutes, error) {
	if r.Step > 0 {
		const slip = 1e-9 // of a step: a rounding error is no reason to announce a whole step more
		wait = max(0, Minutes(math.Ceil(float64(wait/r.Step)-slip))) * r.Step
	}
	if !(wait <= math.MaxFloat64) {
		return 0, broken("Step", float64(r.Step), "must be such that the wait is a finite number of steps")
	}
	return wait, nil
}

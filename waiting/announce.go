package waiting

import (
	"fmt"
	"math"
)

// Regret is what a wrong announcement costs: Under for each minute that the wait
// turns out longer than told, Over for each that it turns out shorter. The zero
// Regret is that of loss aversion, 2.25 to 1. It is plain data.
type Regret struct {
	Under float64 `json:"under,omitempty"` // 1e-9 to 1e9; 0 means 2.25
	Over  float64 `json:"over,omitempty"`  // 1e-9 to 1e9; 0 means 1
	Step  float64 `json:"step,omitempty"`  // minutes to round up to, 1e-6 to 1e6; 0 means do not round
}

// Validate reports every rule that r breaks, joined into one error.
func (r Regret) Validate() error {
	var errs []error
	if r.Under != 0 {
		errs = checkRange(errs, "Under", r.Under, 1e-9, 1e9)
	}
	if r.Over != 0 {
		errs = checkRange(errs, "Over", r.Over, 1e-9, 1e9)
	}
	if r.Step != 0 {
		errs = checkRange(errs, "Step", r.Step, 1e-6, 1e6)
	}
	return joined(errs)
}

// Level returns the share of customers who should wait no longer than announced,
// under/(under + over): 69 % for the zero Regret. It is NaN for an invalid one.
func (r Regret) Level() float64 {
	if r.Validate() != nil {
		return math.NaN()
	}
	if r.Under == 0 {
		r.Under = 2.25
	}
	if r.Over == 0 {
		r.Over = 1
	}
	return min(r.Under/(r.Under+r.Over), math.Nextafter(1, 0))
}

// Announce returns the wait to announce, in minutes: the quantile of the law at
// [Regret.Level], which costs least on average, rounded up to a multiple of the
// step. It fails if r breaks a rule, or the law has no quantile that is finite and
// at least 0.
func Announce(law QuantileLaw, r Regret) (float64, error) {
	if err := r.Validate(); err != nil {
		return 0, err
	}
	if law == nil {
		return 0, fmt.Errorf("waiting: %w", fault("Law", nil, "must not be nil"))
	}
	wait := law.WaitQuantile(r.Level())
	if !(wait >= 0 && wait <= math.MaxFloat64) {
		return 0, fmt.Errorf("waiting: %w", fault("Law.WaitQuantile", wait, "must be finite and at least 0"))
	}
	if r.Step == 0 {
		return wait, nil
	}
	const slip = 1e-9 // of a step: a rounding error is no reason to announce a whole step more
	announced := max(0, math.Ceil(wait/r.Step-slip)) * r.Step
	if !(announced <= math.MaxFloat64) {
		return 0, fmt.Errorf("waiting: %w", fault("Step", r.Step, "must be such that the wait is a finite number of steps"))
	}
	return announced, nil
}

package crosssell

import (
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Fatigue returns how much a customer has been addressed of late: each contact counts 1
// when it is made and half as much with each half-life since,
//
//	Σ 2^(−(asOf − At)/halfLife)
//
// so that a limit of 2 with a half-life of a week allows some two contacts a week in the
// long run. It is 0 without contacts. It fails unless the half-life is positive, asOf is
// set and each contact has a time that is not after it. It takes O(n) time.
func Fatigue(history []relmark.Contact, halfLife time.Duration, asOf time.Time) (float64, error) {
	var l fault.List
	l.Check(halfLife > 0, "HalfLife", halfLife, "must be positive")
	l.Check(!asOf.IsZero(), "AsOf", nil, "must be set")
	sum := 0.0
	for i := range history {
		if l.Full() {
			break
		}
		made := history[i].At
		if made.IsZero() || made.After(asOf) {
			l.Add(at("History", i)+".At", made, "must be set and not come after AsOf")
			continue
		}
		sum += math.Exp2(-float64(asOf.Sub(made)) / float64(halfLife))
	}
	if err := l.Err(room); err != nil {
		return 0, err
	}
	return sum, nil
}

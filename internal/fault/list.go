package fault

import (
	"fmt"
	"math"
)

// Most is how many faults an error lists; it counts those that follow.
const Most = 16

// A List collects what is wrong with one input. The zero List is ready. It is not
// safe for concurrent mutation.
type List struct {
	errs []error
	more int
}

// Add adds a field that breaks a rule. Value is nil where it must not be repeated.
func (l *List) Add(field string, value any, rule string) {
	if l.full() {
		return
	}
	l.errs = append(l.errs, New(field, value, rule))
}

// Finite reports whether x is neither infinite nor NaN.
func Finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// Check adds a field that breaks a rule, unless ok.
func (l *List) Check(ok bool, field string, value any, rule string) {
	if !ok {
		l.Add(field, value, rule)
	}
}

// Between adds a number that is not least to most; NaN is not.
func (l *List) Between(field string, x, least, most float64) {
	if !(x >= least && x <= most) {
		l.Add(field, x, fmt.Sprintf("must be %v to %v", least, most))
	}
}

// Level adds a level of confidence, or a power, at which nothing is computed: 0.5 to 0.9999
// are the levels of all rooms of servqual.
func (l *List) Level(field string, x float64) { l.Between(field, x, 0.5, 0.9999) }

// Join adds what is wrong with a part: err as [At] gives it, each of its faults
// counted for itself; nothing if err is nil. An empty path adds err as it is.
func (l *List) Join(path string, err error) {
	if path != "" {
		err = At(path, err)
	}
	if part, ok := err.(*faults); ok { //nolint:errorlint // only lists fall apart
		for _, e := range part.errs {
			l.one(e)
		}
		l.more += part.more
		return
	}
	if err != nil {
		l.one(err)
	}
}

func (l *List) one(err error) {
	if !l.full() {
		l.errs = append(l.errs, err)
	}
}

// full counts one more fault where the list has as many as it keeps.
func (l *List) full() bool {
	if len(l.errs) < Most {
		return false
	}
	l.more++
	return true
}

// Len returns how many faults there are, counted ones included.
func (l *List) Len() int { return len(l.errs) + l.more }

// Full reports whether the list keeps no more: a loop over untrusted input may stop.
func (l *List) Full() bool { return len(l.errs) >= Most }

// Err returns one error of all faults, with the name of the room before them unless
// that is empty; nil if there are none.
func (l *List) Err(room string) error {
	if l.Len() == 0 {
		return nil
	}
	return &faults{room, append([]error(nil), l.errs...), l.more}
}

package spc

import (
	"iter"
	"math/bits"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A Monitor judges points as they come, by frozen limits: the signals of [Chart.Judge]
// with memory that does not grow. Obtain one from [NewMonitor]. It is not safe for
// concurrent use.
type Monitor struct {
	opaque

	limits Limits
	watch  watch
}

// NewMonitor returns a monitor that has seen nothing. It fails with a
// [relmark.FieldError] for limits or rules that are not valid: 1 to 64 rules with
// names of their own. A host that starts again gives it the last 64 points first.
func NewMonitor(l Limits, rules []Rule) (*Monitor, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	w, err := newWatch(rules)
	if err != nil {
		return nil, err
	}
	return &Monitor{limits: l, watch: w}, nil
}

// A Verdict is what a monitor says of one point.
type Verdict struct {
	Z     float64 `json:"z"`
	Band  Band    `json:"band"`
	Fired RuleSet `json:"fired"` // the rules whose pattern this point completes
}

// Add judges the next point: a value and the size of the sample behind it, 1 where
// it does not matter. It fails with a [relmark.FieldError] unless the value is one
// that the chart can have and the size > 0; the monitor is as before then. It takes
// a few nanoseconds a rule and does not allocate.
func (m *Monitor) Add(value, size float64) (Verdict, error) {
	low, high := m.limits.Kind.bounds()
	if !(value >= low && value <= high && size > 0 && size <= most) {
		return Verdict{}, refusal(value, size, low, high)
	}
	band := m.limits.At(size)
	z := m.limits.z(value, band.Sigma)
	return Verdict{z, band, m.watch.add(z)}, nil
}

func refusal(value, size, low, high float64) error {
	var l fault.List
	l.Between("Value", value, low, high)
	l.Check(size > 0 && size <= most, "Size", size, "must be > 0 and at most 1e100")
	return l.Err("spc")
}

// Gap says that a point is missing: patterns start anew. Leave it out to bridge.
func (m *Monitor) Gap() { m.watch.gap() }

// A RuleSet is a set of rules by their position. The zero RuleSet is empty.
type RuleSet uint64

// Has reports whether the rule at a position is in the set.
func (s RuleSet) Has(rule int) bool { return rule >= 0 && rule < 64 && s>>rule&1 == 1 }

// All yields the positions in ascending order.
func (s RuleSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for left := s; left != 0; left &= left - 1 {
			if !yield(bits.TrailingZeros64(uint64(left))) {
				return
			}
		}
	}
}

package spc

import (
	"iter"
	"math/bits"

	"github.com/relmark/relmark/internal/fault"
)

// A Monitor judges points as they come, by frozen limits: the signals of [Chart.Judge]
// with memory that does not grow. Obtain one from [NewMonitor]. It is not safe for
// concurrent use.
type Monitor struct {
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
	return &Monitor{l, w}, nil
}

// A Verdict is what a monitor says of one point.
type Verdict struct {
	Z     float64
	Band  Band
	Fired RuleSet // the rules whose pattern this point completes
}

// Add judges the next point: a value and the size of the sample behind it, 1 where
// it does not matter. It fails with a [relmark.FieldError] unless the value is one
// that the chart can have and the size > 0; the monitor is as before then. It takes
// a few nanoseconds a rule and does not allocate.
func (m *Monitor) Add(value, size float64) (Verdict, error) {
	low, high := -most, most
	if m.limits.Kind != Values {
		low = 0
	}
	if m.limits.Kind == Shares || m.limits.Kind == Laney {
		high = 1
	}
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

// A watch is the state of all rules. Each has two registers of the last points, the
// latest in the lowest bit.
type watch struct {
	rules []Rule
	state []registers
	last  float64 // z of the point before
	seen  bool    // there is one
}

// registers hold, for points of old, what the pattern of a rule asks: that they lay
// beyond the zone above and below, or inside of it, or rose and fell.
type registers struct{ a, b uint64 }

func newWatch(rules []Rule) (watch, error) {
	if err := checkRules(rules); err != nil {
		return watch{}, err
	}
	return watch{rules: append([]Rule(nil), rules...), state: make([]registers, len(rules))}, nil
}

func (w *watch) gap() {
	clear(w.state)
	w.seen = false
}

func (w *watch) add(z float64) (fired RuleSet) {
	for i := range w.rules {
		r := &w.rules[i]
		a, b := r.facts(z, w.last, w.seen)
		s := &w.state[i]
		s.a, s.b = s.a<<1|a, s.b<<1|b
		if r.complete(*s) {
			fired |= 1 << i
		}
	}
	w.last, w.seen = z, true
	return fired
}

// facts returns the two bits of a point.
func (r *Rule) facts(z, last float64, seen bool) (a, b uint64) {
	switch r.Pattern {
	case Beyond, Outside:
		return bit(z > r.Z), bit(z < -r.Z)
	case Inside:
		return bit(z <= r.Z && z >= -r.Z), 0
	default:
		return bit(seen && z > last), bit(seen && z < last)
	}
}

func bit(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

// complete reports whether the latest point completes the pattern.
func (r *Rule) complete(s registers) bool {
	window := ^uint64(0) >> (64 - r.Of)
	switch r.Pattern {
	case Beyond:
		return s.a&1 == 1 && bits.OnesCount64(s.a&window) >= r.K || s.b&1 == 1 && bits.OnesCount64(s.b&window) >= r.K
	case Outside:
		return (s.a|s.b)&window == window && s.a&window != 0 && s.b&window != 0
	case Inside:
		return s.a&window == window
	case Trending: // Of points make one step less
		return s.a&(window>>1) == window>>1 || s.b&(window>>1) == window>>1
	default: // Alternating
		const turns = 0x5555555555555555
		steps := window >> 1
		return s.a&steps == turns&steps && s.b&steps == ^uint64(turns)&steps ||
			s.b&steps == turns&steps && s.a&steps == ^uint64(turns)&steps
	}
}

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

// A watch is the state of all rules.
type watch struct {
	rules []state
	last  float64 // z of the point before
	seen  bool    // there is one
}

// A state is a rule with two registers of the last points, the latest in the lowest
// bit: that they lay beyond the zone above and below, or inside of it, or rose and
// fell, as the pattern asks.
type state struct {
	rule   Rule
	kind   int    // of the pattern, by its position
	window uint64 // ones for the points, or the steps, of the pattern
	a, b   uint64
}

func newWatch(rules []Rule) (watch, error) {
	if err := checkRules(rules); err != nil {
		return watch{}, err
	}
	w := watch{rules: make([]state, len(rules))}
	for i, r := range rules {
		w.rules[i] = newState(r)
	}
	return w, nil
}

func newState(r Rule) state {
	window := ^uint64(0) >> (64 - r.Of)
	if r.Pattern == Trending || r.Pattern == Alternating {
		window >>= 1 // so many points make one step less
	}
	kind, _ := patterns().Index(r.Pattern)
	return state{rule: r, kind: kind, window: window}
}

func (w *watch) gap() {
	for i := range w.rules {
		w.rules[i].a, w.rules[i].b = 0, 0
	}
	w.seen = false
}

func (w *watch) add(z float64) (fired RuleSet) {
	rises, falls := bit(w.seen && z > w.last), bit(w.seen && z < w.last)
	for i := range w.rules {
		s := &w.rules[i]
		s.push(z, rises, falls)
		if s.complete() {
			fired |= 1 << i
		}
	}
	w.last, w.seen = z, true
	return fired
}

// The patterns by position: small numbers where each point compares them.
const (
	beyond = iota
	trending
	alternating
	inside
	outside
)

// push files a point.
func (s *state) push(z float64, rises, falls uint64) {
	a, b := rises, falls
	switch s.kind {
	case beyond, outside:
		a, b = bit(z > s.rule.Z), bit(z < -s.rule.Z)
	case inside:
		a, b = bit(z <= s.rule.Z && z >= -s.rule.Z), 0
	}
	s.a, s.b = s.a<<1|a, s.b<<1|b
}

func bit(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

// complete reports whether the latest point completes the pattern.
func (s *state) complete() bool {
	a, b := s.a&s.window, s.b&s.window
	switch s.kind {
	case beyond:
		return s.a&1 == 1 && bits.OnesCount64(a) >= s.rule.K || s.b&1 == 1 && bits.OnesCount64(b) >= s.rule.K
	case outside:
		return a|b == s.window && a != 0 && b != 0
	case inside:
		return a == s.window
	case trending:
		return a == s.window || b == s.window
	case alternating:
		const turns = 0x5555555555555555
		even, odd := turns&s.window, ^uint64(turns)&s.window
		return a == even && b == odd || b == even && a == odd
	}
	return false
}

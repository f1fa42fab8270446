package spc

import "math/bits"

// A watch is what a set of rules remembers of the last 64 points: registers of bits, the
// latest in the lowest. Rules of one zone share its registers.
type watch struct {
	zones        []zone
	checks       []check
	seen         uint64  // points there are
	rises, falls uint64  // points above the one before, or below it
	last         float64 // z of the point before
}

// A zone is a distance from the centre, with the points that lay beyond it on either side.
type zone struct {
	z            float64
	above, below uint64
}

// A check is a rule made ready: all it needs is a few words.
type check struct {
	kind   int    // of the pattern, by its position
	zone   int    // position of its zone; 0 where it has none
	least  int    // how many points must lie beyond
	window uint64 // ones for the points, or the steps, of the pattern
}

// The patterns by position: small numbers where each point compares them.
const (
	beyond = iota
	trending
	alternating
	inside
	outside
)

func newWatch(rules []Rule) (watch, error) {
	if err := checkRules(rules); err != nil {
		return watch{}, err
	}
	w := watch{zones: []zone{{}}, checks: make([]check, len(rules))}
	for i, r := range rules {
		w.checks[i] = newCheck(r)
		w.checks[i].zone = w.zone(r.Z)
	}
	return w, nil
}

func newCheck(r Rule) check {
	window := ^uint64(0) >> (64 - r.Of)
	if r.Pattern == Trending || r.Pattern == Alternating {
		window >>= 1 // so many points make one step less
	}
	kind, _ := patterns().Index(r.Pattern)
	return check{kind: kind, least: r.K, window: window}
}

// zone returns the position of a zone, a new one if there is none yet.
func (w *watch) zone(z float64) int {
	for i := range w.zones {
		if w.zones[i].z == z {
			return i
		}
	}
	w.zones = append(w.zones, zone{z: z})
	return len(w.zones) - 1
}

func (w *watch) gap() {
	for i := range w.zones {
		w.zones[i].above, w.zones[i].below = 0, 0
	}
	w.seen, w.rises, w.falls = 0, 0, 0
}

// add files a point and returns the rules whose pattern it completes. Apart from the kind
// of a rule, which is the same at each point, nothing here branches on data: a branch that
// noise decides is guessed wrongly half of the time, and costs more than a rule.
func (w *watch) add(z float64) (fired RuleSet) {
	for i := range w.zones {
		o := &w.zones[i]
		o.above = o.above<<1 | bit(z > o.z)
		o.below = o.below<<1 | bit(z < -o.z)
	}
	before := w.seen & 1
	w.seen = w.seen<<1 | 1
	w.rises = w.rises<<1 | bit(z > w.last)&before
	w.falls = w.falls<<1 | bit(z < w.last)&before
	w.last = z
	for i := range w.checks {
		c := &w.checks[i]
		o := &w.zones[c.zone]
		hit := uint64(0)
		switch c.kind {
		case beyond:
			hit = c.beyond(o.above, o.below)
		case trending:
			hit = bit(w.rises&c.window == c.window) | bit(w.falls&c.window == c.window)
		case alternating:
			hit = c.alternating(w.rises, w.falls)
		case inside:
			hit = bit((w.seen&^(o.above|o.below))&c.window == c.window)
		case outside:
			hit = bit((o.above|o.below)&c.window == c.window) & bit(o.above&c.window != 0) & bit(o.below&c.window != 0)
		}
		fired |= RuleSet(hit) << (i & 63)
	}
	return fired
}

// beyond reports whether enough points lie on one side, the latest among them.
func (c *check) beyond(above, below uint64) uint64 {
	a, b := above&c.window&-(above&1), below&c.window&-(below&1)
	return bit(bits.OnesCount64(a) >= c.least) | bit(bits.OnesCount64(b) >= c.least)
}

// alternating reports whether steps go up and down by turns.
func (c *check) alternating(rises, falls uint64) uint64 {
	const turns = 0x5555555555555555
	a, b := rises&c.window, falls&c.window
	even, odd := turns&c.window, ^uint64(turns)&c.window
	return bit(a == even)&bit(b == odd) | bit(b == even)&bit(a == odd)
}

func bit(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

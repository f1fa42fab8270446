package sequence

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// Limits say how far apart the elements of a pattern may be, counted in visits and in
// days. A limit that is nil does not apply; the zero Limits has none. It is plain data.
type Limits struct {
	// MinVisits and MaxVisits bound how many visits later an element follows the one
	// before it: 1 is the very next visit. Visits without any item of the pattern count.
	MinVisits *int `json:"min_visits,omitempty"`
	MaxVisits *int `json:"max_visits,omitempty"`
	// MinDays and MaxDays bound how many days later it follows.
	MinDays *int `json:"min_days,omitempty"`
	MaxDays *int `json:"max_days,omitempty"`
	// Span is the most days from the first element to the last, the window.
	Span *int `json:"span,omitempty"`
}

// Validate reports every rule that l breaks, joined into one error: lower limits are 1 or
// more, upper ones at least the lower one and 1, and Span is 0 or more.
func (l Limits) Validate() error { return fault.Room(room, l.check()) }

func (l Limits) check() error {
	var faults fault.List
	checkRange(&faults, "Visits", l.MinVisits, l.MaxVisits)
	checkRange(&faults, "Days", l.MinDays, l.MaxDays)
	if l.Span != nil {
		faults.Check(*l.Span >= 0, "Span", *l.Span, "must be 0 or more, or nil for no limit")
	}
	return faults.Err("")
}

func checkRange(l *fault.List, what string, lo, hi *int) {
	if lo != nil {
		l.Check(*lo >= 1, "Min"+what, *lo, "must be 1 or more, or nil for no limit")
	}
	if hi != nil {
		l.Check(*hi >= max(1, value(lo, 1)), "Max"+what, *hi, "must be 1 or more and at least Min"+what+", or nil for no limit")
	}
}

func value(p *int, none int) int {
	if p == nil {
		return none
	}
	return *p
}

// gaps are limits with numbers in all places.
type gaps struct {
	minVisits, maxVisits int
	minDays, maxDays     int
	span                 int
	none                 bool // nothing is limited
	short                bool // an element has to follow the one before it soon
}

// compile returns the limits for a database. What no customer's history exceeds is no limit.
func (l Limits) compile(db *database) gaps {
	const never = math.MaxInt
	visits, days := db.extent()
	upper := func(p *int, most int) int {
		if n := value(p, never); n < most {
			return n
		}
		return never
	}
	g := gaps{
		minVisits: value(l.MinVisits, 1), maxVisits: upper(l.MaxVisits, visits),
		minDays: value(l.MinDays, 1), maxDays: upper(l.MaxDays, days), span: upper(l.Span, days),
	}
	g.none = g == gaps{minVisits: 1, maxVisits: never, minDays: 1, maxDays: never, span: never}
	g.short = g.maxVisits < never || g.maxDays < never
	return g
}

// extent returns how many visits, and how many days, lie between the first of a customer and
// the last at most.
func (db *database) extent() (visits, days int) {
	for c := range int32(db.customers()) {
		if from, to := db.span(c); from < to {
			visits, days = max(visits, int(to-from)-1), max(days, int(db.days[to-1]-db.days[from]))
		}
	}
	return visits, days
}

// A reach is where a pattern may end for one customer: at visits ends[i], the latest
// start of an embedding that ends there being starts[i]. Later starts are as good for all
// that follows, as the span is all that depends on them.
type reach struct{ ends, starts []int32 }

// follow appends to out those of the visits at which an element may follow a pattern that
// ends in r. All visits ascend. As a visit moves on, so do the first and the last end that
// are within the gaps.
func (g *gaps) follow(out, r reach, visits, days []int32) reach {
	lo, hi := 0, 0
	for _, v := range visits {
		for hi < len(r.ends) && g.late(r.ends[hi], v, days) {
			hi++
		}
		for lo < hi && g.tooLate(r.ends[lo], v, days) {
			lo++
		}
		if start, ok := g.latest(r.starts[lo:hi], v, days); ok {
			out.ends, out.starts = append(out.ends, v), append(out.starts, start)
		}
	}
	return out
}

// late reports whether v comes late enough after an end.
func (g *gaps) late(end, v int32, days []int32) bool {
	return int(v-end) >= g.minVisits && int(days[v]-days[end]) >= g.minDays
}

func (g *gaps) tooLate(end, v int32, days []int32) bool {
	return int(v-end) > g.maxVisits || int(days[v]-days[end]) > g.maxDays
}

// latest returns the latest of some starts, if v is within the span from it.
func (g *gaps) latest(starts []int32, v int32, days []int32) (int32, bool) {
	if len(starts) == 0 {
		return 0, false
	}
	start := starts[len(starts)-1]
	if g.short && g.span < math.MaxInt { // else starts ascend with the ends, or do not matter
		for _, s := range starts {
			start = max(start, s)
		}
	}
	return start, int(days[v]-days[start]) <= g.span
}

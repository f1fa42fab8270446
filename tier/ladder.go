package tier

import "slices"

// A Ladder is the levels of a programme, base first. Members start at the base,
// which has no conditions. The highest level whose condition holds counts; lower
// ones need not hold, so levels may be skipped. It is plain data.
type Ladder []Level

// A Level is one rung of a [Ladder].
//
// A member holds a level on a window if its Keep holds there, or the Enter of it
// or of any higher level: who would be let in is never thrown out. So a Keep that asks
// for more than these has no effect, and [Policy.Warnings] says so.
type Level struct {
	Code     string     // in the host's words, such as "gold"; unique in the ladder
	Enter    *Condition // to be given the level; nil: it cannot be earned
	Keep     *Condition // to have it renewed; nil: as Enter
	Lifetime *Condition // on the sums of a whole life, gives the level for good; nil: never
}

// check appends an error for every rule that the ladder breaks, conditions aside.
func (l Ladder) check(errs []error) []error {
	if len(l) == 0 || len(l) > maxLevels {
		return append(errs, fault("must have 1 to 100 levels", len(l), "Levels"))
	}
	for i, level := range l {
		if level.Code == "" {
			errs = append(errs, fault("must not be empty", nil, "Levels[%d].Code", i))
		}
		if l.index(level.Code) != i {
			errs = append(errs, fault("must be unique", nil, "Levels[%d].Code", i))
		}
	}
	if b := l[0]; b.Enter != nil || b.Keep != nil || b.Lifetime != nil {
		errs = append(errs, fault("must be without conditions", nil, "Levels[0]"))
	}
	return errs
}

const (
	maxLevels     = 100
	maxLadderWays = 4096 // of Enter and Keep of all levels: each may be a way to hold the lowest
)

// index returns the position of a level, -1 if there is none of that code.
func (l Ladder) index(code string) int {
	for i := range l {
		if l[i].Code == code {
			return i
		}
	}
	return -1
}

// codes returns the codes of the levels, base first.
func (l Ladder) codes() []string {
	codes := make([]string, len(l))
	for i := range l {
		codes[i] = l[i].Code
	}
	return codes
}

func (l Ladder) clone() Ladder {
	out := make(Ladder, len(l))
	for i, level := range l {
		out[i] = Level{level.Code, level.Enter.clone(), level.Keep.clone(), level.Lifetime.clone()}
	}
	return out
}

// A rung is a compiled level.
type rung struct{ enter, keep, lifetime *node }

// A rungs is a compiled ladder.
type rungs []rung

func (l Ladder) compile(m *metrics, errs []error) (rungs, []error) {
	out := make(rungs, len(l))
	ways := 0
	for i, level := range l {
		path := func(field string) string { return levelPath(i, field) }
		out[i].enter, errs = level.Enter.compile(m, errs, path("Enter"))
		out[i].keep, errs = level.Keep.compile(m, errs, path("Keep"))
		out[i].lifetime, errs = level.Lifetime.compile(m, errs, path("Lifetime"))
		ways += out[i].enter.count() + out[i].keep.count()
	}
	if ways > maxLadderWays {
		errs = append(errs, fault("must have at most 4096 ways to be entered or kept in all", ways, "Levels"))
	}
	return out, errs
}

// held reports whether level i is held on sums.
func (l rungs) held(i int, sums []int64) bool {
	if keep := l[i].keep; keep != nil && keep.holds(sums) {
		return true
	}
	for j := i; j < len(l); j++ {
		if enter := l[j].enter; enter != nil && enter.holds(sums) {
			return true
		}
	}
	return false
}

// entered returns the highest level above i, and below top, whose Enter holds on
// sums; i if there is none.
func (l rungs) entered(i, top int, sums []int64) int {
	for j := top - 1; j > i; j-- {
		if enter := l[j].enter; enter != nil && enter.holds(sums) {
			return j
		}
	}
	return i
}

// reached returns the condition that was met for the highest level reached on the
// sums of a period, by a member who held a level before its end; nil if that is
// the base.
func (l rungs) reached(before int, sums []int64) *node {
	for j := len(l) - 1; j > 0; j-- {
		if enter := l[j].enter; enter != nil && enter.holds(sums) {
			return enter
		}
		if keep := l.keeps(j); j <= before && keep != nil && keep.holds(sums) {
			return keep
		}
	}
	return nil
}

// lifelong returns the highest level whose lifetime condition holds on sums.
func (l rungs) lifelong(sums []int64) int {
	for j := len(l) - 1; j > 0; j-- {
		if c := l[j].lifetime; c != nil && c.holds(sums) {
			return j
		}
	}
	return 0
}

// holdable reports whether anything can hold level i: its Keep, or the Enter of it or
// of a higher level.
func (l rungs) holdable(i int) bool {
	return l[i].keep != nil || slices.ContainsFunc(l[i:], func(r rung) bool { return r.enter != nil })
}

// waysToHold returns every way to hold level i from sums, in the order Keep, Enter,
// Enter of the next level, …, without those that ask for as much as another or more;
// none if the level is held.
func (l rungs) waysToHold(i int, sums []int64) []want {
	var ways []want
	if keep := l[i].keep; keep != nil {
		ways = keep.ways(sums)
	}
	for _, level := range l[i:] {
		if level.enter != nil {
			ways = append(ways, level.enter.ways(sums)...)
		}
	}
	return leanest(ways)
}

// idle reports whether the Keep of level i has no effect: whoever meets it would be
// let into the level or a higher one. Thresholds only ask for more, so the least sums
// of each way decide.
func (l rungs) idle(i, metrics int) bool {
	for _, way := range l[i].keep.ways(make([]int64, metrics)) {
		if l.entered(i-1, len(l), way.sums()) < i {
			return false
		}
	}
	return true
}

// keeps returns the condition to keep level i; nil if there is none.
func (l rungs) keeps(i int) *node {
	if l[i].keep != nil {
		return l[i].keep
	}
	return l[i].enter
}

// next returns the next level above i that can be earned; false if there is none.
func (l rungs) next(i int) (int, bool) {
	for j := i + 1; j < len(l); j++ {
		if l[j].enter != nil {
			return j, true
		}
	}
	return 0, false
}

package tier

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A Level is one rung of a [Ladder]. Members start at the first, the base, which has
// no conditions. The highest level whose condition holds counts; lower ones need not
// hold, so levels may be skipped. It is plain data.
//
// A member holds a level on a window if its Keep holds there, or the Enter of it
// or of any higher level: who would be let in is never thrown out. So a Keep that asks
// for more than these has no effect, and [Policy.Warnings] says so.
type Level struct {
	Code     string     `json:"code"`               // in the host's words, such as "gold"; unique
	Enter    *Condition `json:"enter,omitempty"`    // to be given the level; nil: it cannot be earned
	Keep     *Condition `json:"keep,omitempty"`     // to have it renewed; nil: as Enter
	Lifetime *Condition `json:"lifetime,omitempty"` // on the sums of a whole life, gives the level for good; nil: never
}

const (
	maxLevels     = 100
	maxLadderWays = 4096 // of Enter and Keep of all levels: each may be a way to hold the lowest
)

// checkLevels says what is wrong with the levels of a policy, conditions aside.
func checkLevels(list []Level) error {
	if len(list) == 0 || len(list) > maxLevels {
		return fault.New("Levels", len(list), "must have 1 to 100 levels")
	}
	var errs fault.List
	seen := map[string]bool{}
	for i, level := range list {
		path := levelPath(i, "Code")
		errs.Check(isName(level.Code), path, nil, nameRule)
		errs.Check(!seen[level.Code], path, nil, "must be unique")
		seen[level.Code] = true
	}
	base := list[0]
	errs.Check(base.Enter == nil && base.Keep == nil && base.Lifetime == nil, "Levels[0]", nil, "must be without conditions")
	return errs.Err("")
}

func levelPath(i int, field string) string { return fmt.Sprintf("Levels[%d].%s", i, field) }

// codesOf returns the codes of levels, base first.
func codesOf(list []Level) []string {
	codes := make([]string, len(list))
	for i := range list {
		codes[i] = list[i].Code
	}
	return codes
}

func cloneLevels(list []Level) []Level {
	out := make([]Level, len(list))
	for i, level := range list {
		out[i] = Level{level.Code, level.Enter.clone(), level.Keep.clone(), level.Lifetime.clone()}
	}
	return out
}

// A rung is a compiled level.
type rung struct{ enter, keep, lifetime *node }

// rungs are compiled levels, base first.
type rungs []rung

// compileLevels compiles the conditions of levels.
func compileLevels(list []Level, m *metrics) (rungs, error) {
	var errs fault.List
	out := make(rungs, len(list))
	ways := 0
	for i, level := range list {
		compile := func(field string, c *Condition) *node {
			n, err := c.compile(m)
			errs.Join(levelPath(i, field), err)
			return n
		}
		out[i] = rung{compile("Enter", level.Enter), compile("Keep", level.Keep), compile("Lifetime", level.Lifetime)}
		ways += out[i].enter.count() + out[i].keep.count()
	}
	errs.Check(ways <= maxLadderWays, "Levels", ways, "must have at most 4096 ways to be entered or kept in all")
	return out, errs.Err("")
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
		ways = keep.appendWays(ways, sums)
	}
	for _, level := range l[i:] {
		if level.enter != nil {
			ways = level.enter.appendWays(ways, sums)
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

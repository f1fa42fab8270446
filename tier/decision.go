package tier

import (
	"slices"
	"time"
)

// A Standing is where a member stands at an instant. It is plain data.
type Standing struct {
	At        time.Time `json:"at"`
	Level     string    `json:"level"`               // code
	Since     time.Time `json:"since"`               // last change of the level, or the start of the join date
	Until     time.Time `json:"until,omitzero"`      // when what backs the level ends or is reviewed; zero: not by time
	Source    Source    `json:"source"`              // what backs the level; of several, what lasts longest
	Reason    Reason    `json:"reason"`              // of the last change
	Grace     bool      `json:"grace"`               // a drop of the earned level is pending
	Earned    string    `json:"earned"`              // code of the earned level, which may lie under an override
	NextCheck time.Time `json:"next_check,omitzero"` // ask again then: before, only new events change the level; zero: never
	Policy    string    `json:"policy,omitempty"`    // version that judges the window at the instant
}

// A Decision is a [Standing] with what is missing.
type Decision struct {
	Standing

	// Next is the next level above the present one that can be earned; nil: none.
	Next *Shortfall `json:"next,omitempty"`

	// Keep is what keeping the present level takes: every way to hold it, Keep and the
	// Enter of it and of each higher level, without those that ask for as much as
	// another or more. A period that has not begun is judged by the rules announced for
	// it, a rolling window by those of the moment. Nil where the level is not earned,
	// is given for life or pinned, and where nothing can hold it: then it ends at Until.
	Keep *Shortfall `json:"keep,omitempty"`
}

// A Shortfall is a level and what it still takes. It is plain data.
type Shortfall struct {
	Level string `json:"level"` // code

	// Alternatives are the ways to get there; each one suffices, and all of its
	// amounts are needed. None: nothing is missing, the level waits for its time.
	Alternatives []Amounts `json:"alternatives"`

	// By is the instant until which the alternatives hold, not included: later the
	// window has moved. Zero: there is no such instant.
	By time.Time `json:"by,omitzero"`
}

// Decide returns where a member stands at an instant, and what is missing for the
// next level and for keeping the present one. It is a pure function of the ladder
// and the set of events that happened by then. It fails when the instant lies
// before the join date ([relmark.ErrInvalid]) or the closing date
// ([relmark.ErrRefused]), or when the state does not suit the ladder
// ([relmark.ErrInvalid]): a state made by one ladder can be judged by another
// with the same zone if that knows its metrics and levels.
//
// It takes O(n log n) time for n events and the periods since the join or closing
// date, whatever the events are, with two exceptions. Under a [Rollover], an instant
// with refunds in periods that have ended takes time in the order of those periods
// times Rollover.Periods. Where a level without a date ([WhileHolds]) on a rolling
// window is also given by an override, an instant takes time in the order of the
// days in the window.
func (p *Ladder) Decide(s *Membership, at time.Time) (Decision, error) {
	return p.Runner().Decide(s, at)
}

// Decide is [Ladder.Decide].
func (r *Runner) Decide(s *Membership, at time.Time) (Decision, error) {
	standing, err := r.Standing(s, at)
	if err != nil {
		return Decision{}, err
	}
	return Decision{standing, r.nextGoal(), r.keepGoal()}, nil
}

// Standing is [Runner.Decide] without what is missing. It allocates nothing once r
// has seen as large a member.
func (r *Runner) Standing(s *Membership, at time.Time) (Standing, error) {
	if err := r.seek(s, at); err != nil {
		return Standing{}, err
	}
	f := &r.face
	return Standing{
		At: r.now.time(), Level: r.p.codes[f.level], Since: f.since.time(), Until: r.until().time(),
		Source: f.source, Reason: f.reason, Grace: r.track.pending(),
		Earned: r.p.codes[r.track.level], NextCheck: r.due().time(), Policy: r.judging(),
	}, nil
}

// Replay returns every change of the level of a member up to and including an
// instant, from the join or closing date. It fails as [Ladder.Decide] does.
func (p *Ladder) Replay(s *Membership, until time.Time) ([]Change, error) {
	return p.Runner().AppendReplay(nil, s, until)
}

// AppendReplay appends what [Ladder.Replay] returns. It allocates nothing but the
// room for it, once r has seen as large a member; list is unchanged on error.
func (r *Runner) AppendReplay(list []Change, s *Membership, until time.Time) ([]Change, error) {
	if err := r.seek(s, until); err != nil {
		return list, err
	}
	for _, c := range r.face.changes {
		list = append(list, Change{c.at.time(), r.p.codes[c.from], r.p.codes[c.to], c.reason})
	}
	return list, nil
}

// until returns when what backs the level ends or is reviewed.
func (r *Runner) until() instant {
	switch r.face.source {
	case SourceOverride:
		return r.override(int32(r.face.backing)).until
	case SourceLifetime:
		return never()
	case SourceComputed:
	}
	return r.ends()
}

// judging returns the name of the version that judges the window now.
func (r *Runner) judging() string {
	if r.p.window.Kind.Rolling() {
		return r.rules.name
	}
	return r.p.versions[r.grid.ver].name
}

// nextGoal returns what is missing for the next level, on the window now. Of a
// rolling window it holds until the first event leaves that makes a difference.
func (r *Runner) nextGoal() *Shortfall {
	sums, levels := r.window()
	j, ok := levels.next(r.face.level)
	if !ok {
		return nil
	}
	enter := levels[j].enter
	ways := enter.wants(sums)
	by := r.grid.end
	if r.p.window.Kind.Rolling() {
		by = never()
		r.rolling.ahead(func(t instant, left []int64) bool {
			if slices.EqualFunc(ways, enter.wants(left), slices.Equal[want]) {
				return true
			}
			by = t
			return false
		})
	}
	return r.goal(j, ways, by)
}

func (r *Runner) goal(level int, ways []want, by instant) *Shortfall {
	g := &Shortfall{Level: r.p.codes[level], Alternatives: make([]Amounts, 0, len(ways)), By: by.time()}
	for _, w := range ways {
		g.Alternatives = append(g.Alternatives, r.p.metrics.amounts(w))
	}
	return g
}

// keepGoal returns what keeping the earned level takes, if that is what backs the
// present one and if anything can.
func (r *Runner) keepGoal() *Shortfall {
	t, f := &r.track, &r.face
	if t.level == 0 || t.level != f.level || f.source == SourceLifetime || r.pinned() {
		return nil
	}
	sums, levels := r.window()
	switch {
	case t.pending():
		return r.holdGoal(levels, sums, t.drop)
	case !r.p.dated() || t.until == never(): // the date lies past the calendar
		return r.goal(t.level, nil, r.ends())
	case r.p.window.Kind.Rolling():
		return r.keepRolling()
	}
	return r.keepPeriods()
}

func (r *Runner) pinned() bool {
	return r.face.backing >= 0 && r.override(int32(r.face.backing)).mode == Pin
}

// holdGoal returns what holding the earned level takes on sums, by an instant; nil if
// nothing can hold it.
func (r *Runner) holdGoal(levels rungs, sums []int64, by instant) *Shortfall {
	if !levels.holdable(r.track.level) {
		return nil
	}
	return r.goal(r.track.level, levels.waysToHold(r.track.level, sums), by)
}

// keepRolling looks at what will still count at the review: what has not left by
// then. What leaves at that very instant has left. The rules are those in force now,
// as they are for every rolling window that is looked at now.
func (r *Runner) keepRolling() *Shortfall {
	t := &r.track
	left := slices.Clone(r.rolling.total)
	r.rolling.ahead(func(at instant, sums []int64) bool {
		if t.until.before(at) {
			return false
		}
		copy(left, sums)
		return true
	})
	return r.holdGoal(r.rules.levels, left, t.until)
}

// keepPeriods looks at the periods that the review will count, from the first one,
// F, on. Before F begins all is to be done in it, by the rules that are announced for
// it; once a period from F on holds the level nothing is missing; else it is what
// lacks in the current one.
func (r *Runner) keepPeriods() *Shortfall {
	t, cur := &r.track, r.grid.cur
	first := r.firstReviewed()
	if first > cur {
		levels := r.p.versions[r.judge(first)].levels
		return r.holdGoal(levels, r.grid.zero, earlier(r.opening(first+1, 0), t.until))
	}
	for k := first; k <= cur; k++ {
		if r.heldIn(t.level, k) {
			return r.goal(t.level, nil, t.until)
		}
	}
	sums, levels := r.window()
	return r.holdGoal(levels, sums, earlier(r.grid.end, t.until))
}

// firstReviewed returns the first period that the next review will count, at the end
// of the validity, by the rules announced for that instant.
func (r *Runner) firstReviewed() int {
	k := r.locate(r.track.until)
	if r.p.kind == MonthsFromEntry {
		return k - 1
	}
	plus := r.p.versions[r.p.at(r.track.until)].validity.PlusMonths
	for r.track.until.before(r.opening(k+1, plus)) {
		k--
	}
	return k
}

package tier

import (
	"github.com/relmark/relmark"
)

// Close settles everything before the start of a date and drops the events that no
// longer count: those outside every window that a review, a refund or a rollover
// may still look at. What is left is bounded by what happens in such windows, not
// by the length of the membership. From then on
//
//   - events before the date, and questions about instants before it, are answered
//     with [relmark.ErrRefused], repetitions of events that were kept excepted;
//   - a reversal of an event that was dropped finds no original, has no effect, and
//     is listed by [Membership.Waiting] for good; so close dates that are out of reach
//     of refunds;
//   - everything else gives the same answers as before.
//
// The answers are those of the ladder of s; versions added to it later must begin
// on or after the date, and must not lengthen Validity.PlusMonths or Rollover.Periods
// so far that they reach dropped events. Close fails, and leaves s unchanged,
// unless the date comes after the join date and lies in years up to 9998. A date
// before the last closing date changes nothing, nor does one that starts when that or
// the join date does, as after a date that the zone has skipped.
func (s *Membership) Close(before relmark.Date) error {
	if s.ladder == nil {
		return errZero
	}
	if y, _, _ := before.Civil(); !before.After(s.joined) || y > 9998 {
		return wrong("Close", before, "must be after the join date and lie in years up to 9998")
	}
	at, opens := startOf(dayOf(before), s.ladder.zone), s.begins
	if s.base != nil {
		opens = s.base.at
	}
	if !opens.before(at) {
		return nil
	}
	r := s.ladder.Runner()
	if err := r.load(s); err != nil {
		return room(err)
	}
	r.run(justBefore(at))
	r.now = justBefore(at)
	*s = *r.compact(before, at)
	return nil
}

// compact returns the state of r, closed at an instant that is about to come. The
// net amounts of what is dropped stay in the sums of a life.
func (r *Runner) compact(date relmark.Date, at instant) *Membership {
	f := &r.face
	b := &base{
		date: date, at: at, codes: r.p.codes, track: r.track,
		level: f.level, since: f.since, reason: f.reason, dropped: append([]int64(nil), r.life...),
	}
	var keep func(i int) bool
	if r.p.window.Kind.Rolling() {
		keep = r.keepsRolling(at)
	} else {
		b.first = r.firstKept(at)
		opens := r.opening(b.first, 0)
		keep = func(i int) bool { return !r.s.entries[i].at.before(opens) }
		b.before = append(b.before, r.grid.before[b.first-r.grid.first:]...)
		b.lots = r.lotsAt(b.first)
	}
	out := &Membership{ladder: r.p, joined: r.s.joined, begins: r.s.begins, base: b}
	kept := r.marks(at, keep)
	for i, k := range kept {
		if k && r.s.entries[i].kind == earn && r.s.entries[i].at.before(at) {
			for m, v := range r.row(i) {
				b.dropped[m] -= v
			}
		}
	}
	out.gross = append(out.gross, b.dropped...)
	for _, i := range r.s.order {
		if !kept[i] {
			continue
		}
		e := r.s.entries[i]
		var o override
		if e.kind == grant {
			o = *r.override(i)
		}
		e.link, e.early = -1, false
		out.push(e, o, r.s.row(int(i)))
	}
	out.index()
	return out
}

// marks says which events to keep when everything before at is closed: what lies
// behind it, what keep says, overrides that are not over, what is reversed behind
// it, and the reversals of all these or of nothing that is known yet.
func (r *Runner) marks(at instant, keep func(i int) bool) []bool {
	kept := make([]bool, len(r.s.entries))
	for i := range r.s.entries {
		e := &r.s.entries[i]
		kept[i] = !e.at.before(at) || e.kind == earn && keep(i) || e.kind == grant && r.holds(int32(i))
	}
	for i := range r.s.entries {
		if e := &r.s.entries[i]; r.refunds(e, at) {
			kept[e.link] = true
		}
	}
	for i := range r.s.entries {
		if e := &r.s.entries[i]; e.kind.reverses() {
			kept[i] = kept[i] || e.link < 0 || kept[e.link]
		}
	}
	return kept
}

// refunds reports whether e is a reversal, from an instant on, of amounts that
// have counted before.
func (r *Runner) refunds(e *entry, at instant) bool {
	return e.kind.reverses() && e.link >= 0 && !e.at.before(at) && r.s.entries[e.link].kind == earn
}

// keepsRolling keeps what still counts, now or in the window in which the level
// was given: a refund of that may cost the level even if it has left since.
func (r *Runner) keepsRolling(at instant) func(i int) bool {
	b := r.track.basis
	return func(i int) bool {
		t := r.s.entries[i].at
		leave := r.leaves(r.day(t))
		return !leave.before(at) || b.kind == onRolling && !b.at.before(t) && b.at.before(leave)
	}
}

// firstKept returns the first period that a review, the basis of the level, a
// rollover or a refund that is known already may look at from an instant on.
func (r *Runner) firstKept(at instant) int {
	first := r.grid.cur
	plus, carried := 0, 0
	for i := r.p.at(at); i < len(r.p.versions); i++ {
		plus = max(plus, r.p.versions[i].validity.PlusMonths)
	}
	for i := range r.p.versions {
		if o := r.p.versions[i].rollover; o != nil {
			carried = max(carried, o.periods)
		}
	}
	switch r.p.kind {
	case EndOfNextPeriod:
		for !r.opening(first+1, plus).before(at) {
			first--
		}
	case MonthsFromEntry:
		first--
	case WhileHolds:
	}
	if r.track.basis.kind == onPeriod {
		first = min(first, r.track.basis.period)
	}
	first -= carried
	for i := range r.s.entries {
		if e := &r.s.entries[i]; r.refunds(e, at) {
			first = min(first, r.locate(earlier(r.s.entries[e.link].at, at)))
		}
	}
	return max(first, r.grid.first)
}

// lotsAt returns what was carried into period k. It leaves the grid of r unfit for
// anything else.
func (r *Runner) lotsAt(k int) []lot {
	if !r.p.carries {
		return nil
	}
	g := &r.grid
	g.lots = append(g.lots[:0], g.base...)
	for j := g.first; j < k; j++ {
		g.carryIn(j)
		r.carryOver(j)
	}
	return append([]lot(nil), g.lots...)
}

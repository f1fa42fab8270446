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
	r.moment.now = justBefore(at)
	*s = *r.compact(before, at)
	return nil
}

// compact returns the membership of r, closed at an instant that is about to come. The
// net amounts of what is dropped stay in the sums of a life.
func (r *Runner) compact(date relmark.Date, at instant) *Membership {
	f, l := &r.face, r.moment.ladder
	b := &base{
		date: date, at: at, codes: l.codes, track: r.track.earned,
		level: f.level, since: f.since, reason: f.reason, dropped: append([]int64(nil), r.tally.life...),
	}
	kept := r.kept(at, r.view.close(b, r.earliest(at)))
	for i, k := range kept {
		if k && r.s.entries[i].kind == earn && r.s.entries[i].at.before(at) {
			for m, v := range r.tally.row(i) {
				b.dropped[m] -= v
			}
		}
	}
	out := &Membership{ladder: l, joined: r.s.joined, begins: r.s.begins, base: b}
	out.gross = append(out.gross, b.dropped...)
	for _, i := range r.order {
		if !kept[i] {
			continue
		}
		e := r.s.entries[i]
		var o override
		if e.kind == grant {
			o = *r.roster.override(i)
		}
		e.link, e.early = -1, false
		out.push(e, o, r.s.row(int(i)))
	}
	out.index()
	return out
}

// kept says which events to keep when everything before at is closed: what lies
// behind it, what the view needs, overrides that are not over, what is reversed behind
// it, and the reversals of all these or of nothing that is known yet.
func (r *Runner) kept(at instant, needs func(at instant) bool) []bool {
	kept := make([]bool, len(r.s.entries))
	for i := range r.s.entries {
		e := &r.s.entries[i]
		kept[i] = !e.at.before(at) || e.kind == earn && needs(e.at) || e.kind == grant && r.roster.holds(int32(i))
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

// earliest returns the instant of the earliest event that is reversed from at on; never
// if there is none.
func (r *Runner) earliest(at instant) instant {
	first := never()
	for i := range r.s.entries {
		if e := &r.s.entries[i]; r.refunds(e, at) {
			first = earlier(first, r.s.entries[e.link].at)
		}
	}
	return first
}

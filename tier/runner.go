package tier

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
)

// A Runner answers questions about one member after the other and reuses its
// memory, so that a run over a whole base allocates nothing once it has seen the
// largest member. The methods of [Ladder] answer the same questions with a Runner
// of their own. It is not safe for concurrent use: have one for each worker.
// Obtain one from [Ladder.Runner].
type Runner struct {
	opaque

	// A fold over time, in parts; this one only puts them in sequence. At every instant
	// at which something is due or happened it takes two steps: what is due by time, on
	// the events strictly before; then all events of that instant together.
	moment moment
	tally  tally
	view   view
	track  track
	roster roster
	face   face

	s     *Membership
	order []int32 // its events as they are applied
	room  []int32 // for order
	pos   int     // next event in order
	shown []uint8 // level shown when each event happened; only if noted
	noted bool
}

// Runner returns a new Runner.
func (l *Ladder) Runner() *Runner {
	r := &Runner{moment: moment{ladder: l, clock: newClock(l.zone)}, tally: tally{ladder: l}}
	m := &r.moment
	r.view = &grid{m: m}
	if l.rolls {
		r.view = &rolling{m: m}
	}
	r.track = track{m: m, view: r.view}
	r.roster = roster{m: m}
	r.face = face{m: m, track: &r.track, roster: &r.roster, tally: &r.tally}
	return r
}

// seek loads s and runs to t. What is known of later events plays no part.
func (r *Runner) seek(s *Membership, t time.Time) error {
	if !inRange(t) {
		return wrong("AsOf", t, "must lie in years 2 to 9998")
	}
	if err := r.load(s); err != nil {
		return room(err)
	}
	to := instantOf(t)
	if to.before(s.begins) {
		return wrong("AsOf", t, "must not be before the start of the join date")
	}
	if s.base != nil && to.before(s.base.at) {
		return room(refuse(relmark.ErrRefused, "asked for an instant before the closing date"))
	}
	r.run(to)
	r.moment.now = to
	return nil
}

// load sets r to s before anything has happened, or to its closing date.
func (r *Runner) load(s *Membership) error {
	if err := r.tally.adopt(s); err != nil {
		return err
	}
	m := &r.moment
	m.clock.meet()
	m.grid = m.ladder.gridOf(s, &m.clock)
	m.now, m.events, m.began = s.begins, true, false
	r.s, r.pos = s, 0
	r.order = s.order.sorted(&r.room, s.compare)
	if r.noted {
		r.shown = resize(r.shown, len(s.entries))
	}
	r.track.earned = nothingEarned()
	r.face.reset(s.begins)
	r.roster.reset(s)
	if s.base != nil {
		return r.resume(s.base)
	}
	m.force(s.begins)
	r.view.reset(s.begins)
	r.tick(s.begins)
	return nil
}

// run takes both steps of every instant up to and including to. Every round moves
// past an event or past something due, and what is due after a step lies behind it,
// so the number of rounds is bounded by events, periods and terms.
func (r *Runner) run(to instant) {
	for {
		r.moment.steps++
		event, due := r.nextEvent(), r.due()
		if to.before(event) && to.before(due) {
			return
		}
		if !event.before(due) {
			r.tick(due)
		}
		if !due.before(event) {
			r.batch(event)
		}
	}
}

func (r *Runner) nextEvent() instant {
	if r.pos == len(r.order) {
		return never()
	}
	return r.s.entries[r.order[r.pos]].at
}

// due returns the first instant after now at which time alone may change something:
// a period ends, an event leaves, a review or a drop is due, dwell is over, a version
// begins, an override begins or ends. At most instants nothing comes of it.
func (r *Runner) due() instant {
	next := earlier(r.track.due(r.moment.now), r.view.due())
	return earlier(earlier(next, r.moment.next()), r.face.edge)
}

// tick is the first step of t: what is due by time, on the events before. Whatever
// is over at t, a period, a validity, an override, is over before what happens at t,
// which belongs to the next one.
func (r *Runner) tick(t instant) {
	m := &r.moment
	m.now, m.events = t, false
	m.began = r.view.advance(t, r.track.level)
	if m.next() != never() {
		m.force(t)
	}
	r.track.settle()
	r.face.show()
}

// batch is the second step of t: all its events together, whatever their number, so
// a stay and its immediate refund are no upgrade.
func (r *Runner) batch(t instant) {
	m := &r.moment
	m.now, m.events, m.began = t, true, false
	first := r.pos
	for r.pos < len(r.order) && r.s.entries[r.order[r.pos]].at == t {
		r.pos++
	}
	group := r.order[first:r.pos]
	recheck := r.rechecks(group) && r.track.covered()
	for _, i := range group {
		r.apply(i)
	}
	r.view.conclude()
	if recheck && !r.track.covered() {
		r.track.pend(reversed)
	}
	r.track.settle()
	r.face.show()
}

// rechecks reports whether a group has a reversal that may cost a dated level.
func (r *Runner) rechecks(group []int32) bool {
	m := &r.moment
	if m.rules.reversal != Recheck || r.track.level == 0 || !m.ladder.dated || r.track.pending() {
		return false
	}
	return slices.ContainsFunc(group, func(i int32) bool { return r.s.entries[i].kind.reverses() })
}

// apply lets event i take effect now. Of one instant amounts come first, then
// overrides, then reversals, so a reversal finds what happened at its own instant.
func (r *Runner) apply(i int32) {
	r.moment.steps++
	e := &r.s.entries[i]
	switch e.kind {
	case earn:
		if r.noted {
			r.shown[i] = uint8(r.face.level)
		}
		r.view.count(e.at, r.tally.earn(int(i)))
	case grant:
		if !e.early { // else it was taken back before it happened
			r.roster.enrol(i)
		}
	case reverse, lessen:
		r.reverse(e, i)
	}
}

// reverse lets reversal i take effect, unless it waits for its original.
func (r *Runner) reverse(e *entry, i int32) {
	if e.link < 0 || r.moment.now.before(r.s.entries[e.link].at) {
		return
	}
	original := &r.s.entries[e.link]
	if original.kind == grant {
		r.roster.strike(e.link)
		return
	}
	r.view.discount(original.at, r.tally.undo(int(e.link), int(i)))
}

// resume sets r to the membership just before a closing date, then takes the first
// step of the start of that date, as joining does. The source of the level is not
// stored: it follows from what is.
func (r *Runner) resume(b *base) error {
	m := &r.moment
	m.now = justBefore(b.at)
	m.force(m.now)
	r.track.earned = b.track
	for i, v := range b.dropped {
		r.tally.life[r.tally.metric(i)] += v
	}
	if err := r.view.reopen(r.tally.translated(b)); err != nil {
		return err
	}
	r.recall(b.at)
	r.view.resume()
	r.face.resume(b)
	r.tick(b.at)
	return nil
}

// recall counts the events that were kept from before the closing date. First their
// reversals take effect, all of which are over by then, so each event is counted
// once, at its net amount. Overrides that were taken back are closed last.
func (r *Runner) recall(at instant) {
	for r.pos < len(r.order) && r.nextEvent().before(at) {
		r.pos++
	}
	kept := r.order[:r.pos]
	for _, i := range kept {
		if e := &r.s.entries[i]; e.kind.reverses() && e.link >= 0 && r.s.entries[e.link].at.before(at) {
			r.tally.lessen(int(e.link), int(i))
		}
	}
	for _, i := range kept {
		switch e := &r.s.entries[i]; e.kind {
		case earn:
			row := r.tally.row(int(i))
			for m, v := range row {
				r.tally.life[m] += v
			}
			r.view.recount(e.at, row)
		case grant:
			r.roster.enrol(i)
		case reverse, lessen:
		}
	}
	for _, i := range kept {
		if e := &r.s.entries[i]; e.kind.reverses() && e.link >= 0 && r.s.entries[e.link].kind == grant {
			r.roster.strike(e.link)
		}
	}
}

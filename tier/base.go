package tier

import (
	"github.com/relmark/relmark/internal/fault"
	"slices"

	"github.com/relmark/relmark"
)

// A base is where a fold starts that does not start at the join date: what was
// known just before the start of a closing date, of everything that is not among
// the events any more.
//
// Events that were kept from before the date are counted again when the fold
// resumes, into their own periods or dates, less the reversals known by then; what
// the base adds is the track, the face, the sums of a life, and for each period
// since the first that is kept the level before its end and what was carried in.
type base struct {
	date    relmark.Date
	at      instant  // start of date
	codes   []string // of the ladder that closed it; levels below are positions in it
	track   track
	level   int // shown to the member
	since   instant
	reason  Reason
	dropped []int64 // net sums of the events that were dropped, by metric of the state

	first  int     // first period whose events are kept
	before []uint8 // levels before the ends of the periods since, as in a grid
	lots   []lot   // carried into the first period; metrics are those of the state
}

// equal reports whether two states were closed in the same way.
func (b *base) equal(o *base) bool {
	return b.at == o.at && b.track == o.track && b.level == o.level && b.since == o.since && b.reason == o.reason &&
		b.first == o.first && slices.Equal(b.codes, o.codes) && slices.Equal(b.dropped, o.dropped) &&
		slices.Equal(b.before, o.before) && slices.Equal(b.lots, o.lots)
}

// justBefore returns the last instant before t.
func justBefore(t instant) instant {
	if t.nano == 0 {
		return instant{t.sec - 1, 999_999_999}
	}
	return instant{t.sec, t.nano - 1}
}

// resume sets r to the state just before a closing date, then takes the first step
// of the start of that date, as joining does. The source of the level is not stored:
// it follows from what is.
func (r *Runner) resume(b *base) error {
	r.now = justBefore(b.at)
	r.force(r.now)
	r.track = b.track
	for m, v := range b.dropped {
		r.life[r.metric(m)] += v
	}
	if r.p.window.Kind.Rolling() {
		r.rolling.reset(r.p.metrics.len())
	} else if err := r.resumeGrid(b); err != nil {
		return err
	}
	r.recall(b.at)
	if r.p.window.Kind.Rolling() {
		r.rebase()
	}
	if r.p.carries {
		r.recarry()
	}
	r.face.level, r.face.since, r.face.reason = b.level, b.since, b.reason
	_, r.face.source, r.face.backing = r.backing()
	r.tick(b.at)
	return nil
}

// resumeGrid makes room for the periods since the first that is kept.
func (r *Runner) resumeGrid(b *base) error {
	g, cur := &r.grid, r.locate(r.now)
	if cur-b.first != len(b.before) {
		return fault.New("Membership", nil, "must have a level for each period since the first")
	}
	g.reset(r, b.first)
	g.cur = cur
	g.own = resize(g.own, (cur-b.first+1)*g.m)
	g.before = append(g.before, b.before...)
	for _, l := range b.lots {
		l.metric = r.metric(l.metric)
		g.base = append(g.base, l)
	}
	if r.p.carries {
		g.carried = resize(g.carried, len(g.own))
	}
	g.bound(r)
	return nil
}

// recall counts the events that were kept from before the closing date. First their
// reversals take effect, all of which are over by then, so each event is counted
// once, at its net amount. Overrides that were taken back are closed last.
func (r *Runner) recall(at instant) {
	for r.pos < len(r.s.order) && r.s.entries[r.s.order[r.pos]].at.before(at) {
		r.pos++
	}
	kept := r.s.order[:r.pos]
	for _, i := range kept {
		if e := &r.s.entries[i]; e.kind.reverses() && e.link >= 0 && r.s.entries[e.link].at.before(at) {
			r.lessen(r.row(int(e.link)), int(i))
		}
	}
	for _, i := range kept {
		switch r.s.entries[i].kind {
		case earn:
			r.recount(int(i))
		case grant:
			r.enrol(i)
		case reverse, lessen:
		}
	}
	for _, i := range kept {
		if e := &r.s.entries[i]; e.kind.reverses() && e.link >= 0 && r.s.entries[e.link].kind == grant {
			r.strike(e.link)
		}
	}
}

// recount adds event i to the sums of its own period.
func (r *Runner) recount(i int) {
	at, row := r.s.entries[i].at, r.row(i)
	for m, v := range row {
		r.life[m] += v
	}
	if r.p.window.Kind.Rolling() {
		r.rolling.add(r, at, row)
		return
	}
	if k := r.grid.offset(r.locate(at)); k >= 0 {
		for m, v := range row {
			r.grid.own[k+m] += v
		}
	}
}

package tier

import (
	"github.com/relmark/relmark/internal/fault"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
)

// A Runner answers questions about one member after the other and reuses its
// memory, so that a run over a whole base allocates nothing once it has seen the
// largest member. The methods of [Ladder] answer the same questions with a Runner
// of their own. It is not safe for concurrent use: have one for each worker.
// Obtain one from [Ladder.Runner].
//
// It is a fold over time. At every instant at which something is due or happened
// it takes two steps: what is due by time, on the events strictly before; then all
// events of that instant together.
type Runner struct {
	p *Ladder
	s *Membership

	rows   []int64 // amounts of the events, less what was reversed so far
	perm   []int32 // metric of the ladder for each metric of the state
	pos    int     // next event in order
	now    instant
	events bool // whether the second step of now is under way or done
	began  bool // whether this step began a period
	rules  *version
	ver    int
	life   []int64

	grid    grid
	rolling rolling
	track   track
	face    face
	roster  roster
	early   []int32 // reversals older than what they reverse, by that; found when first asked for
	shown   []uint8 // level shown when each event happened; only if noted
	noted   bool

	scratch []int64
	starts  []dayStart // by a hash; what is not there is computed
	loads   int        // members so far, up to manyMembers
}

// Runner returns a new Runner.
func (p *Ladder) Runner() *Runner { return &Runner{p: p, starts: make([]dayStart, fewStarts)} }

// Starts of days are dear to find and asked for again and again, by one member and
// by the next: they are remembered, in a table whose sizes are powers of two. The
// larger one is for runners that see many members.
const (
	fewStarts, manyStarts = 128, 4096
	manyMembers           = 16
)

// A dayStart is the start of the day some months after another.
type dayStart struct {
	day    calendar.Day
	months int32
	start  instant
}

// start returns the start of a day in the zone of the ladder.
func (r *Runner) start(d calendar.Day) instant { return r.monthsAfter(d, 0) }

// monthsAfter returns the start of the day that lies some months after d.
func (r *Runner) monthsAfter(d calendar.Day, months int) instant {
	c := &r.starts[(uint32(d)+31*uint32(months))&uint32(len(r.starts)-1)]
	if c.day != d || c.months != int32(months) || d < calendar.First {
		*c = dayStart{d, int32(months), startOf(addMonths(d, months), r.p.zone)}
	}
	return c.start
}

// day returns the local date of t.
func (r *Runner) day(t instant) calendar.Day {
	d, ok := calendar.In(t.time(), r.p.zone)
	if !ok {
		return calendar.Last + 1
	}
	return d
}

// daysAfter returns the start of the local date n days after that of t.
func (r *Runner) daysAfter(t instant, n int) instant {
	return r.start(min(r.day(t)+calendar.Day(n), calendar.Last+1))
}

// load sets r to the state before anything has happened, or to the closing date.
func (r *Runner) load(s *Membership) error {
	r.s = s
	if err := r.adopt(s); err != nil {
		return err
	}
	if r.loads++; r.loads == manyMembers {
		r.starts = make([]dayStart, manyStarts)
	}
	r.loads = min(r.loads, manyMembers)
	r.life = resize(r.life, r.p.metrics.len())
	r.pos, r.events = 0, true
	if r.noted {
		r.shown = resize(r.shown, len(s.entries))
	}
	r.track = newTrack()
	r.face.reset()
	r.roster.reset(len(s.overrides))
	r.early = r.early[:0]
	if s.base != nil {
		return r.resume(s.base)
	}
	r.now = s.begins
	r.force(s.begins)
	if r.p.window.Kind.Rolling() {
		r.rolling.reset(r.p.metrics.len())
	} else {
		r.grid.reset(r, r.locate(s.begins))
	}
	r.face.since = s.begins
	r.tick(s.begins)
	return nil
}

// adopt copies the amounts of s, in the order of the ladder's metrics, so that
// reversals can lower them, and checks that the ladder can judge s. A state made by
// another ladder is what studies of a new policy run on.
func (r *Runner) adopt(s *Membership) error {
	if s == nil || s.ladder == nil || r.p == nil || r.p.zone == nil {
		return fault.New("Membership", nil, "must come from a ladder that New has made")
	}
	if s.ladder == r.p || s.ladder.metrics.equal(r.p.metrics) {
		r.perm = r.perm[:0]
		r.rows = append(r.rows[:0], s.amounts...)
	} else if err := r.translate(s); err != nil {
		return err
	}
	if s.ladder == r.p {
		return nil
	}
	if s.ladder.zone.String() != r.p.zone.String() {
		return fault.New("Membership", nil, "must come from a ladder in the same zone")
	}
	for i := range s.overrides {
		if r.p.level(s.overrides[i].level) < 0 {
			return fault.New("Membership", nil, "must have overrides to levels of the ladder")
		}
	}
	if s.base != nil && (s.ladder.window != r.p.window || s.ladder.kind != r.p.kind || !slices.Equal(s.base.codes, r.p.codes)) {
		return fault.New("Membership", nil, "must, once closed, come from a ladder with the same window, levels and kind of validity")
	}
	return nil
}

// translate is adopt for a state whose ladder has other metrics.
func (r *Runner) translate(s *Membership) error {
	from, to := s.ladder.metrics, r.p.metrics
	r.perm = r.perm[:0]
	for i, name := range from.names {
		j := to.index(name)
		if j < 0 || to.kinds[j] != from.kinds[i] {
			return fault.New("Membership", nil, "must have metrics that the ladder knows, of the same kind")
		}
		r.perm = append(r.perm, int32(j))
	}
	r.rows = resize(r.rows, len(s.entries)*to.len())
	for i := range s.entries {
		row := r.row(i)
		for j, v := range s.row(i) {
			row[r.perm[j]] = v
		}
	}
	return nil
}

// metric returns the ladder's index of a metric of the state.
func (r *Runner) metric(i int) int {
	if len(r.perm) == 0 {
		return i
	}
	return int(r.perm[i])
}

// row returns what is left of the amounts of event i.
func (r *Runner) row(i int) []int64 {
	m := r.p.metrics.len()
	return r.rows[i*m : (i+1)*m]
}

// resize returns a slice of n zeros that reuses the memory of b.
func resize[T any](b []T, n int) []T {
	b = slices.Grow(b[:0], n)[:n]
	clear(b)
	return b
}

// seek loads s and runs to t. What is known of later events plays no part.
func (r *Runner) seek(s *Membership, t time.Time) error {
	if !inRange(t) {
		return wrong("At", t, "must lie in years 2 to 9998")
	}
	if err := r.load(s); err != nil {
		return room(err)
	}
	to := instantOf(t)
	if to.before(s.begins) {
		return wrong("At", t, "must not be before the start of the join date")
	}
	if s.base != nil && to.before(s.base.at) {
		return room(refuse(relmark.ErrRefused, "asked for an instant before the closing date"))
	}
	r.run(to)
	r.now = to
	return nil
}

// run takes both steps of every instant up to and including to. Every round moves
// past an event or past something due, and what is due after a step lies behind it,
// so the number of rounds is bounded by events, periods and terms.
func (r *Runner) run(to instant) {
	for {
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
	if r.pos == len(r.s.order) {
		return never()
	}
	return r.s.entries[r.s.order[r.pos]].at
}

// due returns the first instant after now at which time alone may change something:
// a period ends, an event leaves, a review or a drop is due, dwell is over, a version
// begins, an override begins or ends. At most instants nothing comes of it.
func (r *Runner) due() instant {
	next := r.track.due(r.now)
	if r.p.window.Kind.Rolling() {
		next = earlier(next, r.rolling.due())
	} else {
		next = earlier(next, r.grid.end)
	}
	if r.ver+1 < len(r.p.versions) {
		next = earlier(next, r.p.versions[r.ver+1].from)
	}
	return earlier(next, r.face.edge)
}

// force makes the version in force at t the rules.
func (r *Runner) force(t instant) {
	r.ver = r.p.at(t)
	r.rules = &r.p.versions[r.ver]
}

// tick is the first step of t: what is due by time, on the events before. Whatever
// is over at t, a period, a validity, an override, is over before what happens at t,
// which belongs to the next one.
func (r *Runner) tick(t instant) {
	r.now, r.events, r.began = t, false, false
	if r.p.window.Kind.Rolling() {
		r.rolling.leave(t)
	} else {
		for !t.before(r.grid.end) {
			r.turn()
			r.began = true
		}
	}
	if r.ver+1 < len(r.p.versions) {
		r.force(t)
	}
	r.settle()
	r.show()
}

// batch is the second step of t: all its events together, whatever their number, so
// a stay and its immediate refund are no upgrade.
func (r *Runner) batch(t instant) {
	r.now, r.events, r.began = t, true, false
	first := r.pos
	for r.pos < len(r.s.order) && r.s.entries[r.s.order[r.pos]].at == t {
		r.pos++
	}
	group := r.s.order[first:r.pos]
	recheck := r.rechecks(group) && r.covered()
	for _, i := range group {
		r.apply(int(i))
	}
	if r.grid.stale && r.p.carries {
		r.recarry()
	}
	if recheck && !r.covered() {
		r.pend(ReasonReversal)
	}
	r.settle()
	r.show()
}

// rechecks reports whether a group has a reversal that may cost a dated level.
func (r *Runner) rechecks(group []int32) bool {
	if r.rules.reversal != Recheck || r.track.level == 0 || !r.p.dated() || r.track.pending() {
		return false
	}
	return slices.ContainsFunc(group, func(i int32) bool { return r.s.entries[i].kind.reverses() })
}

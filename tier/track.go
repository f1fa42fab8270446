package tier

import "github.com/relmark/relmark/internal/calendar"

// A track is what a member has earned: the level, how long it lasts, on what it
// rests. Overrides and lifetime levels lie above it and do not touch it, so it runs
// on underneath them as if they were not there.
//
// A level above the base is in one of three states: valid, up to until; pending,
// up to drop, with the validity over (ended) or, after a refund, still running; or,
// where levels have no dates, simply held. The base has neither date nor basis.
type track struct {
	level   int
	entered calendar.Day // when it was given; renewals count from there
	until   instant      // end of its validity; never if there is none
	ended   bool         // the validity is over, a drop is pending
	basis   basis

	drop  instant // when a pending drop takes effect; never if none is pending
	cause Reason  // of the pending drop, and of the latest one

	steady   instant // end of dwell after the latest change
	lastDown bool    // that change was a downgrade
}

// A basis is the window on which a level was given or renewed. A refund costs the
// level only if the level was held there, or on an open window, until the refund:
// so what was landed on is not lost by a refund that has nothing to do with it.
type basis struct {
	kind   basisKind
	period int
	at     instant // for a rolling window, when it was taken
	events bool    // and whether the events of that instant were in it
}

type basisKind uint8

const (
	noBasis basisKind = iota
	onPeriod
	onRolling
)

func newTrack() track { return track{until: never(), drop: never(), steady: always()} }

func (t *track) pending() bool { return t.drop != never() }

// due returns the first instant after now at which the track may move by itself.
func (t *track) due(now instant) instant {
	next := t.drop
	if !t.ended {
		next = earlier(next, t.until)
	}
	if t.lastDown && now.before(t.steady) {
		next = earlier(next, t.steady)
	}
	return next
}

// settle moves the track to where it belongs now. The order matters only at the
// instants where several things are due: what is pending comes first, then the
// review, then the levels without a date, and whoever is still able to climb climbs
// last. Taken again at the same instant it changes nothing, which is why questions
// at any instant leave no trace.
func (r *Runner) settle() {
	if r.track.level > 0 {
		r.await()
		r.review()
		r.watch()
	}
	r.climb()
}

// await clears or carries out a pending drop. A drop that is due is carried out
// even if something makes the level held at that very instant: it would have had
// to happen before. Otherwise a level held again on an open window is saved: with a
// new term if its validity is over, else with the date it had.
func (r *Runner) await() {
	t := &r.track
	if !t.pending() {
		return
	}
	t.ended = t.ended || !r.now.before(t.until)
	if !r.now.before(t.drop) {
		r.fall()
		return
	}
	if b, ok := r.holding(t.level); ok {
		t.drop = never()
		if t.ended {
			r.renew(b)
		}
	}
}

// review renews a level whose date has come, or makes its drop pending. A level
// whose date comes while a drop is pending is not reviewed: it is not held, or the
// drop would not be pending any more.
func (r *Runner) review() {
	t := &r.track
	if t.pending() || t.ended || r.now.before(t.until) {
		return
	}
	if b, ok := r.holding(t.level); ok {
		r.renew(b)
		return
	}
	t.ended = true
	r.pend(ReasonExpired)
}

// watch makes the drop of a level without a date pending as soon as it is not
// held. One step further down the next level is asked at once.
func (r *Runner) watch() {
	cause := ReasonCondition
	if r.events {
		cause = ReasonReversal // events only add, except these
	}
	for t := &r.track; !r.p.dated() && t.level > 0 && !t.pending(); {
		if sums, levels := r.window(); levels.held(t.level, sums) {
			return
		}
		level := t.level
		if r.pend(cause); t.level == level {
			return // pending, or never dropped: grace or dwell outlasts the calendar
		}
	}
}

// pend makes a drop pending after grace and dwell, or carries it out if both are
// over:
//
//	drop = max(start(date(now) + grace), end of dwell), at once unless that is ahead
func (r *Runner) pend(cause Reason) {
	t := &r.track
	at := t.steady
	if r.rules.grace > 0 {
		at = later(at, r.daysAfter(r.now, r.rules.grace))
	}
	t.cause = cause
	if r.now.before(at) {
		t.drop = at
		return
	}
	r.fall()
}

// fall drops the level as far as the policy says. A soft landing is for those who
// were not active enough, not for those who took their money back: after a refund
// the depth is always [ToEarned]. Falling to the base starts again, which is to
// enter at once whatever a new member with these sums would.
func (r *Runner) fall() {
	t := &r.track
	depth := r.rules.depth
	if t.cause == ReasonReversal {
		depth = ToEarned
	}
	from := t.level
	level, b := 0, basis{}
	switch depth {
	case ToEarned:
		for i := from - 1; i > 0 && level == 0; i-- {
			if held, ok := r.holding(i); ok {
				level, b = i, held
			}
		}
	case OneStep:
		level = from - 1
		if level > 0 {
			b = r.landing(level)
		}
	case ToBase:
		level, b = r.entering(0, from)
	}
	r.give(level, b)
	t.lastDown = true
}

// landing returns the basis of a level that is the next one down: a window that
// holds it, or else the last ended period, as if it had been earned there. So it
// lasts through the current period. A rolling window has no such period: there the
// level, which lasts months from the drop, rests on nothing.
func (r *Runner) landing(level int) basis {
	if b, ok := r.holding(level); ok {
		return b
	}
	if r.p.window.Kind.Rolling() {
		return basis{}
	}
	return basis{kind: onPeriod, period: r.grid.cur - 1}
}

// climb gives a higher level that was earned, unless dwell forbids it: after a
// downgrade there is no upgrade before its end. An upgrade after an upgrade is
// free, for dwell is against flapping, not against climbing.
func (r *Runner) climb() {
	t := &r.track
	if t.level == len(r.p.codes)-1 || t.lastDown && r.now.before(t.steady) {
		return
	}
	if level, b := r.entering(t.level, len(r.p.codes)); level > t.level {
		r.give(level, b)
		t.lastDown = false
	}
}

// entering returns the highest level above i and below top that is entered now,
// and the window that says so; i if there is none.
func (r *Runner) entering(i, top int) (int, basis) {
	if r.rules.upgrade == Immediate {
		sums, levels := r.window()
		return levels.entered(i, top, sums), r.present()
	}
	if !r.began {
		return i, basis{}
	}
	k := r.grid.cur - 1
	return r.p.versions[r.judge(k)].levels.entered(i, top, r.sums(k)), basis{kind: onPeriod, period: k}
}

// give makes level the earned one, with a new validity and a new dwell. The end of
// dwell is fixed here, by the rules in force now: dates once given stand.
func (r *Runner) give(level int, b basis) {
	t := &r.track
	t.level = level
	r.rest(b)
	t.drop, t.until, t.ended = never(), never(), false
	t.steady = always()
	if r.rules.dwell > 0 {
		t.steady = r.daysAfter(r.now, r.rules.dwell)
	}
	if level > 0 && r.p.dated() {
		if r.p.kind == MonthsFromEntry {
			t.entered = r.day(r.now)
		}
		t.until = r.expiry(b)
	}
}

// renew starts a new term of the level on window b. The entry date stays: renewals
// are counted from it, so that they do not drift towards the ends of short months.
func (r *Runner) renew(b basis) {
	t := &r.track
	r.rest(b)
	t.drop, t.ended = never(), false
	t.until = r.expiry(b)
}

// expiry returns the end of a validity that starts now on window b:
//
//	end of next period   start of D(w+2) + PlusMonths, counted from the anchor of the grid
//	months from entry    the first of entry + k·Months, k = 1, 2, …, whose end is ahead
//
// The loop takes a few rounds, however long ago the entry was, and past the calendar
// the answer is never, which is ahead of everything.
func (r *Runner) expiry(b basis) instant {
	v := r.rules.validity
	if v.Kind == EndOfNextPeriod {
		return r.opening(b.period+2, v.PlusMonths)
	}
	for n := r.served(); ; n += v.Months {
		if end := r.through(addMonths(r.track.entered, n)); r.now.before(end) {
			return end
		}
	}
}

// served returns a number of terms since entry, at least one, in months, so that every
// shorter number of them is over: it ends in a month before that of today, or of the
// start of this period. A month less, for a date that a zone skips starts with the
// next one, which may open a period.
func (r *Runner) served() int {
	v := r.rules.validity
	today := r.day(r.now)
	if v.Round == RoundPeriod {
		today = addMonths(r.anchor(), r.months(r.within(r.now)))
	}
	return max((monthsBetween(r.track.entered, today)-1)/v.Months, 1) * v.Months
}

// through returns the end of a validity that lasts through a date, rounded up: the
// start of the day after it, of the next month, or of the next period.
func (r *Runner) through(d calendar.Day) instant {
	if !d.Valid() {
		return never()
	}
	switch r.rules.validity.Round {
	case RoundMonth:
		y, m, day := d.Civil()
		d += calendar.Day(calendar.Length(y, m) - day)
	case RoundPeriod:
		k := r.locate(r.start(d))
		return r.opening(k+1, 0)
	case RoundNone:
	}
	return r.start(d + 1)
}

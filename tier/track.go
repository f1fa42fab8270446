package tier

import "github.com/relmark/relmark/internal/calendar"

// earned is the earned level, how long it lasts, on what it rests.
//
// A level above the base is in one of three states: valid, up to until; pending,
// up to drop, with the validity over (ended) or, after a refund, still running; or,
// where levels have no dates, simply held. The base has neither date nor basis.
type earned struct {
	level   int
	entered calendar.Day // when it was given; renewals count from there
	until   instant      // end of its validity; never if there is none
	ended   bool         // the validity is over, a drop is pending
	basis   basis

	drop  instant // when a pending drop takes effect; never if none is pending
	cause why     // of the pending drop, and of the latest one

	steady   instant // end of dwell after the latest change
	lastDown bool    // that change was a downgrade
}

func nothingEarned() earned { return earned{until: never(), drop: never(), steady: always()} }

func (e *earned) pending() bool { return e.drop != never() }

// due returns the first instant after now at which something may change by itself.
func (e *earned) due(now instant) instant {
	next := e.drop
	if !e.ended {
		next = earlier(next, e.until)
	}
	if e.lastDown && now.before(e.steady) {
		next = earlier(next, e.steady)
	}
	return next
}

// A track moves the level that a member has earned. Overrides and lifetime levels lie
// above it and do not touch it, so it runs on underneath them as if they were not there.
type track struct {
	earned
	m    *moment
	view view
}

// settle moves the track to where it belongs now. The order matters only at the
// instants where several things are due: what is pending comes first, then the
// review, then the levels without a date, and whoever is still able to climb climbs
// last. Taken again at the same instant it changes nothing, which is why questions
// at any instant leave no trace.
func (t *track) settle() {
	if t.level > 0 {
		t.await()
		t.review()
		t.watch()
	}
	t.climb()
}

// await clears or carries out a pending drop. A drop that is due is carried out
// even if something makes the level held at that very instant: it would have had
// to happen before. Otherwise a level held again on an open window is saved: with a
// new term if its validity is over, else with the date it had.
func (t *track) await() {
	if !t.pending() {
		return
	}
	t.ended = t.ended || !t.m.now.before(t.until)
	if !t.m.now.before(t.drop) {
		t.fall()
		return
	}
	if b, ok := t.view.holding(t.level); ok {
		t.drop = never()
		if t.ended {
			t.renew(b)
		}
	}
}

// review renews a level whose date has come, or makes its drop pending. A level
// whose date comes while a drop is pending is not reviewed: it is not held, or the
// drop would not be pending any more.
func (t *track) review() {
	if t.pending() || t.ended || t.m.now.before(t.until) {
		return
	}
	if b, ok := t.view.holding(t.level); ok {
		t.renew(b)
		return
	}
	t.ended = true
	t.pend(expired)
}

// watch makes the drop of a level without a date pending as soon as it is not
// held. One step further down the next level is asked at once.
func (t *track) watch() {
	if t.m.ladder.dated {
		return
	}
	cause := unmet
	if t.m.events {
		cause = reversed // events only add, except these
	}
	for t.level > 0 && !t.pending() {
		if _, held := t.view.holding(t.level); held {
			return
		}
		level := t.level
		if t.pend(cause); t.level == level {
			return // pending, or never dropped: grace or dwell outlasts the calendar
		}
	}
}

// covered reports whether the level is held on its basis or on an open window. Asked
// just before and just after the events of an instant, it tells whether a refund has
// taken the ground from under the level.
func (t *track) covered() bool {
	_, ok := t.view.holding(t.level)
	return ok || t.view.on(t.level, t.basis)
}

// pend makes a drop pending after grace and dwell, or carries it out if both are
// over:
//
//	drop = max(start(date(now) + grace), end of dwell), at once unless that is ahead
func (t *track) pend(cause why) {
	at := t.steady
	if grace := t.m.rules.grace; grace > 0 {
		at = later(at, t.m.clock.daysAfter(t.m.now, grace))
	}
	t.cause = cause
	if t.m.now.before(at) {
		t.drop = at
		return
	}
	t.fall()
}

// fall drops the level as far as the policy says. A soft landing is for those who
// were not active enough, not for those who took their money back: after a refund
// the depth is always [ToEarned]. Falling to the base starts again, which is to
// enter at once whatever a new member with these sums would.
func (t *track) fall() {
	depth := t.m.rules.depth
	if t.cause == reversed {
		depth = ToEarned
	}
	level, b := 0, basis{}
	switch depth {
	case ToEarned:
		level, b = t.highest(t.level)
	case OneStep:
		if level = t.level - 1; level > 0 {
			b = t.landing(level)
		}
	case ToBase:
		level, b = t.entering(0, t.level)
	}
	t.give(level, b)
	t.lastDown = true
}

// highest returns the highest level below another that is held on an open window, and
// the latest such window.
func (t *track) highest(below int) (int, basis) {
	for i := below - 1; i > 0; i-- {
		if b, ok := t.view.holding(i); ok {
			return i, b
		}
	}
	return 0, basis{}
}

// landing returns the basis of a level that is the next one down: a window that holds
// it, or what the view has for levels that were not earned.
func (t *track) landing(level int) basis {
	if b, ok := t.view.holding(level); ok {
		return b
	}
	return t.view.landing()
}

// climb gives a higher level that was earned, unless dwell forbids it: after a
// downgrade there is no upgrade before its end. An upgrade after an upgrade is
// free, for dwell is against flapping, not against climbing.
func (t *track) climb() {
	top := len(t.m.ladder.codes)
	if t.level == top-1 || t.lastDown && t.m.now.before(t.steady) {
		return
	}
	if level, b := t.entering(t.level, top); level > t.level {
		t.give(level, b)
		t.lastDown = false
	}
}

// entering returns the highest level above i and below top that is entered now,
// and the window that says so; i and no window if there is none.
func (t *track) entering(i, top int) (int, basis) {
	switch {
	case t.m.rules.upgrade == Immediate:
		sums, levels := t.view.sums()
		if level := levels.entered(i, top, sums); level > i {
			return level, t.view.present()
		}
	case t.m.began:
		return t.view.ended(i, top)
	}
	return i, basis{}
}

// give makes level the earned one, with a new validity and a new dwell. The end of
// dwell is fixed here, by the rules in force now: dates once given stand.
func (t *track) give(level int, b basis) {
	if t.level = level; level == 0 {
		b = basis{} // the base rests on nothing
	}
	t.rest(b)
	t.drop, t.until, t.ended = never(), never(), false
	t.steady = always()
	if dwell := t.m.rules.dwell; dwell > 0 {
		t.steady = t.m.clock.daysAfter(t.m.now, dwell)
	}
	if level > 0 && t.m.ladder.dated {
		if t.m.ladder.byEntry {
			t.entered = t.m.clock.day(t.m.now)
		}
		t.until = t.m.expiry(b, t.entered)
	}
}

// renew starts a new term of the level on window b. The entry date stays: renewals
// are counted from it, so that they do not drift towards the ends of short months.
func (t *track) renew(b basis) {
	t.rest(b)
	t.drop, t.ended = never(), false
	t.until = t.m.expiry(b, t.entered)
}

func (t *track) rest(b basis) {
	t.basis = b
	t.view.rest(b)
}

// ends returns when the earned level ends or is reviewed, as far as is known; never
// if that is not by time. Without dates that is the end of the period, which resets
// the sums, or the first instant at which the events known now, leaving one after
// the other, hold the level no more. Later versions are not anticipated.
func (t *track) ends() instant {
	switch {
	case t.level == 0:
		return never()
	case t.pending():
		return t.drop
	case t.m.ladder.dated:
		return t.until
	}
	return t.view.lapse(t.level)
}

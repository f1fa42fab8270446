package tier

// window returns the sums of the window now and the levels that judge it: those of
// the version in force when the period began, or, for a rolling window, now. The
// sums are valid until the next call of window or sums.
func (r *Runner) window() ([]int64, rungs) {
	if r.p.window.Kind.Rolling() {
		return r.rolling.total, r.rules.levels
	}
	return r.sums(r.grid.cur), r.p.versions[r.grid.ver].levels
}

// present returns the window now as a basis.
func (r *Runner) present() basis {
	if r.p.window.Kind.Rolling() {
		return basis{kind: onRolling, at: r.now, events: r.events}
	}
	return basis{kind: onPeriod, period: r.grid.cur}
}

// heldIn reports whether level i is held in period k.
func (r *Runner) heldIn(i, k int) bool {
	return r.p.versions[r.judge(k)].levels.held(i, r.sums(k))
}

// holding returns the latest open window that holds level i; false if none does.
//
//	end of next period   every period whose own validity would end after now
//	months from entry    the current period and the last ended one
//	rolling, while holds the window now, and no other
//
// With no PlusMonths the open periods at the end of a year are the year that ends
// and the one that begins, which has what was carried over and nothing else.
func (r *Runner) holding(i int) (basis, bool) {
	if r.p.kind == WhileHolds || r.p.window.Kind.Rolling() {
		sums, levels := r.window()
		return r.present(), levels.held(i, sums)
	}
	for k := r.grid.cur; r.open(k, r.now); k-- {
		if r.heldIn(i, k) {
			return basis{kind: onPeriod, period: k}, true
		}
	}
	return basis{}, false
}

// open reports whether period k, which has begun by t, counts in a review at t.
// Periods before the first that is kept do not: they were over before the member
// joined, or closed when nothing could reopen them.
func (r *Runner) open(k int, t instant) bool {
	if r.p.kind == MonthsFromEntry {
		return k >= r.within(t)-1
	}
	return k >= r.grid.first-1 && t.before(r.opening(k+2, r.rules.validity.PlusMonths))
}

// covered reports whether the level is held on its basis or on an open window. Asked
// just before and just after the events of an instant, it tells whether a refund has
// taken the ground from under the level.
func (r *Runner) covered() bool {
	if _, ok := r.holding(r.track.level); ok {
		return true
	}
	switch b := r.track.basis; b.kind {
	case onPeriod:
		return r.heldIn(r.track.level, b.period)
	case onRolling:
		v := &r.p.versions[r.p.at(b.at)]
		return v.levels.held(r.track.level, r.rolling.based)
	case noBasis:
	}
	return false
}

// rest makes b what the earned level rests on. A rolling window moves on, so its
// sums are kept.
func (r *Runner) rest(b basis) {
	r.track.basis = b
	if b.kind == onRolling {
		r.rolling.based = append(r.rolling.based[:0], r.rolling.total...)
	}
}

// supports reports whether an event of an instant was in the rolling window on which
// the level rests: it had happened by then, and had not left.
func (r *Runner) supports(at instant) bool {
	b := &r.track.basis
	if b.kind != onRolling || b.at.before(at) || at == b.at && !b.events {
		return false
	}
	return b.at.before(r.leaves(r.day(at)))
}

// rebase finds the sums on which the level of a closed state rests, once its events
// have been recalled.
func (r *Runner) rebase() {
	for _, i := range r.s.order[:r.pos] {
		if e := &r.s.entries[i]; e.kind == earn && r.supports(e.at) {
			for m, v := range r.row(int(i)) {
				r.rolling.based[m] += v
			}
		}
	}
}

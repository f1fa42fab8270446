package tier

// apply lets event i take effect now. Of one instant amounts come first, then
// overrides, then reversals, so a reversal finds what happened at its own instant.
func (r *Runner) apply(i int) {
	e := &r.s.entries[i]
	switch e.kind {
	case earn:
		if e.early {
			r.applyEarly(i)
		}
		r.count(i)
	case grant:
		r.face.open(r, i)
	case reverse, lessen:
		if e.link < 0 || r.now.before(r.s.entries[e.link].at) {
			return // waits for its original
		}
		if r.s.entries[e.link].kind == grant {
			r.face.close(int(e.link))
			return
		}
		r.undo(int(e.link), i)
	}
}

// count adds event i to the sums.
func (r *Runner) count(i int) {
	row := r.row(i)
	for m, v := range row {
		r.life[m] += v
	}
	if r.noted {
		r.shown[i] = uint8(r.face.level)
	}
	if r.p.window.Kind.Rolling() {
		r.rolling.add(r, r.s.entries[i].at, row)
		return
	}
	for m, v := range row {
		r.grid.own[r.grid.offset(r.grid.cur)+m] += v
	}
}

// applyEarly lets the reversals take effect that came before event i itself: they
// count from the later of the two instants, which is now. Such events are rare and
// marked, so looking through all of them costs nobody else anything.
func (r *Runner) applyEarly(i int) {
	at := r.s.entries[i].at
	for j := range r.s.entries {
		if e := &r.s.entries[j]; e.kind.reverses() && int(e.link) == i && e.at.before(at) {
			r.lessen(r.row(i), j)
		}
	}
}

// lessen takes from row what reversal j reverses, no further than to zero, and
// returns it in the scratch row. Several reversals of one event take
//
//	min(amount, r1 + r2 + …)
//
// together, in whatever order they come.
func (r *Runner) lessen(row []int64, j int) []int64 {
	r.scratch = append(r.scratch[:0], row...)
	taken := r.scratch
	for m, v := range r.row(j) {
		if r.s.entries[j].kind == lessen {
			taken[m] = min(taken[m], v)
		}
		row[m] -= taken[m]
	}
	return taken
}

// undo reverses event i, which has counted, by reversal j: in the sums of its life,
// and in those of the period or the date at which it happened, however long ago. A
// refund in a period that has ended changes what later periods were given to carry.
func (r *Runner) undo(i, j int) {
	taken := r.lessen(r.row(i), j)
	for m, v := range taken {
		r.life[m] -= v
	}
	at := r.s.entries[i].at
	if r.p.window.Kind.Rolling() {
		r.rolling.take(r, at, taken)
		return
	}
	k := r.within(at)
	row := r.grid.offset(k)
	if row < 0 {
		return // closed for good
	}
	for m, v := range taken {
		r.grid.own[row+m] -= v
	}
	if k < r.grid.cur && r.p.carries {
		r.recarry()
	}
}

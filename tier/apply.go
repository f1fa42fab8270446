package tier

import (
	"cmp"
	"slices"
)

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
		if !e.early { // else it was taken back before it happened
			r.enrol(int32(i))
		}
	case reverse, lessen:
		if e.link < 0 || r.now.before(r.s.entries[e.link].at) {
			return // waits for its original
		}
		if r.s.entries[e.link].kind == grant {
			r.strike(e.link)
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
// count from the later of the two instants, which is now.
func (r *Runner) applyEarly(i int) {
	if len(r.early) == 0 {
		r.findEarly()
	}
	at, _ := slices.BinarySearchFunc(r.early, int32(i), func(j, i int32) int { return cmp.Compare(r.s.entries[j].link, i) })
	for ; at < len(r.early) && int(r.s.entries[r.early[at]].link) == i; at++ {
		r.lessen(r.row(i), int(r.early[at]))
	}
}

// findEarly lists the reversals that are older than what they reverse, by that. Few
// members have any; where there are none nobody asks.
func (r *Runner) findEarly() {
	entries := r.s.entries
	for j := range entries {
		if e := &entries[j]; e.kind.reverses() && e.link >= 0 && e.at.before(entries[e.link].at) {
			r.early = append(r.early, int32(j))
		}
	}
	slices.SortFunc(r.early, func(i, j int32) int { return cmp.Compare(entries[i].link, entries[j].link) })
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
		r.rolling.take(r.day(at), taken)
		if r.supports(at) {
			r.rolling.lower(taken)
		}
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
	r.grid.stale = r.grid.stale || k < r.grid.cur
}

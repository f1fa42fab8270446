package promotion

import "math"

// A class is a number of bundles that are alike: of all of them as much is wanted.
type class struct {
	want int64 // of one, in minor units
	room int64 // of the units of one
	n    int64
}

// A cursor is the place in the candidates of a slot up to which bundles have been formed.
type cursor struct {
	candidates []candidate // of the slot, ranked
	at         int
	took       int64 // units of the candidate at that place
}

// A block is what a bundle takes from one candidate.
type block struct {
	run     int32
	from, n int64
}

// bundles forms bundles, and takes the units of the first so many that make something
// cheaper. Bundles that are alike are formed at once: it takes time proportional to runs
// times slots.
func (t *till) bundles(r *rule, st *standing) {
	w := st.reward
	t.classes = t.classes[:0]
	formed := t.slots(r, w)
	for applications := st.applications; formed > 0 && applications > 0; {
		n := min(formed, t.alike(w))
		c := t.class(r, w)
		if c.want > 0 {
			c.n = min(n, applications)
			t.form(r, c)
			applications -= c.n
		}
		t.advance(w, n)
		formed -= n
	}
}

// slots ranks the units of each slot, and returns how many bundles they fill.
func (t *till) slots(r *rule, w *reward) int64 {
	formed := int64(math.MaxInt64)
	t.cursors = t.cursors[:0]
	for i, s := range w.slots {
		at := len(t.candidates)
		t.slot(r, w.slots[:i], t.basket.set(s.selector))
		own := t.candidates[at:len(t.candidates):len(t.candidates)]
		var units int64
		for k := range own {
			units += own[k].n
		}
		ranked(r, own)
		t.cursors = append(t.cursors, cursor{candidates: own})
		formed = min(formed, units/s.units)
	}
	return formed
}

// slot makes candidates of the units that a slot selects and none before it.
func (t *till) slot(r *rule, before []slot, in set) {
	for i := range t.runs {
		if u := &t.runs[i]; !u.locked && in.has(u.article) && !t.any(before, u.article) {
			t.candidates = append(t.candidates, t.candidate(r, i))
		}
	}
}

// any reports whether one of the slots selects an article.
func (t *till) any(slots []slot, article int32) bool {
	for _, s := range slots {
		if t.basket.set(s.selector).has(article) {
			return true
		}
	}
	return false
}

// alike returns how many bundles from here on take the same numbers of units from the
// same candidates.
func (t *till) alike(w *reward) int64 {
	n := int64(math.MaxInt64)
	for i := range t.cursors {
		c := &t.cursors[i]
		n = min(n, max(1, (c.candidates[c.at].n-c.took)/w.slots[i].units))
	}
	return n
}

// class lists the blocks of the next bundle, and returns what is wanted of it.
func (t *till) class(r *rule, w *reward) class {
	t.blocks = t.blocks[:0]
	var left, room int64
	for i := range t.cursors {
		at, took := t.cursors[i].at, t.cursors[i].took
		for units := w.slots[i].units; units > 0; {
			c := &t.cursors[i].candidates[at]
			n := min(units, c.n-took)
			t.blocks = append(t.blocks, block{c.run, took, n})
			left, room, units = left+n*c.left, room+n*t.piece(r, c.run, took, n).room, units-n
			at, took = at+1, 0
		}
	}
	return class{want: min(left-w.value, room), room: room}
}

// form makes pieces of the blocks of bundles that are alike.
func (t *till) form(r *rule, c class) {
	for _, b := range t.blocks {
		p := t.piece(r, b.run, b.from, b.n*c.n)
		p.class = int32(len(t.classes))
		t.pieces = append(t.pieces, p)
	}
	t.classes = append(t.classes, c)
}

// advance moves the cursors past a number of bundles.
func (t *till) advance(w *reward, n int64) {
	for i := range t.cursors {
		c := &t.cursors[i]
		for units := n * w.slots[i].units; units > 0; {
			step := min(units, c.candidates[c.at].n-c.took)
			c.took, units = c.took+step, units-step
			if c.took == c.candidates[c.at].n && (units > 0 || c.at+1 < len(c.candidates)) {
				c.at, c.took = c.at+1, 0
			}
		}
	}
}

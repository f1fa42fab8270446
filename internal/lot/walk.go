package lot

// A walk goes over the lots of a draft that hold units and have not expired, in burn
// order. It merges three sequences that are in that order each: the fixed lots, the
// rolling ones, group by group, and what only the draft has.
type walk struct {
	d     Draft // its own copy
	extra []Lot
	fixed spot
	group int    // the first group that has not been taken up
	until int64  // when those expire that have: all at one instant
	heads int    // how many of them have lots left
	one   head   // the first of them
	more  []head // the others, where the draft has rolled several to one instant
}

// A head is a group with lots that have not been visited.
type head struct {
	group *group
	spot  spot
}

// walk starts at the first lot that has not expired at t.
func (d *Draft) walk(t int64) walk {
	w := walk{d: *d, group: d.base.firstGroup(t)}
	w.fixed = w.d.alive(t)
	if len(d.changes)+len(d.added) > 0 {
		w.extra = d.extra(t)
	}
	return w
}

// expires returns when a group expires in the draft.
func (w *walk) expires(g *group) int64 {
	if w.d.rolled && g.until > w.d.rollAt {
		return max(g.until, w.d.rollTo)
	}
	return g.until
}

// open takes up the groups that expire next.
func (w *walk) open() {
	groups := w.d.base.groups
	for w.heads == 0 && w.group < len(groups) {
		w.until = w.expires(groups[w.group])
		w.more = w.more[:0]
		for w.group < len(groups) && w.expires(groups[w.group]) == w.until {
			if g := groups[w.group]; g.lots.n > 0 {
				w.take(head{g, g.lots.first()})
			}
			w.group++
		}
	}
}

// take adds a head.
func (w *walk) take(h head) {
	if w.heads == 0 {
		w.one = h
	} else {
		w.more = append(w.more, h)
	}
	w.heads++
}

// head returns the i-th head.
func (w *walk) head(i int) *head {
	if i == 0 {
		return &w.one
	}
	return &w.more[i-1]
}

// rolling returns the next of the rolling lots, and the head that it is at, -1 if there
// is none.
func (w *walk) rolling() (k key, at int) {
	at = -1
	if w.heads == 0 {
		w.open()
	}
	for i := range w.heads {
		h := w.head(i)
		if id, _ := h.group.lots.at(h.spot); at < 0 || id.id < k.id {
			k, at = key{w.until, id.id}, i
		}
	}
	return k, at
}

// next returns the next lot; false if there is none.
func (w *walk) next() (Lot, bool) {
	for {
		k, fixed := w.d.base.fixed.at(w.fixed)
		r, at := w.rolling()
		if at >= 0 && (!fixed || r.before(k)) {
			k = r
		} else if at = -1; !fixed && len(w.extra) == 0 {
			return Lot{}, false
		} else if !fixed {
			return w.pop()
		}
		if len(w.extra) > 0 && (key{w.extra[0].Until, w.extra[0].ID}).before(k) {
			return w.pop()
		}
		w.advance(at)
		l := w.d.base.find(k.id).Lot
		l.Until = k.until
		if diff := w.d.change(k.id); diff != nil {
			l.Left += *diff
		}
		if w.d.steps++; l.Left > 0 {
			return l, true
		}
	}
}

// pop returns the next of the lots that only the draft has.
func (w *walk) pop() (Lot, bool) {
	l := w.extra[0]
	w.extra = w.extra[1:]
	w.d.steps++
	return l, true
}

// advance goes on among the fixed lots, or in a group.
func (w *walk) advance(at int) {
	if at < 0 {
		w.fixed = w.d.base.fixed.after(w.fixed)
		return
	}
	h := w.head(at)
	h.spot = h.group.lots.after(h.spot)
	if _, ok := h.group.lots.at(h.spot); !ok {
		*h = *w.head(w.heads - 1)
		if w.heads--; w.heads > 0 {
			w.more = w.more[:w.heads-1]
		}
	}
}

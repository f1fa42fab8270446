package promotion

import (
	"cmp"
	"math"
	"slices"
)

// A candidate is a run of which an offer may take units.
type candidate struct {
	key          int64 // what it is ranked by: what is left, or the price
	left, n      int64
	took         int64 // units that have been taken of it, its first ones
	run, article int32
	get, buy     bool // which selectors select it
}

// collect makes pieces of what a rule gets and buys, in unit order.
func (t *till) collect(r *rule, st *standing) {
	t.pieces, t.exact, t.candidates = t.pieces[:0], t.exact[:0], t.candidates[:0]
	switch {
	case st.reward.kind == KindBundle:
		t.bundles(r, st)
	case r.Sets != nil:
		t.gather(r, t.basket.set(r.gets), t.basket.set(r.buys))
		t.sets(r, st.applications)
	case st.applications == math.MaxInt64:
		t.all(r)
		return
	default:
		t.gather(r, t.basket.set(r.gets), nil)
		ranked(r, t.candidates)
		t.take(r, st.applications, func(c *candidate) int64 { return c.n }, true)
	}
	slices.SortFunc(t.pieces, func(a, b piece) int {
		if a.run != b.run {
			return int(a.run - b.run)
		}
		return cmp.Compare(a.from, b.from)
	})
}

// all takes all units that the rule reaches.
func (t *till) all(r *rule) {
	in := t.basket.set(r.gets)
	for i := range t.runs {
		if u := &t.runs[i]; !u.locked && in.has(u.article) {
			t.pieces = append(t.pieces, t.piece(r, int32(i), 0, u.n))
		}
	}
}

// piece returns units of a run as a piece that is got.
func (t *till) piece(r *rule, i int32, from, n int64) piece {
	u := &t.runs[i]
	room := min(u.left-t.basket.articles[u.article].floor, r.mostUnit)
	return piece{claim: claim{n: n, room: room}, run: i, article: u.article, from: from, left: u.left, got: true}
}

// gather makes candidates of all units that the rule reaches and one of the selectors
// selects.
func (t *till) gather(r *rule, gets, buys set) {
	for i := range t.runs {
		u := &t.runs[i]
		if get, buy := gets.has(u.article), buys != nil && buys.has(u.article); !u.locked && (get || buy) {
			c := t.candidate(r, i)
			c.get, c.buy = get, buy
			t.candidates = append(t.candidates, c)
		}
	}
}

func (t *till) candidate(r *rule, i int) candidate {
	u := &t.runs[i]
	c := candidate{key: u.left, left: u.left, n: u.n, run: int32(i), article: u.article}
	if r.ofList {
		c.key = t.basket.articles[u.article].price
	}
	return c
}

// ranked sorts candidates: by what is left or the price, then in unit order, but of one
// article by what is left first.
func ranked(r *rule, candidates []candidate) {
	slices.SortFunc(candidates, func(a, b candidate) int {
		switch {
		case a.key != b.key:
			return r.direction(a.key, b.key)
		case a.article != b.article:
			return int(a.article - b.article)
		case a.left != b.left:
			return r.direction(a.left, b.left)
		}
		return int(a.run - b.run)
	})
}

// direction compares two amounts that are not equal.
func (r *rule) direction(a, b int64) int {
	if a < b != r.dearest {
		return -1
	}
	return 1
}

// take takes the first so many units of the candidates, of each at most as many as are
// free to take.
func (t *till) take(r *rule, units int64, free func(c *candidate) int64, got bool) {
	for i := 0; i < len(t.candidates) && units > 0; i++ {
		c := &t.candidates[i]
		n := min(units, free(c))
		if n <= 0 {
			continue
		}
		p := t.piece(r, c.run, c.took, n)
		p.got = got
		t.pieces = append(t.pieces, p)
		c.took += n
		units -= n
	}
}

// counts adds up the candidates that only the one selector selects, and that both do.
func (t *till) counts() (bought, got, both int64) {
	for i := range t.candidates {
		switch c := &t.candidates[i]; {
		case c.get && c.buy:
			both += c.n
		case c.get:
			got += c.n
		default:
			bought += c.n
		}
	}
	return bought, got, both
}

// sets takes the units got and bought of as many sets as can be formed, at most so many.
func (t *till) sets(r *rule, applications int64) {
	bought, got, both := t.counts()
	x, y := r.Sets.Buy, r.Sets.Get
	n := min((got+both)/y, (bought+both)/x, (bought+got+both)/(x+y), applications)
	spare := both - max(0, n*x-bought) // units of both that are not needed for buying
	ranked(r, t.candidates)
	t.take(r, n*y, func(c *candidate) int64 {
		switch {
		case !c.get:
			return 0
		case c.buy:
			n := min(spare, c.n)
			spare -= n
			return n
		}
		return c.n
	}, true)
	t.take(r, n*x, func(c *candidate) int64 {
		if !c.buy {
			return 0
		}
		return c.n - c.took
	}, false)
	if r.Sets.Spread {
		return
	}
	for i := range t.pieces {
		if p := &t.pieces[i]; !p.got {
			p.room = 0 // it carries nothing of the discount
		}
	}
}

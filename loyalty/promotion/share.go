package promotion

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// A claim is a number of equal claims on an amount, next to each other.
type claim struct {
	n      int64
	weight uint64 // of each
	room   int64  // what each can take at most
	each   int64  // what each gets
	more   int64  // the first so many get one minor unit more; fewer than n
	rest   uint64 // the fraction of the quota, or its rank
}

// share shares a discount over the pieces: first over articles, then what each article
// got over its units. A percentage that no cap has cut keeps what its level has rounded.
func (t *till) share(r *rule, w *reward, discount int64, cut bool) {
	level := t.level
	spread := r.Sets != nil && r.Sets.Spread
	if w.kind != KindPercent || cut || spread {
		level = PerOrder
	}
	switch {
	case level == PerUnit:
		return // done
	case !cut && !spread && w.own():
		t.keep()
		return
	}
	if spread {
		for i := range t.pieces {
			p := &t.pieces[i]
			p.weight = uint64(p.room)
		}
		t.exact = t.exact[:0]
	}
	exact := t.sumArticles()
	if level == PerLine {
		t.roundArticles(w, exact)
	} else {
		t.divide(discount, t.portions, exact)
	}
	at := 0
	for i := range t.portions {
		end := at
		for end < len(t.pieces) && t.pieces[end].article == t.portions[i].article {
			end++
		}
		exact = t.exact
		if len(exact) > 0 {
			exact = exact[at:end]
		}
		t.divide(t.portions[i].each, t.pieces[at:end], exact)
		at = end
	}
}

// own reports whether each unit has a want of its own in whole minor units.
func (w *reward) own() bool {
	return w.kind == KindFree || w.kind == KindUnitAmount || w.kind == KindUnitPrice
}

// keep gives each unit its want, which is its quota where nothing is cut.
func (t *till) keep() {
	for i := range t.pieces {
		p := &t.pieces[i]
		p.each, p.more = int64(p.weight), 0
	}
}

// sumArticles makes one portion of the pieces of each article, and returns their exact
// weights if pieces have any.
func (t *till) sumArticles() (exact []*big.Int) {
	t.portions = t.portions[:0]
	for i := range t.pieces {
		p := &t.pieces[i]
		last := len(t.portions) - 1
		if last < 0 || t.portions[last].article != p.article {
			t.portions = append(t.portions, piece{claim: claim{n: 1}, article: p.article})
			last++
		}
		sum := &t.portions[last]
		sum.room += p.n * p.room
		sum.weight += uint64(p.n) * p.weight
		if len(t.exact) > 0 {
			exact = addExact(exact, last, p.n, t.exact[i])
		}
	}
	return exact
}

// addExact adds n weights to the sum at a place, which may be the next one.
func addExact(sums []*big.Int, at int, n int64, weight *big.Int) []*big.Int {
	if at == len(sums) {
		sums = append(sums, new(big.Int))
	}
	sums[at].Add(sums[at], new(big.Int).Mul(weight, big.NewInt(n)))
	return sums
}

// roundArticles gives each article what its wants round to.
func (t *till) roundArticles(w *reward, exact []*big.Int) {
	for i := range t.portions {
		a := &t.portions[i]
		if len(exact) > 0 {
			a.each = t.roundExact(exact[i], new(big.Int).SetUint64(w.den))
		} else {
			a.each = int64(t.round(a.weight, w.den))
		}
	}
}

// divide shares an amount by largest remainders: each claim gets its quota rounded down,
// but at most its room, and what is then missing is handed out. The rooms suffice.
func (t *till) divide(total int64, claims []piece, exact []*big.Int) {
	if len(claims) == 1 {
		c := &claims[0]
		c.each, c.more = total/c.n, total%c.n
		return
	}
	var missing int64
	if len(exact) > 0 {
		missing = quotasExact(total, claims, exact)
	} else {
		missing = quotas(total, claims)
	}
	if missing > 0 {
		t.hand(missing, claims)
	}
}

// quotas gives each claim its quota rounded down, and returns what is missing.
func quotas(total int64, claims []piece) (missing int64) {
	var sum uint64
	for i := range claims {
		sum += uint64(claims[i].n) * claims[i].weight
	}
	missing = total
	for i := range claims {
		c := &claims[i]
		var q uint64
		if c.more, c.rest = 0, 0; sum == uint64(total) {
			q = c.weight
		} else if c.weight > 0 {
			hi, lo := bits.Mul64(uint64(total), c.weight)
			q, c.rest = bits.Div64(hi, lo, sum)
		}
		c.each = min(int64(q), c.room)
		missing -= c.n * c.each
	}
	return missing
}

// quotasExact is quotas in numbers of any length. Fractions become ranks.
func quotasExact(total int64, claims []piece, exact []*big.Int) (missing int64) {
	sum, rests, order := new(big.Int), make([]*big.Int, len(claims)), make([]int, len(claims))
	for i := range claims {
		sum.Add(sum, new(big.Int).Mul(exact[i], big.NewInt(claims[i].n)))
	}
	missing = total
	for i := range claims {
		c := &claims[i]
		q := new(big.Int).Mul(exact[i], big.NewInt(total))
		rests[i], order[i] = new(big.Int), i
		if sum.Sign() > 0 {
			q.QuoRem(q, sum, rests[i])
		}
		c.each, c.more = min(q.Int64(), c.room), 0
		missing -= c.n * c.each
	}
	slices.SortFunc(order, func(i, k int) int { return rests[i].Cmp(rests[k]) })
	var rank uint64
	for k, i := range order {
		if k > 0 && rests[i].Cmp(rests[order[k-1]]) > 0 {
			rank++
		}
		claims[i].rest = rank
	}
	return missing
}

// hand hands out what is missing, one minor unit at a time in the order of the largest
// fraction, ties in the order of the list, passing over claims without room left, in as
// many rounds as it takes; rounds that are alike at once.
func (t *till) hand(missing int64, claims []piece) {
	t.order = t.order[:0]
	for i := range claims {
		if c := &claims[i]; c.each < c.room {
			t.order = append(t.order, fraction{c.rest, int32(i)})
		}
	}
	slices.SortFunc(t.order, fraction.compare)
	for missing > 0 && len(t.order) > 0 {
		open, step := int64(0), int64(math.MaxInt64)
		for _, f := range t.order {
			c := &claims[f.claim]
			open, step = open+c.n, min(step, c.room-c.each)
		}
		if missing < open {
			handLast(missing, claims, t.order)
			return
		}
		step = min(step, missing/open)
		for _, f := range t.order {
			claims[f.claim].each += step
		}
		missing -= step * open
		t.order = slices.DeleteFunc(t.order, func(f fraction) bool { return claims[f.claim].each == claims[f.claim].room })
	}
}

// A fraction is what the quota of a claim was rounded down by, or its rank.
type fraction struct {
	rest  uint64
	claim int32
}

// compare puts the largest fractions first, ties in the order of the list.
func (f fraction) compare(g fraction) int {
	switch {
	case f.rest > g.rest:
		return -1
	case f.rest < g.rest:
		return 1
	}
	return int(f.claim - g.claim)
}

// handLast hands out the last round, which does not reach all.
func handLast(missing int64, claims []piece, order []fraction) {
	for _, f := range order {
		c := &claims[f.claim]
		if missing < c.n {
			c.more = missing
			return
		}
		c.each++
		missing -= c.n
	}
}

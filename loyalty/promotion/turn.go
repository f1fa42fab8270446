package promotion

import (
	"math/big"
	"slices"
)

// A till prices one order: it lets the rules act in turn on runs of units. All amounts
// are minor units.
type till struct {
	*Pricer
	basket    *basket
	standings []standing
	atMost    int64 // what all offers together take off

	state
	used []int64 // members of each group that have been used

	runs       []run       // on which the present offer acts
	pieces     []piece     // what it gets and buys of them, in unit order
	exact      []*big.Int  // the weights of the pieces where they do not fit in them; else empty
	candidates []candidate // from which it takes them
	portions   []piece     // what it takes off each article
	order      []fraction  // of the claims, largest first
	classes    []class     // of its bundles
	blocks     []block     // of the slots of a bundle
	cursors    []cursor
}

// newTill returns a till with room for most orders, made at once.
func newTill(p *Pricer, b *basket, standings []standing, atMost int64) *till {
	n := len(b.articles)
	pieces := make([]piece, 3*n+few)
	small := &struct {
		till
		order   [4 * few]fraction
		used    [few]int64
		classes [few]class
		blocks  [few]block
		cursors [few]cursor
	}{}
	t := &small.till
	*t = till{
		Pricer: p, basket: b, standings: standings, atMost: atMost,
		pieces: pieces[: 0 : 2*n+few], portions: pieces[2*n+few:][:0], candidates: make([]candidate, 0, 2*n+few),
		order: small.order[:0], classes: small.classes[:0], blocks: small.blocks[:0], cursors: small.cursors[:0],
	}
	if t.used = small.used[:]; len(p.groups) > few {
		t.used = make([]int64, len(p.groups))
	}
	return t
}

// few is how many there mostly are.
const few = 8

// A state is what a till knows of the turns so far, the runs and the groups aside.
type state struct {
	given int64 // what all offers have taken off
	alone bool  // one that is exclusive on the order has been used
	locks bool  // there may be locked units
}

// A piece is a number of units of a run, next to each other, that an offer gets or buys.
type piece struct {
	claim
	run, article int32
	from         int64 // position in the run
	left         int64 // of each
	got          bool  // else bought
	class        int32 // of bundles
}

// turn lets a rule act on what the ones before it left of the order, and returns its
// discount, which the pieces then hold; or the first reason why it is not used. It changes
// nothing but the room for its work.
func (t *till) turn(i int, runs []run) (discount int64, st standing) {
	t.runs = runs
	r := &t.rules[i]
	if st = t.standings[i]; st.why != "" {
		return 0, st
	}
	if r.minOfLeft {
		if r.ask(&st, t.basket, runs); st.why != "" {
			return 0, st
		}
	}
	switch {
	case t.alone || t.locks && t.outOfReach(r, runs):
		st.why = Excluded
	case r.group >= 0 && !r.best && t.used[r.group] >= t.groups[r.group].Limit:
		st.why = GroupUsed
	default:
		t.collect(r, &st)
		discount, st.why = t.discount(r, &st)
	}
	return discount, st
}

// outOfReach reports whether every unit that the reward selects is locked.
func (t *till) outOfReach(r *rule, runs []run) bool {
	in := t.basket.set(r.gets)
	return !slices.ContainsFunc(runs, func(u run) bool { return !u.locked && in.has(u.article) })
}

// discount finds the discount on the pieces, cuts it to its caps and shares it.
func (t *till) discount(r *rule, st *standing) (int64, Reason) {
	want := t.wants(r, st.reward)
	d := min(want, r.mostAll, t.atMost-t.given)
	switch {
	case d == 0:
		return 0, NoDiscount
	case r.Whole && d > st.budget:
		return 0, OverBudget
	}
	d = min(d, st.budget)
	t.share(r, st.reward, d, d < want)
	return d, ""
}

// use takes the discount of a rule off the runs, and appends what is left to dst.
func (t *till) use(r *rule, discount int64, dst []run) []run {
	t.given += discount
	if r.group >= 0 {
		t.used[r.group]++
	}
	t.alone = t.alone || r.Exclusive == ExclusiveOrder
	lock := r.Exclusive == ExclusiveUnits
	t.locks = t.locks || lock
	rest := t.pieces
	for i, u := range t.runs {
		at := int64(0)
		for ; len(rest) > 0 && int(rest[0].run) == i; rest = rest[1:] {
			c := &rest[0]
			dst = u.append(dst, c.from-at, 0, false)
			bought := lock && !c.got
			dst = u.append(dst, c.more, c.each+1, lock)
			dst = u.append(dst, c.n-c.more, c.each, lock && c.each > 0 || bought)
			at = c.from + c.n
		}
		dst = u.append(dst, u.n-at, 0, false)
	}
	return dst
}

// append appends n units of a run, of which off is taken off each, to the run before them
// if they are like that.
func (u run) append(dst []run, n, off int64, lock bool) []run {
	if n == 0 {
		return dst
	}
	u.n, u.left, u.locked = n, u.left-off, u.locked || lock
	if last := len(dst) - 1; last >= 0 && dst[last].article == u.article && dst[last].left == u.left && dst[last].locked == u.locked {
		dst[last].n += n
		return dst
	}
	return append(dst, u)
}

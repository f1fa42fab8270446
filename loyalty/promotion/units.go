package promotion

import (
	"cmp"
	"math/bits"
	"slices"
)

// A run is a number of units of one line, next to each other, of which the same is
// left. A line of millions of units has as many runs as discounts were split unevenly
// over it, and one more for each time that some of its units were free.
type run struct {
	n    int64 // units, 1 or more
	left int64 // of each, in minor units
	free bool  // whether the present offer makes them free
}

// units are the runs of a line, in the order of its units.
type units []run

// unitsOf returns the units of the lines of an order.
func unitsOf(lines []Line, price []int64) []units {
	all := make([]units, len(lines))
	first := make([]run, len(lines))
	for i := range lines {
		first[i] = run{n: lines[i].Quantity, left: price[i]}
		all[i] = first[i : i+1 : i+1]
	}
	return all
}

// free marks what is free of each line, and makes weights what that is worth: of every
// so many eligible units the cheapest by price, ties in the order of lines, within a
// line those of which the least is left. Each is worth what is left of it.
func (b *bill) free(r *rule) {
	var count uint64 // of units: at most 2^63 a line
	for i := range b.lines {
		if b.weights[i] = 0; r.eligible(&b.lines[i]) {
			count = saturated(count, uint64(b.lines[i].Quantity))
		}
	}
	n := count / uint64(r.Every)
	for _, i := range b.cheap {
		if n == 0 {
			break
		}
		if !r.eligible(&b.lines[i]) {
			continue
		}
		take := min(n, uint64(b.lines[i].Quantity))
		if n -= take; b.lines[i].Quantity == 1 {
			b.weights[i] = b.left[i]
			continue
		}
		b.pieces[i], b.weights[i] = b.pieces[i].mark(int64(take))
	}
}

// cheapest returns the positions of the lines by price, ties in their order.
func cheapest(price []int64) []int {
	order := make([]int, len(price))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(price[i], price[k]) })
	return order
}

// saturated returns a + b, at most 2^64-1: only lines whose price is 0 have such
// quantities, and what is free of them is nothing.
func saturated(a, b uint64) uint64 {
	if s := a + b; s >= a {
		return s
	}
	return 1<<64 - 1
}

// mark makes n units free, 1 or more: those of which the least is left, the first ones
// among equals, and no others. It returns what they are worth. A run is cut in two where it
// is free in part.
func (u units) mark(n int64) (marked units, worth int64) {
	var buffer [8]int // keeps the runs of nearly every line off the heap
	order := buffer[:0]
	for i := range u {
		order, u[i].free = append(order, i), false
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(u[i].left, u[k].left) })
	for _, i := range order {
		part := min(n, u[i].n)
		n -= part
		worth += part * u[i].left
		u[i].free = true
		if rest := u[i].n - part; rest > 0 {
			u[i].n = part
			return slices.Insert(u, i+1, run{n: rest, left: u[i].left}), worth
		}
		if n == 0 {
			break
		}
	}
	return u, worth
}

// take takes a line's share of a discount off its units by largest remainders: each
// has the weight of what is left of it, those that are not free none where only free
// ones are meant. The weights add up to all, which share does not exceed.
func (u units) take(share, all int64, freeOnly bool) units {
	type rest struct {
		r     uint64
		index int
	}
	var buffer [8]rest
	rests := buffer[:0]
	missing := share
	for i := range u {
		if u[i].left == 0 || freeOnly && !u[i].free {
			continue
		}
		hi, lo := bits.Mul64(uint64(share), uint64(u[i].left))
		q, r := bits.Div64(hi, lo, uint64(all)) // at most what is left
		missing -= int64(q) * u[i].n
		u[i].left -= int64(q)
		if r > 0 {
			rests = append(rests, rest{r, i})
		}
	}
	if missing == 0 {
		return u
	}
	slices.SortFunc(rests, func(a, b rest) int { return cmp.Or(cmp.Compare(b.r, a.r), cmp.Compare(a.index, b.index)) })
	for _, x := range rests {
		if missing < u[x.index].n { // the last ones: the first of their run
			return u.split(x.index, missing)
		}
		u[x.index].left--
		missing -= u[x.index].n
	}
	return u
}

// split takes one minor unit off the first n units of a run.
func (u units) split(i int, n int64) units {
	if n == 0 {
		return u
	}
	rest := u[i]
	rest.n -= n
	u[i].n = n
	u[i].left--
	return slices.Insert(u, i+1, rest)
}

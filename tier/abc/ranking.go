package abc

import (
	"cmp"
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A Ranking is a list of customers by value, the most valuable first, ties by
// identifier in ascending order. It is an immutable value, safe for concurrent
// use. Obtain one from [NewRanking]; the zero Ranking is empty.
type Ranking[ID relmark.ID] struct {
	opaque

	digits int // fraction digits of every value
	list   []entry[ID]
}

// An entry is a customer with a value in the units of the ranking.
type entry[ID any] struct {
	id    ID
	units int64
}

// NewRanking ranks customers by a signed value such as revenue or profit. Their
// order does not matter. It fails with a [relmark.FieldError] on a value with more
// than nine fraction digits and on a customer who comes twice, and with
// [relmark.ErrLimit] on more than 2^31 − 1 customers or values without a common
// unit in an int64. It takes O(n) time for customers in ascending order; otherwise
// also that of a hash set of them and of sorting equal values by identifier.
func NewRanking[ID relmark.ID](values iter.Seq2[ID, decimal.Decimal]) (Ranking[ID], error) {
	rows, sorted, err := gather(values, func(v decimal.Decimal) (amount, error) { return exact("Value", v) })
	if err == nil && !sorted {
		err = distinct(rows)
	}
	if err != nil {
		return Ranking[ID]{}, wrap(err)
	}
	positions, err := rank(len(rows), func(i int) amount { return rows[i].v })
	if err != nil {
		return Ranking[ID]{}, wrap(err)
	}
	r := Ranking[ID]{digits: positions.digits, list: make([]entry[ID], len(rows))}
	for i, e := range positions.list {
		r.list[i] = entry[ID]{rows[e.id].id, e.units}
	}
	if !sorted {
		sortTies(r.list)
	}
	return r, nil
}

// sortTies sorts entries of one value by identifier. To compare identifiers within
// ties only is a good deal faster than to sort all of them first.
func sortTies[ID relmark.ID](list []entry[ID]) {
	for len(list) > 0 {
		n := tied(list)
		slices.SortFunc(list[:n], func(a, b entry[ID]) int { return cmp.Compare(a.id, b.id) })
		list = list[n:]
	}
}

// tied returns how many entries, from the first on, have its value; list is not
// empty.
func tied[ID any](list []entry[ID]) int {
	n := 1
	for n < len(list) && list[n].units == list[0].units {
		n++
	}
	return n
}

// rank ranks the positions of n amounts. Where these are in ascending order of
// identifier, so are positions of equal amounts.
func rank(n int, at func(int) amount) (Ranking[int], error) {
	list, digits, ok := inUnits(n, at, func(a amount) int { return a.digits })
	if !ok { // zeros that end a fraction may be what leaves no room
		list, digits, ok = inUnits(n, at, amount.needed)
	}
	if !ok {
		return Ranking[int]{}, errDigits
	}
	return Ranking[int]{digits: digits, list: byValue(list)}, nil
}

// inUnits returns n amounts with as many digits as one of them needs at most; false
// if one does not fit then.
func inUnits(n int, at func(int) amount, needed func(amount) int) (list []entry[int], digits int, ok bool) {
	for i := range n {
		digits = max(digits, needed(at(i)))
	}
	list = make([]entry[int], n)
	for i := range n {
		units, ok := at(i).in(digits)
		if !ok {
			return nil, 0, false
		}
		list[i] = entry[int]{i, units}
	}
	return list, digits, true
}

// byValue sorts entries by value, descending, and leaves equal ones in order. It
// is a radix sort on the bytes of the value from the least significant on; bytes
// in which no two values differ cost one pass of counting. It overwrites list.
func byValue(list []entry[int]) []entry[int] {
	spare := make([]entry[int], len(list))
	for shift := 0; shift < 64 && len(list) > 1; shift += 8 {
		var at [256]int // first the size of each bucket, then where it goes on
		for i := range list {
			at[key(list[i].units, shift)]++
		}
		if at[key(list[0].units, shift)] == len(list) {
			continue
		}
		next := 0
		for k, size := range at {
			at[k], next = next, next+size
		}
		for _, e := range list {
			k := key(e.units, shift)
			spare[at[k]] = e
			at[k]++
		}
		list, spare = spare, list
	}
	return list
}

// key returns a byte of a number that falls as units rise: all bits but the sign
// flipped.
func key(units int64, shift int) uint8 { return uint8((uint64(units) ^ (1<<63 - 1)) >> shift) }

// Len returns the number of customers.
func (r Ranking[ID]) Len() int { return len(r.list) }

// All yields each customer with the value, in the order of the ranking.
func (r Ranking[ID]) All() iter.Seq2[ID, decimal.Decimal] {
	return func(yield func(ID, decimal.Decimal) bool) {
		for _, e := range r.list {
			if !yield(e.id, money.Decimal(e.units, r.digits)) {
				return
			}
		}
	}
}

// Curve returns the distribution of value over the customers. It takes O(n) time.
func (r Ranking[ID]) Curve() Curve {
	c := Curve{digits: r.digits}
	for rest := r.list; len(rest) > 0; {
		n := tied(rest)
		c.add(run{rest[0].units, int64(n)})
		rest = rest[n:]
	}
	return c
}

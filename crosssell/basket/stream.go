package basket

import (
	"context"
	"iter"
	"slices"
)

// Sets streams the itemsets that p asks for, one at a time: with a set, the error is
// nil. The items of a set are the stream's own until the loop asks for the next;
// clone what is to stay. The order is depth first and always the same; it is not
// that of [Counter.Frequent].
//
// The stream ends with a zero Set and an error where [Counter.Frequent] fails. Under
// a limit, what fits is found before the first set is delivered, in about the time
// of another search; then come the sets of [Counter.Frequent] and, at the end, its
// [LimitError]. Without one, nothing is counted before and no sets are stored, but
// for two families: the maximal sets and the generators delivered so far are kept,
// at 4 bytes for each item and some 50 for each set, to compare further ones with.
// A loop that is left early leaves no goroutine behind.
func (c *Counter[I]) Sets(ctx context.Context, p SetParams) iter.Seq2[Set[I], error] {
	return func(yield func(Set[I], error) bool) {
		q, err := c.query(ctx, p)
		if err == nil {
			err = q.fit()
		}
		if err != nil {
			yield(Set[I]{}, err)
			return
		}
		left, err := q.stream(yield)
		if err == nil {
			err = q.limited()
		}
		if err != nil && !left {
			yield(Set[I]{}, err)
		}
	}
}

// stream yields the sets, and reports whether the loop was left.
func (q *query[I]) stream(yield func(Set[I], error) bool) (left bool, err error) {
	names, room := q.names, make([]I, len(q.names))
	one := func(places []uint32, count int64) verdict {
		items := room[:len(places)]
		for i, place := range places {
			items[i] = names[place]
		}
		if left = !yield(Set[I]{Items: items, Count: count}, nil); left {
			return halt
		}
		return onward
	}
	if q.kind == maximal || q.kind == generators { // of which a worker finds some that are none
		err = q.run(one)
		return left, err
	}
	many := func(b *batch[I]) verdict {
		for i, count := range b.counts {
			if left = !yield(Set[I]{Items: b.set(i), Count: count}, nil); left {
				return halt
			}
		}
		return onward
	}
	err = q.search(one, func() error { return inLine(q.job, q.name, many) })
	return left, err
}

// name adds a set to f with its items instead of their places, ready to be yielded.
func (q *query[I]) name(f *found[I], places []uint32, count int64) {
	n := len(f.cells)
	f.cells = slices.Grow(f.cells, len(places))[:n+len(places)]
	items := f.cells[n:]
	for i, place := range places {
		items[i] = q.names[place]
	}
	f.end(count)
}

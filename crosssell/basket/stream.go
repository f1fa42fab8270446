package basket

import (
	"context"
	"iter"
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
// With several workers, one of which is the loop's own goroutine, sets that others have found
// wait to be delivered in 5 MB at most. A loop that is left early leaves no goroutine behind.
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
	room := make([]I, len(q.names))
	one := func(places []uint32, _ int, count int64) verdict {
		items := room[:len(places):len(places)]
		q.fill(items, places) // all of them, as the loop may have changed them
		if left = !yield(Set[I]{Items: items, Count: count}, nil); left {
			return halt
		}
		return onward
	}
	err = q.run(one)
	return left, err
}

// fill gives items their names.
func (q *query[I]) fill(items []I, places []uint32) {
	names := q.names
	for i, place := range places {
		items[i] = names[place]
	}
}

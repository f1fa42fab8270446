package affinity

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Query asks what suits a customer. It is plain data but for a function, so it has no JSON.
type Query[I relmark.ID] struct {
	opaque

	// Owned is what the customer has, in any order, an item twice counting once. Nothing
	// of it is returned, unless Again says so. Items that the model does not know are
	// passed over.
	Owned []I
	// Again says of an item of Owned whether it is bought again and again, so that it may
	// be returned, told apart as a repeat purchase. Nil: none is. [Favourites] are the
	// baseline for these.
	Again func(I) bool
	// Weights say how much each item of Owned counts: as many, from 0 to 1, and then no
	// item twice. Nil: all count 1.
	Weights []float64
	// N is how many items are asked for, 1 or more. So many are returned where there are
	// as many, also such for which nothing speaks.
	N int
	// Eligible says of an item whether it may be returned; it must answer alike each
	// time. Nil: every item may. It is asked only of items that are among the best so far.
	Eligible func(I) bool
	// Reasons is how many pieces of evidence a suggestion names singly, 0 or more; the
	// others are summed up in one. Nil: 3.
	Reasons *int
}

// Validate reports every rule that q breaks, joined into one error.
func (q Query[I]) Validate() error {
	if q.N >= 1 && q.Weights == nil && q.Reasons == nil {
		return nil
	}
	var l fault.List
	l.Check(q.N >= 1, "N", q.N, "must be 1 or more")
	if q.Weights != nil {
		l.Check(len(q.Weights) == len(q.Owned), "Weights", len(q.Weights), "must be as many as Owned")
	}
	for i, w := range q.Weights {
		if !(w >= 0 && w <= 1) && !l.Full() {
			l.Add(fmt.Sprintf("Weights[%d]", i), w, "must be 0 to 1")
		}
	}
	if q.Reasons != nil {
		l.Check(*q.Reasons >= 0, "Reasons", *q.Reasons, "must be 0 or more")
	}
	return l.Err(room)
}

// A Ranker answers queries of one model with memory of its own, which it uses again:
// one for each goroutine answers for any number of customers without allocating. It is
// not safe for concurrent use. Obtain one from [Model.Ranker]; the zero Ranker knows no item.
type Ranker[I relmark.ID] struct {
	opaque

	model  *Model[I]
	scores []float64
	owned  []link // of the last query, ascending
	best   best
}

// Ranker returns a ranker of the model.
func (m *Model[I]) Ranker() *Ranker[I] {
	r := &Ranker[I]{model: m}
	if m.in != nil {
		r.scores = make([]float64, len(m.in.items))
	}
	return r
}

// AppendTop appends the N items of highest score, the best first, of equals the lower
// item: none that the customer has, unless it is bought again, and none that is not
// eligible. It fails as [Query.Validate] does, with a [relmark.FieldError] where Owned
// names an item twice beside Weights, and with [ErrNoHistory] where the model knows
// nothing of what the customer has, or all of it has weight 0. It does not allocate once
// dst and the ranker have grown.
func (r *Ranker[I]) AppendTop(dst []Scored[I], q Query[I]) ([]Scored[I], error) {
	picks, err := r.top(&q)
	if err != nil {
		return dst, err
	}
	for _, p := range picks {
		dst = append(dst, Scored[I]{r.model.in.items[p.at], p.score, r.owns(p.at)})
	}
	return dst, nil
}

// AppendScores appends the scores of all items, in the order of [Model.Items], those that
// the customer has among them. N, Again, Eligible and Reasons play no part. It fails as
// [Ranker.AppendTop] does.
func (r *Ranker[I]) AppendScores(dst []float64, q Query[I]) ([]float64, error) {
	q.N = 1
	if err := r.score(&q); err != nil {
		return dst, err
	}
	return append(dst, r.scores...), nil
}

// score computes the scores of all items.
func (r *Ranker[I]) score(q *Query[I]) error {
	if err := q.Validate(); err != nil {
		return err
	}
	if err := r.resolve(q); err != nil {
		return err
	}
	clear(r.scores)
	r.model.table.score(r.scores, r.owned)
	return nil
}

// resolve finds what the customer has in the model, ascending, each item once.
func (r *Ranker[I]) resolve(q *Query[I]) error {
	if r.model == nil || r.model.in == nil {
		return wrapped(ErrNoHistory)
	}
	r.owned = r.owned[:0]
	total, ascends := 0.0, true
	for k, item := range q.Owned {
		i, known := r.model.in.place(item)
		if !known {
			continue
		}
		o := link{1, i}
		if q.Weights != nil {
			o.weight = q.Weights[k]
		}
		total += o.weight
		ascends = ascends && (len(r.owned) == 0 || r.owned[len(r.owned)-1].item < i)
		r.owned = append(r.owned, o)
	}
	if !ascends {
		slices.SortFunc(r.owned, func(a, b link) int { return int(a.item) - int(b.item) })
		n := len(r.owned)
		r.owned = slices.CompactFunc(r.owned, func(a, b link) bool { return a.item == b.item })
		if q.Weights != nil && len(r.owned) < n {
			return invalid("Owned", nil, "must name each item once where there are Weights")
		}
	}
	if !(total > 0) {
		return wrapped(ErrNoHistory)
	}
	return nil
}

// top returns the best positions with their scores, in memory of the ranker.
func (r *Ranker[I]) top(q *Query[I]) ([]pick, error) {
	if err := r.score(q); err != nil {
		return nil, err
	}
	for _, o := range r.owned {
		if q.Again == nil || !q.Again(r.model.in.items[o.item]) {
			r.scores[o.item] = math.Inf(-1)
		}
	}
	r.best.reset(min(q.N, len(r.scores)), math.Inf(-1))
	choose(&r.best, r.scores, func(at int) bool { return q.Eligible == nil || q.Eligible(r.model.in.items[at]) })
	return r.best.ranked(), nil
}

// owns reports whether the customer of the last query has an item.
func (r *Ranker[I]) owns(i int32) bool {
	_, found := slices.BinarySearchFunc(r.owned, i, func(o link, i int32) int { return int(o.item) - int(i) })
	return found
}

// choose fills b with the best of the scores that are eligible and not −∞.
func choose(b *best, scores []float64, eligible func(at int) bool) {
	for at, s := range scores {
		if b.beats(s) && eligible(at) {
			b.take(s, int32(at))
		}
	}
}

func wrapped(err error) error { return fault.Room(room, err) }

package sequence

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const (
	// MaxOrder is the highest order of transitions.
	MaxOrder = 5
	// DefaultMaxTransitions is the limit of [TransitionParams] where none is given.
	DefaultMaxTransitions = 10_000_000
)

// TransitionParams say what is counted. It is plain data: store it, encode it.
type TransitionParams struct {
	Order int `json:"order"` // how many visits back a context goes, 1 to [MaxOrder]
	// FirstOnly counts an item as the next one only where a customer buys it for the first
	// time, as befits contracts and durable goods.
	FirstOnly bool `json:"first_only,omitempty"`
	// MaxTransitions is the most pairs of a context and a next item that are kept, 1 to
	// 2³¹−1, about 50 bytes each; 0 is [DefaultMaxTransitions]. Their number grows with the
	// product of the sizes of Order + 1 visits.
	MaxTransitions int `json:"max_transitions,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p TransitionParams) Validate() error {
	var l fault.List
	l.Check(1 <= p.Order && p.Order <= MaxOrder, "Order", p.Order, "must be 1 to 5")
	l.Check(0 <= p.MaxTransitions && p.MaxTransitions <= limit, "MaxTransitions", p.MaxTransitions, "must be 1 to 2147483647, or 0 for ten million")
	return l.Err(room)
}

func (p TransitionParams) limit() int {
	if p.MaxTransitions == 0 {
		return DefaultMaxTransitions
	}
	return p.MaxTransitions
}

// Transitions count what customers buy next, in whole numbers. A context of order j is one
// item of each of the last j visits before a visit; each item of the visit is a next item
// of each of its contexts, of orders 0 to Order. The context of order 0 is empty and that
// of every visit, the first one included.
//
// Obtain one from [NewTransitions]; the zero Transitions counts nothing. It is not safe for
// concurrent mutation; it is safe for concurrent reads once built. It has no JSON, but a
// binary encoding; [Transitions.Chain] makes a model of it.
type Transitions[I relmark.ID] struct {
	opaque

	params    TransitionParams
	histories int64
	sum       int64 // of all counts
	items     dictionary[I]
	contexts  []trail // the first one is that of order 0
	longer    map[step]uint32
	counts    map[step]int64
}

// A trail is a context: an item that a customer bought at the visit before those of a shorter
// context.
type trail struct{ shorter, item uint32 }

// A step leads from a context to a longer one, or to a next item.
type step struct{ context, item uint32 }

// NewTransitions returns an empty count. It fails exactly when [TransitionParams.Validate]
// does.
func NewTransitions[I relmark.ID](p TransitionParams) (*Transitions[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &Transitions[I]{
		params: p, contexts: make([]trail, 1),
		longer: map[step]uint32{}, counts: map[step]int64{},
	}, nil
}

// Params returns what is counted.
func (t *Transitions[I]) Params() TransitionParams { return t.params }

// Histories returns the number of histories counted.
func (t *Transitions[I]) Histories() int64 { return t.histories }

// Len returns the number of pairs of a context and a next item that were seen.
func (t *Transitions[I]) Len() int { return len(t.counts) }

// Add counts the history of one customer, the whole of it, the earliest visit first; a
// history without visits counts as one. The order of items in a visit does not matter, and
// an item twice in a visit counts once. It fails with a [relmark.FieldError] on the zero
// Transitions, on a visit without items and on items that are text but not UTF-8, and with
// [relmark.ErrLimit] where the history could pass a limit, each pair taken for a new one;
// nothing is changed then. Time grows with the product of the sizes of Order + 1 visits.
func (t *Transitions[I]) Add(visits ...[]I) error {
	if err := t.check(visits); err != nil {
		return err
	}
	work := t.work(visits)
	if work > min(t.params.limit(), limit-1)-len(t.counts) || t.histories == math.MaxInt64 || int64(work) > math.MaxInt64-t.sum {
		return fmt.Errorf("sequence: %d transitions of %d histories and more: %w", len(t.counts), t.histories, relmark.ErrLimit)
	}
	t.histories++
	coded := make([][]uint32, len(visits))
	bought := map[uint32]bool{}
	for v, visit := range visits {
		for _, item := range visit {
			coded[v] = append(coded[v], t.items.code(item))
		}
		slices.Sort(coded[v])
		coded[v] = slices.Compact(coded[v])
		next := coded[v]
		if t.params.FirstOnly {
			next = newItems(next, bought)
		}
		if len(next) > 0 {
			t.count(0, coded[max(0, v-t.params.Order):v], next)
		}
	}
	return nil
}

func (t *Transitions[I]) check(visits [][]I) error {
	var l fault.List
	l.Check(t.params.Order > 0, "Transitions", nil, "must come from NewTransitions")
	for v, visit := range visits {
		l.Check(len(visit) > 0, fmt.Sprintf("Visits[%d]", v), nil, "must not be empty")
		checkItems(&l, fmt.Sprintf("Visits[%d]", v), visit)
	}
	return l.Err(room)
}

func checkItems[I relmark.ID](l *fault.List, field string, items []I) {
	for i := range items {
		if !codec.IsUTF8(&items[i]) {
			l.Add(fmt.Sprintf("%s[%d]", field, i), nil, "must be UTF-8")
		}
	}
}

// newItems returns those items that were not bought before, and notes that they are now.
func newItems(items []uint32, bought map[uint32]bool) []uint32 {
	var fresh []uint32
	for _, item := range items {
		if !bought[item] {
			bought[item] = true
			fresh = append(fresh, item)
		}
	}
	return fresh
}

// work returns how many pairs a history counts, at most; the limit plus 1 if more. A visit
// counts with contexts of all orders: the sum over j of the product of its own size and those
// of the j visits before it. Products are cut off on the way, before they overflow.
func (t *Transitions[I]) work(visits [][]I) int {
	most := min(int64(t.params.limit())+1, limit)
	total := int64(0)
	for v := range visits {
		pairs := int64(len(visits[v]))
		for back := 0; ; back++ {
			total = min(total+pairs, most)
			if back == min(v, t.params.Order) {
				break
			}
			pairs = min(pairs, most) * int64(min(len(visits[v-1-back]), math.MaxInt32))
		}
	}
	return int(min(total, math.MaxInt32))
}

// count counts the next items of a context and of all that are longer by items of the
// visits before it, the latest of which is the last one.
func (t *Transitions[I]) count(at uint32, before [][]uint32, next []uint32) {
	for _, item := range next {
		t.counts[step{at, item}]++
	}
	t.sum += int64(len(next))
	if len(before) == 0 {
		return
	}
	last := len(before) - 1
	for _, item := range before[last] {
		t.count(t.context(at, item), before[:last], next)
	}
}

// context returns the number of a context, a new one if it is new.
func (t *Transitions[I]) context(shorter, item uint32) uint32 {
	s := step{shorter, item}
	if c, known := t.longer[s]; known {
		return c
	}
	c := uint32(len(t.contexts)) // no more than transitions
	t.contexts = append(t.contexts, trail{shorter, item})
	t.longer[s] = c
	return c
}

// Merge adds the counts of o, which stays as it is; nil holds none. Both must count the
// same: else, and on the zero Transitions, the error is a [relmark.FieldError]. It is
// [relmark.ErrLimit] where the sum of both could pass a limit. Merging is exact,
// associative and commutative, and an empty count is its identity: counts of any split of
// the customers merge into the count of all.
func (t *Transitions[I]) Merge(o *Transitions[I]) error {
	if o == nil {
		return nil
	}
	if t.params != o.params || t.params.Order == 0 {
		return fault.Room(room, fault.New("Transitions", nil, "must be made with equal, valid TransitionParams"))
	}
	if len(o.counts) > t.params.limit()-len(t.counts) || o.sum > math.MaxInt64-t.sum || o.histories > math.MaxInt64-t.histories {
		return fmt.Errorf("sequence: %d transitions and %d more: %w", len(t.counts), len(o.counts), relmark.ErrLimit)
	}
	items := t.items.adopt(&o.items)
	mine := make([]uint32, len(o.contexts)) // a shorter context comes before a longer one
	for c := 1; c < len(mine); c++ {
		mine[c] = t.context(mine[o.contexts[c].shorter], items[o.contexts[c].item])
	}
	merged := make(map[step]int64, len(o.counts)) // o may be t
	for s, n := range o.counts {
		merged[step{mine[s.context], items[s.item]}] = n
	}
	for s, n := range merged {
		t.counts[s] += n
	}
	t.sum, t.histories = t.sum+o.sum, t.histories+o.histories
	return nil
}

// Transitions counts the histories of all customers. It fails as [NewTransitions] and
// [Transitions.Add] do.
func (h *Histories[C, I]) Transitions(p TransitionParams) (*Transitions[I], error) {
	t, err := NewTransitions[I](p)
	if err != nil {
		return nil, err
	}
	for _, visits := range h.All() {
		if err := t.Add(Baskets(visits)...); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Baskets returns the items of visits, without the dates.
func Baskets[I relmark.ID](visits []Visit[I]) [][]I {
	out := make([][]I, len(visits))
	for i, v := range visits {
		out[i] = v.Items
	}
	return out
}

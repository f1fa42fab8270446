package sequence

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/fault"
)

// A Smoothing says how far few counts are trusted. Both priors are pseudo-counts: a
// Dirichlet prior around what the shorter context says, and Laplace's around equal shares.
// It is plain data.
type Smoothing struct {
	Prior float64 `json:"prior"` // transitions of the shorter context added to each context; 1e-9 to 1e15
	Base  float64 `json:"base"`  // purchases added to each item in the context of order 0; 0, or 1e-9 to 1e15; 1 is Laplace's
}

// Validate reports every rule that s breaks, joined into one error.
func (s Smoothing) Validate() error {
	var l fault.List
	const most = 1e15
	l.Check(s.Prior >= 1e-9 && s.Prior <= most, "Prior", s.Prior, "must be 1e-9 to 1e15")
	l.Check(s.Base == 0 || s.Base >= 1e-9 && s.Base <= most, "Base", s.Base, "must be 0, or 1e-9 to 1e15")
	return l.Err(room)
}

// A Chain gives the chances of the next product: a Markov chain of variable order. With
// N(c → y) the count of item y after context c, N(c) their sum over y, a = Prior and
// c′ the context shorter by the visit that lies back furthest,
//
//	P(y | c) = (N(c → y) + a·P(y | c′)) / (N(c) + a)
//	P(y)     = (N(y) + Base) / (N + M·Base)    for M items
//
// so that a context never seen says what the shorter one does. Where the last visits held
// several items, the mean is taken over all contexts that they make.
//
// Obtain one from [Transitions.Chain]; the zero Chain knows no item. It is an immutable
// value, safe for concurrent use. It has no JSON: keep the Transitions.
type Chain[I relmark.ID] struct {
	opaque

	smoothing Smoothing
	order     int
	items     []I // ascending
	longer    map[step]uint32
	contexts  []chainContext
	rights    [][]int64 // order of contexts → item → its count over all of them
	all       []int64   // order → sum
}

// A chainContext is a context as it is read.
type chainContext struct {
	next  []nextItem // ascending by item
	total int64
	items []uint32 // of the context, ascending, each once
	order int
}

type nextItem struct {
	item  uint32
	count int64
}

// Chain makes a model of the counts. It fails as [Smoothing.Validate] does, and with
// [relmark.ErrTooFew] where nothing was counted.
func (t *Transitions[I]) Chain(s Smoothing) (*Chain[I], error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if len(t.counts) == 0 {
		return nil, fmt.Errorf("sequence: no purchase was counted: %w", relmark.ErrTooFew)
	}
	c := &Chain[I]{
		smoothing: s, order: t.params.Order, items: slices.Sorted(slices.Values(t.items.names)),
		longer: make(map[step]uint32, len(t.longer)), contexts: make([]chainContext, len(t.contexts)),
	}
	for range c.order + 1 {
		c.rights = append(c.rights, make([]int64, len(c.items)))
	}
	c.all = make([]int64, c.order+1)
	c.fill(t.contexts, t.counts, t.items.ranks())
	return c, nil
}

// fill writes contexts and counts down by the place of items.
func (c *Chain[I]) fill(contexts []trail, counts map[step]int64, ranks []uint32) {
	for i, from := range contexts[1:] {
		shorter, item := &c.contexts[from.shorter], ranks[from.item]
		at, known := slices.BinarySearch(shorter.items, item)
		items := slices.Clone(shorter.items)
		if !known {
			items = slices.Insert(items, at, item)
		}
		c.contexts[i+1] = chainContext{items: items, order: shorter.order + 1}
		c.longer[step{from.shorter, item}] = uint32(i + 1)
	}
	for s, n := range counts {
		at := &c.contexts[s.context]
		at.next = append(at.next, nextItem{ranks[s.item], n})
		at.total += n
		c.rights[at.order][ranks[s.item]] += n
		c.all[at.order] += n
	}
	for i := range c.contexts {
		slices.SortFunc(c.contexts[i].next, func(a, b nextItem) int { return cmp.Compare(a.item, b.item) })
	}
}

// A Chance is the probability of one item to be the next. It is plain data.
type Chance[I relmark.ID] struct {
	Item I       `json:"item"`
	P    float64 `json:"p"`
}

// Next returns the chance of every known item, ascending by item, after visits of which
// the last one comes last; no visits are the customer of whom nothing is known. A next
// product is one drawn from all that the next visit will bring, so the chances sum to one.
// Items not known from the counts say nothing. It takes time in proportion to the items
// and to the contexts that the last visits make.
func (c *Chain[I]) Next(visits ...[]I) []Chance[I] {
	out := make([]Chance[I], len(c.items))
	p := c.chances(c.weigh(visits))
	for i, item := range c.items {
		out[i] = Chance[I]{item, p[i]}
	}
	return out
}

// A weighed context is what one more count of it adds to a chance.
type weighed struct {
	context uint32
	each    float64
}

// weigh returns the contexts that the visits make, with their weights.
func (c *Chain[I]) weigh(visits [][]I) []weighed {
	if len(c.items) == 0 {
		return nil
	}
	back := make([][]uint32, 0, c.order) // the latest first
	for v := len(visits) - 1; v >= 0 && len(back) < c.order; v-- {
		known := c.known(visits[v])
		if len(known) == 0 {
			break
		}
		back = append(back, known)
	}
	var out []weighed
	left := c.descend(&out, 0, back, 1)
	total := float64(c.contexts[0].total) + float64(len(c.items))*c.smoothing.Base
	return append(out, weighed{0, left / total})
}

// known returns the places of those items that are known, ascending, each once.
func (c *Chain[I]) known(items []I) []uint32 {
	var out []uint32
	for _, item := range items {
		if i, ok := slices.BinarySearch(c.items, item); ok {
			out = append(out, uint32(i))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// descend shares a weight among the contexts that are longer than one by an item of the
// visit before; it returns what they leave to the one itself.
func (c *Chain[I]) descend(out *[]weighed, at uint32, back [][]uint32, weight float64) float64 {
	if len(back) == 0 {
		return weight
	}
	left, share := 0.0, weight/float64(len(back[0]))
	for _, item := range back[0] {
		longer, known := c.longer[step{at, item}]
		if !known {
			left += share
			continue
		}
		rest := c.descend(out, longer, back[1:], share)
		each := rest / (float64(c.contexts[longer].total) + c.smoothing.Prior)
		*out = append(*out, weighed{longer, each})
		left += float64(each * c.smoothing.Prior)
	}
	return left
}

// chances adds up what contexts say of every item.
func (c *Chain[I]) chances(contexts []weighed) []float64 {
	p := make([]float64, len(c.items))
	for _, w := range contexts {
		if w.context == 0 {
			for i := range p {
				p[i] += float64(w.each * c.smoothing.Base)
			}
		}
		for _, n := range c.contexts[w.context].next {
			p[n.item] += float64(w.each * float64(n.count))
		}
	}
	return p
}

// SuggestParams bound what is suggested. It is plain data.
type SuggestParams[I relmark.ID] struct {
	Max     int `json:"max"`               // most suggestions; 1 or more
	Exclude []I `json:"exclude,omitempty"` // not to be suggested, such as what the customer has
}

// Validate reports every rule that o breaks, joined into one error.
func (o SuggestParams[I]) Validate() error {
	var l fault.List
	l.Check(o.Max >= 1, "Max", o.Max, "must be 1 or more")
	checkItems(&l, "Exclude", o.Exclude)
	return l.Err(room)
}

// Suggest returns the items of greatest chance after visits, the greatest first, equal ones
// ascending by item. The score is the probability that the next product is this one, given
// that it is none of those excluded. The evidence is what each context adds to it, with
// transitions for counts; that of order 0 is popularity. It fails as
// [SuggestParams.Validate] does and returns no suggestion where everything is excluded.
func (c *Chain[I]) Suggest(o SuggestParams[I], visits ...[]I) ([]crosssell.Suggestion[I], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	contexts := c.weigh(visits)
	p := c.chances(contexts)
	for _, item := range c.known(o.Exclude) {
		p[item] = 0
	}
	total := 0.0
	order := make([]uint32, 0, len(p))
	for i, chance := range p {
		if chance > 0 {
			total += chance
			order = append(order, uint32(i))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(p[b], p[a]), cmp.Compare(a, b))
	})
	out := make([]crosssell.Suggestion[I], 0, min(o.Max, len(order)))
	for _, item := range order[:cap(out)] {
		because := c.evidence(contexts, item, total)
		out = append(out, crosssell.Suggestion[I]{Item: c.items[item], Score: p[item] / total, Because: because})
	}
	return out, nil
}

// evidence says what contexts add to the chance of an item, divided by a total.
func (c *Chain[I]) evidence(contexts []weighed, item uint32, total float64) []crosssell.Evidence[I] {
	var out []crosssell.Evidence[I]
	for _, w := range contexts {
		at := &c.contexts[w.context]
		n := at.count(item)
		each, source := float64(n), crosssell.FromSequence
		if w.context == 0 {
			each, source = each+c.smoothing.Base, crosssell.FromPopularity
		}
		if !(each > 0) {
			continue
		}
		e := crosssell.Evidence[I]{Source: source, Weight: w.each * each / total, Counts: &crosssell.Counts{
			Both: n, Left: at.total, Right: c.rights[at.order][item], N: c.all[at.order],
		}}
		for _, i := range at.items {
			e.Items = append(e.Items, c.items[i])
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b crosssell.Evidence[I]) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// count returns how often an item followed.
func (c *chainContext) count(item uint32) int64 {
	i, known := slices.BinarySearchFunc(c.next, item, func(n nextItem, item uint32) int { return cmp.Compare(n.item, item) })
	if !known {
		return 0
	}
	return c.next[i].count
}

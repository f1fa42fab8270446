package basket

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// MaxAncestors is the most pairs of an item and an ancestor that a [Taxonomy] may have.
const MaxAncestors = 1 << 24

// A Node places an item or a group of items in a taxonomy: what kinds of thing it is. It
// is plain data.
type Node[I relmark.ID] struct {
	Item    I   `json:"item"`
	Parents []I `json:"parents,omitempty"` // the groups it belongs to directly; none for a root
}

// A Taxonomy says which items are kinds of which others: skimmed milk is milk, milk is
// dairy produce. An item may have several parents. It is an immutable value, safe for
// concurrent use; obtain one from [NewTaxonomy]. The zero Taxonomy has no items. It has no
// JSON: store the nodes.
type Taxonomy[I relmark.ID] struct {
	opaque

	number    map[I]int32
	items     []I       // in the order of the nodes
	depths    []int     // 1 for roots
	ancestors [][]int32 // of each, those of least depth first
}

// NewTaxonomy returns the taxonomy of nodes, in any order, each with an item of its own.
//
// It fails with a [relmark.FieldError] that names the node where an item comes twice or is
// text but not UTF-8, where a parent is no node, is named twice, or is the item itself or one
// of its own descendants, and with [relmark.ErrLimit] past [MaxAncestors]. It takes time in
// proportion to all parents, and to the ancestors of those that are above no other parent.
func NewTaxonomy[I relmark.ID](nodes []Node[I]) (*Taxonomy[I], error) {
	t := &Taxonomy[I]{number: make(map[I]int32, len(nodes))}
	for i := range nodes {
		if !codec.IsUTF8(&nodes[i].Item) {
			return nil, invalid(fmt.Sprintf("Nodes[%d].Item", i), nil, "must be UTF-8")
		}
		if _, twice := t.number[nodes[i].Item]; twice {
			return nil, invalid(fmt.Sprintf("Nodes[%d].Item", i), nil, "must be listed once")
		}
		t.number[nodes[i].Item] = int32(i)
		t.items = append(t.items, nodes[i].Item)
	}
	parents, err := t.parents(nodes)
	if err != nil {
		return nil, err
	}
	if err := t.climb(parents); err != nil {
		return nil, err
	}
	return t, nil
}

// parents returns the numbers of the parents of each node.
func (t *Taxonomy[I]) parents(nodes []Node[I]) ([][]int32, error) {
	parents := make([][]int32, len(nodes))
	last := make([]int, len(nodes)) // node, from 1, of which each was a parent last
	for i := range nodes {
		for j, parent := range nodes[i].Parents {
			number, known := t.number[parent]
			if !known {
				return nil, invalid(fmt.Sprintf("Nodes[%d].Parents[%d]", i, j), nil, "must be an item of a node")
			}
			if last[number] == i+1 {
				return nil, invalid(fmt.Sprintf("Nodes[%d].Parents[%d]", i, j), nil, "must be listed once")
			}
			last[number] = i + 1
			parents[i] = append(parents[i], number)
		}
	}
	return parents, nil
}

// climb finds the depth and the ancestors of every node, parents first, and nodes that no
// order puts behind their parents: those on a cycle, and their descendants.
func (t *Taxonomy[I]) climb(parents [][]int32) error {
	n := len(t.items)
	children, waiting := make([][]int32, n), make([]int, n)
	var ready []int32
	for i := range parents {
		waiting[i] = len(parents[i])
		for _, p := range parents[i] {
			children[p] = append(children[p], int32(i))
		}
		if waiting[i] == 0 {
			ready = append(ready, int32(i))
		}
	}
	t.depths, t.ancestors = make([]int, n), make([][]int32, n)
	seen := make([]int32, n)
	total := 0
	for k := 0; k < len(ready); k++ {
		i := ready[k]
		t.place(i, parents[i], seen)
		if total += len(t.ancestors[i]); total > MaxAncestors {
			return fmt.Errorf("basket: more than %d pairs of an item and an ancestor: %w", MaxAncestors, relmark.ErrLimit)
		}
		for _, c := range children[i] {
			if waiting[c]--; waiting[c] == 0 {
				ready = append(ready, c)
			}
		}
	}
	if len(ready) < n {
		return invalid(fmt.Sprintf("Nodes[%d].Parents", onCycle(parents, waiting)), nil, "must not have the item itself among its ancestors")
	}
	return nil
}

// place finds depth and ancestors of a node whose parents have them. Seen holds for each
// item the node, from 1, of which it was an ancestor last. The deepest parents come first:
// one that is above another adds nothing.
func (t *Taxonomy[I]) place(i int32, parents, seen []int32) {
	slices.SortFunc(parents, func(a, b int32) int { return t.depths[b] - t.depths[a] })
	t.depths[i] = 1
	for _, p := range parents {
		if seen[p] == i+1 {
			continue
		}
		t.depths[i] = max(t.depths[i], t.depths[p]+1)
		for _, a := range t.ancestors[p] {
			if seen[a] != i+1 {
				seen[a] = i + 1
				t.ancestors[i] = append(t.ancestors[i], a)
			}
		}
		seen[p] = i + 1
		t.ancestors[i] = append(t.ancestors[i], p)
	}
	slices.SortFunc(t.ancestors[i], func(a, b int32) int { return cmp.Or(t.depths[a]-t.depths[b], int(a-b)) })
}

// onCycle returns the first node of a cycle, when some nodes still wait for a parent: who
// goes from such a node to a parent that waits, again and again, ends on one.
func onCycle(parents [][]int32, waiting []int) int32 {
	up := func(at int32) int32 {
		k := slices.IndexFunc(parents[at], func(p int32) bool { return waiting[p] > 0 })
		return parents[at][k]
	}
	at := int32(slices.IndexFunc(waiting, func(n int) bool { return n > 0 }))
	for range parents {
		at = up(at)
	}
	first := at
	for next := up(at); next != at; next = up(next) {
		first = min(first, next)
	}
	return first
}

// Depth returns 1 for a root and 1 more than the deepest of its parents for any other
// item; false for an item that the taxonomy does not have.
func (t *Taxonomy[I]) Depth(item I) (int, bool) {
	i, known := t.number[item]
	if !known {
		return 0, false
	}
	return t.depths[i], true
}

// Ancestors returns all groups that an item is in, directly or not, in ascending order and
// in a slice of its own; false for an item that the taxonomy does not have.
func (t *Taxonomy[I]) Ancestors(item I) ([]I, bool) {
	i, known := t.number[item]
	if !known {
		return nil, false
	}
	return t.names(t.ancestors[i]), true
}

// names returns the items of numbers, ascending, each once.
func (t *Taxonomy[I]) names(numbers []int32) []I {
	names := make([]I, len(numbers))
	for k, i := range numbers {
		names[k] = t.items[i]
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Extend returns the items and all their ancestors, ascending, each once: the basket to
// count where rules between groups, or between groups and items, are wanted. It fails with
// a [relmark.FieldError] on an item that the taxonomy does not have.
func (t *Taxonomy[I]) Extend(items ...I) ([]I, error) {
	return t.replaced(items, func(all []int32, i int32) []int32 {
		return append(append(all, t.ancestors[i]...), i)
	})
}

// RollUp returns the groups of a depth to which the items belong, ascending, each once:
// depth 1 are the roots. An item of less depth stands for itself, and one of several
// groups of the depth for all of these. It fails with a [relmark.FieldError] unless depth is
// 1 or more, and on an item that the taxonomy does not have.
func (t *Taxonomy[I]) RollUp(depth int, items ...I) ([]I, error) {
	if depth < 1 {
		return nil, invalid("Depth", depth, "must be 1 or more")
	}
	return t.replaced(items, func(all []int32, i int32) []int32 {
		if t.depths[i] <= depth {
			return append(all, i)
		}
		for _, a := range t.ancestors[i] {
			if t.depths[a] == depth {
				all = append(all, a)
			}
		}
		return all
	})
}

// replaced returns what items are replaced by.
func (t *Taxonomy[I]) replaced(items []I, by func(all []int32, i int32) []int32) ([]I, error) {
	var all []int32
	for k, item := range items {
		i, known := t.number[item]
		if !known {
			return nil, invalid(fmt.Sprintf("Items[%d]", k), nil, "must be in the taxonomy")
		}
		all = by(all, i)
	}
	return t.names(all), nil
}

// ExtendCounter returns a counter of the same baskets, each of them with all ancestors of
// its items, as if they had been extended before they were counted: it has the periods and
// the parameters of c, and [CounterParams.MaxBasket] bounds what the new baskets hold. c
// stays as it is. It fails with a [relmark.FieldError] on an item that the taxonomy does not
// have, and as [Counter.AddAt] does.
func (t *Taxonomy[I]) ExtendCounter(c *Counter[I]) (*Counter[I], error) {
	return mapped(c, func(items []I) ([]I, error) { return t.Extend(items...) })
}

// RollUpCounter returns a counter of the same baskets with the groups of a depth in the
// place of items, as [Taxonomy.RollUp] has them, and otherwise like
// [Taxonomy.ExtendCounter]. It fails as both do.
func (t *Taxonomy[I]) RollUpCounter(c *Counter[I], depth int) (*Counter[I], error) {
	return mapped(c, func(items []I) ([]I, error) { return t.RollUp(depth, items...) })
}

// mapped returns a counter of the baskets of c with other items.
func mapped[I relmark.ID](c *Counter[I], other func(items []I) ([]I, error)) (*Counter[I], error) {
	if _, err := other(c.Items()); err != nil { // before any work, with a position in these
		return nil, err
	}
	out := &Counter[I]{params: c.Params()}
	var items []I
	var failed error
	c.shelf.each(func(r row, codes []uint32) {
		if failed != nil {
			return
		}
		items = items[:0]
		for _, code := range codes {
			items = append(items, c.items[code])
		}
		basket, err := other(items)
		if err == nil {
			err = out.AddAt(r.period, r.times, basket...)
		}
		failed = err
	})
	if failed != nil {
		return nil, failed
	}
	return out, nil
}

// Prune returns the sets that do not hold an item beside its own ancestor, in their order.
// Such a set is in as many baskets as without the ancestor, if those were extended, and its
// rules say nothing; every part of a set that is kept is kept, as [Rules] needs it. It fails
// with a [relmark.FieldError] on an item that the taxonomy does not have.
func (t *Taxonomy[I]) Prune(sets []Set[I]) ([]Set[I], error) {
	kept := make([]Set[I], 0, len(sets))
	for k := range sets {
		kin, err := t.kin(sets[k].Items)
		if err != nil {
			return nil, fault.Room(room, fault.At(fmt.Sprintf("Sets[%d]", k), err))
		}
		if !kin {
			kept = append(kept, sets[k])
		}
	}
	return kept, nil
}

// kin reports whether one of the items is an ancestor of another.
func (t *Taxonomy[I]) kin(items []I) (bool, error) {
	numbers := make([]int32, len(items))
	for k, item := range items {
		i, known := t.number[item]
		if !known {
			return false, fault.New(fmt.Sprintf("Items[%d]", k), nil, "must be in the taxonomy")
		}
		numbers[k] = i
	}
	for _, i := range numbers {
		for _, j := range numbers {
			if slices.Contains(t.ancestors[i], j) {
				return true, nil
			}
		}
	}
	return false, nil
}

package affinity

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark"
)

// A Model says how much each item speaks for each other one, as a weight. The score of
// an item for a customer is the sum of the weights of what the customer has:
//
//	score(u, j) = Σ w(i, j) over the items i of u, j ≠ i
//
// It is an immutable value, safe for concurrent use; obtain one from
// [Matrix.Neighbours] or [Matrix.EASE]. The zero Model knows no item. It has no JSON and
// no encoding: keep the [Ownership] that it was made of.
type Model[I relmark.ID] struct {
	opaque

	in    *incidence[I]
	table table
}

// A Scored is an item with a score or a weight. It is plain data.
type Scored[I relmark.ID] struct {
	Item   I       `json:"item"`
	Score  float64 `json:"score"`            // finite; EASE has negative ones, too
	Repeat bool    `json:"repeat,omitempty"` // the customer has it: a repeat purchase
}

// Items returns the items of the model in ascending order, in a slice of its own.
func (m *Model[I]) Items() []I {
	if m.in == nil {
		return nil
	}
	return slices.Clone(m.in.items)
}

// Similar returns the n items for which an item speaks most, the strongest first, the
// lower item of equals: "who looks at this also likes". There are fewer where the item
// has fewer neighbours. It fails with a [relmark.FieldError] unless n ≥ 1, and with
// [ErrUnknownItem]. It takes O(k log k) time for k neighbours.
func (m *Model[I]) Similar(item I, n int) ([]Scored[I], error) {
	if n < 1 {
		return nil, invalid("N", n, "must be 1 or more")
	}
	i, err := m.find(item)
	if err != nil {
		return nil, err
	}
	links := m.table[i].all(i)
	slices.SortFunc(links, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.item, b.item))
	})
	links = links[:min(n, len(links))]
	list := make([]Scored[I], 0, len(links))
	for _, l := range links {
		list = append(list, Scored[I]{Item: m.in.items[l.item], Score: l.weight})
	}
	return list, nil
}

// Weight returns how much an item speaks for another one: 0 where it says nothing of it.
// It fails with [ErrUnknownItem].
func (m *Model[I]) Weight(from, to I) (float64, error) {
	i, err := m.find(from)
	if err != nil {
		return 0, err
	}
	j, err := m.find(to)
	if err != nil {
		return 0, err
	}
	return m.table[i].at(j), nil
}

func (m *Model[I]) find(item I) (int32, error) {
	if m.in != nil {
		if i, known := m.in.place(item); known {
			return i, nil
		}
	}
	return 0, wrapped(ErrUnknownItem)
}

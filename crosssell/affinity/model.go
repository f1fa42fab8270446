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

// A table holds the weights of a model, by item.
type table interface {
	// score adds to the scores of all items what the given ones speak for them, one after
	// the other, times their weights. It does not allocate.
	score(scores []float64, owned []link)
	// at returns the weight of i for j, 0 for an item itself.
	at(i, j int32) float64
	// row appends links to all items for which i has a weight other than 0, but itself.
	row(dst []link, i int32) []link
}

// A Scored is an item with a score or a weight. It is plain data.
type Scored[I relmark.ID] struct {
	Item  I       `json:"item"`
	Score float64 `json:"score"` // finite; EASE has negative ones, too
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
	links := m.table.row(nil, i)
	slices.SortFunc(links, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.item, b.item))
	})
	links = links[:min(n, len(links))]
	list := make([]Scored[I], 0, len(links))
	for _, l := range links {
		list = append(list, Scored[I]{m.in.items[l.item], l.weight})
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
	return m.table.at(i, j), nil
}

func (m *Model[I]) find(item I) (int32, error) {
	if m.in != nil {
		if i, known := m.in.place(item); known {
			return i, nil
		}
	}
	return 0, wrapped(ErrUnknownItem)
}

// sparse is the table of neighbours: for each item its links, by item, to others only.
type sparse [][]link

func (t sparse) score(scores []float64, owned []link) {
	for _, o := range owned {
		for _, l := range t[o.item] {
			scores[l.item] += float64(o.weight * l.weight)
		}
	}
}

func (t sparse) at(i, j int32) float64 {
	at, found := slices.BinarySearchFunc(t[i], j, func(l link, j int32) int { return cmp.Compare(l.item, j) })
	if !found {
		return 0
	}
	return t[i][at].weight
}

func (t sparse) row(dst []link, i int32) []link { return append(dst, t[i]...) }

// dense is a table with a weight for each two of n items, row after row.
type dense struct {
	weights []float64
	n       int
}

// score takes four rows at a time, which spares three of four passes over the scores;
// each score adds up in the same order as with one.
func (t dense) score(scores []float64, owned []link) {
	scores = scores[:t.n]
	for ; len(owned) >= 4; owned = owned[4:] {
		a, b, c, d := t.line(owned[0].item), t.line(owned[1].item), t.line(owned[2].item), t.line(owned[3].item)
		a, b, c, d = a[:len(scores)], b[:len(scores)], c[:len(scores)], d[:len(scores)]
		wa, wb, wc, wd := owned[0].weight, owned[1].weight, owned[2].weight, owned[3].weight
		for j, s := range scores {
			s += float64(wa * a[j])
			s += float64(wb * b[j])
			s += float64(wc * c[j])
			scores[j] = s + float64(wd*d[j])
		}
	}
	for _, o := range owned {
		for j, w := range t.line(o.item) {
			scores[j] += float64(o.weight * w)
		}
	}
}

func (t dense) line(i int32) []float64 { return t.weights[int(i)*t.n:][:t.n] }

func (t dense) at(i, j int32) float64 { return t.line(i)[j] }

func (t dense) row(dst []link, i int32) []link {
	for j, w := range t.line(i) {
		if w != 0 && int32(j) != i {
			dst = append(dst, link{w, int32(j)})
		}
	}
	return dst
}

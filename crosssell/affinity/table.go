package affinity

import (
	"cmp"
	"slices"
)

// A table holds the weights of a model: a row for each item.
type table []row

// A row holds the weights of one item for the others, in the shorter of two ways.
type row struct {
	links []link    // to those with a weight other than 0, by item
	line  []float64 // the weights of all items, 0 for the item itself; nil: there are links
}

// A link leads to an item.
type link struct {
	weight float64
	item   int32
}

const (
	linkBytes   = 16
	weightBytes = 8
)

// bytes returns how many bytes a row with so many links takes, of so many items.
func rowBytes(links, items int) int64 {
	return min(linkBytes*int64(links), weightBytes*int64(items))
}

// newRow keeps a copy of links.
func newRow(links []link, items int) row {
	if linkBytes*int64(len(links)) <= rowBytes(len(links), items) {
		return row{links: slices.Clone(links)}
	}
	line := make([]float64, items)
	for _, l := range links {
		line[l.item] = l.weight
	}
	return row{line: line}
}

// at returns the weight for item j.
func (r row) at(j int32) float64 {
	if r.line != nil {
		return r.line[j]
	}
	at, found := slices.BinarySearchFunc(r.links, j, func(l link, j int32) int { return cmp.Compare(l.item, j) })
	if !found {
		return 0
	}
	return r.links[at].weight
}

// all returns links to all items with a weight other than 0 but i, the row's own, in a
// slice of its own.
func (r row) all(i int32) []link {
	links := slices.Clone(r.links)
	for j, w := range r.line {
		if w != 0 && int32(j) != i {
			links = append(links, link{w, int32(j)})
		}
	}
	return links
}

// score adds to the scores of all items what the given ones speak for them, times their
// weights, one after the other. It does not allocate.
func (t table) score(scores []float64, owned []link) {
	for len(owned) > 0 {
		if len(owned) >= 4 && t.addFour(scores, owned[:4]) {
			owned = owned[4:]
			continue
		}
		t[owned[0].item].add(scores, owned[0].weight)
		owned = owned[1:]
	}
}

func (r row) add(scores []float64, weight float64) {
	for _, l := range r.links {
		scores[l.item] += float64(weight * l.weight)
	}
	for j, w := range r.line {
		scores[j] += float64(weight * w)
	}
}

// addFour adds four rows if all of them are lines, which spares three of four passes over the
// scores; each of these adds up in the same order as row by row.
func (t table) addFour(scores []float64, owned []link) bool {
	a, b, c, d := t[owned[0].item].line, t[owned[1].item].line, t[owned[2].item].line, t[owned[3].item].line
	if a == nil || b == nil || c == nil || d == nil {
		return false
	}
	wa, wb, wc, wd := owned[0].weight, owned[1].weight, owned[2].weight, owned[3].weight
	a, b, c, d = a[:len(scores)], b[:len(scores)], c[:len(scores)], d[:len(scores)]
	for j, s := range scores {
		s += float64(wa * a[j])
		s += float64(wb * b[j])
		s += float64(wc * c[j])
		scores[j] = s + float64(wd*d[j])
	}
	return true
}

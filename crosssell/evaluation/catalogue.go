package evaluation

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

const maxItems = math.MaxInt32

// A Catalogue has the items that models choose from and how many of the users bought
// each before the cutoff. It is an immutable value, safe for concurrent use. Obtain one
// from [NewCatalogue] or [Split.Catalogue]. It does not encode by itself; a [Ranking]
// encodes with it.
type Catalogue[I relmark.ID] struct {
	opaque

	items  []I // ascending
	buyers []int64
	codes  map[I]uint32 // places in items
	users  int64
}

// NewCatalogue returns the catalogue of items that so many users bought. It fails with a
// [relmark.FieldError] unless there is an item, of UTF-8 if it is text, and each has 1 to
// users buyers.
func NewCatalogue[I relmark.ID](users int64, buyers map[I]int64) (*Catalogue[I], error) {
	if len(buyers) == 0 || len(buyers) > maxItems {
		return nil, invalid("Buyers", len(buyers), "must have 1 to 2147483647 items")
	}
	items := slices.Sorted(maps.Keys(buyers))
	counts := make([]int64, len(items))
	for i, item := range items {
		counts[i] = buyers[item]
		if !codec.IsUTF8(&items[i]) {
			return nil, invalid("Buyers", nil, "must have items that are UTF-8")
		}
		if counts[i] < 1 || counts[i] > users {
			return nil, invalid("Buyers", counts[i], "must have 1 to users buyers of each item")
		}
	}
	return catalogueOf(users, items, counts), nil
}

func catalogueOf[I relmark.ID](users int64, items []I, buyers []int64) *Catalogue[I] {
	c := &Catalogue[I]{items: items, buyers: buyers, codes: make(map[I]uint32, len(items)), users: users}
	for i, item := range items {
		c.codes[item] = uint32(i)
	}
	return c
}

// Users returns how many users there are.
func (c *Catalogue[I]) Users() int64 { return c.users }

// Items returns the items, ascending, in a slice of its own.
func (c *Catalogue[I]) Items() []I { return slices.Clone(c.items) }

// Buyers returns how many users bought an item; 0 if it is not in the catalogue.
func (c *Catalogue[I]) Buyers(item I) int64 {
	if code, known := c.codes[item]; known {
		return c.buyers[code]
	}
	return 0
}

// Popular returns the items by how many users bought them, most first, ties ascending: the
// recommendation that any model has to beat.
func (c *Catalogue[I]) Popular() []I {
	order := c.Items()
	slices.SortStableFunc(order, func(a, b I) int { return cmp.Compare(c.Buyers(b), c.Buyers(a)) })
	return order
}

func (c *Catalogue[I]) equal(o *Catalogue[I]) bool {
	return c == o || c.users == o.users && slices.Equal(c.items, o.items) && slices.Equal(c.buyers, o.buyers)
}

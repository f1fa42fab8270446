package earning

import "encoding/json"

// A catalogue knows for each fact that selectors of a version list which of them do, so
// that a line is looked at once and not once for each rule: its marks are the selectors
// that match it, as bits.
type catalogue struct {
	selectors []*Selector // different ones, none of them zero
	known     map[string]int
	words     int      // of marks
	open      []uint64 // selectors that list no fact to have

	categories, tags, items listings
}

// listings are by fact.
type listings map[string]listing

// A listing is which selectors list a fact to have, and which to exclude.
type listing struct{ have, not []int }

// everything is the position of the zero selector, which has no mark.
const everything = -1

// add returns the position of a selector, which may be there already.
func (c *catalogue) add(s *Selector) int {
	if s.IsZero() {
		return everything
	}
	key, _ := json.Marshal(s) // strings always have a form
	if i, ok := c.known[string(key)]; ok {
		return i
	}
	if c.known == nil {
		c.known = map[string]int{}
	}
	c.known[string(key)] = len(c.selectors)
	c.selectors = append(c.selectors, s)
	return len(c.selectors) - 1
}

// build prepares the marks of all selectors that were added.
func (c *catalogue) build() {
	c.words = (len(c.selectors) + 63) / 64
	c.open = make([]uint64, c.words)
	c.categories, c.tags, c.items = listings{}, listings{}, listings{}
	for i, s := range c.selectors {
		if !s.listed() {
			c.open[i/64] |= 1 << (i % 64)
		}
		c.categories.list(i, s.Categories, s.Exclude.Categories)
		c.tags.list(i, s.Tags, s.Exclude.Tags)
		c.items.list(i, s.Items, s.Exclude.Items)
	}
}

// list notes that the i-th selector lists facts.
func (in listings) list(i int, have, not []string) {
	for _, fact := range have {
		l := in[fact]
		in[fact] = listing{append(l.have, i), l.not}
	}
	for _, fact := range not {
		l := in[fact]
		in[fact] = listing{l.have, append(l.not, i)}
	}
}

// mark sets the marks of a line; nil is what an order has beside its lines. not is
// memory for as many words, all 0.
func (c *catalogue) mark(marks, not []uint64, l *Line) {
	copy(marks, c.open)
	if l == nil {
		return
	}
	if l.Category != "" {
		c.categories[l.Category].add(marks, not)
	}
	if l.Item != "" {
		c.items[l.Item].add(marks, not)
	}
	for _, tag := range l.Tags {
		c.tags[tag].add(marks, not)
	}
	for i := range marks {
		marks[i] &^= not[i]
		not[i] = 0
	}
}

// add adds what a fact has selected, and what it has excluded.
func (f listing) add(marks, not []uint64) {
	for _, i := range f.have {
		marks[i/64] |= 1 << (i % 64)
	}
	for _, i := range f.not {
		not[i/64] |= 1 << (i % 64)
	}
}

package earning

import (
	"slices"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// A Selector says on which lines of an order a rule acts, where a [Condition] says
// whether it does: "double points on the spa line" selects, "double points on orders
// with spa" asks. A line matches if no list is given or one of its facts is listed,
// whatever the list, and none of its facts is excluded. What an order has beside its
// lines, such as shipping, has no facts, so that it matches where nothing but exclusions
// is listed. The zero Selector matches everything; a list that is empty and not nil is
// refused.
type Selector struct {
	Categories []string `json:"categories,omitzero"` // the line's category is one of these
	Tags       []string `json:"tags,omitzero"`       // or one of its tags is
	Items      []string `json:"items,omitzero"`      // or its item is
	Exclude    Features `json:"exclude,omitzero"`    // and none of these is
}

// Features are facts of lines, any of which tells a line.
type Features struct {
	Categories []string `json:"categories,omitzero"`
	Tags       []string `json:"tags,omitzero"`
	Items      []string `json:"items,omitzero"`
}

// IsZero reports whether nothing is listed.
func (f Features) IsZero() bool { return f.Categories == nil && f.Tags == nil && f.Items == nil }

// IsZero reports whether nothing is listed, so that every line matches.
func (s Selector) IsZero() bool {
	return s.Categories == nil && s.Tags == nil && s.Items == nil && s.Exclude.IsZero()
}

// listed reports whether a line has to have one of the facts.
func (s *Selector) listed() bool { return len(s.Categories)+len(s.Tags)+len(s.Items) > 0 }

// validate reports the rules that s breaks.
func (s *Selector) validate() error {
	var l fault.List
	features(&l, "Categories", s.Categories)
	features(&l, "Tags", s.Tags)
	features(&l, "Items", s.Items)
	features(&l, "Exclude.Categories", s.Exclude.Categories)
	features(&l, "Exclude.Tags", s.Exclude.Tags)
	features(&l, "Exclude.Items", s.Exclude.Items)
	return l.Err("")
}

// features checks a list of facts that lines can have.
func features(l *fault.List, field string, list []string) {
	notes(l, field, list)
	l.Check(!slices.Contains(list, ""), field, nil, canon.NameRule)
}

// matches reports whether the selector matches a line; nil is what an order has beside
// its lines.
func (s *Selector) matches(l *Line) bool {
	if l == nil {
		return !s.listed()
	}
	return (!s.listed() || l.has(s.Categories, s.Tags, s.Items)) &&
		!l.has(s.Exclude.Categories, s.Exclude.Tags, s.Exclude.Items)
}

// has reports whether the line has one of the facts.
func (l *Line) has(categories, tags, items []string) bool {
	return l.Category != "" && slices.Contains(categories, l.Category) || l.Item != "" && slices.Contains(items, l.Item) ||
		len(tags) > 0 && slices.ContainsFunc(l.Tags, func(tag string) bool { return slices.Contains(tags, tag) })
}

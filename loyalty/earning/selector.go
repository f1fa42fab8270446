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

// possible reports whether a line may match. It is sure only when it says no.
func (s *Selector) possible() bool {
	return !s.listed() || !covers(s.Exclude.Categories, s.Categories) || !covers(s.Exclude.Tags, s.Tags) || !covers(s.Exclude.Items, s.Items)
}

// covers reports whether one of a list, which may be empty, is always one of another.
func covers(all, list []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(all, s) })
}

// within reports whether whatever s matches is seen to be matched by o: o lists all that s
// does, and excludes no more.
func (s *Selector) within(o *Selector) bool {
	wider := !o.listed() || s.listed() && covers(o.Categories, s.Categories) && covers(o.Tags, s.Tags) && covers(o.Items, s.Items)
	return wider && covers(s.Exclude.Categories, o.Exclude.Categories) && covers(s.Exclude.Tags, o.Exclude.Tags) &&
		covers(s.Exclude.Items, o.Exclude.Items)
}

// takes reports whether every line of one of the categories matches, whatever else it is.
func (s *Selector) takes(categories []string) bool {
	return s.Exclude.IsZero() && (!s.listed() || covers(s.Categories, categories))
}

// meets reports whether a line can match both s and o. A line has one category and one
// item at most, and any tags.
func (s *Selector) meets(o *Selector) bool {
	one := func(list, not, not2 []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(f string) bool { return slices.Contains(not, f) || slices.Contains(not2, f) })
	}
	way := func(x *Selector) (free bool, categories, items []string) {
		free = !x.listed() || len(one(x.Tags, s.Exclude.Tags, o.Exclude.Tags)) > 0
		return free, one(x.Categories, s.Exclude.Categories, o.Exclude.Categories), one(x.Items, s.Exclude.Items, o.Exclude.Items)
	}
	free, categories, items := way(s)
	free2, categories2, items2 := way(o)
	a, b := len(categories)+len(items) > 0, len(categories2)+len(items2) > 0
	switch {
	case free || free2:
		return (free || a) && (free2 || b)
	case len(categories) > 0 && len(items2) > 0 || len(items) > 0 && len(categories2) > 0:
		return true
	}
	return intersect(categories, categories2) || intersect(items, items2)
}

// intersect reports whether lists have an entry in common.
func intersect[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(s T) bool { return slices.Contains(b, s) })
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

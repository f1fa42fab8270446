package promotion

import (
	"fmt"

	"github.com/relmark/relmark/internal/fault"
)

// A Selector selects units by what their lines say: those that have one of the names of
// each list given, and none of the names of Exclude. The zero Selector selects all. Lists
// are and-ed, shoes and on sale; what is either is best given a tag of its own.
type Selector struct {
	// Items, Categories and Tags are nil or have 1 to 1000 names: a list that a
	// computation left empty would be an offer on everything.
	Items      []string   `json:"items,omitempty"`
	Categories []string   `json:"categories,omitempty"`
	Tags       []string   `json:"tags,omitempty"`
	Exclude    *Exclusion `json:"exclude,omitempty"`
}

// An Exclusion names what a [Selector] does not select: units that have any of the names.
// It has one list or more, each nil or of 1 to 1000 names.
type Exclusion struct {
	Items      []string `json:"items,omitempty"`
	Categories []string `json:"categories,omitempty"`
	Tags       []string `json:"tags,omitempty"`
}

// What a name of a unit says about a selector: that it is in one of the lists that are
// asked for, or in one of those that must not be.
const (
	hasItem uint8 = 1 << iota
	hasCategory
	hasTag
	excluded
)

// A mark says in which list of which selector a name is.
type mark struct {
	selector int32
	list     uint8
}

// An index holds the selectors of a stack by the names that they ask for, so that an
// article is looked up once for all of them.
type index struct {
	items, categories, tags map[string][]mark
	needs                   []uint8          // by selector: the lists that must be hit, and no other
	known                   map[string]int32 // selectors by their text: equal ones are one
	unions                  [][]int32        // sets of selectors, which are numbered after the selectors
}

func newIndex() *index {
	return &index{items: map[string][]mark{}, categories: map[string][]mark{}, tags: map[string][]mark{}, known: map[string]int32{}}
}

// add returns the number of a selector.
func (x *index) add(s Selector, field string, c *checker) int32 {
	key := fmt.Sprintf("%#v %#v %#v", s.Items, s.Categories, s.Tags)
	if e := s.Exclude; e != nil {
		key += fmt.Sprintf(" %#v", *e)
		c.Check(e.Items != nil || e.Categories != nil || e.Tags != nil, field+".Exclude", nil, "must be nil or name something")
	}
	if n, known := x.known[key]; known {
		return n
	}
	n := int32(len(x.needs))
	x.known[key] = n
	x.needs = append(x.needs, 0)
	x.list(n, x.items, hasItem, s.Items, field+".Items", c)
	x.list(n, x.categories, hasCategory, s.Categories, field+".Categories", c)
	x.list(n, x.tags, hasTag, s.Tags, field+".Tags", c)
	if e := s.Exclude; e != nil {
		x.list(n, x.items, excluded, e.Items, field+".Exclude.Items", c)
		x.list(n, x.categories, excluded, e.Categories, field+".Exclude.Categories", c)
		x.list(n, x.tags, excluded, e.Tags, field+".Exclude.Tags", c)
	}
	return n
}

// list files the names of one list of a selector.
func (x *index) list(n int32, names map[string][]mark, list uint8, of []string, field string, c *checker) {
	if of == nil {
		return
	}
	if c.Check(len(of) >= 1 && len(of) <= most, field, len(of), "must be nil or have 1 to 1000 names"); len(of) > most {
		return
	}
	for i, name := range of {
		if !fault.ValidName(name) {
			c.Add(fmt.Sprintf("%s[%d]", field, i), nil, fault.NameRule)
			continue
		}
		names[name] = append(names[name], mark{n, list})
	}
	if list != excluded {
		x.needs[n] |= list
	}
}

// union returns the number of what any of several selectors selects.
func (x *index) union(of []int32) int32 {
	x.unions = append(x.unions, of)
	return int32(-len(x.unions)) // below 0 until all selectors are known
}

package promotion

import (
	"fmt"
	"maps"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A Pricer prices orders under the offers of one stack. It is an immutable value, safe
// for concurrent use. Obtain one from [NewPricer].
type Pricer struct {
	opaque
	digits int
	mode   Mode
	level  Level
	groups []Group // of the rules, by number
	rules  []rule  // in the order of their turns
	index  *index
	ids    map[string]int // positions in rules
	byID   []int          // the same, in the order of IDs
}

// The selector of all units comes first in every index.
const allUnits int32 = 0

// NewPricer prepares a stack, whose slices must not be changed afterwards. It fails
// exactly when [Stack.Validate] does.
func NewPricer(s Stack) (*Pricer, error) {
	var c checker
	if s.check(&c); c.Len() > 0 {
		return nil, c.Err(room)
	}
	p := &Pricer{digits: s.Digits, mode: s.Rounding.Mode, level: s.Rounding.Level, index: newIndex(), ids: map[string]int{}}
	p.index.add(Selector{}, "", &c)
	seen := make(map[string]bool, len(s.Offers))
	groups := map[string]int{}
	for i := range s.Offers {
		o := &s.Offers[i]
		var part checker
		part.Check(fault.ValidName(o.ID) && !seen[o.ID], "ID", nil, fault.NameRule+", once")
		seen[o.ID] = true
		r := part.rule(o, s.Digits, p.index)
		r.position = i
		if o.Group != "" {
			r.group = p.group(&s, o.Group, groups)
			r.best = p.groups[r.group].Mode == Best
		}
		p.rules = append(p.rules, r)
		c.Join(fmt.Sprintf("Offers[%d]", i), part.Err(""))
	}
	if c.Len() > 0 {
		return nil, c.Err(room)
	}
	slices.SortFunc(p.rules, before)
	for i := range p.rules {
		p.ids[p.rules[i].ID] = i
		p.resolve(&p.rules[i])
	}
	for _, id := range slices.Sorted(maps.Keys(p.ids)) {
		p.byID = append(p.byID, p.ids[id])
	}
	return p, nil
}

// group returns the number of a group, which gets one when it is first heard of.
func (p *Pricer) group(s *Stack, name string, known map[string]int) int {
	if n, ok := known[name]; ok {
		return n
	}
	g := Group{Name: name, Limit: 1}
	if i := slices.IndexFunc(s.Groups, func(g Group) bool { return g.Name == name }); i >= 0 {
		g = s.Groups[i]
	}
	n := len(p.groups)
	p.groups, known[name] = append(p.groups, g), n
	return n
}

// resolve gives unions their numbers, which follow those of the selectors.
func (p *Pricer) resolve(r *rule) {
	for _, n := range []*int32{&r.counts, &r.buys, &r.gets} {
		if *n < 0 {
			*n = int32(len(p.index.needs)) - *n - 1
		}
	}
}

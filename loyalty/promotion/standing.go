package promotion

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A standing is what is known of a rule before the turns begin: the reasons that do not
// depend on other offers, and what is left of its limits.
type standing struct {
	skip         bool // the order is without it
	why          Reason
	limit        string // that is used up
	missing      minimum
	reward       *reward // by the step that is reached; nil until that is known
	budget       int64   // money left
	applications int64
	chosen       bool // of a best group: it is left in
}

// customer checks what an order says about the customer.
func (p *Pricer) customer(o *Order, c *checker) {
	c.Check(o.Tier == "" || fault.ValidName(o.Tier), "Tier", nil, nameOrEmpty)
	c.Check(len(o.Codes) <= most, "Codes", len(o.Codes), "must be at most 1000")
	c.each(o.Codes, "Codes")
	for i, id := range o.Without {
		if _, known := p.ids[id]; !known {
			c.Add(fmt.Sprintf("Without[%d]", i), nil, "must be the ID of an offer")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.Remaining)) {
		i, known := p.ids[id]
		if !known {
			c.Add("Remaining", nil, "must have the IDs of offers only")
			continue
		}
		c.Join(fmt.Sprintf("Remaining of Offers[%d]", p.rules[i].position), o.Remaining[id].validate(p.digits))
	}
}

// validate checks what is left of an offer.
func (m Remaining) validate(digits int) error {
	var c checker
	for _, name := range slices.Sorted(maps.Keys(m.Limits)) {
		c.Name("Limits", name)
		c.Check(m.Limits[name] >= 0, "Limits", m.Limits[name], "must be 0 or more")
	}
	c.optional(m.Budget, digits, "Budget")
	if m.Applications != nil {
		c.count(*m.Applications, "Applications")
	}
	return c.Err("")
}

// stand finds out where each rule stands before the turns begin.
func (p *Pricer) stand(o *Order, b *basket) ([]standing, error) {
	var c checker
	all := make([]standing, len(p.rules))
	for _, id := range o.Without {
		all[p.ids[id]].skip = true
	}
	for i := range p.rules {
		if s := &all[i]; !s.skip {
			p.rules[i].stand(s, o, b, p.digits, &c)
		}
	}
	return all, c.Err(room)
}

// stand finds the first of the reasons that do not depend on other offers.
func (r *rule) stand(s *standing, o *Order, b *basket, digits int, c *checker) {
	s.budget, s.applications = math.MaxInt64, r.applications
	switch {
	case r.Code != "" && !slices.Contains(o.Codes, r.Code):
		s.why = NoCode
		return
	case r.Tiers != nil && !slices.Contains(r.Tiers, o.Tier):
		s.why = OtherTier
		return
	}
	m, known := o.Remaining[r.ID]
	if known {
		s.spent(m, digits)
	} else if r.Limited {
		c.Add("Remaining", nil, fmt.Sprintf("must say what is left of Offers[%d], which is limited", r.position))
	}
	switch {
	case s.why != "":
	case b.set(r.gets).empty():
		s.why = NoUnits
	case !r.minOfLeft:
		r.ask(s, b, b.runs)
	}
}

// spent finds out what is left of limits and the budget: of several limits that are used
// up it names the first.
func (s *standing) spent(m Remaining, digits int) {
	for name, left := range m.Limits {
		if left == 0 && (s.why == "" || name < s.limit) {
			s.why, s.limit = LimitReached, name
		}
	}
	if m.Budget != nil {
		if s.budget, _ = money.Amount(*m.Budget, digits); s.budget == 0 && s.why == "" {
			s.why = OverBudget
		}
	}
	if m.Applications != nil {
		s.applications = *m.Applications
	}
}

// ask asks for the minima, the own one first, and finds the reward: by steps that of the
// last that is reached.
func (r *rule) ask(s *standing, b *basket, runs []run) {
	s.reward, s.missing = &r.reward, minimum{}
	var have minimum
	if r.min != (minimum{}) || r.steps != nil {
		have = b.count(r.counts, runs, r.minOfLeft)
		s.missing = r.min.less(have)
	}
	for i := 0; i < len(r.requires) && s.missing == (minimum{}); i++ {
		q := &r.requires[i]
		s.missing = q.min.less(b.count(q.selector, runs, r.minOfLeft))
	}
	if r.steps != nil && s.missing == (minimum{}) {
		s.missing = r.steps[0].min.less(have)
		for i := range r.steps {
			if r.steps[i].min.less(have) == (minimum{}) {
				s.reward = &r.steps[i].reward
			}
		}
	}
	if s.missing != (minimum{}) {
		s.why = BelowMinimum
	}
}

// less returns by how much less than m there is.
func (m minimum) less(have minimum) minimum {
	return minimum{max(0, m.amount-have.amount), max(0, m.units-have.units)}
}

// count adds up the units that a selector selects, locked or not, and what they cost by
// the list or at this turn.
func (b *basket) count(selector int32, runs []run, left bool) (have minimum) {
	in := b.set(selector)
	for i := range runs {
		u := &runs[i]
		if !in.has(u.article) {
			continue
		}
		have.units += u.n
		if left {
			have.amount += u.n * u.left
		} else {
			have.amount += u.n * b.articles[u.article].price
		}
	}
	return have
}

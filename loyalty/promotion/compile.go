package promotion

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A rule is a compiled offer: amounts in minor units, percentages as fractions and
// selectors by their numbers, so that an order is priced without looking at a decimal.
type rule struct {
	*Offer
	position int // of the offer in the stack

	counts   int32 // what the own minimum and the steps look at
	buys     int32 // what is bought for sets
	gets     int32 // what is got; of a bundle, all its slots
	min      minimum
	requires []requirement
	steps    []step
	reward   reward // without steps

	applications      int64
	mostAll, mostUnit int64 // the maxima of the discount
	rank, group       int   // exclusive ones first; the number of the group, -1 for none
	best              bool  // whether the group takes the best
	dearest, ofList   bool
	minOfLeft         bool
}

// A minimum is a compiled [Minimum]; 0 of either is none.
type minimum struct{ amount, units int64 }

// A requirement is a compiled [Requirement].
type requirement struct {
	selector int32
	min      minimum
}

// A step is a compiled [Step].
type step struct {
	min    minimum
	reward reward
}

// rule compiles an offer.
func (c *checker) rule(o *Offer, digits int, x *index) rule {
	r := rule{Offer: o, group: -1, applications: math.MaxInt64, dearest: o.Selection == Dearest, ofList: o.Of == List, minOfLeft: o.MinOf == Left}
	c.names(o)
	c.words(o)
	r.min = c.minimum(o.Min, digits, "Min")
	r.mostAll = c.optional(o.MaxDiscount, digits, "MaxDiscount")
	r.mostUnit = c.optional(o.MaxUnitDiscount, digits, "MaxUnitDiscount")
	if o.MaxApplications != nil {
		r.applications = *o.MaxApplications
		c.count(r.applications, "MaxApplications")
	}
	r.rank = slices.Index([]Exclusive{ExclusiveOrder, ExclusiveUnits, NotExclusive}, o.Exclusive)
	c.what(o, &r, digits, x)
	c.which(o, &r, x)
	c.requirements(o, &r, digits, x)
	return r
}

// names checks the names of an offer but its ID.
func (c *checker) names(o *Offer) {
	c.Check(o.Code == "" || fault.ValidName(o.Code), "Code", nil, nameOrEmpty)
	c.Check(o.Group == "" || fault.ValidName(o.Group), "Group", nil, nameOrEmpty)
	c.list(o.Tiers, "Tiers")
}

const nameOrEmpty = "must be at most 200 bytes of UTF-8"

// list checks names that may be left out, but not left empty.
func (c *checker) list(names []string, field string) {
	if names == nil {
		return
	}
	if c.Check(len(names) >= 1 && len(names) <= most, field, len(names), "must be nil or have 1 to 1000 names"); len(names) <= most {
		c.Names(field, names)
	}
}

// words checks the closed sets of an offer.
func (c *checker) words(o *Offer) {
	c.Join("", bases().Check("MinOf", o.MinOf))
	c.Join("", bases().Check("Of", o.Of))
	c.Join("", selections().Check("Selection", o.Selection))
	c.Join("", exclusives().Check("Exclusive", o.Exclusive))
}

// minimum compiles what is asked for.
func (c *checker) minimum(m Minimum, digits int, field string) (out minimum) {
	if m.Amount != nil {
		out.amount = c.amount(*m.Amount, digits, field+".Amount")
	}
	if m.Units != nil {
		out.units = *m.Units
		c.count(out.units, field+".Units")
	}
	return out
}

// what compiles the reward or the steps: an offer has one of them.
func (c *checker) what(o *Offer, r *rule, digits int, x *index) {
	switch {
	case o.Steps != nil:
		c.Check(o.Reward.isZero(), "Reward", nil, "must be zero beside Steps")
		r.steps = c.steps(o.Steps, digits, x)
	case o.Reward.isZero():
		c.Add("Reward", nil, "must be given, or Steps")
	default:
		var part checker
		r.reward = part.reward(&o.Reward, digits, x)
		c.Join("Reward", part.Err(""))
	}
}

// steps compiles steps, which must ascend: of two with one minimum the second would
// silently win.
func (c *checker) steps(in []Step, digits int, x *index) []step {
	if c.Check(len(in) >= 1 && len(in) <= most, "Steps", len(in), "must be 1 to 1000"); len(in) > most {
		return nil
	}
	out := make([]step, len(in))
	for k := range in {
		var part checker
		s := &in[k]
		units := s.Min.Units != nil
		out[k] = step{part.minimum(s.Min, digits, "Min"), part.within(&s.Reward, digits, x)}
		part.Check(units != (s.Min.Amount != nil), "Min", nil, "must have either an amount or units")
		if k > 0 {
			part.Check(units == (in[0].Min.Units != nil), "Min", nil, "must be of what the first one is of")
			a, b := out[k-1].min, out[k].min
			part.Check(b.amount > a.amount || b.units > a.units, "Min", nil, "must ascend")
		}
		c.Join(fmt.Sprintf("Steps[%d]", k), part.Err(""))
	}
	return out
}

// within compiles the reward of a step.
func (c *checker) within(w *Reward, digits int, x *index) reward {
	var part checker
	out := part.reward(w, digits, x)
	part.Check(w.Kind != KindBundle, "Kind", nil, "must not be a bundle in a step")
	c.Join("Reward", part.Err(""))
	return out
}

// which compiles what is bought and got.
func (c *checker) which(o *Offer, r *rule, x *index) {
	if r.gets = allUnits; o.Get != nil {
		r.gets = x.add(*o.Get, "Get", c)
	}
	if o.Reward.Kind == KindBundle {
		c.Check(o.Get == nil, "Get", nil, "must be nil: a bundle has slots")
		c.Check(o.Sets == nil, "Sets", nil, "must be nil: a bundle has slots")
		of := make([]int32, len(r.reward.slots))
		for i, s := range r.reward.slots {
			of[i] = s.selector
		}
		r.gets = x.union(of)
	}
	if r.counts = r.gets; o.Buy != nil {
		r.counts = x.add(*o.Buy, "Buy", c)
	}
	r.buys = r.counts
	if o.Sets != nil {
		c.count(o.Sets.Buy, "Sets.Buy")
		c.count(o.Sets.Get, "Sets.Get")
	}
}

// requirements compiles further minima.
func (c *checker) requirements(o *Offer, r *rule, digits int, x *index) {
	if o.Requires == nil {
		return
	}
	if c.Check(len(o.Requires) >= 1 && len(o.Requires) <= most, "Requires", len(o.Requires), "must be nil or 1 to 1000"); len(o.Requires) > most {
		return
	}
	for i := range o.Requires {
		var part checker
		q := &o.Requires[i]
		n := x.add(q.Select, "Select", &part)
		part.Check(q.Min != Minimum{}, "Min", nil, "must have an amount or units")
		r.requires = append(r.requires, requirement{n, part.minimum(q.Min, digits, "Min")})
		c.Join(fmt.Sprintf("Requires[%d]", i), part.Err(""))
	}
}

// before is the order of turns, which no two rules share: exclusive ones come first
// whatever their priority, so that one that gives nothing leaves the order as it was.
func before(a, b rule) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.ID, b.ID))
}

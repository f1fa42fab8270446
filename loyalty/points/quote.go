package points

import (
	"time"

	"github.com/relmark/relmark"
)

// Quote says how many points an order would earn a member who has done nothing yet,
// for a product page or a basket: no account, and no Key or Order in the command. It
// is what [Engine.Decide] says of such a member who has the points that pay, so caps
// and Budget leave what they leave at first, and goals count this order alone. For
// somebody in particular ask [Engine.Preview]. It fails where Decide fails on the
// rest of the command.
//
// It leaves out fractions and grants, which [Engine.Explain] fills in, and takes a
// fraction of a microsecond. It does not change the command, and does not allocate
// for orders of up to 8 lines, 8 tags and 4 goals that they advance.
func (e *Engine) Quote(c *Earn, asOf time.Time) (p Award, err error) {
	err = e.quote(&p, c, asOf, false)
	return p, err
}

// Explain is [Engine.Quote] with what each rule contributes.
func (e *Engine) Explain(c *Earn, asOf time.Time) (p Award, err error) {
	err = e.quote(&p, c, asOf, true)
	return p, err
}

// quote checks the order and prices it. An error leaves p as it was.
func (e *Engine) quote(p *Award, c *Earn, asOf time.Time, explain bool) error {
	if e == nil || c == nil {
		return invalid("Command", nil, "must come with an engine")
	}
	switch {
	case !inRange(asOf):
		return invalid("At", nil, instantRule)
	case c.Expires != nil && !c.Expires.IsZero() && !inRange(*c.Expires):
		return invalid("Expires", nil, instantRule)
	}
	var x Facts
	var err error
	if x.Date, err = relmark.DateOf(asOf, e.zone); err != nil {
		return err
	}
	if _, err = c.facts(e, &x); err != nil {
		return err
	}
	if len(c.Lines)+len(c.Tags) > 0 {
		return c.priceLists(p, e, &x, explain)
	}
	return c.price(p, e, &x, explain)
}

// priceLists is price for an order with lines or tags, the memory for which need not
// be cleared for others.
func (c *Earn) priceLists(p *Award, e *Engine, x *Facts, explain bool) (err error) {
	var lines [8]Line
	var tags [8]Tag
	y := *x
	if y.Lines, y.Tags, err = c.lists(e, lines[:0], tags[:0]); err != nil {
		return err
	}
	return c.price(p, e, &y, explain)
}

// price prices the facts as those of the first order of a member.
func (c *Earn) price(p *Award, e *Engine, x *Facts, explain bool) error {
	rules, err := c.rules(e, x.Date)
	if err != nil {
		return err
	}
	limit := int64(maxPoints)
	if c.Budget != nil {
		limit = min(limit, *c.Budget)
	}
	for i := range rules.Caps {
		limit = min(limit, rules.Caps[i].Points)
	}
	if len(rules.goals) > 0 {
		return rules.priceGoals(p, x, limit, explain)
	}
	return rules.price(p, x, limit, nil, explain)
}

// priceGoals is price with the goals that a first order reaches.
func (s *ruleset) priceGoals(p *Award, x *Facts, limit int64, explain bool) error {
	var steps [4]Progress
	var bonuses [4]Grant
	_, won, err := s.pursue(nil, x, steps[:0], bonuses[:0])
	if err != nil {
		return err
	}
	return s.price(p, x, limit, won, explain)
}

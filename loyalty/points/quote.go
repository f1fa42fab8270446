package points

import "github.com/relmark/relmark"

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
func (e *Engine) Quote(c *Earn) (Price, error) { return e.quote(c, false) }

// Explain is [Engine.Quote] with what each rule contributes.
func (e *Engine) Explain(c *Earn) (Price, error) { return e.quote(c, true) }

// quote prices an order without an account.
func (e *Engine) quote(c *Earn, explain bool) (Price, error) {
	if e == nil || c == nil {
		return Price{}, invalid("Command", nil, "must come with an engine")
	}
	if !inRange(c.At) {
		return Price{}, invalid("At", nil, instantRule)
	}
	var lines [8]Line
	var tags [8]Tag
	date, err := relmark.DateOf(c.At, e.zone)
	if err != nil {
		return Price{}, err
	}
	x, _, err := c.facts(e, Facts{Date: date, Lines: lines[:0], Tags: tags[:0]})
	if err != nil {
		return Price{}, err
	}
	rules, err := c.rules(e, x.Date)
	if err != nil {
		return Price{}, err
	}
	var won []Grant
	if len(rules.goals) > 0 {
		var steps [4]Progress
		var bonuses [4]Grant
		if _, won, err = rules.pursue(nil, &x, steps[:0], bonuses[:0]); err != nil {
			return Price{}, err
		}
	}
	limit := int64(maxPoints)
	if c.Budget != nil {
		limit = min(limit, *c.Budget)
	}
	for i := range rules.Caps {
		limit = min(limit, rules.Caps[i].Points)
	}
	return rules.price(&x, limit, won, explain)
}

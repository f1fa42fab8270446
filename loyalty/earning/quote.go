package earning

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

// A Member is what caps and goals have to know of whoever an order is of, such as an
// account of a ledger. Nil is one who has done nothing yet.
type Member interface {
	// Granted returns what has been granted for activity in the period around a date: its
	// month, its year, or in all. It is not asked for [PerOrder].
	Granted(per Period, on relmark.Date) int64
	// Progress returns how far the member is on the way to the goal of a rule.
	Progress(rule string) Progress
}

// An Outcome is what an order earns, and all that a ledger has to keep of it.
type Outcome struct {
	Facts     Facts      `json:"facts"`
	PaidValue int64      `json:"paid_value,omitzero"` // what points paid, in minor units
	Award     Award      `json:"award"`
	Progress  []Progress `json:"progress,omitzero"` // towards goals, after the order
}

// Quote says how many points an order would earn a member who has done nothing yet,
// for a product page or a basket. It is what [Engine.Earn] says of such a member, so
// caps and Budget leave what they leave at first, and goals count this order alone. It
// fails where Earn fails.
//
// It leaves out fractions and grants, which [Engine.Explain] fills in, and takes a
// fraction of a microsecond. It does not change the order, and does not allocate
// for orders of up to 8 lines, 8 tags and 4 goals that they advance.
func (e *Engine) Quote(o *Order) (a Award, err error) {
	err = e.quote(&a, o, false)
	return a, err
}

// Explain is [Engine.Quote] with what each rule contributes.
func (e *Engine) Explain(o *Order) (a Award, err error) {
	err = e.quote(&a, o, true)
	return a, err
}

// Earn says what an order earns a member, and why. It fails with [relmark.ErrInvalid]
// on what is wrong with the order, such as a date without rules, and with
// [relmark.ErrLimit] on more than 2^53-1 minor units or points. Nothing is counted: who
// books the outcome does that. It takes time linear in the rules of the version.
func (e *Engine) Earn(o *Order, m Member) (out Outcome, err error) {
	if err = o.head(e, &out.Facts); err != nil {
		return Outcome{}, err
	}
	if out.Facts.Lines, out.Facts.Tags, err = o.lists(e, nil, nil); err != nil {
		return Outcome{}, err
	}
	rules, err := e.rulesFor(out.Facts.Date, o.Budget)
	if err != nil {
		return Outcome{}, err
	}
	if out.PaidValue, err = o.settle(e, &out.Facts); err != nil {
		return Outcome{}, err
	}
	out.Facts.keep()
	if out.Progress, err = rules.judgeFor(&out.Award, &out.Facts, m, o.Budget, true); err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// Judge says what an order of which the facts are known would earn a member under these
// rules, as a what-if does: without an explanation, whatever budgets have left, and
// nothing on a date without rules. It fills in the award and returns the progress, and
// fails with [relmark.ErrLimit], leaving the award as it was, on more points than there
// can be. It does not allocate but for the progress.
func (e *Engine) Judge(a *Award, x *Facts, m Member) ([]Progress, error) {
	rules := e.versionOn(x.Date)
	if rules == nil {
		*a = Award{}
		return nil, nil
	}
	return rules.judgeFor(a, x, m, nil, false)
}

// dateOf returns the local date of an activity.
func (e *Engine) dateOf(at time.Time) (relmark.Date, error) {
	if !canon.IsActivity(at) {
		return relmark.Date{}, invalid("At", nil, canon.ActivityRule)
	}
	return relmark.DateOf(at, e.zone)
}

// quote checks the order and awards it as the first of a member. An error leaves a as it
// was.
func (e *Engine) quote(a *Award, o *Order, explain bool) error {
	var x Facts
	if err := o.head(e, &x); err != nil {
		return err
	}
	if len(o.Lines)+len(o.Tags) > 0 {
		return o.quoteLists(a, e, &x, explain)
	}
	return o.quote(a, e, &x, explain)
}

// quoteLists is quote for an order with lines or tags, the memory for which need not
// be cleared for others.
func (o *Order) quoteLists(a *Award, e *Engine, x *Facts, explain bool) (err error) {
	var lines [10]Line
	var tags [8]Tag
	y := *x
	if y.Lines, y.Tags, err = o.lists(e, lines[:0], tags[:0]); err != nil {
		return err
	}
	return o.quote(a, e, &y, explain)
}

// quote awards an order of which the lists are known.
func (o *Order) quote(a *Award, e *Engine, x *Facts, explain bool) error {
	rules, err := e.rulesFor(x.Date, o.Budget)
	if err != nil {
		return err
	}
	if _, err := o.settle(e, x); err != nil {
		return err
	}
	limit := rules.room(nil, x.Date, o.Budget)
	if len(rules.goals) > 0 {
		return rules.quoteGoals(a, x, limit, explain)
	}
	return rules.price(a, x, limit, nil, explain, false)
}

// quoteGoals is quote with the goals that a first order reaches.
func (s *ruleset) quoteGoals(a *Award, x *Facts, limit int64, explain bool) error {
	var steps [4]Progress
	var bonuses [4]Grant
	_, won, err := s.pursue(nil, x, steps[:0], bonuses[:0])
	if err != nil {
		return err
	}
	return s.price(a, x, limit, won, explain, false)
}

// judgeFor fills in what an order earns a member and returns how far it leads towards
// goals.
func (s *ruleset) judgeFor(a *Award, x *Facts, m Member, budget *int64, explain bool) (steps []Progress, err error) {
	var won []Grant
	if len(s.goals) > 0 {
		if steps, won, err = s.pursue(m, x, nil, nil); err != nil {
			return nil, err
		}
	}
	if err = s.price(a, x, s.room(m, x.Date, budget), won, explain, true); err != nil {
		return nil, err
	}
	return steps, nil
}

// room returns how many points caps and budget leave, which may be negative. Caps
// count what has been granted when the order is processed, whenever it took place,
// so that the attribution to orders depends on their sequence and the total does not.
func (s *ruleset) room(m Member, on relmark.Date, budget *int64) int64 {
	room := int64(maxPoints)
	if budget != nil {
		room = min(room, *budget)
	}
	for _, c := range s.Caps {
		granted := int64(0)
		if m != nil && c.Per != PerOrder {
			granted = m.Granted(c.Per, on)
		}
		room = min(room, c.Points-granted)
	}
	return room
}

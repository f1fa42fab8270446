package earning

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

// A Member is what caps, goals and activities have to know of whoever an order is of,
// such as an account of a ledger. Nil is one who has done nothing yet.
type Member interface {
	// Granted returns what has been granted for activity on dates from one to another; a
	// zero date is an open end. Refunds take nothing off it.
	Granted(from, to relmark.Date) int64
	// Progress returns how far the member is on the way to the goal of a rule. It is not
	// changed.
	Progress(rule string) Progress
	// Took reports whether the member has taken part in the activity of a rule on dates
	// from one to another; a zero date is an open end.
	Took(rule string, from, to relmark.Date) bool
}

// An Outcome is what an order earns, and all that a ledger has to keep of it.
type Outcome struct {
	Facts     Facts  `json:"facts"`
	PaidValue int64  `json:"paid_value,omitzero"` // what points paid, in minor units
	Award     Award  `json:"award"`
	Steps     []Step `json:"steps,omitzero"` // towards goals, one for each that acts on the order
}

// Quote says how many points an order would earn a member who has done nothing yet,
// for a product page or a basket. It is what [Engine.Earn] says of such a member, so
// caps and Budget leave what they leave at first, and goals count this order alone. It
// fails where Earn fails.
//
// It leaves out lists and fractions, which [Engine.Explain] fills in, and takes a
// fraction of a microsecond, some for each line. It does not change the order, and does
// not allocate for orders of up to 10 lines and 8 tags, but for measures.
func (e *Engine) Quote(o *Order) (a Award, err error) {
	err = e.quote(&a, o, false)
	return a, err
}

// Explain is [Engine.Quote] with what each line earns and what each rule contributes.
func (e *Engine) Explain(o *Order) (a Award, err error) {
	err = e.quote(&a, o, true)
	return a, err
}

// Earn says what an order earns a member, and why. It fails with [relmark.ErrInvalid]
// on what is wrong with the order, such as a date without rules, with a [RefusedError] on
// points that may not pay for it, and with [relmark.ErrLimit] on more than 2^53-1 minor
// units or points. Nothing is counted: who books the outcome does that. It takes time
// linear in the rules of the version, for each line.
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
	j := judging{m, e.room(rules, m, out.Facts.Date, o.Budget, true), true, true}
	if out.Steps, err = rules.judge(&out.Award, &out.Facts, j); err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// Judge says what an order of which the facts are known would earn a member under these
// rules, as a what-if does: with what each line earns but without an explanation,
// whatever budgets have left, and nothing on a date without rules. It fills in the award
// and returns the steps towards goals, and fails with [relmark.ErrLimit], leaving the
// award as it was, on more points than there can be. It does not allocate but for steps,
// and for lines if the award has no room for them.
func (e *Engine) Judge(a *Award, x *Facts, m Member) ([]Step, error) {
	rules := e.versionOn(x.Date)
	if rules == nil {
		*a = Award{}
		return nil, nil
	}
	return rules.judge(a, x, judging{m, e.room(rules, m, x.Date, nil, true), false, true})
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
	_, err = rules.judge(a, x, judging{nil, e.room(rules, nil, x.Date, o.Budget, true), explain, explain})
	return err
}

// room returns how many points caps and budget leave, which may be negative. Caps
// count what has been granted when the order is processed, whenever it took place,
// so that the attribution to orders depends on their sequence and the total does not.
func (e *Engine) room(s *ruleset, m Member, on relmark.Date, budget *int64, order bool) int64 {
	room := int64(maxPoints)
	if budget != nil {
		room = min(room, *budget)
	}
	for _, c := range s.Caps {
		switch {
		case c.Per == PerOrder && !order:
			continue
		case c.Per == PerOrder || m == nil:
			room = min(room, c.Points)
		default:
			p := e.span(c.Per, on)
			room = min(room, c.Points-m.Granted(p.from, p.to))
		}
	}
	return room
}

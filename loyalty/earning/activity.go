package earning

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// An Activity is what a member did that is no purchase: installed an application, wrote
// a review, had a birthday. It has no amount.
type Activity struct {
	At     time.Time `json:"at,omitzero"`     // when it took place; years 1700 to 2150
	Kind   string    `json:"kind,omitzero"`   // that a rule is for
	Points *int64    `json:"points,omitzero"` // what it is worth, for rules that do not say
	Tier   string    `json:"tier,omitzero"`   // of the member, for conditions
	Tags   []Tag     `json:"tags,omitzero"`   // further facts, for conditions
	Budget *int64    `json:"budget,omitzero"` // as [Order.Budget]
}

// An ActivityRule grants fixed points for activities of a kind.
type ActivityRule struct {
	Rule string `json:"rule"`
	Kind string `json:"kind"` // a version has one rule for a kind at most
	// Points are what it grants, 0 or more; nil is what [Activity.Points] says, which is an
	// error where that is nil too, and does not matter where Points are stated.
	Points *int64 `json:"points,omitempty"`
	// Once says in which period of its local date a member can do it once; empty is as
	// often as it is done. What was done counts by the name of the rule, in any version.
	Once Period    `json:"once,omitempty"`
	When Condition `json:"when,omitzero"` // without categories and totals
}

// ActivityOutcome is what an activity earns, and what a ledger has to keep of it.
type ActivityOutcome struct {
	Facts Facts  `json:"facts"`
	Rule  string `json:"rule,omitzero"` // that grants the points
	Award Award  `json:"award"`         // its points are [Award.Bonus]
}

// validate reports what is wrong with the rule, names and conditions aside.
func (r *ActivityRule) validate(l *fault.List) {
	l.Name("Kind", r.Kind)
	l.Check(r.Points == nil || *r.Points >= 0 && *r.Points <= maxPoints, "Points", nil, "must be 0 to 2^53-1")
	l.Join("", enum.Of("", PerDay, PerMonth, PerYear, PerLife).Check("Once", r.Once))
	l.Check(!r.When.asksLines(), "When", nil, "must not ask for categories or totals: an activity has none")
}

// asksLines reports whether the condition asks for what only orders have.
func (c *Condition) asksLines() bool {
	asks := c.Categories != nil || c.MinTotal != nil || c.MaxTotal != nil
	for _, list := range [][]Condition{c.Any, c.Not} {
		for i := range list {
			asks = asks || list[i].asksLines()
		}
	}
	return asks
}

// Act says what an activity earns a member: the points of the rule for its kind, within
// what caps and Budget leave; those of [PerOrder] do not bind it, and no multiplier or
// goal acts on it. Cut to 0, it has taken place all the same. It fails with
// [relmark.ErrInvalid] on what is wrong with it, with a [RefusedError], [UnknownActivity] or
// [LimitReached], where no rule holds or the member has done it before, and with
// [relmark.ErrLimit] on more points than there can be. Nothing is counted: who books the
// outcome does that, and tells activities apart that are delivered twice.
func (e *Engine) Act(a *Activity, m Member) (out ActivityOutcome, err error) {
	if e == nil || a == nil {
		return out, invalid("Activity", nil, "must come with an engine")
	}
	x := Facts{Currency: e.rules.Currency, Digits: e.rules.Digits, Tier: a.Tier, Tags: append([]Tag(nil), a.Tags...)}
	if x.Date, err = e.dateOf(a.At); err != nil {
		return out, err
	}
	rules, err := e.rulesFor(x.Date, a.Budget)
	if err != nil {
		return out, err
	}
	if err = a.validate(); err != nil {
		return out, err
	}
	i := rules.activity(a.Kind, &x)
	if i < 0 {
		return out, &RefusedError{UnknownActivity}
	}
	r := &rules.Activities[i]
	if e.took(r, m, x.Date) {
		return out, &RefusedError{LimitReached}
	}
	points := r.Points
	if points == nil {
		points = a.Points
	}
	if points == nil {
		return out, invalid("Points", nil, "must say what it is worth where the rule does not")
	}
	out = ActivityOutcome{Facts: x, Rule: r.Rule, Award: rules.actOut(*points, e.room(rules, m, x.Date, a.Budget, false))}
	out.Award.Grants = append(out.Award.Grants, Grant{Rule: r.Rule, Points: *points})
	if out.Award.Cut > 0 {
		out.Award.Grants = append(out.Award.Grants, Grant{Rule: capRule, Points: -out.Award.Cut})
	}
	return out, nil
}

// JudgeActivity says what an activity of which the facts are known would earn a member
// under these rules, as a what-if does, whatever budgets have left: nothing where no rule
// holds, none has points, or the member has done it before; then the rule is empty.
// points are those that the activity came with.
func (e *Engine) JudgeActivity(x *Facts, kind string, points *int64, m Member) (rule string, a Award) {
	rules := e.versionOn(x.Date)
	if rules == nil {
		return "", a
	}
	i := rules.activity(kind, x)
	if i < 0 || e.took(&rules.Activities[i], m, x.Date) {
		return "", a
	}
	if own := rules.Activities[i].Points; own != nil {
		points = own
	}
	if points == nil || *points < 0 || *points > maxPoints {
		return "", a
	}
	return rules.Activities[i].Rule, rules.actOut(*points, e.room(rules, m, x.Date, nil, false))
}

// validate reports what is wrong with the activity, its time aside.
func (a *Activity) validate() error {
	switch {
	case !canon.IsName(a.Kind):
		return invalid("Kind", nil, canon.NameRule)
	case !canon.IsNote(a.Tier):
		return invalid("Tier", nil, canon.NameRule)
	case a.Points != nil && (*a.Points < 0 || *a.Points > maxPoints):
		return invalid("Points", *a.Points, "must be 0 to 2^53-1")
	}
	return checkTags(a.Tags)
}

// activity returns the position of the rule for a kind if it holds, -1 otherwise.
func (s *ruleset) activity(kind string, x *Facts) int {
	for i := range s.activities {
		if s.Activities[i].Kind == kind {
			if w := (sheet{s: s, facts: *x}); s.activities[i].holds(&w, 0) {
				return i
			}
			return -1
		}
	}
	return -1
}

// took reports whether a member has done an activity as often as its rule allows.
func (e *Engine) took(r *ActivityRule, m Member, on relmark.Date) bool {
	if r.Once == "" || m == nil {
		return false
	}
	p := e.span(r.Once, on)
	return m.Took(r.Rule, p.from, p.to)
}

// actOut awards points within what is left.
func (s *ruleset) actOut(points, room int64) Award {
	granted := min(points, max(0, room))
	return Award{Version: s.Name, Bonus: points, Cut: points - granted, Granted: granted}
}

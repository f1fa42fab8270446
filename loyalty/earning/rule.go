package earning

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Rate grants points in proportion to what was paid in money, or to a measure of the
// lines: Points for every Per, exact unless in whole steps. What points paid for earns
// nothing, in a measure as in money: of 3 nights half of which points paid, 1.5 count.
type Rate struct {
	Rule   string          // name, unique within the version
	Points int64           // > 0
	Per    decimal.Decimal // > 0, of the currency or of the measure
	// Measure is what is counted instead of money, such as "nights", as
	// [OrderLine.Measures] has it; [QuantityMeasure] is the quantity.
	Measure string
	Steps   Steps    // whether only every full Per counts
	Lines   Selector // on which it acts
	When    Condition
}

// Steps says whether a rate grants points for every full Per only: 105 euros at 5 points
// for every full 10 are 50 points. The zero value is [NoSteps].
type Steps string

// The kinds of steps.
const (
	NoSteps      Steps = ""      // in proportion
	StepsByLine  Steps = "line"  // of each line
	StepsByOrder Steps = "order" // of all lines on which the rate acts, together
)

// A Multiplier multiplies what the rates grant the lines on which it acts.
type Multiplier struct {
	Rule      string
	Factor    decimal.Decimal // ≥ 0, such as 1.5
	Exclusive bool            // alone on its lines
	Priority  int             // among exclusive ones: highest wins, then the first
	Lines     Selector        // on which it acts
	When      Condition
}

// A Bonus grants fixed points, which no multiplier touches, once for an order that has a
// line on which it acts.
type Bonus struct {
	Rule   string    `json:"rule"`
	Points int64     `json:"points"` // > 0
	Lines  Selector  `json:"lines,omitzero"`
	When   Condition `json:"when,omitzero"`
}

// An Exclusion takes lines out before all other rules: they earn nothing, and no
// condition of another rule sees them, so that a gift card does not reach "from 100
// euros". Its own condition looks at the whole order as it came.
type Exclusion struct {
	Rule  string    `json:"rule"`
	Lines Selector  `json:"lines,omitzero"` // which are out
	Scope Scope     `json:"scope,omitempty"`
	When  Condition `json:"when,omitzero"`
}

// A Scope says what an exclusion takes out. The zero value is [TheLines].
type Scope string

// The scopes.
const (
	TheLines   Scope = ""      // the lines that match
	WholeOrder Scope = "order" // all lines if one matches
)

// A Cap limits what one member, or as a budget all of them, are granted in a period
// of the activity's local date. What has been granted counts whichever version granted it, and is not
// freed by refunds.
type Cap struct {
	Per    Period `json:"per"`
	Points int64  `json:"points"` // ≥ 0
}

// A Period is what a cap is counted over.
type Period string

// The periods.
const (
	PerOrder Period = "order"
	PerDay   Period = "day"
	PerMonth Period = "month"
	PerYear  Period = "year" // the programme year; see [Rules.YearEnd]
	PerLife  Period = "life"
)

// A Stacking says how multipliers that are not exclusive combine. The zero value
// is [Additive].
type Stacking string

// The ways of combining multipliers.
const (
	Additive    Stacking = ""            // excesses add up: 2 and 1.5 give 2.5; at least 0
	Compounding Stacking = "compounding" // factors multiply: 2 and 1.5 give 3
)

// A Rounding makes whole points of base times factor. The zero value is [Floor].
type Rounding string

// The roundings; amounts are never negative here.
const (
	Floor    Rounding = ""
	Ceiling  Rounding = "ceiling"
	HalfUp   Rounding = "half_up"
	HalfEven Rounding = "half_even"
)

// mode returns the rounding that r names.
func (r Rounding) mode() money.Rounding {
	switch r {
	case Ceiling:
		return money.Ceiling
	case HalfUp:
		return money.HalfUp
	case HalfEven:
		return money.HalfEven
	default:
		return money.Floor
	}
}

// validate reports the rules that v breaks.
func (v *Version) validate() error {
	var l fault.List
	l.Join("", enum.Of(Floor, Ceiling, HalfUp, HalfEven).Check("Rounding", v.Rounding))
	l.Join("", enum.Of(Additive, Compounding).Check("Stacking", v.Stacking))
	l.Check(v.Name == "" || canon.IsName(v.Name), "Name", nil, canon.NameRule)
	l.Check(v.To.IsZero() || !v.To.Before(v.From), "To", nil, "must not come before From")
	if max(len(v.Exclusions), len(v.Rates), len(v.Multipliers), len(v.Bonuses), len(v.Goals), len(v.Activities), len(v.Caps), len(v.Budgets)) > maxRules {
		l.Add("Rates", nil, "must be at most 1000 rules of a kind")
		return l.Err("")
	}
	v.validateRules(&l)
	validateCaps(&l, "Caps", v.Caps, true)
	validateCaps(&l, "Budgets", v.Budgets, false)
	return l.Err("")
}

// validateRules reports what is wrong with rules, whose names are all of one version.
func (v *Version) validateRules(l *fault.List) {
	seen := map[string]bool{}
	rule := func(field, name string, lines *Selector, when *Condition, check func(part *fault.List)) {
		var part fault.List
		part.Check(canon.IsName(name) && !seen[name] && name != capRule, "Rule", nil, `must be 1 to 200 bytes of UTF-8, unique and not "cap"`)
		seen[name] = true
		check(&part)
		part.Join("Lines", lines.validate())
		part.Join("When", when.validate(0))
		l.Join(field, part.Err(""))
	}
	const points = "must be 1 to 2^53-1"
	for i := range v.Exclusions {
		x := &v.Exclusions[i]
		rule(fmt.Sprintf("Exclusions[%d]", i), x.Rule, &x.Lines, &x.When, func(l *fault.List) {
			l.Join("", enum.Of(TheLines, WholeOrder).Check("Scope", x.Scope))
		})
	}
	for i := range v.Rates {
		r := &v.Rates[i]
		rule(fmt.Sprintf("Rates[%d]", i), r.Rule, &r.Lines, &r.When, func(l *fault.List) {
			l.Check(r.Points > 0 && r.Points <= maxPoints, "Points", r.Points, points)
			l.Check(isRate(r.Per) && r.Per.Sign() > 0, "Per", nil, "must be > 0 with at most 9 fraction digits")
			l.Check(canon.IsNote(r.Measure), "Measure", nil, canon.NameRule)
			l.Join("", enum.Of(NoSteps, StepsByLine, StepsByOrder).Check("Steps", r.Steps))
		})
	}
	for i := range v.Multipliers {
		m := &v.Multipliers[i]
		rule(fmt.Sprintf("Multipliers[%d]", i), m.Rule, &m.Lines, &m.When, func(l *fault.List) {
			l.Check(isRate(m.Factor), "Factor", nil, "must be ≥ 0 with at most 9 fraction digits")
		})
	}
	for i := range v.Bonuses {
		b := &v.Bonuses[i]
		rule(fmt.Sprintf("Bonuses[%d]", i), b.Rule, &b.Lines, &b.When, func(l *fault.List) {
			l.Check(b.Points > 0 && b.Points <= maxPoints, "Points", b.Points, points)
		})
	}
	for i := range v.Goals {
		g := &v.Goals[i]
		rule(fmt.Sprintf("Goals[%d]", i), g.Rule, &g.Lines, &g.When, func(l *fault.List) {
			l.Join("", countings().Check("Count", g.Count))
			l.Join("", enum.Of(Recheck, KeepBonus).Check("Reversal", g.Reversal))
			l.Check(g.Target > 0 && g.Target <= maxPoints, "Target", g.Target, points)
			l.Check(g.Count != CountMonths || g.Target <= maxMonths, "Target", g.Target, "must be at most 1200 months")
			l.Check(g.Points > 0 && g.Points <= maxPoints, "Points", g.Points, points)
		})
	}
	v.validateActivities(rule)
}

// validateActivities reports what is wrong with rules for activities.
func (v *Version) validateActivities(rule func(string, string, *Selector, *Condition, func(*fault.List))) {
	kinds := map[string]bool{}
	for i := range v.Activities {
		r := &v.Activities[i]
		rule(fmt.Sprintf("Activities[%d]", i), r.Rule, &Selector{}, &r.When, func(l *fault.List) {
			r.validate(l)
			l.Check(!kinds[r.Kind], "Kind", nil, "must have one rule in a version")
			kinds[r.Kind] = true
		})
	}
}

// validateCaps reports what is wrong with limits, which may be of an order or not.
func validateCaps(l *fault.List, field string, caps []Cap, order bool) {
	periods := enum.Of(PerDay, PerMonth, PerYear, PerLife)
	if order {
		periods = enum.Of(PerOrder, PerDay, PerMonth, PerYear, PerLife)
	}
	for i, c := range caps {
		var part fault.List
		part.Check(c.Points >= 0 && c.Points <= maxPoints, "Points", c.Points, "must be 0 to 2^53-1")
		part.Join("", periods.Check("Per", c.Per))
		l.Join(fmt.Sprintf("%s[%d]", field, i), part.Err(""))
	}
}

// capRule is the name under which explanations list what caps cut.
const capRule = "cap"

package points

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Rate grants points in proportion to what was paid in money: Points for every
// Per of the currency, exact and not in whole steps.
type Rate struct {
	Rule   string          // name, unique within the version
	Points int64           // > 0
	Per    decimal.Decimal // > 0
	When   Condition
}

// A Multiplier multiplies what the rates grant.
type Multiplier struct {
	Rule      string
	Factor    decimal.Decimal // ≥ 0, such as 1.5
	Exclusive bool
	Priority  int // among exclusive ones: highest wins, then the first
	When      Condition
}

// A Bonus grants fixed points, which no multiplier touches.
type Bonus struct {
	Rule   string
	Points int64 // > 0
	When   Condition
}

// A Cap limits what one member, or as a budget all of them, are granted in a period
// of the activity's local date. What has been granted counts whichever version granted it, and is not
// freed by refunds.
type Cap struct {
	Per    Period
	Points int64 // ≥ 0
}

// A Period is what a cap is counted over.
type Period string

// The periods.
const (
	PerOrder Period = "order"
	PerMonth Period = "month"
	PerYear  Period = "year"
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
	HalfUp   Rounding = "half-up"
	HalfEven Rounding = "half-even"
)

// mode returns the rounding that r names, false if it names none.
func (r Rounding) mode() (money.Rounding, bool) {
	switch r {
	case Floor:
		return money.Floor, true
	case Ceiling:
		return money.Ceiling, true
	case HalfUp:
		return money.HalfUp, true
	case HalfEven:
		return money.HalfEven, true
	}
	return 0, false
}

// validate reports every rule that v breaks; path leads to it.
func (v *Version) validate(path string) error {
	var errs []error
	check := func(ok bool, field, rule string) {
		if !ok {
			errs = append(errs, invalid(path+"."+field, nil, rule))
		}
	}
	_, rounds := v.Rounding.mode()
	check(rounds, "Rounding", "must be a known rounding")
	check(v.Stacking == Additive || v.Stacking == Compounding, "Stacking", "must be a known way")
	check(v.Name == "" || validName(v.Name), "Name", nameRule)
	check(v.To.IsZero() || !v.To.Before(v.From), "To", "must not come before From")
	check(max(len(v.Rates), len(v.Multipliers), len(v.Bonuses), len(v.Goals), len(v.Caps), len(v.Budgets)) <= maxRules, "Rates", "must be at most 1000 rules of a kind")
	seen := map[string]bool{}
	named := func(field, rule string, when *Condition) {
		check(validName(rule) && !seen[rule] && rule != capRule, field+".Rule", `must be 1 to 200 bytes of UTF-8, unique and not "cap"`)
		seen[rule] = true
		errs = append(errs, when.validate(path+"."+field+".When", 0))
	}
	for i := range v.Rates {
		r, field := &v.Rates[i], fmt.Sprintf("Rates[%d]", i)
		named(field, r.Rule, &r.When)
		check(r.Points > 0 && r.Points <= maxPoints, field+".Points", "must be 1 to 2^53-1")
		check(r.Per.Sign() > 0 && isRate(r.Per), field+".Per", "must be > 0 with at most 9 fraction digits")
	}
	for i := range v.Multipliers {
		m, field := &v.Multipliers[i], fmt.Sprintf("Multipliers[%d]", i)
		named(field, m.Rule, &m.When)
		check(m.Factor.Sign() >= 0 && isRate(m.Factor), field+".Factor", "must be ≥ 0 with at most 9 fraction digits")
	}
	for i := range v.Bonuses {
		b, field := &v.Bonuses[i], fmt.Sprintf("Bonuses[%d]", i)
		named(field, b.Rule, &b.When)
		check(b.Points > 0 && b.Points <= maxPoints, field+".Points", "must be 1 to 2^53-1")
	}
	for i := range v.Goals {
		g, field := &v.Goals[i], fmt.Sprintf("Goals[%d]", i)
		named(field, g.Rule, &g.When)
		check(g.Count == CountOrders || g.Count == CountSpend || g.Count == CountMonths, field+".Count", "must be a known way of counting")
		check(min(g.Target, g.Points) > 0 && max(g.Target, g.Points) <= maxPoints, field+".Target", "must be 1 to 2^53-1, and Points too")
	}
	limits := func(field string, list []Cap, order bool) {
		for i, c := range list {
			check(c.Points >= 0 && c.Points <= maxPoints, fmt.Sprintf("%s[%d].Points", field, i), "must be 0 to 2^53-1")
			check(c.Per == PerMonth || c.Per == PerYear || c.Per == PerLife || order && c.Per == PerOrder,
				fmt.Sprintf("%s[%d].Per", field, i), "must be a known period, and of many orders for a budget")
		}
	}
	limits("Caps", v.Caps, true)
	limits("Budgets", v.Budgets, false)
	return errors.Join(errs...)
}

// capRule is the name under which explanations list what caps cut.
const capRule = "cap"

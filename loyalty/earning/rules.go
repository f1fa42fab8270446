package earning

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Rules say what orders and activities earn, as plain data: store them, encode them,
// compare versions of them. [Compile] makes an [Engine] of them.
type Rules struct {
	// Zone is where the calendar of the rules hangs; nil is UTC.
	Zone *time.Location
	// Currency names the unit of all amounts, such as "EUR".
	Currency string
	// Digits is the number of fraction digits of the currency: 2 for EUR, 0 for JPY.
	Digits int
	// PointValue is what a point is worth when it pays, in the currency; ≥ 0. Points that
	// are worth nothing cannot pay for orders.
	PointValue decimal.Decimal
	// Spending says how points can pay for orders.
	Spending Spending
	// YearEnd is the last day of each programme year, that of caps, budgets, activities
	// and expiry by year.
	YearEnd YearEnd
	// Versions are the rules, each for its own dates; at least one.
	Versions []Version
}

// Bounds of rules.
const (
	maxDigits = 9              // fraction digits of a currency
	maxMonths = 1200           // of a streak
	maxRules  = 1000           // rules of one kind in a version, versions, and entries of a list in a condition
	maxPoints = money.MaxExact // exact in float64 too, and so with any consumer of JSON
)

// Validate reports the rules of this package that r breaks, in one error that lists
// some of them and counts the others.
func (r Rules) Validate() error {
	var l fault.List
	l.Check(canon.IsName(r.Currency), "Currency", nil, canon.NameRule)
	l.Check(r.Digits >= 0 && r.Digits <= maxDigits, "Digits", r.Digits, "must be 0 to 9")
	l.Check(isRate(r.PointValue), "PointValue", nil, "must be ≥ 0 with at most 9 fraction digits")
	l.Join("Spending", r.Spending.validate())
	l.Join("", errors.Unwrap(r.YearEnd.Validate()))
	if n := len(r.Versions); n == 0 || n > maxRules {
		l.Add("Versions", n, "must be 1 to 1000")
		return l.Err("earning")
	}
	for i := range r.Versions {
		v := &r.Versions[i]
		l.Join(fmt.Sprintf("Versions[%d]", i), v.validate())
		if j := slices.IndexFunc(r.Versions[:i], v.overlaps); j >= 0 {
			l.Add(fmt.Sprintf("Versions[%d]", i), nil, fmt.Sprintf("must not share dates with Versions[%d]", j))
		}
	}
	r.validateGoals(&l)
	return l.Err("earning")
}

// validateGoals reports goals of one name that count different things in different
// versions: their progress is one.
func (r *Rules) validateGoals(l *fault.List) {
	counts := map[string]Counting{}
	for i := range r.Versions {
		for j := range r.Versions[i].Goals {
			g := &r.Versions[i].Goals[j]
			count, known := counts[g.Rule]
			l.Check(!known || count == g.Count, fmt.Sprintf("Versions[%d].Goals[%d].Count", i, j), nil,
				"must be that of the goal of this name in other versions")
			if !known {
				counts[g.Rule] = g.Count
			}
		}
	}
}

// isRate reports whether d is 0 or more and a fraction that [money.RateOf] can hold.
func isRate(d decimal.Decimal) bool {
	_, ok := rateOf(d)
	return ok
}

// rateOf returns d as a rate, false if it is negative or none, such as a decimal that
// no text can say.
func rateOf(d decimal.Decimal) (r money.Rate, ok bool) {
	if money.Bounded(d) != nil || d.Sign() < 0 {
		return r, false
	}
	r, err := money.RateOf(d)
	return r, err == nil
}

// A Version is the set of earning rules that is valid on a range of local dates.
type Version struct {
	Name        string         `json:"name,omitempty"`        // appears in events; may be empty
	From        relmark.Date   `json:"from,omitzero"`         // first date; zero is open
	To          relmark.Date   `json:"to,omitzero"`           // last date; zero is open
	Exclusions  []Exclusion    `json:"exclusions,omitempty"`  // what earns nothing
	Rates       []Rate         `json:"rates,omitempty"`       // points per amount or measure, added up
	Multipliers []Multiplier   `json:"multipliers,omitempty"` // factors on those
	Bonuses     []Bonus        `json:"bonuses,omitempty"`     // fixed points on top
	Goals       []Goal         `json:"goals,omitempty"`       // bonuses for what several orders add up to
	Activities  []ActivityRule `json:"activities,omitempty"`  // points for what is no purchase
	Caps        []Cap          `json:"caps,omitempty"`        // limits on what a member is granted
	Budgets     []Cap          `json:"budgets,omitempty"`     // limits on what all members are granted together; see [Usage]
	Stacking    Stacking       `json:"stacking,omitempty"`    // how multipliers combine
	Rounding    Rounding       `json:"rounding,omitempty"`    // of base times factor
}

// covers reports whether d lies in the dates of v.
func (v *Version) covers(d relmark.Date) bool {
	return !d.Before(v.From) && (v.To.IsZero() || !d.After(v.To))
}

// overlaps reports whether a date lies in both versions.
func (v *Version) overlaps(w Version) bool {
	return (v.To.IsZero() || !w.From.After(v.To)) && (w.To.IsZero() || !v.From.After(w.To))
}

package earning

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
)

// An Order is what a host knows of an order, or of another activity, which has the
// amount 0 and a tag or a line that conditions look for. Points that pay for a part of
// an order earn nothing.
type Order struct {
	At        time.Time       `json:"at,omitzero"`         // when it took place; years 1700 to 2150
	Amount    decimal.Decimal `json:"amount,omitzero"`     // order total, in whole minor units; ≥ 0
	Currency  string          `json:"currency,omitzero"`   // of Amount; empty is that of the rules, another one an error
	PayPoints int64           `json:"pay_points,omitzero"` // points that pay a part of it; 0 or more
	Lines     []OrderLine     `json:"lines,omitzero"`      // what was bought, for conditions; need not add up to Amount
	Tier      string          `json:"tier,omitzero"`       // of the member, for conditions
	Tags      []Tag           `json:"tags,omitzero"`       // further facts, for conditions
	// Budget is what is left for all members as a whole, a limit beside the version's
	// caps; nil is no limit, and an error where the version has budgets. See
	// [Engine.BudgetLeft].
	Budget *int64 `json:"budget,omitzero"`
}

// An OrderLine is a line of an order.
type OrderLine struct {
	Amount   decimal.Decimal `json:"amount,omitzero"` // ≥ 0, in whole minor units
	Category string          `json:"category,omitzero"`
}

// Facts are what is kept of an order, enough to judge it again under other rules. Amounts are minor units with Digits fraction digits.
type Facts struct {
	Date     relmark.Date `json:"date,omitzero"` // local date of the activity
	Currency string       `json:"currency,omitzero"`
	Digits   int          `json:"digits,omitzero"`
	Total    int64        `json:"total,omitzero"` // order total
	Cash     int64        `json:"cash,omitzero"`  // the part of it that was not paid with points
	Tier     string       `json:"tier,omitzero"`  // of the member
	Lines    []Line       `json:"lines,omitzero"`
	Tags     []Tag        `json:"tags,omitzero"`
}

// A Line is a line of an order, its amount in minor units.
type Line struct {
	Amount   int64  `json:"amount,omitzero"`
	Category string `json:"category,omitzero"`
}

// A Tag is a fact of the host's own about an order, such as a channel or a store.
type Tag struct {
	Name  string `json:"name,omitzero"`
	Value string `json:"value,omitzero"`
}

// rulesFor returns the version of the rules for a local date.
func (o *Order) rulesFor(e *Engine, on relmark.Date) (*ruleset, error) {
	s := e.versionOn(on)
	if s == nil {
		return nil, invalid("At", on, "must lie on a date for which there are rules")
	}
	if o.Budget == nil && len(s.Budgets) > 0 {
		return nil, invalid("Budget", nil, "must say what is left where the version has budgets")
	}
	return s, nil
}

// facts checks what the order is and fills in its facts, lists aside. It returns the
// value of the points paid: S points are worth S times the point value, rounded down
// to minor units, and at least one of those, or they would be given away.
func (o *Order) facts(e *Engine, x *Facts) (paid int64, err error) {
	if !canon.IsNote(o.Tier) {
		return 0, invalid("Tier", nil, canon.NameRule)
	}
	if o.PayPoints < 0 || o.PayPoints > maxPoints {
		return 0, invalid("PayPoints", o.PayPoints, "must be 0 to 2^53-1")
	}
	x.Currency, x.Digits, x.Tier = e.rules.Currency, e.rules.Digits, o.Tier
	if x.Total, err = e.Minor("Amount", o.Amount, o.Currency); err != nil {
		return 0, err
	}
	if o.PayPoints > 0 {
		paid, err = e.value.Apply(o.PayPoints, money.Floor)
		if err != nil || paid > x.Total || paid == 0 {
			return 0, invalid("PayPoints", o.PayPoints, "must be worth a minor unit or more, and not more than Amount")
		}
	}
	x.Cash = x.Total - paid
	return paid, nil
}

// lists checks lines and tags and appends them to memory of the caller, which can be
// on the stack.
func (o *Order) lists(e *Engine, lines []Line, tags []Tag) ([]Line, []Tag, error) {
	lines = slices.Grow(lines, len(o.Lines))
	for i := range o.Lines {
		l := &o.Lines[i]
		amount, err := e.Minor("Lines", l.Amount, "")
		if err != nil {
			return nil, nil, err
		}
		if !canon.IsNote(l.Category) {
			return nil, nil, invalid("Lines.Category", nil, canon.NameRule)
		}
		lines = append(lines, Line{amount, l.Category})
	}
	for i := range o.Tags {
		if !canon.IsName(o.Tags[i].Name) || !canon.IsNote(o.Tags[i].Value) {
			return nil, nil, invalid("Tags", nil, canon.NameRule)
		}
	}
	return lines, append(tags, o.Tags...), nil
}

// Minor converts an amount of the rules' currency, which must be given as such or not at
// all, into minor units. It fails with [relmark.ErrInvalid], naming the field, on another
// currency, a negative amount and more fraction digits than the currency has, and with
// [relmark.ErrLimit] beyond 2^53-1.
func (e *Engine) Minor(field string, d decimal.Decimal, currency string) (int64, error) {
	if currency != "" && currency != e.rules.Currency {
		return 0, invalid("Currency", nil, "must be that of the rules")
	}
	if d.Sign() < 0 {
		return 0, invalid(field, nil, "must not be negative")
	}
	minor, err := money.Minor(d, e.rules.Digits)
	switch {
	case errors.Is(err, money.ErrInexact):
		return 0, invalid(field, nil, fmt.Sprintf("must have at most %d fraction digits", e.rules.Digits))
	case err != nil || minor > maxPoints:
		return 0, fmt.Errorf("earning: %s exceeds 2^53-1 minor units: %w", field, relmark.ErrLimit)
	}
	return minor, nil
}

// Worth returns what points are worth when they pay for an order, in minor units,
// rounded down. It fails with [relmark.ErrInvalid] unless points are 0 to 2^53-1, and
// with [relmark.ErrLimit] beyond 2^53-1 minor units.
func (e *Engine) Worth(points int64) (int64, error) {
	if points < 0 || points > maxPoints {
		return 0, invalid("Points", points, "must be 0 to 2^53-1")
	}
	minor, err := e.value.Apply(points, money.Floor)
	if err != nil || minor > maxPoints {
		return 0, fmt.Errorf("earning: more than 2^53-1 minor units: %w", relmark.ErrLimit)
	}
	return minor, nil
}

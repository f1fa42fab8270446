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

// An Order is what a host knows of an order. Points that pay for a part of it earn
// nothing. What is no purchase is an [Activity].
type Order struct {
	At        time.Time       `json:"at,omitzero"`         // when it took place; years 1700 to 2150
	Amount    decimal.Decimal `json:"amount,omitzero"`     // order total, in whole minor units; ≥ 0
	Currency  string          `json:"currency,omitzero"`   // of Amount; empty is that of the rules, another one an error
	PayPoints int64           `json:"pay_points,omitzero"` // points that pay a part of it; 0 or more
	Lines     []OrderLine     `json:"lines,omitzero"`      // what was bought; see [OrderLine.Amount]
	Tier      string          `json:"tier,omitzero"`       // of the member, for conditions
	Tags      []Tag           `json:"tags,omitzero"`       // further facts, for conditions
	// Budget is what is left for all members as a whole, a limit beside the version's
	// caps, where less than 0 is nothing; nil is no limit, and an error where the version
	// has budgets. See [Engine.BudgetLeft].
	Budget *int64 `json:"budget,omitzero"`
}

// An OrderLine is a line of an order.
type OrderLine struct {
	// ID tells the line from others of the order, for refunds; empty is its position, from
	// 1.
	ID string `json:"id,omitzero"`
	// Amount is that of the line after its own discounts, in whole minor units; ≥ 0. Where
	// lines come to more than the order, the difference is a discount on the order, taken
	// off them in proportion; where they come to less, the order has something beside
	// them, such as shipping.
	Amount decimal.Decimal `json:"amount,omitzero"`
	// Quantity is how much there is, > 0 with at most 9 fraction digits; nil is 1.
	Quantity *decimal.Decimal `json:"quantity,omitzero"`
	Category string           `json:"category,omitzero"`
	Item     string           `json:"item,omitzero"`
	Tags     []string         `json:"tags,omitzero"`     // further facts of the line, for selectors; a set
	Measures []Measure        `json:"measures,omitzero"` // nights, miles, litres; each once
}

// A Measure is how much of something a line has, for rates that count it. One that is 0
// is as if it were not there.
type Measure struct {
	Name  string          `json:"name,omitzero"`  // not "quantity", which every line has
	Value decimal.Decimal `json:"value,omitzero"` // ≥ 0, with at most 9 fraction digits
}

// QuantityMeasure is the name under which rates count the quantity of lines.
const QuantityMeasure = "quantity"

const measureDigits = 9

const (
	quantityRule = "must be > 0 with at most 9 fraction digits, and below 10^9"
	measureRule  = "must be ≥ 0 with at most 9 fraction digits, below 10^9, and each once"
)

// rulesFor returns the version of the rules for a local date.
func (e *Engine) rulesFor(on relmark.Date, budget *int64) (*ruleset, error) {
	s := e.versionOn(on)
	if s == nil {
		return nil, invalid("At", on, "must lie on a date for which there are rules")
	}
	if budget == nil && len(s.Budgets) > 0 {
		return nil, invalid("Budget", nil, "must say what is left where the version has budgets")
	}
	return s, nil
}

// head checks what the order has beside lists and fills in its facts.
func (o *Order) head(e *Engine, x *Facts) (err error) {
	if e == nil || o == nil {
		return invalid("Order", nil, "must come with an engine")
	}
	if x.Date, err = e.dateOf(o.At); err != nil {
		return err
	}
	if !canon.IsNote(o.Tier) {
		return invalid("Tier", nil, canon.NameRule)
	}
	x.Currency, x.Digits, x.Tier = e.rules.Currency, e.rules.Digits, o.Tier
	x.Total, err = e.Minor("Amount", o.Amount, o.Currency)
	x.Cash = x.Total
	return err
}

// checkTags reports what is wrong with tags.
func checkTags(tags []Tag) error {
	for i := range tags {
		if !canon.IsName(tags[i].Name) || !canon.IsNote(tags[i].Value) {
			return invalid("Tags", nil, canon.NameRule)
		}
	}
	return nil
}

// lists checks lines and tags and appends their facts to memory of the caller, which can
// be on the stack.
func (o *Order) lists(e *Engine, lines []Line, tags []Tag) ([]Line, []Tag, error) {
	if err := checkTags(o.Tags); err != nil {
		return nil, nil, err
	}
	n := 0
	for i := range o.Lines {
		n += len(o.Lines[i].Measures)
	}
	measured := make([]Measured, 0, n)
	lines = slices.Grow(lines, len(o.Lines))
	for i := range o.Lines {
		first := len(measured)
		line, err := o.Lines[i].facts(e)
		if err != nil {
			return nil, nil, err
		}
		var ok bool
		if measured, ok = o.Lines[i].measures(measured); !ok {
			return nil, nil, invalid("Lines.Measures", nil, measureRule)
		}
		line.Measures = some(measured[first:len(measured):len(measured)])
		lines = append(lines, line)
	}
	return lines, append(tags, o.Tags...), nil
}

// facts returns those of the line, measures aside.
func (l *OrderLine) facts(e *Engine) (f Line, err error) {
	if f.Amount, err = e.Minor("Lines.Amount", l.Amount, ""); err != nil {
		return f, err
	}
	f.Quantity = One
	if l.Quantity != nil {
		var ok bool
		if f.Quantity, ok = billionths(*l.Quantity); !ok || f.Quantity == 0 {
			return f, invalid("Lines.Quantity", nil, quantityRule)
		}
	}
	f.ID, f.Category, f.Item, f.Tags = l.ID, l.Category, l.Item, l.Tags
	return f, l.texts()
}

// settle spreads discounts over the lines of facts, and what points pay. It returns what
// they are worth.
func (o *Order) settle(e *Engine, x *Facts) (paid int64, err error) {
	if x.once() >= 0 {
		return 0, invalid("Lines.ID", nil, onceRule)
	}
	if err := x.spread(); err != nil {
		return 0, err
	}
	return e.pay(x, o.PayPoints)
}

// texts reports a text that is none.
func (l *OrderLine) texts() error {
	switch {
	case !canon.IsNote(l.ID):
		return invalid("Lines.ID", nil, canon.NameRule)
	case !canon.IsNote(l.Category):
		return invalid("Lines.Category", nil, canon.NameRule)
	case !canon.IsNote(l.Item):
		return invalid("Lines.Item", nil, canon.NameRule)
	}
	for _, tag := range l.Tags {
		if !canon.IsName(tag) {
			return invalid("Lines.Tags", nil, canon.NameRule)
		}
	}
	return nil
}

// measures appends the measures of the line, in order; false if they are none.
func (l *OrderLine) measures(dst []Measured) ([]Measured, bool) {
	first := len(dst)
	for i := range l.Measures {
		m := &l.Measures[i]
		value, ok := billionths(m.Value)
		if !ok || !canon.IsName(m.Name) || m.Name == QuantityMeasure {
			return dst, false
		}
		dst = append(dst, Measured{m.Name, value})
	}
	own := dst[first:]
	slices.SortFunc(own, compareMeasures)
	for i := 1; i < len(own); i++ {
		if own[i].Name == own[i-1].Name {
			return dst, false
		}
	}
	own = slices.DeleteFunc(own, func(m Measured) bool { return m.Value == 0 })
	return dst[:first+len(own)], true
}

// billionths returns a quantity as facts keep it; false if they cannot.
func billionths(d decimal.Decimal) (int64, bool) {
	n, err := money.Minor(d, measureDigits)
	return n, err == nil && n >= 0 && n < One*One
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
		return 0, tooMuch(field)
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

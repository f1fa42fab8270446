package earning

import (
	"slices"
	"strconv"
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Facts are what is kept of an order, or of an activity, enough to judge it again under
// other rules. Amounts are minor units with Digits fraction digits.
//
// Lines are those of the order, their amounts after its discounts: what lines add up to
// beyond the total is taken off them, in proportion. What the total has beyond the lines
// is one more line, the rest ([Facts.Rest]), without facts of its own. It is not listed:
// where lines are told by position, its position is len(Lines). An order without lines is
// all rest.
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

// A Line is a line of an order, its amounts in minor units.
type Line struct {
	ID       string     `json:"id,omitzero"`     // empty is its position, from 1
	Amount   int64      `json:"amount,omitzero"` // after all discounts
	Paid     int64      `json:"paid,omitzero"`   // with points; the rest of Amount was paid in money
	Category string     `json:"category,omitzero"`
	Item     string     `json:"item,omitzero"`
	Tags     []string   `json:"tags,omitzero"`     // ascending, each once
	Quantity int64      `json:"quantity,omitzero"` // in billionths ([One]); > 0
	Measures []Measured `json:"measures,omitzero"` // ascending by name, each once
}

// A Measured is a measure of a line, such as nights, as facts keep it.
type Measured struct {
	Name  string `json:"name,omitzero"`
	Value int64  `json:"value,omitzero"` // in billionths ([One]); > 0
}

// One is a quantity of 1, or a measure of 1, as facts keep it: in billionths.
const One = 1_000_000_000

// A Tag is a fact of the host's own about an order, such as a channel or a store.
type Tag struct {
	Name  string `json:"name,omitzero"`
	Value string `json:"value,omitzero"`
}

// Cash returns what of the line was paid in money.
func (l *Line) Cash() int64 { return l.Amount - l.Paid }

// measure returns how much of a measure the line has, in billionths; the quantity is one.
func (l *Line) measure(name string) int64 {
	if name == QuantityMeasure {
		return l.Quantity
	}
	for i := range l.Measures {
		if l.Measures[i].Name == name {
			return l.Measures[i].Value
		}
	}
	return 0
}

// Rest returns what the order has beside its lines, such as shipping: its amount and
// what of that points paid. It is false if there is nothing, which cannot be where there
// are no lines.
func (x *Facts) Rest() (amount, paid int64, ok bool) {
	amount, paid = x.Total, x.Total-x.Cash
	for i := range x.Lines {
		amount -= x.Lines[i].Amount
		paid -= x.Lines[i].Paid
	}
	return amount, paid, amount > 0 || len(x.Lines) == 0
}

// Positions returns how many lines there are, the rest among them.
func (x *Facts) Positions() int {
	if _, _, rest := x.Rest(); rest {
		return len(x.Lines) + 1
	}
	return len(x.Lines)
}

// ID returns what the line at a position is called, empty for the rest and for
// positions that there are not.
func (x *Facts) ID(position int) string {
	switch {
	case position < 0 || position >= len(x.Lines):
		return ""
	case x.Lines[position].ID == "":
		return strconv.Itoa(position + 1)
	}
	return x.Lines[position].ID
}

// Find returns the position of the line with an identifier, -1 if there is none. The
// rest has no identifier.
func (x *Facts) Find(id string) int {
	for i := range x.Lines {
		if id != "" && x.ID(i) == id {
			return i
		}
	}
	return -1
}

// Validate reports facts that no order can have, as a decoder has to ask: whole amounts
// that do not add up, lines out of order. It does not look at texts.
func (x *Facts) Validate() error {
	var l fault.List
	l.Check(x.Total >= 0 && x.Total <= maxPoints, "Total", nil, "must be 0 to 2^53-1")
	l.Check(x.Cash >= 0 && x.Cash <= x.Total, "Cash", nil, "must be 0 to Total")
	amount, paid := int64(0), int64(0)
	for i := range x.Lines {
		line := &x.Lines[i]
		ok := line.Amount >= 0 && line.Amount <= x.Total-amount && line.Paid >= 0 && line.Paid <= line.Amount
		l.Check(ok && line.sound(), "Lines", i, "must be 0 or more, in order, and not more than Total")
		if !ok {
			return l.Err("earning")
		}
		amount, paid = amount+line.Amount, paid+line.Paid
	}
	rest := x.Total - x.Cash - paid
	l.Check(rest >= 0 && rest <= x.Total-amount, "Lines", nil, "must be paid with points as far as the order is")
	l.Check(x.once() < 0, "Lines", nil, onceRule)
	return l.Err("earning")
}

// sound reports whether what a line has beside amounts is what facts keep.
func (l *Line) sound() bool {
	for i := range l.Measures {
		if m := &l.Measures[i]; m.Value <= 0 || m.Name == QuantityMeasure || i > 0 && m.Name <= l.Measures[i-1].Name {
			return false
		}
	}
	for i := range l.Tags {
		if i > 0 && l.Tags[i] <= l.Tags[i-1] {
			return false
		}
	}
	return l.Quantity > 0
}

const onceRule = "must have identifiers of their own; one without is called by its position, from 1"

// once returns the position of a line whose identifier another one has before it, -1 if
// there is none. It takes linear time for many lines, and no memory for few.
func (x *Facts) once() int {
	if len(x.Lines) > 16 {
		return x.onceOfMany()
	}
	for i := range x.Lines {
		for j := range i {
			if x.sameID(i, j) {
				return i
			}
		}
	}
	return -1
}

// sameID compares identifiers; two lines called by their positions differ.
func (x *Facts) sameID(i, j int) bool {
	a, b := x.Lines[i].ID, x.Lines[j].ID
	switch {
	case a == "" && b == "":
		return false
	case a == "":
		return b == strconv.Itoa(i+1)
	case b == "":
		return a == strconv.Itoa(j+1)
	}
	return a == b
}

func (x *Facts) onceOfMany() int {
	seen := make(map[string]bool, len(x.Lines))
	for i := range x.Lines {
		id := x.ID(i)
		if seen[id] {
			return i
		}
		seen[id] = true
	}
	return -1
}

// spread takes what the amounts of lines exceed the total by off them in proportion, by
// largest remainders.
func (x *Facts) spread() error {
	sum := int64(0)
	for i := range x.Lines {
		if sum += x.Lines[i].Amount; sum > maxPoints { // each of them is less
			return tooMuch("Lines")
		}
	}
	if sum <= x.Total {
		return nil
	}
	var weights, shares [16]int64
	list := weights[:0]
	for i := range x.Lines {
		list = append(list, x.Lines[i].Amount)
	}
	parts, err := money.AppendAllocate(shares[:0], x.Total, list)
	for i := range parts { // as many as lines, since they come to more than 0
		x.Lines[i].Amount = parts[i]
	}
	return err
}

// keep makes lines the facts' own, in the form in which they are kept: sets in order.
func (x *Facts) keep() {
	for i := range x.Lines {
		l := &x.Lines[i]
		if len(l.Tags) > 0 {
			l.Tags = slices.Compact(slices.Sorted(slices.Values(l.Tags)))
		}
	}
}

// compareMeasures orders measures by name.
func compareMeasures(a, b Measured) int { return strings.Compare(a.Name, b.Name) }

package earning

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Condition is a predicate on the facts of an order: data, not code. All fields
// that are set must hold; a nil list is not set, and the zero Condition always holds.
// An empty list that is not nil is refused: nothing could be one of it. A fact that an order does not have fails a condition on it and is no
// error.
type Condition struct {
	From       relmark.Date     // first local date of the activity
	To         relmark.Date     // last local date of the activity
	Weekdays   []time.Weekday   // one of these
	Tiers      []string         // the member's tier is one of these
	Categories []string         // of one line at least
	MinTotal   *decimal.Decimal // at least: of the lines on which the rule acts, or of the order
	MaxTotal   *decimal.Decimal // at most, likewise
	Tag        string           // the order has this tag
	Values     []string         // the value of Tag is one of these
	Any        []Condition      // one of these holds
	Not        []Condition      // none of these holds
}

// maxDepth bounds how deep conditions nest.
const maxDepth = 8

// validate reports the rules that c breaks, as a condition at a depth.
func (c *Condition) validate(depth int) error {
	var l fault.List
	l.Check(c.To.IsZero() || !c.To.Before(c.From), "To", nil, "must not come before From")
	l.Check(c.Weekdays == nil || len(c.Weekdays) > 0, "Weekdays", nil, emptyRule)
	l.Check(len(c.Weekdays) <= 7, "Weekdays", len(c.Weekdays), "must be at most 7 days")
	l.Check(!slices.ContainsFunc(c.Weekdays, func(d time.Weekday) bool { return d < time.Sunday || d > time.Saturday }),
		"Weekdays", nil, "must be days of the week")
	notes(&l, "Tiers", c.Tiers)
	notes(&l, "Categories", c.Categories)
	notes(&l, "Values", c.Values)
	l.Check(c.MinTotal == nil || isTotal(*c.MinTotal), "MinTotal", nil, totalRule)
	l.Check(c.MaxTotal == nil || isTotal(*c.MaxTotal), "MaxTotal", nil, totalRule)
	l.Check(canon.IsNote(c.Tag), "Tag", nil, canon.NameRule)
	l.Check(c.Tag != "" || len(c.Values) == 0, "Values", nil, "must be empty without Tag")
	nested(&l, "Any", c.Any, depth)
	nested(&l, "Not", c.Not, depth)
	return l.Err("")
}

const emptyRule = "must not be empty: leave it out to ask nothing"

const totalRule = "must be ≥ 0 with at most 18 digits"

const nestRule = "must not nest deeper than 8 levels"

// depth returns how many levels of conditions there are, one more than are allowed if
// there are more.
func (c *Condition) depth() int { return c.below(maxDepth) }

func (c *Condition) below(levels int) (most int) {
	if levels > 0 {
		for _, list := range [][]Condition{c.Any, c.Not} {
			for i := range list {
				most = max(most, list[i].below(levels-1))
			}
		}
	}
	return most + 1
}

// notes checks a list of texts.
func notes(l *fault.List, field string, list []string) {
	l.Check(list == nil || len(list) > 0, field, nil, emptyRule)
	l.Check(len(list) <= maxRules && !slices.ContainsFunc(list, func(s string) bool { return !canon.IsNote(s) }),
		field, len(list), "must be at most 1000 texts of at most 200 bytes of UTF-8")
}

// nested checks conditions in a condition at a depth.
func nested(l *fault.List, field string, list []Condition, depth int) {
	switch {
	case list == nil:
	case len(list) == 0:
		l.Add(field, nil, emptyRule)
	case len(list) > maxRules:
		l.Add(field, len(list), "must be at most 1000 conditions")
	case depth+1 >= maxDepth:
		l.Add(field, nil, nestRule)
	default:
		for i := range list {
			l.Join(fmt.Sprintf("%s[%d]", field, i), list[i].validate(depth+1))
		}
	}
}

// isTotal reports whether d can be a bound of totals.
func isTotal(d decimal.Decimal) bool {
	if money.Bounded(d) != nil || d.Sign() < 0 {
		return false
	}
	_, _, ok := money.Coefficient(d)
	return ok
}

// A test is a condition compiled for one currency.
type test struct {
	Condition
	min, max int64 // in minor units
	any, not []test
	always   bool
	lists    bool // whether lines, tags or other conditions come in
	totals   bool // whether amounts do
}

// compile prepares a valid condition for totals with the given fraction digits. A
// bound between two minor units moves to the next one that means the same.
func (c *Condition) compile(digits int) test {
	t := test{Condition: *c, max: maxPoints}
	if c.MinTotal != nil {
		t.min = bound(*c.MinTotal, digits, money.Ceiling)
	}
	if c.MaxTotal != nil {
		t.max = bound(*c.MaxTotal, digits, money.Floor)
	}
	for i := range c.Any {
		t.any = append(t.any, c.Any[i].compile(digits))
		t.totals = t.totals || t.any[i].totals
	}
	for i := range c.Not {
		t.not = append(t.not, c.Not[i].compile(digits))
		t.totals = t.totals || t.not[i].totals
	}
	t.totals = t.totals || c.MinTotal != nil || c.MaxTotal != nil
	t.lists = len(c.Categories)+len(c.Any)+len(c.Not) > 0 || c.Tag != ""
	t.always = !t.lists && c.From.IsZero() && c.To.IsZero() && len(c.Weekdays)+len(c.Tiers) == 0 &&
		c.MinTotal == nil && c.MaxTotal == nil
	return t
}

// bound converts a bound into minor units; one past all totals if it is too large.
func bound(d decimal.Decimal, digits int, mode money.Rounding) int64 {
	minor, err := money.Round(d, digits, mode)
	if err != nil {
		return maxPoints + 1
	}
	return minor
}

// holds reports whether the condition holds for an order, of which it sees what no
// exclusion has taken out; total is the amount on which the rule acts. It takes a few
// nanoseconds for each field that is set, and goes from the cheap ones to the others.
func (t *test) holds(w *sheet, total int64) bool {
	return t.always || t.onHead(&w.facts, total) && (!t.lists || t.inLists(w, total))
}

// onHead reports whether what the condition wants of amount, date and tier holds.
func (t *test) onHead(x *Facts, total int64) bool {
	return total >= t.min && total <= t.max && t.onDate(x.Date) &&
		(len(t.Tiers) == 0 || slices.Contains(t.Tiers, x.Tier))
}

// onDate reports whether the bounds on the date hold.
func (t *test) onDate(d relmark.Date) bool {
	return !d.Before(t.From) && (t.To.IsZero() || !d.After(t.To)) &&
		(len(t.Weekdays) == 0 || slices.Contains(t.Weekdays, d.Weekday()))
}

// inLists reports whether what the condition wants of lines, tags and other conditions
// holds.
func (t *test) inLists(w *sheet, total int64) bool {
	return (len(t.Categories) == 0 || t.inLines(w)) &&
		(t.Tag == "" || t.inTags(w.facts.Tags)) &&
		t.nested(w, total)
}

// inLines reports whether a line has one of the categories.
func (t *test) inLines(w *sheet) bool {
	for i := range w.facts.Lines {
		if !w.rows[i].out && slices.Contains(t.Categories, w.facts.Lines[i].Category) {
			return true
		}
	}
	return false
}

// inTags reports whether a tag is the one that is wanted.
func (t *test) inTags(tags []Tag) bool {
	for i := range tags {
		if tags[i].Name == t.Tag && (len(t.Values) == 0 || slices.Contains(t.Values, tags[i].Value)) {
			return true
		}
	}
	return false
}

// nested reports whether alternatives and negations hold.
func (t *test) nested(w *sheet, total int64) bool {
	one := len(t.any) == 0
	for i := range t.any {
		one = one || t.any[i].holds(w, total)
	}
	for i := range t.not {
		one = one && !t.not[i].holds(w, total)
	}
	return one
}

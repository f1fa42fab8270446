package points

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
)

// Facts are what an event keeps of an order, enough to judge it again under other
// rules. Amounts are minor units with Digits fraction digits.
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

// code describes the facts; amounts are read with the digits that come before them.
func (x *Facts) code(f *canon.Form) {
	f.Date("date", &x.Date)
	f.Name("currency", &x.Currency)
	f.Num("digits", &x.Digits)
	f.Check(x.Digits >= 0 && x.Digits <= maxDigits)
	f.Amount("total", &x.Total, x.Digits)
	f.Amount("cash", &x.Cash, x.Digits)
	f.Name("tier", &x.Tier)
	f.Digits = x.Digits
	canon.List(f, "lines", &x.Lines, (*Line).code)
	canon.List(f, "tags", &x.Tags, (*Tag).code)
}

func (l *Line) code(f *canon.Form) {
	f.Amount("amount", &l.Amount, f.Digits)
	f.Name("category", &l.Category)
}

func (t *Tag) code(f *canon.Form) {
	f.Name("name", &t.Name)
	f.Text("value", &t.Value)
}

// minor converts an amount of the programme's currency, which must be given as
// such or not at all.
func (e *Engine) minor(field string, d decimal.Decimal, currency string) (int64, error) {
	if currency != "" && currency != e.program.Currency {
		return 0, invalid("Currency", nil, "must be that of the programme")
	}
	if d.Sign() < 0 {
		return 0, invalid(field, nil, "must not be negative")
	}
	minor, err := money.Minor(d, e.program.Digits)
	switch {
	case errors.Is(err, money.ErrInexact):
		return 0, invalid(field, nil, fmt.Sprintf("must have at most %d fraction digits", e.program.Digits))
	case err != nil || minor > maxPoints:
		return 0, fmt.Errorf("points: %s exceeds 2^53-1 minor units: %w", field, relmark.ErrLimit)
	}
	return minor, nil
}

// The seconds of instants that commands may carry, the years 1700 to 2150, and the
// end of what may be computed from them. What a programme adds is a century at
// most, so that all of them fit in the nanoseconds of int64.
const (
	firstSecond   = -8_520_336_000 // 1700-01-01
	endOfActivity = 5_711_817_600  // 2151-01-01
	endOfTime     = 9_214_646_400  // 2262-01-01
	instantRule   = "must lie in the years 1700 to 2150"
)

// inRange reports whether a command may carry an instant.
func inRange(t time.Time) bool { s := t.Unix(); return s >= firstSecond && s < endOfActivity }

// validExpiry reports whether a programme can have computed an instant; zero is
// never.
func validExpiry(t time.Time) bool {
	s := t.Unix()
	return s >= firstSecond && s < endOfTime || t.IsZero()
}

// instant checks a time and returns it in UTC, without a monotonic reading.
func instant(field string, t time.Time) (time.Time, error) {
	if !inRange(t) {
		return time.Time{}, invalid(field, nil, instantRule)
	}
	return at(t.UnixNano()), nil
}

// at returns an instant as a time in UTC.
func at(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// validName reports whether s can be a name, a key or an identifier.
func validName(s string) bool { return s != "" && len(s) <= maxName && utf8.ValidString(s) }

// validNote is validName for a text that may be absent.
func validNote(s string) bool { return s == "" || validName(s) }

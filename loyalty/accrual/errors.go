package accrual

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const (
	room      = "accrual"
	maxDigits = 9
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

func errNoModel() error { return invalid("Model", nil, "must not be nil") }

// beyond returns the error of a result that is too large to be exact.
func beyond(what string) error {
	return fmt.Errorf("%s: %s above 2^53-1: %w", room, what, relmark.ErrLimit)
}

// A checker collects the rules that an input breaks.
type checker struct{ fault.List }

// amount converts a decimal of at least 0 into minor units.
func (c *checker) amount(d decimal.Decimal, digits int, field string) int64 {
	minor, ok := money.Amount(d, digits)
	c.Check(ok, field, nil, money.AmountRule)
	return minor
}

func (c *checker) digits(n int) {
	c.Check(n >= 0 && n <= maxDigits, "Digits", n, "must be 0 to 9")
}

// points checks a number of points.
func (c *checker) points(n int64, field string) {
	c.Check(n >= 0 && n <= money.MaxExact, field, n, "must be 0 to 2^53-1")
}

// version is the version of every encoding that is written here. Every version
// that was ever written can be read.
const version = 1

// decode decodes the JSON of what strictly.
func decode(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.JSON(data, version, v))
}

// alone decodes the JSON of what, which has no version.
func alone(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.Object(data, v))
}

// encode encodes what has been validated.
func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

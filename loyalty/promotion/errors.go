package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

const (
	room      = "promotion"
	maxDigits = 4

	digitsRule = "must be 0 to 4"
	countRule  = "must be 1 to 1000000000"
)

// errNil returns the error of a pointer that is missing.
func errNil(field string) error { return fault.Room(room, fault.New(field, nil, "must not be nil")) }

// A checker collects the rules that an input breaks.
type checker struct{ fault.List }

// amount converts a decimal of at least 0 into minor units.
func (c *checker) amount(d decimal.Decimal, digits int, field string) int64 {
	minor, ok := money.Amount(d, digits)
	if !ok {
		c.Add(field, nil, money.AmountRule)
	}
	return minor
}

// optional is amount for what may be missing, which is then as much as can be.
func (c *checker) optional(d *decimal.Decimal, digits int, field string) int64 {
	if d == nil {
		return money.MaxExact
	}
	return c.amount(*d, digits, field)
}

// count checks a number of units, sets or uses.
func (c *checker) count(n int64, field string) {
	if n < 1 || n > maxCount {
		c.Add(field, n, countRule)
	}
}

// version is the version of every encoding that is written here. Every version
// that was ever written can be read.
const version = 1

// decode decodes the JSON of what strictly, with a version.
func decode(what string, data []byte, v any, named ...string) error {
	return fault.Decode(room, what, codec.JSON(data, version, v, named...))
}

// alone decodes the JSON of what, which has no version: one object in UTF-8 with no keys
// but those that v has.
func alone(what string, data []byte, v any, named ...string) error {
	return fault.Decode(room, what, codec.Object(data, v, named...))
}

// encode encodes what has been validated.
func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

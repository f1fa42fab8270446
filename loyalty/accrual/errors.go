package accrual

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/money"
)

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fmt.Errorf("accrual: %w", &relmark.FieldError{Field: field, Value: value, Rule: rule})
}

func errNoModel() error { return invalid("Model", nil, "must not be nil") }

// beyond returns the error of a result that is too large to be exact.
func beyond(what string) error {
	return fmt.Errorf("accrual: %s above 2^53-1: %w", what, relmark.ErrLimit)
}

// A checker collects the rules that an input breaks.
type checker []error

func (c *checker) check(ok bool, field string, value any, rule string) {
	if !ok {
		*c = append(*c, invalid(field, value, rule))
	}
}

// amount converts a decimal of at least 0 into minor units.
func (c *checker) amount(d decimal.Decimal, digits int, field string) int64 {
	minor, err := money.Minor(d, digits)
	c.check(err == nil && minor >= 0 && minor <= money.MaxExact, field, nil, amountRule)
	return minor
}

func (c *checker) digits(n int) {
	c.check(n >= 0 && n <= maxDigits, "Digits", n, "must be 0 to 9")
}

// points checks a number of points.
func (c *checker) points(n int64, field string) {
	c.check(n >= 0 && n <= money.MaxExact, field, n, "must be 0 to 2^53-1")
}

func (c *checker) err() error { return errors.Join(*c...) }

const (
	maxDigits  = 9
	amountRule = "must be 0 or more, whole minor units, at most 2^53-1 of them"
)

// version is the version of every encoding that is written here. Every version
// that was ever written can be read.
const version = 1

// decode decodes JSON strictly.
func decode(data []byte, v any) error {
	switch err := codec.JSON(data, version, v); {
	case errors.Is(err, codec.ErrVersion):
		return fmt.Errorf("accrual: version missing or unknown: %w", relmark.ErrUnsupported)
	case err != nil:
		return invalid("JSON", nil, "must have the keys and types of version 1, each key once")
	}
	return nil
}

// finish ends the reading of a binary encoding.
func finish(r *codec.Reader) error {
	switch err := r.Done(); {
	case errors.Is(err, codec.ErrVersion):
		return fmt.Errorf("accrual: kind or version: %w", relmark.ErrUnsupported)
	case err != nil:
		return invalid("Encoding", nil, "must be what this type has written")
	}
	return nil
}

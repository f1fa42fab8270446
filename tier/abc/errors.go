package abc

import (
	"fmt"

	"github.com/relmark/relmark"
)

// fault names a rejected input. Value is nil where it must not be repeated.
func fault(field string, value any, rule string) error {
	return &relmark.FieldError{Field: field, Value: value, Rule: rule}
}

// wrap prefixes an error with the name of the package.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("abc: %w", err)
}

var (
	errTooMany = fmt.Errorf("number of customers: %w", relmark.ErrLimit)
	errDigits  = fmt.Errorf("amounts of different digits have no common unit: %w", relmark.ErrLimit)
	errAmount  = fmt.Errorf("amount: %w", relmark.ErrLimit)
)

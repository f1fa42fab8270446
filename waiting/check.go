package waiting

import (
	"errors"
	"fmt"

	"github.com/relmark/relmark"
)

// joined returns what was found as one error of this package, nil if nothing was.
func joined(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("waiting: %w", errors.Join(errs...))
}

// checkRange adds a [relmark.FieldError] to errs unless least ≤ x ≤ most.
func checkRange(errs []error, field string, x, least, most float64) []error {
	if x >= least && x <= most {
		return errs
	}
	return append(errs, fault(field, x, fmt.Sprintf("must be %v to %v", least, most)))
}

func fault(field string, value any, rule string) error {
	return &relmark.FieldError{Field: field, Value: value, Rule: rule}
}

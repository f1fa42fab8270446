package queue

import (
	"errors"
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// joined returns what was found as one error of this package, nil if nothing was.
func joined(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("queue: %w", errors.Join(errs...))
}

// The checks below add a [relmark.FieldError] to errs if a rule is broken.

func checkPositive(errs []error, field string, x float64) []error {
	if x > 0 && x <= math.MaxFloat64 {
		return errs
	}
	return append(errs, &relmark.FieldError{Field: field, Value: x, Rule: "must be finite and > 0"})
}

func checkTime(errs []error, field string, t float64) []error {
	if t >= 0 && t <= math.MaxFloat64 {
		return errs
	}
	return append(errs, &relmark.FieldError{Field: field, Value: t, Rule: "must be finite and at least 0"})
}

func checkShare(errs []error, field string, share float64) []error {
	if share >= 0 && share < 1 {
		return errs
	}
	return append(errs, &relmark.FieldError{Field: field, Value: share, Rule: "must be at least 0 and less than 1"})
}

package clv

import (
	"errors"
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

var (
	// ErrNoRepeatPurchases says that nobody in the data bought twice, so nothing
	// tells the rate of purchases from the rate of drop-out.
	ErrNoRepeatPurchases = fmt.Errorf("no repeat purchase: %w", relmark.ErrTooFew)
	// ErrNoPopulationMean says that the mean spend of the population does not
	// exist: q ≤ 1 in [GammaGamma].
	ErrNoPopulationMean = fmt.Errorf("mean spend of the population does not exist for Q ≤ 1: %w", relmark.ErrInvalid)
)

// A field is a parameter with its name, for validation.
type field struct {
	name  string
	value float64
}

// positive reports every field that is not finite and > 0, joined.
func positive(fields ...field) error {
	var errs []error
	for _, f := range fields {
		if !(f.value > 0) || math.IsInf(f.value, 1) {
			errs = append(errs, fmt.Errorf("clv: %w", &relmark.FieldError{Field: f.name, Value: f.value, Rule: "must be finite and > 0"}))
		}
	}
	return errors.Join(errs...)
}

func invalid(name string, value any, rule string) error {
	return fmt.Errorf("clv: %w", &relmark.FieldError{Field: name, Value: value, Rule: rule})
}

// forward reports whether t is a stretch of time ahead: finite and 0 or more.
func forward(t float64) bool { return t >= 0 && t <= math.MaxFloat64 }

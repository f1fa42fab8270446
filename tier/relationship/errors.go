package relationship

import (
	"errors"
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

func fault(rule string, value any, path string, args ...any) error {
	return &relmark.FieldError{Field: fmt.Sprintf(path, args...), Value: value, Rule: rule}
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("relationship: %w", err)
}

func joined(errs []error) error { return wrap(errors.Join(errs...)) }

// tolerance is how far a value may miss a threshold and still count as equal.
const tolerance = 1e-12

// reaches reports whether x is at least a threshold; false for NaN.
func reaches(x, least float64) bool { return x >= least-tolerance }

// share returns part / whole, NaN if the whole is 0.
func share(part, whole float64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return part / whole
}

// inUnit reports whether x is a fraction.
func inUnit(x float64) bool { return x >= 0 && x <= 1 }

func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

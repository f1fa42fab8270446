package tier

import (
	"errors"
	"fmt"

	"github.com/relmark/relmark"
)

// fault names a rejected input by its path, built as [fmt.Sprintf] does. Value is
// nil where it must not be repeated.
func fault(rule string, value any, path string, args ...any) error {
	return &relmark.FieldError{Field: fmt.Sprintf(path, args...), Value: value, Rule: rule}
}

// errZero answers values that no constructor has made.
var errZero = fault("must be what New, Join, Open or DecodeState has made", nil, "Program")

// wrap prefixes an error with the name of the package.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("tier: %w", err)
}

// joined is wrap of all errors together; nil if there are none.
func joined(errs []error) error { return wrap(errors.Join(errs...)) }

// unsupported answers a version that is not known here.
func unsupported(version int) error {
	return fmt.Errorf("version %d: %w", version, relmark.ErrUnsupported)
}

package relmark

import (
	"errors"
	"fmt"
	"strings"
)

// Every error this module creates matches one of these with [errors.Is]. Errors
// of a host's own stream and of its context are wrapped, not replaced.
var (
	// ErrInvalid says that an input breaks a documented rule; the same call
	// fails again. A [FieldError] says which input and which rule.
	ErrInvalid = errors.New("invalid input")
	// ErrTooFew says that the data are valid but do not suffice for an answer.
	ErrTooFew = errors.New("not enough data")
	// ErrNoConverge says that an iteration reached its limit; the result beside
	// it is the best found so far.
	ErrNoConverge = errors.New("did not converge")
	// ErrUnsupported says that an encoding is of a version or kind unknown here.
	ErrUnsupported = errors.New("unsupported encoding")
	// ErrRefused says that the present state forbids what was asked.
	ErrRefused = errors.New("refused in this state")
	// ErrConflict says that the state has changed: reload it and ask again.
	ErrConflict = errors.New("state has changed")
	// ErrLimit says that a stated limit was reached, such as the range of a sum.
	ErrLimit = errors.New("limit reached")
)

// A FieldError names the input that was rejected and the rule it broke. It
// matches [ErrInvalid]. Value is a number, a time, a date or the name of an enum
// value, and nil where the input itself may identify a person: identifiers and
// free text supplied by a host are never copied into an error. It is an
// immutable value, safe for concurrent use.
type FieldError struct {
	Field string // path of the input, such as "Servers" or "Weights[3]"
	Value any    // what was given, nil if it must not be repeated
	Rule  string // such as "must be finite and > 0"
}

// Error returns "Field = Value: Rule", without the value where there is none, and
// with its first 64 bytes where it is longer.
func (e *FieldError) Error() string {
	if e.Value == nil {
		return e.Field + ": " + e.Rule
	}
	return fmt.Sprintf("%s = %s: %s", e.Field, shortened(fmt.Sprint(e.Value)), e.Rule)
}

// shortened cuts what is too long to be read, between two characters.
func shortened(text string) string {
	const most = 64
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Unwrap returns [ErrInvalid].
func (e *FieldError) Unwrap() error { return ErrInvalid }

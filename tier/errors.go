package tier

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// An opaque has no JSON.
type opaque = canon.Opaque

// room prefixes errors with the name of the package.
func room(err error) error { return fault.Room("tier", err) }

// wrong is the error of a field that breaks a rule. Value is nil where it must not be
// repeated.
func wrong(field string, value any, rule string) error {
	return room(fault.New(field, value, rule))
}

// errZero answers values that no constructor has made.
var errZero = wrong("Ladder", nil, "must be what New, Join, Open or DecodeMembership has made")

// refuse says what about a membership matches a root error.
func refuse(kind error, what string) error { return fmt.Errorf("%s: %w", what, kind) }

// What a membership can refuse.
var (
	errClosed = refuse(relmark.ErrRefused, "event before the closing date")
	errSum    = refuse(relmark.ErrLimit, "sum of a metric")
)

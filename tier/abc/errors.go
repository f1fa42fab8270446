package abc

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

const room = "abc" // whose errors these are

// wrap prefixes an error with the name of the package.
func wrap(err error) error { return fault.Room(room, err) }

var (
	errTooMany = fmt.Errorf("number of customers: %w", relmark.ErrLimit)
	errDigits  = fmt.Errorf("amounts of different digits have no common unit: %w", relmark.ErrLimit)
	errAmount  = fmt.Errorf("amount: %w", relmark.ErrLimit)
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

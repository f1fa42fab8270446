package abc

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

const room = "abc"

var (
	errTooMany = fmt.Errorf("number of customers: %w", relmark.ErrLimit)
	errDigits  = fmt.Errorf("amounts of different digits have no common unit: %w", relmark.ErrLimit)
	errAmount  = fmt.Errorf("amount: %w", relmark.ErrLimit)
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

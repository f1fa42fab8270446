package earning

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fault.Room("earning", fault.New(field, value, rule))
}

// tooMany returns the error of more points than there can be.
func tooMany() error { return fmt.Errorf("earning: more than 2^53-1 points: %w", relmark.ErrLimit) }

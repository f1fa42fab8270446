package waiting

import (
	"github.com/relmark/relmark/internal/fault"
)

const room = "waiting" // as errors name it

// broken returns the error of one field that breaks a rule.
func broken(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

package canon

import (
	"fmt"

	"github.com/relmark/relmark"
)

// An Opaque makes encoding/json refuse the type that embeds it, where it would write {}
// and read everything: compiled and fitted models, and accumulators with a binary
// encoding. A package embeds it under a name of its own, first of all fields, where it
// takes no memory:
//
//	type opaque = canon.Opaque
//
//	type Campaign struct {
//		opaque
//		…
//	}
//
// It has no state: it is safe for concurrent use.
type Opaque struct{}

// MarshalJSON fails with [relmark.ErrUnsupported].
func (Opaque) MarshalJSON() ([]byte, error) { return nil, noJSON() }

// UnmarshalJSON fails with [relmark.ErrUnsupported].
func (*Opaque) UnmarshalJSON([]byte) error { return noJSON() }

func noJSON() error {
	return fmt.Errorf("no JSON of it: keep what it was made of, or its binary encoding: %w", relmark.ErrUnsupported)
}

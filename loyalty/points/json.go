package points

import (
	"fmt"

	"github.com/relmark/relmark"
)

// What encoding/json would write as {}, or read wrongly, it is refused: an error says
// which encoding there is instead.

func noJSON(what, instead string) error {
	return fmt.Errorf("points: %s has no JSON encoding of its own, %s: %w", what, instead, relmark.ErrUnsupported)
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: a programme names its zone, which
// a loader has to find. Use [DecodeProgram].
func (p *Program) UnmarshalJSON([]byte) error { return noJSON("Program", "use DecodeProgram") }

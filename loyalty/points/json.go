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

// MarshalJSON encodes the programme that was compiled, as [Program.MarshalJSON] does.
func (e Engine) MarshalJSON() ([]byte, error) { return e.program.MarshalJSON() }

// UnmarshalJSON fails with [relmark.ErrUnsupported]. Use [DecodeProgram] and [Compile].
func (e *Engine) UnmarshalJSON([]byte) error {
	return noJSON("Engine", "use DecodeProgram and Compile")
}

// MarshalJSON fails with [relmark.ErrUnsupported]. Use [Account.AppendBinary].
func (a Account) MarshalJSON() ([]byte, error) { return nil, noJSON("Account", "use AppendBinary") }

// UnmarshalJSON fails with [relmark.ErrUnsupported]. Use [Account.UnmarshalBinary].
func (a *Account) UnmarshalJSON([]byte) error { return noJSON("Account", "use UnmarshalBinary") }

// MarshalJSON fails with [relmark.ErrUnsupported]. Use [Usage.AppendBinary].
func (u Usage) MarshalJSON() ([]byte, error) { return nil, noJSON("Usage", "use AppendBinary") }

// UnmarshalJSON fails with [relmark.ErrUnsupported]. Use [Usage.UnmarshalBinary].
func (u *Usage) UnmarshalJSON([]byte) error { return noJSON("Usage", "use UnmarshalBinary") }

// MarshalJSON fails with [relmark.ErrUnsupported], and so does that of a [LateRefund]:
// what was recalled is an account, which [Recall] makes of its events.
func (r Recalled) MarshalJSON() ([]byte, error) { return nil, noJSON("Recalled", "use Recall") }

// UnmarshalJSON fails with [relmark.ErrUnsupported]. Use [Recall].
func (r *Recalled) UnmarshalJSON([]byte) error { return noJSON("Recalled", "use Recall") }

// MarshalJSON fails with [relmark.ErrUnsupported]: keep [WhatIf.Summaries].
func (w WhatIf) MarshalJSON() ([]byte, error) { return nil, noJSON("WhatIf", "keep Summaries") }

// UnmarshalJSON fails with [relmark.ErrUnsupported]. Use [NewWhatIf].
func (w *WhatIf) UnmarshalJSON([]byte) error { return noJSON("WhatIf", "use NewWhatIf") }

// MarshalJSON fails with [relmark.ErrUnsupported]: a decoder is a tool, not data.
func (d Decoder) MarshalJSON() ([]byte, error) { return nil, noJSON("Decoder", "keep events") }

// UnmarshalJSON fails with [relmark.ErrUnsupported]. The zero Decoder is ready.
func (d *Decoder) UnmarshalJSON([]byte) error { return noJSON("Decoder", "use its zero value") }

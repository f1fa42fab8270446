package rfm

import (
	"encoding"
	"errors"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// MarshalText returns the encoding that [History.MarshalBinary] returns as base64, so
// that a History can be part of a JSON document.
func (h History) MarshalText() ([]byte, error) { return codec.Text(h) }

// UnmarshalText decodes what [History.MarshalText] returns. It fails as
// [History.UnmarshalBinary] does; h is unchanged then.
func (h *History) UnmarshalText(text []byte) error { return readText(text, h) }

// MarshalText returns the encoding that [Base.MarshalBinary] returns as base64, so
// that a Base can be part of a JSON document.
func (b Base[C]) MarshalText() ([]byte, error) { return codec.Text(&b) }

// UnmarshalText decodes what [Base.MarshalText] returns. It fails as
// [Base.UnmarshalBinary] does; b is unchanged then.
func (b *Base[C]) UnmarshalText(text []byte) error { return readText(text, b) }

// MarshalText returns the encoding that [Patterns.MarshalBinary] returns as base64, so
// that Patterns can be part of a JSON document.
func (t Patterns) MarshalText() ([]byte, error) { return codec.Text(t) }

// UnmarshalText decodes what [Patterns.MarshalText] returns. It fails as
// [Patterns.UnmarshalBinary] does; t is unchanged then.
func (t *Patterns) UnmarshalText(text []byte) error { return readText(text, t) }

// readText decodes base64, whose errors are those of v or of the text itself.
func readText(text []byte, v encoding.BinaryUnmarshaler) error {
	err := codec.ReadText(text, v)
	if errors.Is(err, codec.ErrCorrupt) {
		return fault.Decode(room, "text", codec.ErrCorrupt)
	}
	return err
}

package rfm

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const jsonVersion = 1 // of all JSON of this package

// What version 1 stores.
type (
	cutsJSON struct {
		V         int        `json:"v"`
		Recency   []*big.Rat `json:"recency"`
		Frequency []*big.Rat `json:"frequency"`
		Monetary  []*big.Rat `json:"monetary"`
	}
	segmentsJSON struct {
		V    int       `json:"v"`
		Bins int       `json:"bins"`
		List []Segment `json:"segments"`
	}
)

// MarshalJSON encodes the cut points as exact fractions, with version 1. It fails
// exactly when [Cuts.Validate] does.
func (c Cuts) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, fault.Room(room, err)
	}
	return encode(cutsJSON{jsonVersion, c.Recency, c.Frequency, c.Monetary})
}

// UnmarshalJSON decodes cut points of any version so far and validates them. Other
// versions answer [relmark.ErrUnsupported]. It leaves c unchanged on error.
func (c *Cuts) UnmarshalJSON(data []byte) error {
	var stored struct {
		V         int     `json:"v"`
		Recency   []ratio `json:"recency"`
		Frequency []ratio `json:"frequency"`
		Monetary  []ratio `json:"monetary"`
	}
	if err := decode("cuts", data, &stored); err != nil {
		return err
	}
	decoded := Cuts{rats(stored.Recency), rats(stored.Frequency), rats(stored.Monetary)}
	if err := decoded.Validate(); err != nil {
		return fault.Room(room, err)
	}
	*c = decoded
	return nil
}

// MarshalJSON encodes the cut points as [Cuts.MarshalJSON] does. It fails for the zero
// Scorer, which has none.
func (s Scorer) MarshalJSON() ([]byte, error) {
	if s.Bins() == 0 {
		return nil, fault.Room(room, fault.New("Scorer", nil, "must come from NewScorer"))
	}
	return s.cuts.MarshalJSON()
}

// UnmarshalJSON decodes a scorer of any version so far and validates it as
// [NewScorer] does. Other versions answer [relmark.ErrUnsupported]. It leaves s
// unchanged on error.
func (s *Scorer) UnmarshalJSON(data []byte) error {
	var stored Cuts
	if err := stored.UnmarshalJSON(data); err != nil {
		return err
	}
	decoded, err := NewScorer(stored)
	if err != nil {
		return err
	}
	*s = decoded
	return nil
}

// MarshalJSON encodes the segments with their number of bins and version 1. It
// fails for the zero Segments, which has none.
func (s Segments) MarshalJSON() ([]byte, error) {
	if s.bins == 0 {
		return nil, fault.Room(room, fault.New("Segments", nil, "must come from NewSegments"))
	}
	return encode(segmentsJSON{jsonVersion, s.bins, s.list})
}

// UnmarshalJSON decodes segments of any version so far and validates them as
// [NewSegments] does. Other versions answer [relmark.ErrUnsupported]. It leaves s
// unchanged on error.
func (s *Segments) UnmarshalJSON(data []byte) error {
	var stored segmentsJSON
	if err := decode("segments", data, &stored); err != nil {
		return err
	}
	decoded, err := NewSegments(stored.Bins, stored.List)
	if err != nil {
		return err
	}
	*s = decoded
	return nil
}

// A ratio is a cut point as text. Its length is bounded and exponents are refused:
// "1e1000000" is short, but not its digits.
type ratio struct{ big.Rat }

// UnmarshalJSON decodes a quoted decimal or fraction.
func (r *ratio) UnmarshalJSON(data []byte) error {
	const longest = 2 * (maxBits + 1)
	var text string
	if len(data) > longest || json.Unmarshal(data, &text) != nil || strings.Trim(text, "0123456789+-./") != "" {
		return codec.ErrCorrupt
	}
	if _, ok := r.SetString(text); !ok {
		return codec.ErrCorrupt
	}
	return nil
}

func rats(list []ratio) []*big.Rat {
	out := make([]*big.Rat, len(list))
	for i := range list {
		out[i] = &list[i].Rat
	}
	return out
}

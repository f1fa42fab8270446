package relationship

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const jsonVersion = 1 // of everything that this package computes

// What version 1 stores: null stands for NaN, which JSON does not have.
type (
	verdictJSON struct {
		V          int      `json:"v"`
		Type       Type     `json:"type"`
		Reasons    []Reason `json:"reasons,omitempty"`
		Initiation *float64 `json:"initiation"`
		Response   *float64 `json:"response"`
		Variation  *float64 `json:"variation"`
		ServiceUse *float64 `json:"service_use"`
	}
	orientationJSON struct {
		V          int                  `json:"v"`
		Stance     Stance               `json:"stance"`
		Index      *float64             `json:"index"`
		Coverage   float64              `json:"coverage"`
		Components map[Contrast]float64 `json:"components"`
		Missing    []Contrast           `json:"missing,omitempty"`
		Clamped    []Contrast           `json:"clamped,omitempty"`
	}
	bondJSON struct {
		V        int                 `json:"v"`
		AsOf     relmark.Date        `json:"as_of"`
		Last     relmark.Date        `json:"last,omitzero"`
		Index    *float64            `json:"index"`
		Coverage float64             `json:"coverage"`
		Scores   map[Quality]float64 `json:"scores"`
	}
)

// MarshalJSON encodes the verdict with version 1; null is a share that is not defined.
func (v Verdict) MarshalJSON() ([]byte, error) {
	return encode(verdictJSON{
		jsonVersion, v.Type, v.Reasons, known(v.Initiation), known(v.Response), known(v.Variation), known(v.ServiceUse),
	})
}

// UnmarshalJSON decodes a verdict of any version so far. Other versions answer
// [relmark.ErrUnsupported], and words that are none [relmark.ErrInvalid]. It leaves v
// unchanged on error.
func (v *Verdict) UnmarshalJSON(data []byte) error {
	var in verdictJSON
	if err := decode("verdict", data, &in); err != nil {
		return err
	}
	var l fault.List
	l.Join("", types().Check("Type", in.Type))
	for _, r := range in.Reasons {
		l.Join("", reasons().Check("Reasons", r))
	}
	if err := l.Err(room); err != nil {
		return err
	}
	*v = Verdict{in.Type, in.Reasons, number(in.Initiation), number(in.Response), number(in.Variation), number(in.ServiceUse)}
	return nil
}

// MarshalJSON encodes the orientation with version 1; null is an index that is not
// defined.
func (o Orientation) MarshalJSON() ([]byte, error) {
	return encode(orientationJSON{jsonVersion, o.Stance, known(o.Index), o.Coverage, o.Components, o.Missing, o.Clamped})
}

// UnmarshalJSON decodes an orientation of any version so far. Other versions answer
// [relmark.ErrUnsupported], and words that are none [relmark.ErrInvalid]. It leaves o
// unchanged on error.
func (o *Orientation) UnmarshalJSON(data []byte) error {
	var in orientationJSON
	if err := decode("orientation", data, &in); err != nil {
		return err
	}
	var l fault.List
	l.Join("", stances().Check("Stance", in.Stance))
	for c := range in.Components {
		l.Join("", contrasts().Check("Components", c))
	}
	for _, c := range append(append([]Contrast(nil), in.Missing...), in.Clamped...) {
		l.Join("", contrasts().Check("Missing, Clamped", c))
	}
	if err := l.Err(room); err != nil {
		return err
	}
	*o = Orientation{in.Stance, number(in.Index), in.Coverage, in.Components, in.Missing, in.Clamped}
	return nil
}

// MarshalJSON encodes the bond with version 1; null is an index that is not defined.
func (b Bond) MarshalJSON() ([]byte, error) {
	return encode(bondJSON{jsonVersion, b.AsOf, b.Last, known(b.Index), b.Coverage, b.Scores})
}

// UnmarshalJSON decodes a bond of any version so far. Other versions answer
// [relmark.ErrUnsupported], and words that are none [relmark.ErrInvalid]. It leaves b
// unchanged on error.
func (b *Bond) UnmarshalJSON(data []byte) error {
	var in bondJSON
	if err := decode("bond", data, &in); err != nil {
		return err
	}
	var l fault.List
	for q := range in.Scores {
		l.Join("", qualities().Check("Scores", q))
	}
	if err := l.Err(room); err != nil {
		return err
	}
	*b = Bond{in.AsOf, in.Last, number(in.Index), in.Coverage, in.Scores}
	return nil
}

// known returns x unless it is NaN, and number takes that back.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

func number(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

func decode(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.JSON(data, jsonVersion, v))
}

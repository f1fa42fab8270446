package relationship

import (
	"math"
	"slices"

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
// It fails on words that are none, as UnmarshalJSON does.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
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
	decoded := Verdict{in.Type, in.Reasons, number(in.Initiation), number(in.Response), number(in.Variation), number(in.ServiceUse)}
	if err := decoded.check(); err != nil {
		return err
	}
	*v = decoded
	return nil
}

// check looks at the words of a verdict.
func (v *Verdict) check() error {
	var l fault.List
	l.Join("", types().Check("Type", v.Type))
	for _, r := range v.Reasons {
		l.Join("", reasons().Check("Reasons", r))
	}
	return l.Err(room)
}

// MarshalJSON encodes the orientation with version 1; null is an index that is not
// defined. It fails on words that are none, as UnmarshalJSON does.
func (o Orientation) MarshalJSON() ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
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
	decoded := Orientation{in.Stance, number(in.Index), in.Coverage, in.Components, in.Missing, in.Clamped}
	if err := decoded.check(); err != nil {
		return err
	}
	*o = decoded
	return nil
}

// check looks at the words of an orientation.
func (o *Orientation) check() error {
	var l fault.List
	l.Join("", stances().Check("Stance", o.Stance))
	for c := range o.Components {
		l.Join("", contrasts().Check("Components", c))
	}
	for _, c := range slices.Concat(o.Missing, o.Clamped) {
		l.Join("", contrasts().Check("Missing, Clamped", c))
	}
	return l.Err(room)
}

// MarshalJSON encodes the bond with version 1; null is an index that is not defined. It
// fails on words that are none, as UnmarshalJSON does.
func (b Bond) MarshalJSON() ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
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
	decoded := Bond{in.AsOf, in.Last, number(in.Index), in.Coverage, in.Scores}
	if err := decoded.check(); err != nil {
		return err
	}
	*b = decoded
	return nil
}

// check looks at the words of a bond.
func (b *Bond) check() error {
	var l fault.List
	for q := range b.Scores {
		l.Join("", qualities().Check("Scores", q))
	}
	return l.Err(room)
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

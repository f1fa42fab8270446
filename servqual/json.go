package servqual

import (
	"encoding/json"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const (
	jsonVersion    = 1 // of InstrumentParams, and of an Instrument
	jsonModel      = "servqual"
	whatInstrument = "instrument"
)

// instrumentJSON is what version 1 stores.
type instrumentJSON struct {
	V          int         `json:"v"`
	Model      string      `json:"model"`
	Low        *int        `json:"low"`
	High       *int        `json:"high"`
	Dimensions []Dimension `json:"dimensions"`
	Reversed   []int       `json:"reversed,omitempty"`
}

// MarshalJSON encodes a valid questionnaire in one canonical form, the reversed items in
// ascending order:
//
//	{"v":1,"model":"servqual","low":1,"high":7,
//	 "dimensions":[{"name":"speed","items":[0,2]},{"name":"tone","items":[1]}],"reversed":[1]}
//
// without the spaces. It fails as [InstrumentParams.Validate] does.
func (p InstrumentParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p = p.canonical()
	data, err := canon.Marshal(instrumentJSON{jsonVersion, jsonModel, &p.Low, &p.High, p.Dimensions, p.Reversed})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes a questionnaire of any version so far and validates it. Another
// version is [relmark.ErrUnsupported]; another model, a missing, unknown or repeated key
// and a questionnaire that is not valid are [relmark.ErrInvalid]. It leaves p unchanged
// on error.
func (p *InstrumentParams) UnmarshalJSON(data []byte) error {
	var s instrumentJSON
	if err := codec.JSON(data, jsonVersion, &s); err != nil {
		return fault.Decode(room, whatInstrument, err)
	}
	if s.Model != jsonModel {
		return broken("Model", nil, "must be "+jsonModel)
	}
	if s.Low == nil || s.High == nil {
		return fault.Decode(room, whatInstrument, codec.ErrCorrupt)
	}
	decoded := InstrumentParams{*s.Low, *s.High, s.Dimensions, s.Reversed}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded.canonical()
	return nil
}

// MarshalJSON encodes the questionnaire as [InstrumentParams.MarshalJSON] does. It fails
// for the zero Instrument.
func (in Instrument) MarshalJSON() ([]byte, error) { return json.Marshal(in.Params()) }

// UnmarshalJSON decodes a questionnaire as [InstrumentParams.UnmarshalJSON] does. It
// leaves in unchanged on error.
func (in *Instrument) UnmarshalJSON(data []byte) error {
	var p InstrumentParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	*in = Instrument{newPlan(p)}
	return nil
}

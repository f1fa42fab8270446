package scale

import (
	"encoding/json"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const (
	jsonVersion = 1 // of Params, and of a Battery
	jsonModel   = "scale"
	whatBattery = "battery"
)

// batteryJSON is what version 1 stores.
type batteryJSON struct {
	V        int    `json:"v"`
	Model    string `json:"model"`
	Low      *int   `json:"low"`
	High     *int   `json:"high"`
	Items    []int  `json:"items"`
	Reversed []int  `json:"reversed,omitempty"`
}

// MarshalJSON encodes valid params in one canonical form, the reversed items in ascending
// order:
//
//	{"v":1,"model":"scale","low":1,"high":7,"items":[0,2,1],"reversed":[1]}
//
// It fails as [Params.Validate] does.
func (p Params) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p = p.canonical()
	data, err := canon.Marshal(batteryJSON{jsonVersion, jsonModel, &p.Low, &p.High, p.Items, p.Reversed})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes params of any version so far and validates them. Another version
// is [relmark.ErrUnsupported]; another model, a missing, unknown or repeated key and
// params that are not valid are [relmark.ErrInvalid]. It leaves p unchanged on error.
func (p *Params) UnmarshalJSON(data []byte) error {
	var s batteryJSON
	if err := codec.JSON(data, jsonVersion, &s); err != nil {
		return fault.Decode(room, whatBattery, err)
	}
	if s.Model != jsonModel {
		return fault.Room(room, fault.New("Model", nil, "must be "+jsonModel))
	}
	if s.Low == nil || s.High == nil {
		return fault.Decode(room, whatBattery, codec.ErrCorrupt)
	}
	decoded := Params{s.Items, *s.Low, *s.High, s.Reversed}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded.canonical()
	return nil
}

// MarshalJSON encodes the battery as [Params.MarshalJSON] does. It fails for the zero
// Battery.
func (b Battery) MarshalJSON() ([]byte, error) { return json.Marshal(b.Params()) }

// UnmarshalJSON decodes a battery as [Params.UnmarshalJSON] does. It leaves b unchanged on
// error.
func (b *Battery) UnmarshalJSON(data []byte) error {
	var p Params
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	decoded, err := New(p)
	if err == nil {
		*b = decoded
	}
	return err
}

package csi

import (
	"encoding/json"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const (
	jsonVersion = 1 // of Params, and of a Model
	jsonModel   = "csi"
	whatModel   = "path model"
)

// modelJSON is what version 1 stores.
type modelJSON struct {
	V          int             `json:"v"`
	Model      string          `json:"model"`
	Constructs []constructJSON `json:"constructs"`
	Links      []Link          `json:"links"`
}

// constructJSON is a [Construct] whose scale must be there: none is not 0.
type constructJSON struct {
	Name  string   `json:"name"`
	Items []int    `json:"items"`
	Mode  Mode     `json:"mode,omitempty"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	Open  bool     `json:"open,omitempty"`
}

// MarshalJSON encodes valid params:
//
//	{"v":1,"model":"csi","constructs":[{"name":"Value","items":[0,1],"low":1,"high":10},…],"links":[{"from":"Value","to":"Satisfaction"},…]}
//
// It fails as [Params.Validate] does.
func (p Params) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	list := make([]constructJSON, len(p.Constructs))
	for i, c := range p.Constructs {
		list[i] = constructJSON{c.Name, c.Items, c.Mode, &c.Low, &c.High, c.Open}
	}
	data, err := canon.Marshal(modelJSON{jsonVersion, jsonModel, list, p.Links})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes params of any version so far and validates them. Another version
// is [relmark.ErrUnsupported]; another model, a missing, unknown or repeated key and
// params that are not valid are [relmark.ErrInvalid]. It leaves p unchanged on error.
func (p *Params) UnmarshalJSON(data []byte) error {
	var s modelJSON
	if err := codec.JSON(data, jsonVersion, &s); err != nil {
		return fault.Decode(room, whatModel, err)
	}
	if s.Model != jsonModel {
		return fault.Room(room, fault.New("Model", nil, "must be "+jsonModel))
	}
	decoded := Params{Links: s.Links}
	for _, c := range s.Constructs {
		if c.Low == nil || c.High == nil {
			return fault.Decode(room, whatModel, codec.ErrCorrupt)
		}
		decoded.Constructs = append(decoded.Constructs, Construct{c.Name, c.Items, c.Mode, *c.Low, *c.High, c.Open})
	}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}

// MarshalJSON encodes the model as [Params.MarshalJSON] does. It fails for the zero Model.
func (m Model) MarshalJSON() ([]byte, error) { return json.Marshal(m.Params()) }

// UnmarshalJSON decodes a model as [Params.UnmarshalJSON] does. It leaves m unchanged on
// error.
func (m *Model) UnmarshalJSON(data []byte) error {
	var p Params
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	decoded, err := New(p)
	if err == nil {
		*m = decoded
	}
	return err
}

package queue

import (
	"encoding/json"
	"time"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const jsonVersion = 1 // of MMCParams, and of an MMC

// mmcJSON is what version 1 stores. No number is left out, and none is guessed: a
// missing one is an error.
type mmcJSON struct {
	V       int      `json:"v"`
	Model   string   `json:"model"`
	Arrival *float64 `json:"arrival"`
	Service *float64 `json:"service"`
	Servers *int     `json:"servers"`
	Unit    *string  `json:"unit"`
}

const modelMMC = "mmc"

// MarshalJSON encodes valid parameters, with the name of their model and the unit as
// [time.ParseDuration] reads it:
//
//	{"v":1,"model":"mmc","arrival":40,"service":15,"servers":3,"unit":"1h0m0s"}
//
// It fails as [MMCParams.Validate] does.
func (p MMCParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	unit := p.Unit.String()
	return json.Marshal(mmcJSON{jsonVersion, modelMMC, &p.Arrival, &p.Service, &p.Servers, &unit})
}

// UnmarshalJSON decodes parameters of any version so far and validates them. Another
// version is [relmark.ErrUnsupported]; another model, a missing, unknown or repeated
// key and parameters that are not valid are [relmark.ErrInvalid]. It leaves p
// unchanged on error.
func (p *MMCParams) UnmarshalJSON(data []byte) error {
	decoded, err := readMMC(data)
	if err != nil {
		return err
	}
	*p = decoded
	return nil
}

func readMMC(data []byte) (MMCParams, error) {
	var stored mmcJSON
	if err := codec.JSON(data, jsonVersion, &stored); err != nil {
		return MMCParams{}, fault.Decode(room, "M/M/c queue", err)
	}
	if stored.Model != modelMMC {
		return MMCParams{}, fault.Room(room, fault.New("Model", nil, "must be mmc"))
	}
	if stored.Arrival == nil || stored.Service == nil || stored.Servers == nil || stored.Unit == nil {
		return MMCParams{}, fault.Decode(room, "M/M/c queue", codec.ErrCorrupt)
	}
	unit, err := time.ParseDuration(*stored.Unit)
	if err != nil {
		return MMCParams{}, fault.Room(room, fault.New("Unit", nil, "must be a duration such as 1h0m0s"))
	}
	p := MMCParams{*stored.Arrival, *stored.Service, *stored.Servers, unit}
	return p, p.Validate()
}

// MarshalJSON encodes the parameters of m, as [MMCParams.MarshalJSON] does. It fails
// for the zero MMC.
func (m MMC) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does and solves the
// queue. It leaves m unchanged on error.
func (m *MMC) UnmarshalJSON(data []byte) error {
	p, err := readMMC(data)
	if err != nil {
		return err
	}
	*m, err = NewMMC(p)
	return err
}

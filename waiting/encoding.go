package waiting

import (
	"encoding/json"
	"math"
	"time"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const jsonVersion = 1 // of everything here

// What version 1 stores. A number that is missing is an error, so that parameters of
// one model are not read as those of another.
type (
	experienceJSON struct {
		V          int      `json:"v"`
		Model      string   `json:"model"`
		Multiplier *float64 `json:"multiplier"`
		Exponent   *float64 `json:"exponent"`
		Expected   *Minutes `json:"expected"`
		Gain       *float64 `json:"gain"`
		Loss       *float64 `json:"loss"`
	}
	positionJSON struct {
		V       int      `json:"v"`
		Model   string   `json:"model"`
		Ahead   *int     `json:"ahead"`
		Service *float64 `json:"service"`
		Servers *int     `json:"servers"`
		Unit    *string  `json:"unit"`
	}
	modelJSON struct {
		V      int     `json:"v"`
		Model  string  `json:"model"`
		Priors []Prior `json:"priors"`
		// Joint is the covariance of the coefficients on felt minutes of a calibrated model,
		// by row of its lower triangle; priors are in the order in which they were stored.
		Joint [][]float64 `json:"felt_covariance,omitempty"`
	}
)

const (
	modelExperience = "experience"
	modelPosition   = "position"
	modelPriors     = "waiting"
)

// read decodes the stored form of a model, into a pointer to it.
func read(data []byte, model string, stored any, named *string) error {
	if err := codec.JSON(data, jsonVersion, stored); err != nil {
		return fault.Decode(room, model, err)
	}
	if *named != model {
		return broken("Model", nil, "must be "+model)
	}
	return nil
}

func corrupt(model string) error { return fault.Decode(room, model, codec.ErrCorrupt) }

// MarshalJSON encodes valid parameters with the name of their model:
//
//	{"v":1,"model":"experience","multiplier":1.36,"exponent":1,"expected":5,"gain":1,"loss":2.25}
//
// It fails as [ExperienceParams.Validate] does.
func (p ExperienceParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(experienceJSON{jsonVersion, modelExperience, &p.Multiplier, &p.Exponent, &p.Expected, &p.Gain, &p.Loss})
}

// UnmarshalJSON decodes parameters of any version so far and validates them. Another
// version is [relmark.ErrUnsupported]; another model, a missing, unknown or repeated
// key and parameters that are not valid are [relmark.ErrInvalid]. It leaves p
// unchanged on error.
func (p *ExperienceParams) UnmarshalJSON(data []byte) error {
	var s experienceJSON
	if err := read(data, modelExperience, &s, &s.Model); err != nil {
		return err
	}
	if s.Multiplier == nil || s.Exponent == nil || s.Expected == nil || s.Gain == nil || s.Loss == nil {
		return corrupt(modelExperience)
	}
	decoded := ExperienceParams{*s.Multiplier, *s.Exponent, *s.Expected, *s.Gain, *s.Loss}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}

// MarshalJSON encodes the parameters of x, as [ExperienceParams.MarshalJSON] does. It
// fails for the zero Experience.
func (x Experience) MarshalJSON() ([]byte, error) { return x.p.MarshalJSON() }

// UnmarshalJSON decodes parameters as [ExperienceParams.UnmarshalJSON] does. It leaves
// x unchanged on error.
func (x *Experience) UnmarshalJSON(data []byte) error { return x.p.UnmarshalJSON(data) }

// MarshalJSON encodes valid parameters with the name of their model and the unit as
// [time.ParseDuration] reads it:
//
//	{"v":1,"model":"position","ahead":7,"service":12,"servers":3,"unit":"1h0m0s"}
//
// It fails as [PositionParams.Validate] does.
func (p PositionParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	unit := p.Unit.String()
	return json.Marshal(positionJSON{jsonVersion, modelPosition, &p.Ahead, &p.Service, &p.Servers, &unit})
}

// UnmarshalJSON decodes parameters as [ExperienceParams.UnmarshalJSON] does. It leaves
// p unchanged on error.
func (p *PositionParams) UnmarshalJSON(data []byte) error {
	var s positionJSON
	if err := read(data, modelPosition, &s, &s.Model); err != nil {
		return err
	}
	if s.Ahead == nil || s.Service == nil || s.Servers == nil || s.Unit == nil {
		return corrupt(modelPosition)
	}
	unit, err := time.ParseDuration(*s.Unit)
	if err != nil {
		return broken("Unit", nil, "must be a duration such as 1h0m0s")
	}
	decoded := PositionParams{*s.Ahead, *s.Service, *s.Servers, unit}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}

// MarshalJSON encodes the parameters of p, as [PositionParams.MarshalJSON] does. It
// fails for the zero Position.
func (p Position) MarshalJSON() ([]byte, error) { return p.params.MarshalJSON() }

// UnmarshalJSON decodes parameters as [PositionParams.UnmarshalJSON] does. It leaves p
// unchanged on error.
func (p *Position) UnmarshalJSON(data []byte) error {
	var params PositionParams
	if err := params.UnmarshalJSON(data); err != nil {
		return err
	}
	made, err := NewPosition(params)
	if err == nil {
		*p = made
	}
	return err
}

// MarshalJSON encodes all priors of m:
//
//	{"v":1,"model":"waiting","priors":[{"factor":"base","effect":"felt","mean":0.31,"sd":0.15,"grade":"b","source":"…"},…]}
//
// A calibrated model has the covariance of its coefficients besides, "felt_covariance".
// It fails for the zero Model.
func (m Model) MarshalJSON() ([]byte, error) {
	if m.priors == nil {
		return nil, broken("Model", nil, "must come from NewModel")
	}
	return json.Marshal(modelJSON{jsonVersion, modelPriors, m.priors, m.joint})
}

// UnmarshalJSON decodes a model of any version so far; a prior that a default exists
// for and the encoding lacks is the default. Errors are those of
// [ExperienceParams.UnmarshalJSON]. It leaves m unchanged on error.
func (m *Model) UnmarshalJSON(data []byte) error {
	var s modelJSON
	if err := read(data, modelPriors, &s, &s.Model); err != nil {
		return err
	}
	if s.Priors == nil {
		return corrupt(modelPriors)
	}
	made, err := NewModel(s.Priors...)
	if err != nil {
		return err
	}
	if s.Joint != nil && !made.fits(s.Joint) {
		return broken("felt_covariance", nil, "must be the lower triangle of a covariance whose diagonal are the squares of the spreads")
	}
	made.joint = s.Joint
	*m = made
	return nil
}

// fits reports whether a lower triangle is a covariance of the coefficients of m.
func (m Model) fits(joint [][]float64) bool {
	factors := felt()
	if len(joint) != len(factors) {
		return false
	}
	for i, row := range joint {
		if len(row) != i+1 {
			return false
		}
		sd := m.prior(factors[i], OnFelt).SD
		if !(math.Abs(row[i]-sd*sd) <= 1e-9*row[i]+1e-300) {
			return false
		}
		for j, c := range row {
			if !within(c, row[i], joint[j][j]) {
				return false
			}
		}
	}
	return true
}

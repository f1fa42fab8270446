package sequence

import (
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// Words of models in their JSON, so that no other model takes their parameters for its own.
const (
	wordPropensity = "propensity"
	wordMaturity   = "maturity"
)

// modelVersion is the newest version of the JSON of models, the only one so far:
//
//	{"v":1,"model":"propensity","params":{"features":[],"intercept":-1,"coef":[],"means":[]}}
const modelVersion = 1

// A document is the JSON of a model.
type document[P any] struct {
	V      int    `json:"v"`
	Model  string `json:"model"`
	Params P      `json:"params"`
}

// marshalModel writes parameters, unless they are invalid. P has no methods.
func marshalModel[P any](word string, invalid error, params P) ([]byte, error) {
	if invalid != nil {
		return nil, invalid
	}
	data, err := canon.Marshal(document[P]{modelVersion, word, params})
	return data, fault.Room(room, err)
}

// unmarshalModel reads the parameters of the model that a word names.
func unmarshalModel[P any](word string, data []byte) (P, error) {
	var d document[P]
	if err := codec.JSON(data, modelVersion, &d); err != nil {
		return d.Params, fault.Decode(room, word, err)
	}
	if d.Model != word {
		return d.Params, fault.Room(room, fault.New("Model", nil, "must be "+word))
	}
	return d.Params, nil
}

type plainPropensity PropensityParams // without methods, for package encoding/json

// MarshalJSON returns the parameters with a version and the name of the model. It fails as
// [PropensityParams.Validate] does.
func (p PropensityParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordPropensity, p.Validate(), plainPropensity(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [PropensityParams.Validate] does; p is unchanged then.
func (p *PropensityParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel[plainPropensity](wordPropensity, data)
	if err != nil {
		return err
	}
	if err := PropensityParams(got).Validate(); err != nil {
		return err
	}
	*p = PropensityParams(got)
	return nil
}

// MarshalJSON returns the model as its parameters.
func (m Propensity) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [PropensityParams.UnmarshalJSON] does.
func (m *Propensity) UnmarshalJSON(data []byte) error { return m.params.UnmarshalJSON(data) }

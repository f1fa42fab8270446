package clv

import (
	"fmt"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The word of a model in its JSON, so that no other model takes its parameters for its
// own.
const (
	wordBGNBD     = "bg_nbd"
	wordMBGNBD    = "mbg_nbd"
	wordParetoNBD = "pareto_nbd"
	wordBGBB      = "bg_bb"
	wordSBG       = "sbg"
	wordSpend     = "gamma_gamma"
	wordParetoOn  = "pareto_nbd_regression"
	wordBGOn      = "bg_nbd_regression"
)

// modelVersion is the newest version of the JSON of models, the only one so far:
//
//	{"v":1,"model":"bg_nbd","params":{"r":0.24,"alpha":4.4,"a":0.79,"b":2.4}}
const modelVersion = 1

// opaque keeps package encoding/json from types that it would write as {}.
type opaque = canon.Opaque

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
func unmarshalModel[P any](word string, data []byte, check func(P) error) (P, error) {
	var d document[P]
	if err := codec.JSON(data, modelVersion, &d); err != nil {
		return d.Params, fault.Decode(room, word, err)
	}
	if d.Model != word {
		return d.Params, invalid("model", nil, fmt.Sprintf("must be %q", word))
	}
	return d.Params, check(d.Params)
}

// Parameters without methods, for package encoding/json.
type (
	plainBGNBD     BGNBDParams
	plainMBGNBD    MBGNBDParams
	plainParetoNBD ParetoNBDParams
	plainBGBB      BGBBParams
	plainSBG       SBGParams
	plainSpend     GammaGammaParams
	plainParetoOn  ParetoNBDRegressionParams
	plainBGOn      BGNBDRegressionParams
)

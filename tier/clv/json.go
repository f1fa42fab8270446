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
		return d.Params, invalid("Model", nil, fmt.Sprintf("must be %q", word))
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

// MarshalJSON returns the parameters with the name of their model. It fails as
// [BGNBDParams.Validate] does.
func (p BGNBDParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordBGNBD, p.Validate(), plainBGNBD(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [BGNBDParams.Validate] does; p is unchanged then.
func (p *BGNBDParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordBGNBD, data, func(p plainBGNBD) error { return BGNBDParams(p).Validate() })
	if err == nil {
		*p = BGNBDParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero BGNBD.
func (m BGNBD) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [BGNBDParams.UnmarshalJSON] does.
func (m *BGNBD) UnmarshalJSON(data []byte) error {
	var p BGNBDParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewBGNBD(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [MBGNBDParams.Validate] does.
func (p MBGNBDParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordMBGNBD, p.Validate(), plainMBGNBD(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [MBGNBDParams.Validate] does; p is unchanged then.
func (p *MBGNBDParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordMBGNBD, data, func(p plainMBGNBD) error { return MBGNBDParams(p).Validate() })
	if err == nil {
		*p = MBGNBDParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero MBGNBD.
func (m MBGNBD) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [MBGNBDParams.UnmarshalJSON] does.
func (m *MBGNBD) UnmarshalJSON(data []byte) error {
	var p MBGNBDParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewMBGNBD(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [ParetoNBDParams.Validate] does.
func (p ParetoNBDParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordParetoNBD, p.Validate(), plainParetoNBD(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [ParetoNBDParams.Validate] does; p is unchanged then.
func (p *ParetoNBDParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordParetoNBD, data, func(p plainParetoNBD) error { return ParetoNBDParams(p).Validate() })
	if err == nil {
		*p = ParetoNBDParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero ParetoNBD.
func (m ParetoNBD) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [ParetoNBDParams.UnmarshalJSON] does.
func (m *ParetoNBD) UnmarshalJSON(data []byte) error {
	var p ParetoNBDParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewParetoNBD(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [BGBBParams.Validate] does.
func (p BGBBParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordBGBB, p.Validate(), plainBGBB(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [BGBBParams.Validate] does; p is unchanged then.
func (p *BGBBParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordBGBB, data, func(p plainBGBB) error { return BGBBParams(p).Validate() })
	if err == nil {
		*p = BGBBParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero BGBB.
func (m BGBB) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [BGBBParams.UnmarshalJSON] does.
func (m *BGBB) UnmarshalJSON(data []byte) error {
	var p BGBBParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewBGBB(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [SBGParams.Validate] does.
func (p SBGParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordSBG, p.Validate(), plainSBG(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [SBGParams.Validate] does; p is unchanged then.
func (p *SBGParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordSBG, data, func(p plainSBG) error { return SBGParams(p).Validate() })
	if err == nil {
		*p = SBGParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero SBG.
func (m SBG) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [SBGParams.UnmarshalJSON] does.
func (m *SBG) UnmarshalJSON(data []byte) error {
	var p SBGParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewSBG(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [GammaGammaParams.Validate] does.
func (p GammaGammaParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordSpend, p.Validate(), plainSpend(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [GammaGammaParams.Validate] does; p is unchanged then.
func (p *GammaGammaParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordSpend, data, func(p plainSpend) error { return GammaGammaParams(p).Validate() })
	if err == nil {
		*p = GammaGammaParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero GammaGamma.
func (m GammaGamma) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [GammaGammaParams.UnmarshalJSON] does.
func (m *GammaGamma) UnmarshalJSON(data []byte) error {
	var p GammaGammaParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewGammaGamma(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [ParetoNBDRegressionParams.Validate] does.
func (p ParetoNBDRegressionParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordParetoOn, p.Validate(), plainParetoOn(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [ParetoNBDRegressionParams.Validate] does; p is unchanged then.
func (p *ParetoNBDRegressionParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordParetoOn, data, func(p plainParetoOn) error { return ParetoNBDRegressionParams(p).Validate() })
	if err == nil {
		*p = ParetoNBDRegressionParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero ParetoNBDRegression.
func (m ParetoNBDRegression) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [ParetoNBDRegressionParams.UnmarshalJSON] does.
func (m *ParetoNBDRegression) UnmarshalJSON(data []byte) error {
	var p ParetoNBDRegressionParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewParetoNBDRegression(p)
	if err == nil {
		*m = built
	}
	return err
}

// MarshalJSON returns the parameters with the name of their model. It fails as
// [BGNBDRegressionParams.Validate] does.
func (p BGNBDRegressionParams) MarshalJSON() ([]byte, error) {
	return marshalModel(wordBGOn, p.Validate(), plainBGOn(p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [BGNBDRegressionParams.Validate] does; p is unchanged then.
func (p *BGNBDRegressionParams) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel(wordBGOn, data, func(p plainBGOn) error { return BGNBDRegressionParams(p).Validate() })
	if err == nil {
		*p = BGNBDRegressionParams(got)
	}
	return err
}

// MarshalJSON returns the model as its parameters. It fails for the zero BGNBDRegression.
func (m BGNBDRegression) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [BGNBDRegressionParams.UnmarshalJSON] does.
func (m *BGNBDRegression) UnmarshalJSON(data []byte) error {
	var p BGNBDRegressionParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewBGNBDRegression(p)
	if err == nil {
		*m = built
	}
	return err
}

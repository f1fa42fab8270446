package abc

import (
	"encoding/json"
	"errors"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const jsonVersion = 1 // of every configuration of this package, and of a Streak

// What version 1 stores.
type (
	version struct {
		V int `json:"v"`
	}
	cutsJSON struct {
		A text `json:"a"`
		B text `json:"b"`
	}
	matrixJSON struct {
		version
		Value     cutsJSON `json:"value"`
		Loyalty   Axis     `json:"loyalty"`
		Potential Axis     `json:"potential"`
		Table     Table    `json:"table"`
	}
	pyramidJSON struct {
		version
		Margin    cutsJSON `json:"margin"`
		Sensitive float64  `json:"sensitive"`
		Loyal     float64  `json:"loyal"`
		LeadCost  text     `json:"lead_cost"`
	}
	scorerJSON struct {
		version
		ProspectParams
	}
	criteriaJSON struct {
		version
		MinCustomers int     `json:"min_customers,omitempty"`
		MaxError     float64 `json:"max_error,omitempty"`
		MinStability float64 `json:"min_stability,omitempty"`
		MinReach     float64 `json:"min_reach,omitempty"`
		MinResponse  float64 `json:"min_response,omitempty"`
		MinValue     text    `json:"min_value,omitzero"`
		MinShare     float64 `json:"min_share,omitempty"`
		MinGrowth    float64 `json:"min_growth,omitempty"`
		MaxVariation float64 `json:"max_variation,omitempty"`
	}
	streakJSON struct {
		version
		Class Class `json:"class"`
		Falls int   `json:"falls,omitempty"`
		Last  *text `json:"last,omitempty"`
	}
	standingJSON[ID any] struct {
		version
		ID     ID     `json:"id"`
		Layer  Layer  `json:"layer"`
		Traits Traits `json:"traits"`
		Margin text   `json:"margin"`
	}
)

// A text is a decimal as a quoted string.
type text struct{ decimal.Decimal }

// IsZero reports whether the decimal is 0, for omitzero.
func (d text) IsZero() bool { return d.Decimal.IsZero() }

// MarshalJSON quotes the exact text.
func (d text) MarshalJSON() ([]byte, error) {
	s, err := money.Text(d.Decimal)
	if err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads quoted plain notation.
func (d *text) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return errText
	}
	v, err := money.Parse(s)
	if err != nil {
		return errText
	}
	d.Decimal = v
	return nil
}

// MarshalJSON encodes the parameters, with version 1. It fails with
// [relmark.ErrInvalid] on the zero value.
func (m Matrix) MarshalJSON() ([]byte, error) {
	p := m.params
	return encodeJSON(matrixJSON{version{jsonVersion}, p.Value.json(), p.Loyalty, p.Potential, p.Table}, !m.none())
}

// UnmarshalJSON decodes a matrix of any version so far and validates it as
// [NewMatrix] does. Other versions answer [relmark.ErrUnsupported]. It leaves m
// unchanged on error.
func (m *Matrix) UnmarshalJSON(data []byte) error {
	var stored matrixJSON
	if err := decodeJSON(data, &stored, "matrix"); err != nil {
		return err
	}
	decoded, err := NewMatrix(MatrixParams{stored.Value.cuts(), stored.Loyalty, stored.Potential, stored.Table})
	if err != nil {
		return err
	}
	*m = decoded
	return nil
}

// MarshalJSON encodes the parameters, with version 1. It fails with
// [relmark.ErrInvalid] on the zero value.
func (p Pyramid) MarshalJSON() ([]byte, error) {
	q := p.params
	return encodeJSON(pyramidJSON{version{jsonVersion}, q.Margin.json(), q.Sensitive, q.Loyal, text{q.LeadCost}}, p.leadCost.units > 0)
}

// UnmarshalJSON decodes a pyramid of any version so far and validates it as
// [NewPyramid] does. Other versions answer [relmark.ErrUnsupported]. It leaves p
// unchanged on error.
func (p *Pyramid) UnmarshalJSON(data []byte) error {
	var stored pyramidJSON
	if err := decodeJSON(data, &stored, "pyramid"); err != nil {
		return err
	}
	decoded, err := NewPyramid(PyramidParams{stored.Margin.cuts(), stored.Sensitive, stored.Loyal, stored.LeadCost.Decimal})
	if err != nil {
		return err
	}
	*p = decoded
	return nil
}

// MarshalJSON encodes the parameters, with version 1. It fails with
// [relmark.ErrInvalid] on the zero value.
func (s Scorer) MarshalJSON() ([]byte, error) {
	return encodeJSON(scorerJSON{version{jsonVersion}, s.params}, s.weight > 0)
}

// UnmarshalJSON decodes a scorer of any version so far and validates it as
// [NewScorer] does. Other versions answer [relmark.ErrUnsupported]. It leaves s
// unchanged on error.
func (s *Scorer) UnmarshalJSON(data []byte) error {
	var stored scorerJSON
	if err := decodeJSON(data, &stored, "scorer"); err != nil {
		return err
	}
	decoded, err := NewScorer(stored.ProspectParams)
	if err != nil {
		return err
	}
	*s = decoded
	return nil
}

// MarshalJSON encodes the limits that are not 0, with version 1, if they are valid.
func (c Criteria) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return encodeJSON(criteriaJSON{
		version{jsonVersion},
		c.MinCustomers, c.MaxError, c.MinStability, c.MinReach,
		c.MinResponse,
		text{c.MinValue},
		c.MinShare, c.MinGrowth, c.MaxVariation,
	}, true)
}

// UnmarshalJSON decodes criteria of any version so far and validates them as
// [Criteria.Validate] does. Other versions answer [relmark.ErrUnsupported]. It
// leaves c unchanged on error.
func (c *Criteria) UnmarshalJSON(data []byte) error {
	var s criteriaJSON
	if err := decodeJSON(data, &s, "criteria"); err != nil {
		return err
	}
	decoded := Criteria{
		s.MinCustomers, s.MaxError, s.MinStability, s.MinReach,
		s.MinResponse, s.MinValue.Decimal, s.MinShare, s.MinGrowth, s.MaxVariation,
	}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*c = decoded
	return nil
}

// MarshalJSON encodes the class, the count and the latest contribution, with
// version 1. It fails with [relmark.ErrInvalid] on the zero Streak.
func (s Streak) MarshalJSON() ([]byte, error) {
	stored := streakJSON{version: version{jsonVersion}, Class: s.class, Falls: s.falls}
	if last, ok := s.Last(); ok {
		stored.Last = &text{last}
	}
	return encodeJSON(stored, s.class != "")
}

// UnmarshalJSON decodes a streak of any version so far. Other versions answer
// [relmark.ErrUnsupported], and what no Streak encodes to [relmark.ErrInvalid]. It
// leaves s unchanged on error.
func (s *Streak) UnmarshalJSON(data []byte) error {
	var stored streakJSON
	if err := decodeJSON(data, &stored, "streak"); err != nil {
		return err
	}
	decoded, err := NewStreak(stored.Class)
	if err != nil {
		return err
	}
	decoded.falls = stored.Falls
	if stored.Last != nil {
		decoded.begun = true
		if decoded.last, err = exact("Last", stored.Last.Decimal); err != nil {
			return fault.Room(room, err)
		}
	}
	if decoded.falls < 0 || decoded.falls >= maxFalls || decoded.falls > 0 && !decoded.begun {
		return fault.Room(room, fault.New("Falls", decoded.falls, "must be 0 to 999, and 0 before the second period"))
	}
	*s = decoded
	return nil
}

// MarshalJSON encodes a standing with its margin, with version 1. It fails with
// [relmark.ErrInvalid] on the zero Standing.
func (s Standing[ID]) MarshalJSON() ([]byte, error) {
	stored := standingJSON[ID]{version{jsonVersion}, s.ID, s.Layer, s.Traits, text{s.Margin()}}
	return encodeJSON(stored, layers().Valid(s.Layer))
}

// UnmarshalJSON decodes a standing of any version so far. Other versions answer
// [relmark.ErrUnsupported], and what no Standing encodes to [relmark.ErrInvalid]. It
// leaves s unchanged on error.
func (s *Standing[ID]) UnmarshalJSON(data []byte) error {
	var stored standingJSON[ID]
	if err := decodeJSON(data, &stored, "standing"); err != nil {
		return err
	}
	margin, err := exact("Margin", stored.Margin.Decimal)
	if err == nil {
		err = layers().Check("Layer", stored.Layer)
	}
	if err == nil && layer(stored.Traits) != stored.Layer {
		err = fault.New("Traits", nil, "must be those of the layer")
	}
	if err != nil {
		return fault.Room(room, err)
	}
	*s = Standing[ID]{stored.ID, stored.Layer, stored.Traits, margin}
	return nil
}

func (k Cuts) json() cutsJSON { return cutsJSON{text{k.A}, text{k.B}} }

func (k cutsJSON) cuts() Cuts { return Cuts{k.A.Decimal, k.B.Decimal} }

// decodeJSON decodes data of a version so far into v. Keys that it does not know,
// that occur twice or in capitals are errors, as they may be meant for another rule.
func decodeJSON(data []byte, v any, what string) error {
	return fault.Decode(room, what, codec.JSON(data, jsonVersion, v))
}

// encodeJSON encodes what one of the constructors has made.
func encodeJSON(v any, made bool) ([]byte, error) {
	if !made {
		return nil, fault.Room(room, fault.New("JSON", nil, "must be of a value that a constructor has made"))
	}
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

// errText stands for errors of the JSON package, which may quote their input.
var errText = errors.New("no decimal in quotes")

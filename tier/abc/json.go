package abc

import (
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
		A money.Plain `json:"a"`
		B money.Plain `json:"b"`
	}
	matrixJSON struct {
		version
		Value     cutsJSON   `json:"value"`
		Loyalty   Axis       `json:"loyalty"`
		Potential Axis       `json:"potential"`
		Table     ClassTable `json:"table"`
	}
	pyramidJSON struct {
		version
		Margin    cutsJSON    `json:"margin"`
		Sensitive float64     `json:"sensitive"`
		Loyal     float64     `json:"loyal"`
		LeadCost  money.Plain `json:"lead_cost"`
	}
	scorerJSON struct {
		version
		ProspectParams
	}
	criteriaJSON struct {
		version
		MinCustomers int         `json:"min_customers,omitempty"`
		MaxError     float64     `json:"max_error,omitempty"`
		MinStability *float64    `json:"min_stability,omitempty"`
		MinReach     *float64    `json:"min_reach,omitempty"`
		MinResponse  *float64    `json:"min_response,omitempty"`
		MinValue     money.Plain `json:"min_value,omitzero"`
		MinShare     *float64    `json:"min_share,omitempty"`
		MinGrowth    float64     `json:"min_growth,omitempty"`
		MaxVariation *float64    `json:"max_variation,omitempty"`
	}
	streakJSON struct {
		version
		Class Class        `json:"class"`
		Falls int          `json:"falls,omitempty"`
		Last  *money.Plain `json:"last,omitempty"`
	}
)

// MarshalJSON encodes the parameters, with version 1. It fails for the zero Matrix.
func (m Matrix) MarshalJSON() ([]byte, error) {
	if m.none() {
		return nil, wrap(fault.New("Matrix", nil, "must come from NewMatrix"))
	}
	p := m.params
	return encode(matrixJSON{version{jsonVersion}, p.Value.json(), p.Loyalty, p.Potential, p.Table})
}

// UnmarshalJSON decodes a matrix of any version so far and validates it as
// [NewMatrix] does. Other versions answer [relmark.ErrUnsupported]. It leaves m
// unchanged on error.
func (m *Matrix) UnmarshalJSON(data []byte) error {
	var stored matrixJSON
	if err := decode("matrix", data, &stored); err != nil {
		return err
	}
	decoded, err := NewMatrix(MatrixParams{stored.Value.cuts(), stored.Loyalty, stored.Potential, stored.Table})
	if err != nil {
		return err
	}
	*m = decoded
	return nil
}

// MarshalJSON encodes the parameters, with version 1. It fails for the zero Pyramid.
func (p Pyramid) MarshalJSON() ([]byte, error) {
	if p.none() {
		return nil, wrap(errPyramid())
	}
	q := p.params
	return encode(pyramidJSON{version{jsonVersion}, q.Margin.json(), q.Sensitive, q.Loyal, money.Plain(q.LeadCost)})
}

// UnmarshalJSON decodes a pyramid of any version so far and validates it as
// [NewPyramid] does. Other versions answer [relmark.ErrUnsupported]. It leaves p
// unchanged on error.
func (p *Pyramid) UnmarshalJSON(data []byte) error {
	var stored pyramidJSON
	if err := decode("pyramid", data, &stored); err != nil {
		return err
	}
	decoded, err := NewPyramid(PyramidParams{stored.Margin.cuts(), stored.Sensitive, stored.Loyal, decimal.Decimal(stored.LeadCost)})
	if err != nil {
		return err
	}
	*p = decoded
	return nil
}

// MarshalJSON encodes the parameters, with version 1. It fails for the zero Scorer.
func (s Scorer) MarshalJSON() ([]byte, error) {
	if s.none() {
		return nil, wrap(errScorer())
	}
	return encode(scorerJSON{version{jsonVersion}, s.params})
}

// UnmarshalJSON decodes a scorer of any version so far and validates it as
// [NewScorer] does. Other versions answer [relmark.ErrUnsupported]. It leaves s
// unchanged on error.
func (s *Scorer) UnmarshalJSON(data []byte) error {
	var stored scorerJSON
	if err := decode("scorer", data, &stored); err != nil {
		return err
	}
	decoded, err := NewScorer(stored.ProspectParams)
	if err != nil {
		return err
	}
	*s = decoded
	return nil
}

// MarshalJSON encodes the limits that are given, with version 1. It fails exactly when
// [Criteria.Validate] does.
func (c Criteria) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return encode(criteriaJSON{
		version{jsonVersion},
		c.MinCustomers, c.MaxError, c.MinStability, c.MinReach,
		c.MinResponse,
		money.Plain(c.MinValue),
		c.MinShare, c.MinGrowth, c.MaxVariation,
	})
}

// UnmarshalJSON decodes criteria of any version so far and validates them as
// [Criteria.Validate] does. Other versions answer [relmark.ErrUnsupported]. It
// leaves c unchanged on error.
func (c *Criteria) UnmarshalJSON(data []byte) error {
	var s criteriaJSON
	if err := decode("criteria", data, &s); err != nil {
		return err
	}
	decoded := Criteria{
		s.MinCustomers, s.MaxError, s.MinStability, s.MinReach,
		s.MinResponse, decimal.Decimal(s.MinValue), s.MinShare, s.MinGrowth, s.MaxVariation,
	}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*c = decoded
	return nil
}

// MarshalJSON encodes the class, the count and the latest contribution, with
// version 1. It fails for the zero Streak.
func (s Streak) MarshalJSON() ([]byte, error) {
	if err := classes().Check("Class", s.class); err != nil {
		return nil, wrap(err)
	}
	stored := streakJSON{version: version{jsonVersion}, Class: s.class, Falls: s.falls}
	if last, ok := s.Last(); ok {
		stored.Last = new(money.Plain(last))
	}
	return encode(stored)
}

// UnmarshalJSON decodes a streak of any version so far. Other versions answer
// [relmark.ErrUnsupported], and what no Streak encodes to [relmark.ErrInvalid]. It
// leaves s unchanged on error.
func (s *Streak) UnmarshalJSON(data []byte) error {
	var stored streakJSON
	if err := decode("streak", data, &stored); err != nil {
		return err
	}
	decoded, err := NewStreak(stored.Class)
	if err != nil {
		return err
	}
	decoded.falls = stored.Falls
	if stored.Last != nil {
		decoded.begun = true
		if decoded.last, err = exact("Last", decimal.Decimal(*stored.Last)); err != nil {
			return wrap(err)
		}
	}
	if decoded.falls < 0 || decoded.falls >= maxFalls || decoded.falls > 0 && !decoded.begun {
		return wrap(fault.New("Falls", decoded.falls, "must be 0 to 999, and 0 before the second period"))
	}
	*s = decoded
	return nil
}

func (k Cuts) json() cutsJSON { return cutsJSON{money.Plain(k.A), money.Plain(k.B)} }

func (k cutsJSON) cuts() Cuts { return Cuts{decimal.Decimal(k.A), decimal.Decimal(k.B)} }

// decode decodes data of a version so far into v.
func decode(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.JSON(data, jsonVersion, v))
}

func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, wrap(err)
}

package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

type stackJSON struct {
	V        int      `json:"v"`
	Digits   int      `json:"digits"`
	Rounding Rounding `json:"rounding,omitzero"`
	Groups   []Group  `json:"groups,omitempty"`
	Offers   []Offer  `json:"offers,omitempty"`
}

// MarshalJSON encodes a valid stack in one canonical form:
//
//	{"v":1,"digits":2,"rounding":{"level":"line"},"groups":[{"name":"g","limit":2}],
//	 "offers":[{"id":"a","min":{"amount":"50"},"reward":{"kind":"percent","value":"10"},
//	 "sets":{"buy":2,"get":1},"group":"g","max_discount":"12"}]}
//
// without the spaces, what is not given left out.
func (s Stack) MarshalJSON() ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return encode(stackJSON{version, s.Digits, s.Rounding, s.Groups, s.Offers})
}

// UnmarshalJSON decodes a stack of any version that was ever written. An unknown
// version is [relmark.ErrUnsupported]; text that is no such JSON, unknown or
// repeated keys and a stack that is not valid are [relmark.ErrInvalid]. It leaves
// s unchanged on error.
func (s *Stack) UnmarshalJSON(data []byte) error {
	var in stackJSON
	if err := decode("stack", data, &in); err != nil {
		return err
	}
	out := Stack{in.Digits, in.Rounding, in.Groups, in.Offers}
	if err := out.Validate(); err != nil {
		return err
	}
	*s = out
	return nil
}

// MarshalJSON encodes the offer as [Stack.MarshalJSON] does. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (o Offer) MarshalJSON() ([]byte, error) {
	type fields Offer
	return encode(struct {
		fields
		MaxDiscount     *money.Plain `json:"max_discount,omitempty"`
		MaxUnitDiscount *money.Plain `json:"max_unit_discount,omitempty"`
	}{fields(o), plain(o.MaxDiscount), plain(o.MaxUnitDiscount)})
}

// UnmarshalJSON decodes what [Offer.MarshalJSON] writes; whether the offer is valid,
// [Stack.Validate] says. It fails with [relmark.ErrInvalid], and leaves o unchanged then.
func (o *Offer) UnmarshalJSON(data []byte) error {
	type fields Offer
	var in struct {
		fields
		MaxDiscount     *money.Plain `json:"max_discount"`
		MaxUnitDiscount *money.Plain `json:"max_unit_discount"`
	}
	if err := alone("offer", data, &in); err != nil {
		return err
	}
	*o = Offer(in.fields)
	o.MaxDiscount, o.MaxUnitDiscount = (*decimal.Decimal)(in.MaxDiscount), (*decimal.Decimal)(in.MaxUnitDiscount)
	return nil
}

// MarshalJSON encodes the minimum. It fails with [relmark.ErrInvalid] on a decimal that is
// longer than any text.
func (m Minimum) MarshalJSON() ([]byte, error) {
	type fields Minimum
	return encode(struct {
		fields
		Amount *money.Plain `json:"amount,omitempty"`
	}{fields(m), plain(m.Amount)})
}

// UnmarshalJSON decodes what [Minimum.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves m unchanged then.
func (m *Minimum) UnmarshalJSON(data []byte) error {
	type fields Minimum
	var in struct {
		fields
		Amount *money.Plain `json:"amount"`
	}
	if err := alone("minimum", data, &in); err != nil {
		return err
	}
	*m = Minimum{(*decimal.Decimal)(in.Amount), in.Units}
	return nil
}

// MarshalJSON encodes the reward. It fails with [relmark.ErrInvalid] on a decimal that is
// longer than any text, and on text that is not UTF-8.
func (w Reward) MarshalJSON() ([]byte, error) {
	type fields Reward
	return encode(struct {
		fields
		Value *money.Plain `json:"value,omitempty"`
	}{fields(w), plain(w.Value)})
}

// UnmarshalJSON decodes what [Reward.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves w unchanged then.
func (w *Reward) UnmarshalJSON(data []byte) error {
	type fields Reward
	var in struct {
		fields
		Value *money.Plain `json:"value"`
	}
	if err := alone("reward", data, &in); err != nil {
		return err
	}
	*w = Reward(in.fields)
	w.Value = (*decimal.Decimal)(in.Value)
	return nil
}

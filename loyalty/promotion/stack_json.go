package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// The keys of the encoding are those of the fields here, in their order; decimals
// that may be missing are pointers, since 0 is a maximum too.
type (
	stackJSON struct {
		V      int         `json:"v"`
		Digits int         `json:"digits"`
		Offers []offerJSON `json:"offers,omitempty"`
	}
	offerJSON struct {
		ID          string       `json:"id"`
		Kind        Kind         `json:"kind"`
		Priority    int          `json:"priority,omitempty"`
		Exclusive   bool         `json:"exclusive,omitempty"`
		Group       string       `json:"group,omitempty"`
		Categories  []string     `json:"categories,omitempty"`
		MinSubtotal money.Plain  `json:"min_subtotal,omitzero"`
		MaxDiscount *money.Plain `json:"max_discount,omitempty"`
		Percent     money.Plain  `json:"percent,omitzero"`
		Amount      money.Plain  `json:"amount,omitzero"`
		Steps       []stepJSON   `json:"steps,omitempty"`
		Every       int64        `json:"every,omitempty"`
	}
	stepJSON struct {
		Min     money.Plain `json:"min"`
		Percent money.Plain `json:"percent,omitzero"`
		Amount  money.Plain `json:"amount,omitzero"`
	}
)

// MarshalJSON encodes a valid stack in one canonical form:
//
//	{"v":1,"digits":2,"offers":[{"id":"a","kind":"tiered","priority":3,
//	 "exclusive":true,"group":"g","categories":["toys"],"min_subtotal":"50",
//	 "max_discount":"12","steps":[{"min":"50","percent":"5"}]}]}
//
// without the spaces, in this order, zero values left out.
func (s Stack) MarshalJSON() ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	out := stackJSON{V: version, Digits: s.Digits}
	for i := range s.Offers {
		out.Offers = append(out.Offers, offerOf(&s.Offers[i]))
	}
	return encode(out)
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
	out := Stack{Digits: in.Digits}
	for i := range in.Offers {
		out.Offers = append(out.Offers, in.Offers[i].offer())
	}
	if err := out.Validate(); err != nil {
		return err
	}
	*s = out
	return nil
}

// offerOf returns an offer as it is encoded.
func offerOf(o *Offer) offerJSON {
	out := offerJSON{
		ID: o.ID, Kind: o.Kind, Priority: o.Priority, Exclusive: o.Exclusive, Group: o.Group,
		Categories: o.Categories, MinSubtotal: money.Plain(o.MinSubtotal), MaxDiscount: (*money.Plain)(o.MaxDiscount),
		Percent: money.Plain(o.Percent), Amount: money.Plain(o.Amount), Every: o.Every,
	}
	for _, s := range o.Steps {
		out.Steps = append(out.Steps, stepOf(s))
	}
	return out
}

// offer is the inverse of offerOf.
func (in *offerJSON) offer() Offer {
	out := Offer{
		ID: in.ID, Kind: in.Kind, Priority: in.Priority, Exclusive: in.Exclusive, Group: in.Group,
		Categories: in.Categories, MinSubtotal: decimal.Decimal(in.MinSubtotal), MaxDiscount: (*decimal.Decimal)(in.MaxDiscount),
		Percent: decimal.Decimal(in.Percent), Amount: decimal.Decimal(in.Amount), Every: in.Every,
	}
	for _, s := range in.Steps {
		out.Steps = append(out.Steps, s.step())
	}
	return out
}

// stepOf returns a step as it is encoded.
func stepOf(s Step) stepJSON {
	return stepJSON{money.Plain(s.Min), money.Plain(s.Percent), money.Plain(s.Amount)}
}

// step is the inverse of stepOf.
func (in stepJSON) step() Step {
	return Step{decimal.Decimal(in.Min), decimal.Decimal(in.Percent), decimal.Decimal(in.Amount)}
}

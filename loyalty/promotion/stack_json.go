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
		v := &s.Offers[i]
		w := offerJSON{
			ID: v.ID, Kind: v.Kind, Priority: v.Priority, Exclusive: v.Exclusive, Group: v.Group,
			Categories: v.Categories, MinSubtotal: money.Plain(v.MinSubtotal), MaxDiscount: (*money.Plain)(v.MaxDiscount),
			Percent: money.Plain(v.Percent), Amount: money.Plain(v.Amount), Every: v.Every,
		}
		for _, s := range v.Steps {
			w.Steps = append(w.Steps, stepJSON{money.Plain(s.Min), money.Plain(s.Percent), money.Plain(s.Amount)})
		}
		out.Offers = append(out.Offers, w)
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
		w := &in.Offers[i]
		v := Offer{
			ID: w.ID, Kind: w.Kind, Priority: w.Priority, Exclusive: w.Exclusive, Group: w.Group,
			Categories: w.Categories, MinSubtotal: decimal.Decimal(w.MinSubtotal), MaxDiscount: (*decimal.Decimal)(w.MaxDiscount),
			Percent: decimal.Decimal(w.Percent), Amount: decimal.Decimal(w.Amount), Every: w.Every,
		}
		for _, s := range w.Steps {
			v.Steps = append(v.Steps, Step{decimal.Decimal(s.Min), decimal.Decimal(s.Percent), decimal.Decimal(s.Amount)})
		}
		out.Offers = append(out.Offers, v)
	}
	if err := out.Validate(); err != nil {
		return err
	}
	*s = out
	return nil
}

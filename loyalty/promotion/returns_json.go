package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// MarshalJSON encodes the refund. It fails with [relmark.ErrInvalid] on what nothing here
// has made: an amount that is longer than any text, a name that is not UTF-8.
func (r Refund) MarshalJSON() ([]byte, error) {
	type fields Refund
	return encode(struct {
		fields
		Refund money.Plain  `json:"refund"`
		Paid   money.Plain  `json:"paid"`
		Kept   *money.Plain `json:"kept,omitempty"`
	}{fields(r), money.Plain(r.Refund), money.Plain(r.Paid), plain(r.Kept)})
}

// UnmarshalJSON decodes what [Refund.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves r unchanged then.
func (r *Refund) UnmarshalJSON(data []byte) error {
	type fields Refund
	var in struct {
		fields
		Refund money.Plain  `json:"refund"`
		Paid   money.Plain  `json:"paid"`
		Kept   *money.Plain `json:"kept"`
	}
	if err := alone("refund", data, &in); err != nil {
		return err
	}
	*r = Refund(in.fields)
	r.Refund, r.Paid, r.Kept = decimal.Decimal(in.Refund), decimal.Decimal(in.Paid), (*decimal.Decimal)(in.Kept)
	return nil
}

// MarshalJSON encodes what is released. It fails with [relmark.ErrInvalid] on what nothing
// here has made: an amount that is longer than any text, a name that is not UTF-8.
func (r Released) MarshalJSON() ([]byte, error) {
	type fields Released
	return encode(struct {
		fields
		Amount money.Plain `json:"amount"`
	}{fields(r), money.Plain(r.Amount)})
}

// UnmarshalJSON decodes what [Released.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves r unchanged then.
func (r *Released) UnmarshalJSON(data []byte) error {
	type fields Released
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := alone("released", data, &in); err != nil {
		return err
	}
	*r = Released(in.fields)
	r.Amount = decimal.Decimal(in.Amount)
	return nil
}

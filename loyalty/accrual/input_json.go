package accrual

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// What a host hands in encodes as its fields, amounts as exact text: what a decimal makes
// of itself depends on variables of the process, and may not end.

// saleJSON has the keys of a [Sale].
type saleJSON struct {
	Digits int         `json:"digits"`
	Price  money.Plain `json:"price"`
	Goods  money.Plain `json:"goods"`
	Points money.Plain `json:"points"`
}

// MarshalJSON encodes the sale. It fails with [relmark.ErrInvalid] on an amount that is
// longer than any text.
func (s Sale) MarshalJSON() ([]byte, error) {
	return encode(saleJSON{s.Digits, money.Plain(s.Price), money.Plain(s.Goods), money.Plain(s.Points)})
}

// UnmarshalJSON decodes what [Sale.MarshalJSON] writes; whether the sale is valid,
// [Sale.Allocate] says. It fails with [relmark.ErrInvalid], and leaves s unchanged then.
func (s *Sale) UnmarshalJSON(data []byte) error {
	var in saleJSON
	if err := alone("sale", data, &in); err != nil {
		return err
	}
	*s = Sale{in.Digits, decimal.Decimal(in.Price), decimal.Decimal(in.Goods), decimal.Decimal(in.Points)}
	return nil
}

// estimateJSON has the keys of an [Estimate].
type estimateJSON struct {
	Redeemed int64       `json:"redeemed"`
	Expected int64       `json:"expected"`
	Reserved money.Plain `json:"reserved"`
}

// MarshalJSON encodes the estimate. It fails with [relmark.ErrInvalid] on an amount that
// is longer than any text.
func (e Estimate) MarshalJSON() ([]byte, error) {
	return encode(estimateJSON{e.Redeemed, e.Expected, money.Plain(e.Reserved)})
}

// UnmarshalJSON decodes what [Estimate.MarshalJSON] writes; whether the estimate is
// valid, [Deferral.Measure] says. It fails with [relmark.ErrInvalid], and leaves e
// unchanged then.
func (e *Estimate) UnmarshalJSON(data []byte) error {
	var in estimateJSON
	if err := alone("estimate", data, &in); err != nil {
		return err
	}
	*e = Estimate{in.Redeemed, in.Expected, decimal.Decimal(in.Reserved)}
	return nil
}

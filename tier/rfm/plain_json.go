package rfm

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// What plain data with amounts is stored as: its own keys, with the amounts as exact
// text. The encoding of the decimal package itself depends on variables that a host may
// set, and of some decimals it never ends.
type (
	purchaseFields[C relmark.ID] Purchase[C]
	purchaseJSON[C relmark.ID]   struct {
		purchaseFields[C]
		Amount money.Plain `json:"amount"`
	}
	dayTotalsFields DayTotals
	dayTotalsJSON   struct {
		dayTotalsFields
		Sold     money.Plain `json:"sold"`
		Returned money.Plain `json:"returned"`
	}
)

// MarshalJSON encodes a purchase, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (p Purchase[C]) MarshalJSON() ([]byte, error) {
	return encode(purchaseJSON[C]{purchaseFields[C](p), money.Plain(p.Amount)})
}

// UnmarshalJSON decodes a purchase. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; p is unchanged then.
func (p *Purchase[C]) UnmarshalJSON(data []byte) error {
	in, err := read[purchaseJSON[C]]("purchase", data)
	if err == nil {
		*p = Purchase[C](in.purchaseFields)
		p.Amount = decimal.Decimal(in.Amount)
	}
	return err
}

// MarshalJSON encodes the totals of a day, with the amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (d DayTotals) MarshalJSON() ([]byte, error) {
	return encode(dayTotalsJSON{dayTotalsFields(d), money.Plain(d.Sold), money.Plain(d.Returned)})
}

// UnmarshalJSON decodes the totals of a day. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; d is unchanged then.
func (d *DayTotals) UnmarshalJSON(data []byte) error {
	in, err := read[dayTotalsJSON]("totals of a day", data)
	if err == nil {
		*d = DayTotals(in.dayTotalsFields)
		d.Sold, d.Returned = decimal.Decimal(in.Sold), decimal.Decimal(in.Returned)
	}
	return err
}

// read decodes an object without a version.
func read[T any](what string, data []byte) (in T, err error) {
	err = fault.Decode(room, what, codec.Object(data, &in))
	return in, err
}

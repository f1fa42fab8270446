package relationship

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// What plain data with amounts is stored as: its own keys, with the amounts as exact
// text. The encoding of the decimal package itself depends on variables that a host may
// set, and of some decimals it never ends.
type (
	exchangeFields Exchange
	exchangeJSON   struct {
		exchangeFields
		Given    money.Plain `json:"given"`
		Received money.Plain `json:"received"`
	}
)

// MarshalJSON encodes an exchange, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (x Exchange) MarshalJSON() ([]byte, error) {
	return encode(exchangeJSON{exchangeFields(x), money.Plain(x.Given), money.Plain(x.Received)})
}

// UnmarshalJSON decodes an exchange. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; x is unchanged then.
func (x *Exchange) UnmarshalJSON(data []byte) error {
	in, err := read[exchangeJSON]("exchange", data)
	if err == nil {
		*x = Exchange(in.exchangeFields)
		x.Given, x.Received = decimal.Decimal(in.Given), decimal.Decimal(in.Received)
	}
	return err
}

// read decodes an object without a version.
func read[T any](what string, data []byte) (in T, err error) {
	err = fault.Decode(room, what, codec.Object(data, &in))
	return in, err
}

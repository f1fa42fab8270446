package cashback

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Answers encode as their fields, amounts as exact text, whatever the variables of the
// decimal package are.

// balanceJSON has the keys of a [Balance].
type balanceJSON struct {
	Pending   money.Plain `json:"pending"`
	Available money.Plain `json:"available"`
	Expired   money.Plain `json:"expired"`
	Debt      money.Plain `json:"debt"`
	Granted   money.Plain `json:"granted"`
	Credited  money.Plain `json:"credited"`
	Spent     money.Plain `json:"spent"`
	Reversed  money.Plain `json:"reversed"`
	Cancelled money.Plain `json:"cancelled"`
}

// MarshalJSON encodes the balance as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text.
func (b Balance) MarshalJSON() ([]byte, error) {
	return encode(balanceJSON{
		Pending:   money.Plain(b.Pending),
		Available: money.Plain(b.Available),
		Expired:   money.Plain(b.Expired),
		Debt:      money.Plain(b.Debt),
		Granted:   money.Plain(b.Granted),
		Credited:  money.Plain(b.Credited),
		Spent:     money.Plain(b.Spent),
		Reversed:  money.Plain(b.Reversed),
		Cancelled: money.Plain(b.Cancelled),
	})
}

// UnmarshalJSON decodes what [Balance.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves b unchanged then.
func (b *Balance) UnmarshalJSON(data []byte) error {
	var in balanceJSON
	if err := alone("balance", data, &in); err != nil {
		return err
	}
	*b = Balance{
		Pending:   decimal.Decimal(in.Pending),
		Available: decimal.Decimal(in.Available),
		Expired:   decimal.Decimal(in.Expired),
		Debt:      decimal.Decimal(in.Debt),
		Granted:   decimal.Decimal(in.Granted),
		Credited:  decimal.Decimal(in.Credited),
		Spent:     decimal.Decimal(in.Spent),
		Reversed:  decimal.Decimal(in.Reversed),
		Cancelled: decimal.Decimal(in.Cancelled),
	}
	return nil
}

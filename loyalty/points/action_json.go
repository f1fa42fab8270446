package points

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Actions encode with encoding/json as their fields, amounts as exact text: what a
// decimal makes of itself depends on variables of the process, and may not end.

// MarshalJSON encodes the action. It fails on an amount that is longer than any text, and
// on text that is not UTF-8.
func (c Earn) MarshalJSON() ([]byte, error) {
	type fields Earn
	return marshal(struct {
		fields
		Amount money.Plain `json:"amount,omitzero"`
	}{fields(c), money.Plain(c.Amount)})
}

// UnmarshalJSON decodes what [Earn.MarshalJSON] writes; whether the action is valid,
// [Engine.Decide] says. An error leaves c unchanged.
func (c *Earn) UnmarshalJSON(data []byte) error {
	type fields Earn
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := strict(data, &in); err != nil {
		return err
	}
	*c = Earn(in.fields)
	c.Amount = decimal.Decimal(in.Amount)
	return nil
}

// MarshalJSON encodes the action. It fails on an amount that is longer than any text, and
// on text that is not UTF-8.
func (c Refund) MarshalJSON() ([]byte, error) {
	type fields Refund
	return marshal(struct {
		fields
		Amount money.Plain `json:"amount,omitzero"`
	}{fields(c), money.Plain(c.Amount)})
}

// UnmarshalJSON decodes what [Refund.MarshalJSON] writes; whether the action is valid,
// [Engine.Decide] says. An error leaves c unchanged.
func (c *Refund) UnmarshalJSON(data []byte) error {
	type fields Refund
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := strict(data, &in); err != nil {
		return err
	}
	*c = Refund(in.fields)
	c.Amount = decimal.Decimal(in.Amount)
	return nil
}

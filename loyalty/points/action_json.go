package points

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Actions but [LateRefund] encode with encoding/json as their fields, amounts as exact
// text: what a decimal makes of itself depends on variables of the process, and may not
// end. All are read in one strict way: an object in UTF-8 with no keys but their own,
// each once and as it is written; null is no action.

// whole decodes an action of which no field needs more than encoding/json. An error
// leaves c unchanged.
func whole[T any](data []byte, c *T) error {
	var in T
	if err := strict(data, &in); err != nil {
		return err
	}
	*c = in
	return nil
}

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

// refundLineJSON is the encoding of a line of a refund.
type refundLineJSON struct {
	ID       string       `json:"id,omitzero"`
	Amount   *money.Plain `json:"amount,omitempty"`
	Quantity *money.Plain `json:"quantity,omitempty"`
}

// MarshalJSON encodes the line. It fails where a number is longer than any text.
func (l RefundLine) MarshalJSON() ([]byte, error) {
	return marshal(refundLineJSON{l.ID, (*money.Plain)(l.Amount), (*money.Plain)(l.Quantity)})
}

// UnmarshalJSON decodes what [RefundLine.MarshalJSON] writes; whether the line is valid,
// [Engine.Decide] says. An error leaves l unchanged.
func (l *RefundLine) UnmarshalJSON(data []byte) error {
	var in refundLineJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*l = RefundLine{in.ID, (*decimal.Decimal)(in.Amount), (*decimal.Decimal)(in.Quantity)}
	return nil
}

// MarshalJSON encodes the action.
func (c Redeem) MarshalJSON() ([]byte, error) {
	type fields Redeem
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Redeem.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Redeem) UnmarshalJSON(data []byte) error {
	type fields Redeem
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Adjust) MarshalJSON() ([]byte, error) {
	type fields Adjust
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Adjust.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Adjust) UnmarshalJSON(data []byte) error {
	type fields Adjust
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Reserve) MarshalJSON() ([]byte, error) {
	type fields Reserve
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Reserve.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Reserve) UnmarshalJSON(data []byte) error {
	type fields Reserve
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Commit) MarshalJSON() ([]byte, error) {
	type fields Commit
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Commit.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Commit) UnmarshalJSON(data []byte) error {
	type fields Commit
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Void) MarshalJSON() ([]byte, error) {
	type fields Void
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Void.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Void) UnmarshalJSON(data []byte) error {
	type fields Void
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Send) MarshalJSON() ([]byte, error) {
	type fields Send
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Send.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Send) UnmarshalJSON(data []byte) error {
	type fields Send
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Receive) MarshalJSON() ([]byte, error) {
	type fields Receive
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Receive.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Receive) UnmarshalJSON(data []byte) error {
	type fields Receive
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as text that
// is not UTF-8.
func (c Leave) MarshalJSON() ([]byte, error) {
	type fields Leave
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Leave.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Leave) UnmarshalJSON(data []byte) error {
	type fields Leave
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action. It fails on what JSON does not have, such as a
// year above 9999.
func (c Open) MarshalJSON() ([]byte, error) {
	type fields Open
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Open.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Open) UnmarshalJSON(data []byte) error {
	type fields Open
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action.
func (c Close) MarshalJSON() ([]byte, error) {
	type fields Close
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Close.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Close) UnmarshalJSON(data []byte) error {
	type fields Close
	return whole(data, (*fields)(c))
}

// MarshalJSON encodes the action.
func (c Sweep) MarshalJSON() ([]byte, error) {
	type fields Sweep
	return marshal(fields(c))
}

// UnmarshalJSON decodes what [Sweep.MarshalJSON] writes, strictly; whether the action is
// valid, [Engine.Decide] says. An error leaves c unchanged.
func (c *Sweep) UnmarshalJSON(data []byte) error {
	type fields Sweep
	return whole(data, (*fields)(c))
}

package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Orders and offers encode under the keys of their fields, with decimals as exact text:
// what a decimal makes of itself depends on variables of the process, and may not end. A
// field of the same key in the struct around it takes the place of a decimal.

// plain returns a decimal that may be missing as exact text.
func plain(d *decimal.Decimal) *money.Plain { return (*money.Plain)(d) }

// MarshalJSON encodes the order in one canonical form:
//
//	{"v":1,"lines":[{"item":"a","quantity":2,"categories":["toys"],"price":"4.5"}],
//	 "codes":["SPRING"],"remaining":{"spring":{"limits":{"member":1}}},"max_discount":"20"}
//
// without the spaces, what is empty left out. It fails with [relmark.ErrInvalid] on a
// decimal that is longer than any text, and on text that is not UTF-8.
func (o Order) MarshalJSON() ([]byte, error) {
	type fields Order
	return encode(struct {
		V int `json:"v"`
		fields
		MaxDiscount *money.Plain `json:"max_discount,omitempty"`
	}{version, fields(o), plain(o.MaxDiscount)})
}

// UnmarshalJSON decodes an order of any version that was ever written; whether it is
// valid, [Pricer.Price] says. An unknown version is [relmark.ErrUnsupported]; text that is
// no such JSON, unknown or repeated keys are [relmark.ErrInvalid]. It leaves o unchanged on
// error.
func (o *Order) UnmarshalJSON(data []byte) error {
	type fields Order
	var in struct {
		V int `json:"v"`
		fields
		MaxDiscount *money.Plain `json:"max_discount"`
	}
	if err := decode("order", data, &in, "remaining", "limits"); err != nil {
		return err
	}
	*o = Order(in.fields)
	o.MaxDiscount = (*decimal.Decimal)(in.MaxDiscount)
	return nil
}

// MarshalJSON encodes the line. It fails with [relmark.ErrInvalid] on a decimal that is
// longer than any text, and on text that is not UTF-8.
func (l Line) MarshalJSON() ([]byte, error) {
	type fields Line
	return encode(struct {
		fields
		Price money.Plain `json:"price"`
		Floor money.Plain `json:"floor,omitzero"`
	}{fields(l), money.Plain(l.Price), money.Plain(l.Floor)})
}

// UnmarshalJSON decodes what [Line.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves l unchanged then.
func (l *Line) UnmarshalJSON(data []byte) error {
	type fields Line
	var in struct {
		fields
		Price money.Plain `json:"price"`
		Floor money.Plain `json:"floor"`
	}
	if err := alone("line", data, &in); err != nil {
		return err
	}
	*l = Line(in.fields)
	l.Price, l.Floor = decimal.Decimal(in.Price), decimal.Decimal(in.Floor)
	return nil
}

// MarshalJSON encodes what is left. It fails with [relmark.ErrInvalid] on a decimal that
// is longer than any text, and on text that is not UTF-8.
func (m Remaining) MarshalJSON() ([]byte, error) {
	type fields Remaining
	return encode(struct {
		fields
		Budget *money.Plain `json:"budget,omitempty"`
	}{fields(m), plain(m.Budget)})
}

// UnmarshalJSON decodes what [Remaining.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves m unchanged then.
func (m *Remaining) UnmarshalJSON(data []byte) error {
	type fields Remaining
	var in struct {
		fields
		Budget *money.Plain `json:"budget"`
	}
	if err := alone("remaining", data, &in, "limits"); err != nil {
		return err
	}
	*m = Remaining(in.fields)
	m.Budget = (*decimal.Decimal)(in.Budget)
	return nil
}

package earning

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// MarshalJSON encodes the order. It fails on an amount that is longer than any text, and
// on text that is not UTF-8.
func (o Order) MarshalJSON() ([]byte, error) {
	type fields Order
	return marshal(struct {
		fields
		Amount money.Plain `json:"amount,omitzero"`
	}{fields(o), money.Plain(o.Amount)})
}

// UnmarshalJSON decodes what [Order.MarshalJSON] writes; whether the order is valid,
// [Engine.Quote] says. An error leaves o unchanged.
func (o *Order) UnmarshalJSON(data []byte) error {
	type fields Order
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := strict(data, &in); err != nil {
		return err
	}
	*o = Order(in.fields)
	o.Amount = decimal.Decimal(in.Amount)
	return nil
}

// The encodings of parts of an order whose numbers are decimal strings.
type (
	lineJSON struct {
		ID       string       `json:"id,omitzero"`
		Amount   money.Plain  `json:"amount,omitzero"`
		Quantity *money.Plain `json:"quantity,omitempty"`
		Category string       `json:"category,omitzero"`
		Item     string       `json:"item,omitzero"`
		Tags     []string     `json:"tags,omitempty"`
		Measures []Measure    `json:"measures,omitempty"`
	}
	measureJSON struct {
		Name  string      `json:"name,omitzero"`
		Value money.Plain `json:"value,omitzero"`
	}
)

// MarshalJSON encodes the line. It fails where a number is longer than any text.
func (l OrderLine) MarshalJSON() ([]byte, error) {
	return marshal(lineJSON{
		l.ID, money.Plain(l.Amount), (*money.Plain)(l.Quantity), l.Category, l.Item, l.Tags, l.Measures,
	})
}

// UnmarshalJSON decodes what [OrderLine.MarshalJSON] writes; empty lists decode as nil. An
// error leaves l unchanged.
func (l *OrderLine) UnmarshalJSON(data []byte) error {
	var in lineJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*l = OrderLine{
		in.ID, decimal.Decimal(in.Amount), (*decimal.Decimal)(in.Quantity), in.Category, in.Item, some(in.Tags), some(in.Measures),
	}
	return nil
}

// MarshalJSON encodes the measure. It fails where the value is longer than any text.
func (m Measure) MarshalJSON() ([]byte, error) {
	return marshal(measureJSON{m.Name, money.Plain(m.Value)})
}

// UnmarshalJSON decodes what [Measure.MarshalJSON] writes. An error leaves m unchanged.
func (m *Measure) UnmarshalJSON(data []byte) error {
	var in measureJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*m = Measure{in.Name, decimal.Decimal(in.Value)}
	return nil
}

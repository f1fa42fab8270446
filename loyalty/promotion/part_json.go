package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Parts of an order, a stack or a price list encode alone as they do in the whole, with
// decimals as exact text: what a decimal makes of itself depends on variables of the
// process, and may not end.

// MarshalJSON encodes the line. It fails with [relmark.ErrInvalid] on a decimal that is longer
// than any text, and on text that is not UTF-8.
func (l Line) MarshalJSON() ([]byte, error) {
	type fields Line
	return encode(struct {
		fields
		Price money.Plain `json:"price"`
	}{fields(l), money.Plain(l.Price)})
}

// UnmarshalJSON decodes what [Line.MarshalJSON] writes; whether the line is valid,
// [Pricer.Apply] says. It fails with [relmark.ErrInvalid], and leaves l unchanged then.
func (l *Line) UnmarshalJSON(data []byte) error {
	type fields Line
	var in struct {
		fields
		Price money.Plain `json:"price"`
	}
	if err := alone("line", data, &in); err != nil {
		return err
	}
	*l = Line(in.fields)
	l.Price = decimal.Decimal(in.Price)
	return nil
}

// MarshalJSON encodes the offer as [Stack.MarshalJSON] does. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (o Offer) MarshalJSON() ([]byte, error) { return encode(offerOf(&o)) }

// UnmarshalJSON decodes what [Offer.MarshalJSON] writes; whether the offer is valid,
// [Stack.Validate] says. It fails with [relmark.ErrInvalid], and leaves o unchanged then.
func (o *Offer) UnmarshalJSON(data []byte) error {
	var in offerJSON
	if err := alone("offer", data, &in); err != nil {
		return err
	}
	*o = in.offer()
	return nil
}

// MarshalJSON encodes the step as [Stack.MarshalJSON] does. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text.
func (s Step) MarshalJSON() ([]byte, error) { return encode(stepOf(s)) }

// UnmarshalJSON decodes what [Step.MarshalJSON] writes; whether the step is valid,
// [Stack.Validate] says. It fails with [relmark.ErrInvalid], and leaves s unchanged then.
func (s *Step) UnmarshalJSON(data []byte) error {
	var in stepJSON
	if err := alone("step", data, &in); err != nil {
		return err
	}
	*s = in.step()
	return nil
}

// MarshalJSON encodes the entry as [PriceList.MarshalJSON] does. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (e PriceEntry) MarshalJSON() ([]byte, error) { return encode(priceEntryOf(&e)) }

// UnmarshalJSON decodes what [PriceEntry.MarshalJSON] writes; whether the entry is valid,
// [PriceList.Validate] says. It fails with [relmark.ErrInvalid], and leaves e unchanged
// then.
func (e *PriceEntry) UnmarshalJSON(data []byte) error {
	var in priceEntryJSON
	if err := alone("price", data, &in); err != nil {
		return err
	}
	*e = in.entry()
	return nil
}

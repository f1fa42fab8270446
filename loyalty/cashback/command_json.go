package cashback

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Commands encode as their fields, amounts as exact text: what a decimal makes of itself
// depends on variables of the process, and may not end.

// MarshalJSON encodes the command. It fails with [relmark.ErrInvalid] on a decimal that is longer
// than any text, and on text that is not UTF-8.
func (p Purchase) MarshalJSON() ([]byte, error) {
	type fields Purchase
	return encode(struct {
		fields
		Net money.Plain `json:"net"`
	}{fields(p), money.Plain(p.Net)})
}

// UnmarshalJSON decodes what [Purchase.MarshalJSON] writes; whether the command is valid,
// [Engine.Purchase] says. It fails with [relmark.ErrInvalid], and leaves p unchanged then.
func (p *Purchase) UnmarshalJSON(data []byte) error {
	type fields Purchase
	var in struct {
		fields
		Net money.Plain `json:"net"`
	}
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*p = Purchase(in.fields)
	p.Net = decimal.Decimal(in.Net)
	return nil
}

// MarshalJSON encodes the command. It fails with [relmark.ErrInvalid] on a decimal that is longer
// than any text, and on text that is not UTF-8.
func (r Refund) MarshalJSON() ([]byte, error) {
	type fields Refund
	return encode(struct {
		fields
		Amount money.Plain `json:"amount"`
	}{fields(r), money.Plain(r.Amount)})
}

// UnmarshalJSON decodes what [Refund.MarshalJSON] writes; whether the command is valid,
// [Engine.Refund] says. It fails with [relmark.ErrInvalid], and leaves r unchanged then.
func (r *Refund) UnmarshalJSON(data []byte) error {
	type fields Refund
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*r = Refund(in.fields)
	r.Amount = decimal.Decimal(in.Amount)
	return nil
}

// MarshalJSON encodes the command. It fails with [relmark.ErrInvalid] on a decimal that is longer
// than any text, and on text that is not UTF-8.
func (g Credit) MarshalJSON() ([]byte, error) {
	type fields Credit
	return encode(struct {
		fields
		Amount money.Plain `json:"amount"`
	}{fields(g), money.Plain(g.Amount)})
}

// UnmarshalJSON decodes what [Credit.MarshalJSON] writes; whether the command is valid,
// [Engine.Credit] says. It fails with [relmark.ErrInvalid], and leaves g unchanged then.
func (g *Credit) UnmarshalJSON(data []byte) error {
	type fields Credit
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*g = Credit(in.fields)
	g.Amount = decimal.Decimal(in.Amount)
	return nil
}

// MarshalJSON encodes the command. It fails with [relmark.ErrInvalid] on a decimal that is longer
// than any text, and on text that is not UTF-8.
func (s Spending) MarshalJSON() ([]byte, error) {
	type fields Spending
	return encode(struct {
		fields
		Amount money.Plain `json:"amount"`
	}{fields(s), money.Plain(s.Amount)})
}

// UnmarshalJSON decodes what [Spending.MarshalJSON] writes; whether the command is valid,
// [Engine.Spend] says. It fails with [relmark.ErrInvalid], and leaves s unchanged then.
func (s *Spending) UnmarshalJSON(data []byte) error {
	type fields Spending
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*s = Spending(in.fields)
	s.Amount = decimal.Decimal(in.Amount)
	return nil
}

// MarshalJSON encodes the command. It fails with [relmark.ErrInvalid] on a decimal that is longer
// than any text, and on text that is not UTF-8.
func (g GiveBack) MarshalJSON() ([]byte, error) {
	type fields GiveBack
	return encode(struct {
		fields
		Amount money.Plain `json:"amount"`
	}{fields(g), money.Plain(g.Amount)})
}

// UnmarshalJSON decodes what [GiveBack.MarshalJSON] writes; whether the command is valid,
// [Engine.GiveBack] says. It fails with [relmark.ErrInvalid], and leaves g unchanged then.
func (g *GiveBack) UnmarshalJSON(data []byte) error {
	type fields GiveBack
	var in struct {
		fields
		Amount money.Plain `json:"amount"`
	}
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*g = GiveBack(in.fields)
	g.Amount = decimal.Decimal(in.Amount)
	return nil
}

package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Answers encode as their fields, amounts as exact text, whatever the variables of the
// decimal package are.

// quoteJSON has the keys of a [Quote].
type quoteJSON struct {
	Entry int         `json:"entry"`
	Price money.Plain `json:"price"`
	Total money.Plain `json:"total"`
}

// MarshalJSON encodes the quote as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text.
func (q Quote) MarshalJSON() ([]byte, error) {
	return encode(quoteJSON{
		Entry: q.Entry,
		Price: money.Plain(q.Price),
		Total: money.Plain(q.Total),
	})
}

// UnmarshalJSON decodes what [Quote.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves q unchanged then.
func (q *Quote) UnmarshalJSON(data []byte) error {
	var in quoteJSON
	if err := alone("quote", data, &in); err != nil {
		return err
	}
	*q = Quote{
		Entry: in.Entry,
		Price: decimal.Decimal(in.Price),
		Total: decimal.Decimal(in.Total),
	}
	return nil
}

// discountJSON has the keys of a [Discount].
type discountJSON struct {
	ID     string        `json:"id"`
	Amount money.Plain   `json:"amount"`
	Lines  []money.Plain `json:"lines"`
}

// MarshalJSON encodes the discount as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text, a name that is not UTF-8.
func (d Discount) MarshalJSON() ([]byte, error) {
	return encode(discountJSON{
		ID:     d.ID,
		Amount: money.Plain(d.Amount),
		Lines:  plains(d.Lines),
	})
}

// UnmarshalJSON decodes what [Discount.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves d unchanged then.
func (d *Discount) UnmarshalJSON(data []byte) error {
	var in discountJSON
	if err := alone("discount", data, &in); err != nil {
		return err
	}
	*d = Discount{
		ID:     in.ID,
		Amount: decimal.Decimal(in.Amount),
		Lines:  decimals(in.Lines),
	}
	return nil
}

// rejectionJSON has the keys of a [Rejection].
type rejectionJSON struct {
	ID      string      `json:"id"`
	Reason  Reason      `json:"reason"`
	Missing money.Plain `json:"missing,omitzero"`
}

// MarshalJSON encodes the rejection as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text, a name that is not UTF-8.
func (r Rejection) MarshalJSON() ([]byte, error) {
	return encode(rejectionJSON{
		ID:      r.ID,
		Reason:  r.Reason,
		Missing: money.Plain(r.Missing),
	})
}

// UnmarshalJSON decodes what [Rejection.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves r unchanged then.
func (r *Rejection) UnmarshalJSON(data []byte) error {
	var in rejectionJSON
	if err := alone("rejection", data, &in); err != nil {
		return err
	}
	*r = Rejection{
		ID:      in.ID,
		Reason:  in.Reason,
		Missing: decimal.Decimal(in.Missing),
	}
	return nil
}

// receiptJSON has the keys of a [Receipt].
type receiptJSON struct {
	Applied    []Discount    `json:"applied,omitempty"`
	Rejected   []Rejection   `json:"rejected,omitempty"`
	Discount   money.Plain   `json:"discount"`
	LineTotals []money.Plain `json:"line_totals"`
	Total      money.Plain   `json:"total"`
}

// MarshalJSON encodes the receipt as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text, a name that is not UTF-8.
func (r Receipt) MarshalJSON() ([]byte, error) {
	return encode(receiptJSON{
		Applied:    r.Applied,
		Rejected:   r.Rejected,
		Discount:   money.Plain(r.Discount),
		LineTotals: plains(r.LineTotals),
		Total:      money.Plain(r.Total),
	})
}

// UnmarshalJSON decodes what [Receipt.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves r unchanged then.
func (r *Receipt) UnmarshalJSON(data []byte) error {
	var in receiptJSON
	if err := alone("receipt", data, &in); err != nil {
		return err
	}
	*r = Receipt{
		Applied:    in.Applied,
		Rejected:   in.Rejected,
		Discount:   decimal.Decimal(in.Discount),
		LineTotals: decimals(in.LineTotals),
		Total:      decimal.Decimal(in.Total),
	}
	return nil
}

// plains returns decimals as exact text, nil if there is no list.
func plains(ds []decimal.Decimal) []money.Plain {
	if ds == nil {
		return nil
	}
	out := make([]money.Plain, len(ds))
	for i, d := range ds {
		out[i] = money.Plain(d)
	}
	return out
}

// decimals is the inverse of plains.
func decimals(ps []money.Plain) []decimal.Decimal {
	if ps == nil {
		return nil
	}
	out := make([]decimal.Decimal, len(ps))
	for i, p := range ps {
		out[i] = decimal.Decimal(p)
	}
	return out
}

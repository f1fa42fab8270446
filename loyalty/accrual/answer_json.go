package accrual

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Answers encode as their fields, amounts as exact text, whatever the variables of the
// decimal package are.

// allocationJSON has the keys of an [Allocation].
type allocationJSON struct {
	Goods  money.Plain `json:"goods"`
	Points money.Plain `json:"points"`
}

// MarshalJSON encodes the allocation as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text.
func (a Allocation) MarshalJSON() ([]byte, error) {
	return encode(allocationJSON{
		Goods:  money.Plain(a.Goods),
		Points: money.Plain(a.Points),
	})
}

// UnmarshalJSON decodes what [Allocation.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves a unchanged then.
func (a *Allocation) UnmarshalJSON(data []byte) error {
	var in allocationJSON
	if err := alone("allocation", data, &in); err != nil {
		return err
	}
	*a = Allocation{
		Goods:  decimal.Decimal(in.Goods),
		Points: decimal.Decimal(in.Points),
	}
	return nil
}

// entryJSON has the keys of an [Entry].
type entryJSON struct {
	Account LedgerAccount `json:"account"`
	Amount  money.Plain   `json:"amount"`
}

// MarshalJSON encodes the entry as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text, a name that is not UTF-8.
func (e Entry) MarshalJSON() ([]byte, error) {
	return encode(entryJSON{
		Account: e.Account,
		Amount:  money.Plain(e.Amount),
	})
}

// UnmarshalJSON decodes what [Entry.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves e unchanged then.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var in entryJSON
	if err := alone("entry", data, &in); err != nil {
		return err
	}
	*e = Entry{
		Account: in.Account,
		Amount:  decimal.Decimal(in.Amount),
	}
	return nil
}

// periodJSON has the keys of a [Period].
type periodJSON struct {
	Expected    int64       `json:"expected"`
	Cumulative  money.Plain `json:"cumulative"`
	Revenue     money.Plain `json:"revenue"`
	Performance money.Plain `json:"performance"`
	CatchUp     money.Plain `json:"catch_up"`
	Liability   money.Plain `json:"liability"`
	Reserved    money.Plain `json:"reserved"`
	Moved       money.Plain `json:"moved"`
}

// MarshalJSON encodes the period as its fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text.
func (p Period) MarshalJSON() ([]byte, error) {
	return encode(periodJSON{
		Expected:    p.Expected,
		Cumulative:  money.Plain(p.Cumulative),
		Revenue:     money.Plain(p.Revenue),
		Performance: money.Plain(p.Performance),
		CatchUp:     money.Plain(p.CatchUp),
		Liability:   money.Plain(p.Liability),
		Reserved:    money.Plain(p.Reserved),
		Moved:       money.Plain(p.Moved),
	})
}

// UnmarshalJSON decodes what [Period.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves p unchanged then.
func (p *Period) UnmarshalJSON(data []byte) error {
	var in periodJSON
	if err := alone("period", data, &in); err != nil {
		return err
	}
	*p = Period{
		Expected:    in.Expected,
		Cumulative:  decimal.Decimal(in.Cumulative),
		Revenue:     decimal.Decimal(in.Revenue),
		Performance: decimal.Decimal(in.Performance),
		CatchUp:     decimal.Decimal(in.CatchUp),
		Liability:   decimal.Decimal(in.Liability),
		Reserved:    decimal.Decimal(in.Reserved),
		Moved:       decimal.Decimal(in.Moved),
	}
	return nil
}

// rowsJSON has the keys of [Rows].
type rowsJSON struct {
	Deferrals   int64       `json:"deferrals"`
	Opening     money.Plain `json:"opening"`
	Added       money.Plain `json:"added"`
	Cancelled   money.Plain `json:"cancelled"`
	Performance money.Plain `json:"performance"`
	CatchUp     money.Plain `json:"catch_up"`
	Reserved    money.Plain `json:"reserved"`
	Closing     money.Plain `json:"closing"`
}

// MarshalJSON encodes rows as their fields. It fails with [relmark.ErrInvalid] on what
// nothing here has made: an amount that is longer than any text.
func (r Rows) MarshalJSON() ([]byte, error) {
	return encode(rowsJSON{
		Deferrals:   r.Deferrals,
		Opening:     money.Plain(r.Opening),
		Added:       money.Plain(r.Added),
		Cancelled:   money.Plain(r.Cancelled),
		Performance: money.Plain(r.Performance),
		CatchUp:     money.Plain(r.CatchUp),
		Reserved:    money.Plain(r.Reserved),
		Closing:     money.Plain(r.Closing),
	})
}

// UnmarshalJSON decodes what [Rows.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves r unchanged then.
func (r *Rows) UnmarshalJSON(data []byte) error {
	var in rowsJSON
	if err := alone("rows", data, &in); err != nil {
		return err
	}
	*r = Rows{
		Deferrals:   in.Deferrals,
		Opening:     decimal.Decimal(in.Opening),
		Added:       decimal.Decimal(in.Added),
		Cancelled:   decimal.Decimal(in.Cancelled),
		Performance: decimal.Decimal(in.Performance),
		CatchUp:     decimal.Decimal(in.CatchUp),
		Reserved:    decimal.Decimal(in.Reserved),
		Closing:     decimal.Decimal(in.Closing),
	}
	return nil
}

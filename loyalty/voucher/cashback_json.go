package voucher

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

type cashbackJSON struct {
	V            int          `json:"v"`
	Zone         string       `json:"zone"`
	Digits       int          `json:"digits"`
	Rate         money.Plain  `json:"rate"`
	OrderCap     *money.Plain `json:"order_cap,omitempty"`
	MonthCap     *money.Plain `json:"month_cap,omitempty"`
	MaturityDays int          `json:"maturity_days,omitempty"`
	Months       *int         `json:"months,omitempty"`
}

// MarshalJSON encodes valid terms in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","digits":2,"rate":"0.03","order_cap":"5",
//	 "month_cap":"8","maturity_days":14,"months":12}
//
// without the spaces, in this order, what is missing left out.
func (t CashbackTerms) MarshalJSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	zone, err := zoneName(t.Zone)
	if err != nil {
		return nil, err
	}
	return json.Marshal(cashbackJSON{
		version, zone, t.Digits, money.Plain(t.Rate), (*money.Plain)(t.OrderCap), (*money.Plain)(t.MonthCap), t.MaturityDays, t.Months,
	})
}

// DecodeCashbackTerms decodes terms of any version that was ever written; zone and
// errors are as with [DecodeTerms].
func DecodeCashbackTerms(data []byte, zone func(name string) (*time.Location, error)) (CashbackTerms, error) {
	var in cashbackJSON
	if err := decode(data, &in); err != nil {
		return CashbackTerms{}, err
	}
	loc, err := loadZone(in.Zone, zone)
	if err != nil {
		return CashbackTerms{}, err
	}
	t := CashbackTerms{loc, in.Digits, decimal.Decimal(in.Rate), (*decimal.Decimal)(in.OrderCap), (*decimal.Decimal)(in.MonthCap), in.MaturityDays, in.Months}
	if err := t.Validate(); err != nil {
		return CashbackTerms{}, err
	}
	return t, nil
}

type formatJSON struct {
	V        int    `json:"v"`
	Scheme   Scheme `json:"scheme"`
	Alphabet string `json:"alphabet,omitempty"`
}

// MarshalJSON encodes a valid format in one canonical form, such as
// {"v":1,"scheme":"luhn_mod_n","alphabet":"abcdef"}.
func (f CodeFormat) MarshalJSON() ([]byte, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(formatJSON{version, f.Scheme, f.Alphabet})
}

// UnmarshalJSON decodes a format of any version that was ever written, with the
// errors of [Stack.UnmarshalJSON]. It leaves f unchanged on error.
func (f *CodeFormat) UnmarshalJSON(data []byte) error {
	var in formatJSON
	if err := decode(data, &in); err != nil {
		return err
	}
	out := CodeFormat{in.Scheme, in.Alphabet}
	if err := out.Validate(); err != nil {
		return err
	}
	*f = out
	return nil
}

package cashback

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Terms say what orders pay back into a wallet and how long it lasts. They are plain
// data, safe for concurrent use while nobody changes them; [New] makes an [Engine] of
// them.
type Terms struct {
	Zone     *time.Location   // of months and days; required
	Digits   int              // fraction digits of the currency, 0 to 9
	Rate     decimal.Decimal  // of the net amount, 0 to 1, at most 9 fraction digits
	OrderCap *decimal.Decimal // most that an order pays back; nil: no cap
	MonthCap *decimal.Decimal // most that the orders of a local month do; nil: no cap
	// MaturityDays is how many days credit waits: it can be spent from the start of
	// the local date of the order plus as many days; 0 is at once.
	MaturityDays int
	// Months is how long credit lives: through the local date of the order plus as
	// many months, clamped to the end of the month; nil: for ever.
	Months *int
	// GraceDays is for how many days what is given back of a lot that has expired lives
	// on: through the local date of the return plus as many days; nil: it expires at once.
	GraceDays *int
}

// Validate reports the rules that t breaks in one error.
func (t Terms) Validate() error {
	_, err := New(t)
	return err
}

// An Engine decides about wallets. It is an immutable value, safe for concurrent use.
// Obtain one from [New].
type Engine struct {
	opaque
	terms        Terms
	rate         money.Rate
	order, month int64 // caps of an order and a month, in minor units; no cap is the largest amount
}

// New prepares terms and keeps no pointer of them. It fails exactly when [Terms.Validate] does.
func New(t Terms) (*Engine, error) {
	var c checker
	c.Check(t.Zone != nil, "Zone", nil, "must not be nil")
	c.digits(t.Digits)
	rate := c.rate(t.Rate)
	c.Check(t.MaturityDays >= 0 && t.MaturityDays <= 36_500, "MaturityDays", t.MaturityDays, "must be 0 to 36500")
	if t.Months != nil {
		c.Check(*t.Months >= 0 && *t.Months <= 1200, "Months", *t.Months, "must be 0 to 1200")
		t.Months = new(*t.Months)
	}
	if t.GraceDays != nil {
		c.Check(*t.GraceDays >= 0 && *t.GraceDays <= 36_500, "GraceDays", *t.GraceDays, "must be 0 to 36500")
		t.GraceDays = new(*t.GraceDays)
	}
	order := c.optional(t.OrderCap, t.Digits, "OrderCap")
	month := c.optional(t.MonthCap, t.Digits, "MonthCap")
	if err := c.Err(room); err != nil {
		return nil, err
	}
	return &Engine{terms: t, rate: rate, order: order, month: month}, nil
}

// rate reads a share of 0 to 1.
func (c *checker) rate(d decimal.Decimal) money.Rate {
	err := money.Bounded(d)
	var r money.Rate
	if err == nil {
		r, err = money.RateOf(d)
	}
	num, den := r.Fraction()
	c.Check(err == nil && num >= 0 && num <= den, "Rate", nil, "must be 0 to 1, with at most 9 fraction digits")
	return r
}

type termsJSON struct {
	V            int          `json:"v"`
	Zone         string       `json:"zone"`
	Digits       int          `json:"digits"`
	Rate         money.Plain  `json:"rate"`
	OrderCap     *money.Plain `json:"order_cap,omitempty"`
	MonthCap     *money.Plain `json:"month_cap,omitempty"`
	MaturityDays int          `json:"maturity_days,omitempty"`
	Months       *int         `json:"months,omitempty"`
	GraceDays    *int         `json:"grace_days,omitempty"`
}

// MarshalJSON encodes valid terms in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","digits":2,"rate":"0.03","order_cap":"5",
//	 "month_cap":"8","maturity_days":14,"months":12,"grace_days":30}
//
// without the spaces, in this order, what is missing left out. The zone must have a
// name that a loader can find again: [time.Local] is an error.
func (t Terms) MarshalJSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(t.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	return encode(termsJSON{
		version, zone, t.Digits, money.Plain(t.Rate), (*money.Plain)(t.OrderCap), (*money.Plain)(t.MonthCap), t.MaturityDays, t.Months, t.GraceDays,
	})
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: decode terms with [DecodeTerms],
// which takes a loader of zones.
func (*Terms) UnmarshalJSON([]byte) error {
	return fault.Room(room, canon.NeedsZone("DecodeTerms"))
}

// DecodeTerms decodes terms of any version that was ever written and looks up their zone
// by name with zone, such as [time.LoadLocation]. An unknown version is
// [relmark.ErrUnsupported]; text that is no such JSON, unknown or repeated keys, an
// unknown zone and terms that are not valid are [relmark.ErrInvalid]. The error of zone
// is wrapped.
func DecodeTerms(data []byte, zone func(name string) (*time.Location, error)) (Terms, error) {
	var in termsJSON
	if err := decode("terms", data, &in); err != nil {
		return Terms{}, err
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return Terms{}, fault.Room(room, err)
	}
	t := Terms{loc, in.Digits, decimal.Decimal(in.Rate), (*decimal.Decimal)(in.OrderCap), (*decimal.Decimal)(in.MonthCap), in.MaturityDays, in.Months, in.GraceDays}
	if err := t.Validate(); err != nil {
		return Terms{}, err
	}
	return t, nil
}

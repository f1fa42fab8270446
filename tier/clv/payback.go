package clv

import (
	"errors"
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/tier/rfm"
)

// A Cohort is customers won together and what that and keeping them costs.
type Cohort struct {
	Customers   int64           `json:"customers"`   // who made a first purchase; 1 or more
	Acquisition decimal.Decimal `json:"acquisition"` // what winning all of them cost; 0 or more
	Keeping     decimal.Decimal `json:"keeping"`     // per living customer and period; 0 or more
	FirstSales  decimal.Decimal `json:"first_sales"` // revenue of their first purchases; 0 or more
}

// Validate reports every rule that c breaks, joined into one error.
func (c Cohort) Validate() error {
	var list fault.List
	list.Check(c.Customers >= 1, "Customers", c.Customers, "must be 1 or more")
	for _, f := range []struct {
		name  string
		value decimal.Decimal
	}{{"Acquisition", c.Acquisition}, {"Keeping", c.Keeping}, {"FirstSales", c.FirstSales}} {
		if money.Bounded(f.value) != nil {
			list.Add(f.name, nil, fmt.Sprintf("must have at most %d digits", money.MaxText))
			continue
		}
		list.Check(f.value.Sign() >= 0 && f.value.InexactFloat64() <= most, f.name, nil, "must be 0 to 1e50")
	}
	return list.Err(room)
}

// cohortJSON has amounts as exact text: what a decimal makes of itself depends on
// variables of the process, and may not end.
type cohortJSON struct {
	Customers   int64       `json:"customers"`
	Acquisition money.Plain `json:"acquisition"`
	Keeping     money.Plain `json:"keeping"`
	FirstSales  money.Plain `json:"first_sales"`
}

// MarshalJSON encodes the cohort, amounts as decimal strings. It fails on an amount that
// is longer than any text.
func (c Cohort) MarshalJSON() ([]byte, error) {
	data, err := canon.Marshal(cohortJSON{
		c.Customers, money.Plain(c.Acquisition), money.Plain(c.Keeping), money.Plain(c.FirstSales),
	})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes what [Cohort.MarshalJSON] writes; whether the cohort is valid,
// [Cohort.Validate] says. It fails with [relmark.ErrInvalid]; c is unchanged then.
func (c *Cohort) UnmarshalJSON(data []byte) error {
	var in cohortJSON
	if err := codec.Object(data, &in); err != nil {
		return fault.Decode(room, "cohort", err)
	}
	*c = Cohort{
		in.Customers, decimal.Decimal(in.Acquisition), decimal.Decimal(in.Keeping), decimal.Decimal(in.FirstSales),
	}
	return nil
}

// A Payback sets what a cohort costs against what it brings. Figures are expected
// values per customer, discounted to the first purchase.
type Payback struct {
	Acquisition float64   `json:"acquisition"` // cost of winning a customer
	Keeping     float64   `json:"keeping"`     // cost of keeping one over the horizon
	Margin      float64   `json:"margin"`      // of the first purchase and of all others over the horizon
	Net         float64   `json:"net"`         // Margin − Keeping − Acquisition
	Periods     int       `json:"periods"`     // after which the cohort has paid back; valid if Paid
	Paid        bool      `json:"paid"`        // within the horizon
	Cumulative  []float64 `json:"cumulative"`  // margin less keeping up to the end of period 0 … Horizon
}

// PaybackOf forecasts when a cohort has paid back. Keeping costs fall due at the
// start of a period for those still alive; purchases count at the end of the period
// in which they come, the first one at once. It fails with a [relmark.FieldError] on
// invalid arguments, with one if o is Endless, and with [ErrNoPopulationMean].
func PaybackOf[M PurchaseModel](m M, spend GammaGamma, c Cohort, o ValueOptions) (Payback, error) {
	if err := errors.Join(c.Validate(), o.Validate()); err != nil {
		return Payback{}, err
	}
	mean, ok := spend.Mean()
	switch {
	case o.Endless:
		return Payback{}, invalid("Endless", o.Endless, "must be false for a payback")
	case !ok:
		return Payback{}, fmt.Errorf("clv: %w", ErrNoPopulationMean)
	}
	each := func(d decimal.Decimal) float64 { return d.InexactFloat64() / float64(c.Customers) }
	p := Payback{Acquisition: each(c.Acquisition), Margin: each(c.FirstSales) * o.margin()}
	p.enter(0)
	discount, before := 1.0, 0.0
	for i := 1; i <= o.Horizon; i++ {
		start, end := float64(i-1)*o.period(), float64(i)*o.period()
		p.Keeping += discount * c.Keeping.InexactFloat64() * m.PAliveAfter(rfm.Pattern{}, start)
		now := m.Expected(end)
		discount /= 1 + o.Discount
		p.Margin += discount * (now - before) * mean * o.margin()
		before = now
		p.enter(i)
	}
	p.Net = p.Margin - p.Keeping - p.Acquisition
	if math.IsNaN(p.Net) || math.IsInf(p.Net, 0) {
		return Payback{}, fmt.Errorf("clv: the model has no forecast for these periods: %w", relmark.ErrInvalid)
	}
	return p, nil
}

// enter notes where the cohort stands at the end of period i.
func (p *Payback) enter(i int) {
	earned := p.Margin - p.Keeping
	p.Cumulative = append(p.Cumulative, earned)
	if !p.Paid && earned >= p.Acquisition {
		p.Periods, p.Paid = i, true
	}
}

package clv

import (
	"errors"
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
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
// invalid arguments, with one for a Horizon of 0, and with [ErrNoPopulationMean].
func PaybackOf[M PurchaseModel](m M, spend GammaGamma, c Cohort, o ValueOptions) (Payback, error) {
	if err := errors.Join(c.Validate(), o.Validate()); err != nil {
		return Payback{}, err
	}
	mean, ok := spend.Mean()
	switch {
	case o.Horizon == 0:
		return Payback{}, invalid("Horizon", o.Horizon, "must be 1 or more")
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

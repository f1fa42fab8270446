package clv

import (
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/tier/rfm"
)

// ValueOptions say what a purchase is worth today. One of Horizon and Endless has to be
// set, so the zero value is invalid.
type ValueOptions struct {
	Horizon  int      `json:"horizon"`  // periods ahead, 1 to 10,000; 0 if Endless
	Endless  bool     `json:"endless"`  // without a horizon
	Period   float64  `json:"period"`   // length of a period in the unit of time of the model, 1e-20 to 1e20; 0 means 1
	Discount float64  `json:"discount"` // per period; 0 to 1e6, and above 0 if Endless
	Margin   *float64 `json:"margin"`   // profit per unit of spend, −1e12 to 1e12; nil means 1, so that value is revenue
}

// Validate reports every rule that o breaks, joined into one error.
func (o ValueOptions) Validate() error {
	var list fault.List
	if o.Endless {
		list.Check(o.Horizon == 0, "Horizon", o.Horizon, "must be 0 if Endless")
	} else {
		list.Between("Horizon", float64(o.Horizon), 1, maxHorizon)
	}
	if o.Period != 0 {
		list.Between("Period", o.Period, 1e-20, 1e20)
	}
	list.Between("Discount", o.Discount, 0, 1e6)
	list.Check(o.Discount != 0 || !o.Endless, "Discount", o.Discount, "must be > 0 for a value without end: it does not converge")
	list.Between("Margin", o.margin(), -1e12, 1e12)
	return list.Err(room)
}

const maxHorizon = 10_000

func (o ValueOptions) period() float64 {
	if o.Period == 0 {
		return 1
	}
	return o.Period
}

func (o ValueOptions) margin() float64 {
	if o.Margin == nil {
		return 1
	}
	return *o.Margin
}

// A Customer is a pattern with what the repeat purchases were worth on average.
type Customer struct {
	rfm.Pattern
	Mean float64 `json:"mean"` // value of a repeat purchase; does not matter for X = 0
}

// CustomerOf returns the customer that a summary describes. This is where exact
// amounts become floats.
func CustomerOf(s rfm.Summary) Customer { return Customer{s.Pattern(), max(s.MeanRepeat(), 0)} }

// A Valuation is a forecast of what a customer brings.
type Valuation struct {
	PAlive     float64 `json:"p_alive"`    // today
	Discounted float64 `json:"discounted"` // purchases ahead, each counting its discount
	Spend      float64 `json:"spend"`      // expected per purchase
	Value      float64 `json:"value"`      // Discounted · Spend · Margin
}

// Amount returns the value as a decimal of a given scale, halves rounded away from
// zero, for reports and exports: an estimate, not money that anybody is owed. It
// returns false if the value is NaN or infinite, or scale is not from −30 to 30.
func (v Valuation) Amount(scale int32) (decimal.Decimal, bool) {
	const most = 30
	if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || scale < -most || scale > most {
		return decimal.Decimal{}, false
	}
	return decimal.NewFromFloat(v.Value).Round(scale), true
}

// A Valuer forecasts what customers bring,
//
//	P(alive) · Σ (1+discount)^−i · E[purchases in period i | alive] · E[spend] · margin
//
// over i = 1 … Horizon; if Endless, the sum becomes DERT, in which every purchase
// counts from its own time. A Valuer remembers forecasts by age and number of
// purchases and is not safe for concurrent use: make one for each goroutine.
type Valuer[M PurchaseModel] struct {
	opaque
	model  M
	spend  GammaGamma
	margin float64
	alive  ageMemo
}

// NewValuer returns a valuer. It fails if [ValueOptions.Validate] does, and with
// [ErrNoPopulationMean] for a spend model with Q ≤ 1, under which customers without
// repeat purchase have no expected spend.
func NewValuer[M PurchaseModel](model M, spend GammaGamma, o ValueOptions) (*Valuer[M], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if _, ok := spend.Mean(); !ok {
		return nil, fmt.Errorf("clv: %w", ErrNoPopulationMean)
	}
	return &Valuer[M]{model: model, spend: spend, margin: o.margin(), alive: byAge(math.MaxInt, o.discounted(model))}, nil
}

// discounted returns the discounted number of purchases of a living customer.
func (o ValueOptions) discounted(m PurchaseModel) func(c rfm.Pattern) float64 {
	if o.Endless {
		rate := m.DERTRate(o.Discount, o.period())
		return func(c rfm.Pattern) float64 { return m.DERTIfAlive(c, rate) }
	}
	return func(c rfm.Pattern) float64 {
		sum, before, discount := 0.0, 0.0, 1.0
		for i := 1; i <= o.Horizon; i++ {
			now := m.ExpectedIfAlive(c, float64(i)*o.period())
			discount /= 1 + o.Discount
			sum += discount * (now - before)
			before = now
		}
		return sum
	}
}

// Value returns the valuation of a customer. Its figures are NaN for an invalid
// pattern, for a Mean that is not from 0 to 1e50 with X > 0, and where the model has no
// forecast for the periods of v.
func (v *Valuer[M]) Value(c Customer) Valuation {
	alive, spend := v.model.PAlive(c.Pattern), v.spend.CondMean(c.X, c.Mean)
	discounted := alive * v.alive.of(c.Pattern)
	return Valuation{alive, discounted, spend, finite(discounted * spend * v.margin)}
}

// New returns the valuation of a customer right after the first purchase, which is
// not counted.
func (v *Valuer[M]) New() Valuation { return v.Value(Customer{}) }

// AppendValues appends the value of each customer to dst. It does not allocate but
// for dst and ages not met before.
func (v *Valuer[M]) AppendValues(dst []float64, customers []Customer) []float64 {
	for _, c := range customers {
		dst = append(dst, v.Value(c).Value)
	}
	return dst
}

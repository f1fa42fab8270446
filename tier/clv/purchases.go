package clv

import (
	"math"

	"github.com/relmark/relmark/tier/rfm"
)

// PurchaseModel is what value, evaluation and batch work ask of a model of
// non-contractual buying: [BGNBD], [MBGNBD], [ParetoNBD], [BGBB], or a host's own.
//
// PAlive is the probability that a customer has not dropped out by age T, and
// PAliveAfter that by age T+t. What a living customer is expected to buy,
// ExpectedIfAlive within t and DERTIfAlive discounted for ever, depends on the number
// of purchases and the age but never on the time of the last one, so work on it is
// shared between customers. Expected is for new customers. All return NaN outside
// their domain. DERTRate turns a discount per period into the rate that
// DERTIfAlive takes.
type PurchaseModel interface {
	PAlive(c rfm.Pattern) float64
	PAliveAfter(c rfm.Pattern, t float64) float64
	ExpectedIfAlive(c rfm.Pattern, t float64) float64
	DERTIfAlive(c rfm.Pattern, rate float64) float64
	Expected(t float64) float64
	DERTRate(discount, period float64) float64
}

// DERTRate returns the continuous rate that discounts by 1/(1+discount) over each
// period of a given length.
func (m betaGeometric) DERTRate(discount, period float64) float64 {
	return math.Log1p(discount) / period
}

// DERTRate returns the continuous rate that discounts by 1/(1+discount) over each
// period of a given length.
func (m ParetoNBD) DERTRate(discount, period float64) float64 {
	return math.Log1p(discount) / period
}

// DERTRate returns the rate per occasion that discounts by 1/(1+discount) over each
// period of a given number of occasions.
func (m BGBB) DERTRate(discount, period float64) float64 {
	return math.Expm1(math.Log1p(discount) / period)
}

// An age is all that a forecast for a living customer depends on.
type age struct {
	x int
	t float64
}

// shared remembers a forecast for living customers by age.
type shared struct {
	known    map[age]float64
	forecast func(c rfm.Pattern) float64
}

func share(forecast func(c rfm.Pattern) float64) *shared {
	return &shared{map[age]float64{}, forecast}
}

func (s *shared) of(c rfm.Pattern) float64 {
	key := age{c.X, c.T}
	v, ok := s.known[key]
	if !ok {
		v = s.forecast(rfm.Pattern{X: c.X, TX: min(c.TX, c.T), T: c.T})
		if !math.IsNaN(v) {
			s.known[key] = v
		}
	}
	return v
}

// AppendPAlive appends m.PAlive of each customer to dst.
func AppendPAlive[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern) []float64 {
	for _, c := range customers {
		dst = append(dst, m.PAlive(c))
	}
	return dst
}

// AppendCondExpected appends the expected number of purchases of each customer
// within t to dst. Customers of one age and number of purchases share the work:
// with many of them it costs little more than [AppendPAlive].
func AppendCondExpected[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern, t float64) []float64 {
	alive := share(func(c rfm.Pattern) float64 { return m.ExpectedIfAlive(c, t) })
	for _, c := range customers {
		dst = append(dst, m.PAlive(c)*alive.of(c))
	}
	return dst
}

// AppendDERT appends the discounted expected residual transactions of each customer
// to dst and shares work as [AppendCondExpected] does.
func AppendDERT[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern, rate float64) []float64 {
	alive := share(func(c rfm.Pattern) float64 { return m.DERTIfAlive(c, rate) })
	for _, c := range customers {
		dst = append(dst, m.PAlive(c)*alive.of(c))
	}
	return dst
}

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

// ageMemo remembers a forecast for living customers, which does not depend on the time of
// the last purchase.
type ageMemo struct{ *memo }

func byAge(expected int, forecast func(c rfm.Pattern) float64) ageMemo {
	return ageMemo{newMemo(expected, forecast)}
}

// of returns the forecast for c, or for whom it was computed of the same age and number
// of purchases.
func (m ageMemo) of(c rfm.Pattern) float64 { return m.get(rfm.Pattern{X: c.X, T: c.T}, c) }

// AppendPAlive appends m.PAlive of each customer to dst, to the same bits. Customers of
// one pattern share the work, up to 32,768 patterns; a customer costs some 5 ns then. Where
// none share, the table costs some 15 ns each. Past dst it allocates no more than 4 MB,
// whatever the number of customers.
func AppendPAlive[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern) []float64 {
	return newMemo(len(customers), func(c rfm.Pattern) float64 { return m.PAlive(c) }).appendAll(dst, customers)
}

// AppendCondExpected appends the expected number of purchases of each customer within t
// to dst: m.PAlive times m.ExpectedIfAlive, to the same bits. Customers of one pattern
// share the work, up to 32,768 patterns, and those of one age and number of purchases the
// greater part of it. Past dst it allocates no more than 8 MB, whatever the number of
// customers.
func AppendCondExpected[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern, t float64) []float64 {
	return appendOfLiving(dst, m, customers, func(c rfm.Pattern) float64 { return m.ExpectedIfAlive(c, t) })
}

// AppendDERT appends the discounted expected residual transactions of each customer
// to dst and shares work as [AppendCondExpected] does.
func AppendDERT[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern, rate float64) []float64 {
	return appendOfLiving(dst, m, customers, func(c rfm.Pattern) float64 { return m.DERTIfAlive(c, rate) })
}

// appendOfLiving appends what customers are expected to do if alive, times the probability
// that they are.
func appendOfLiving[M PurchaseModel](dst []float64, m M, customers []rfm.Pattern, forecast func(c rfm.Pattern) float64) []float64 {
	alive := byAge(len(customers), forecast)
	all := newMemo(len(customers), func(c rfm.Pattern) float64 { return m.PAlive(c) * alive.of(c) })
	return all.appendAll(dst, customers)
}

package clv

import "github.com/relmark/relmark/tier/rfm"

// Purchases is what value, evaluation and batch work ask of a model of
// non-contractual buying: [BGNBD], [MBGNBD], [ParetoNBD], [BGBB], or a host's own.
//
// PAlive is the probability that a customer has not dropped out by age T. What a
// living customer is expected to buy, ExpectedIfAlive and DERTIfAlive, depends on
// the number of purchases and the age but never on the time of the last one, so
// work on it is shared between customers. All return NaN outside their domain.
type Purchases interface {
	PAlive(c rfm.Pattern) float64
	ExpectedIfAlive(c rfm.Pattern, t float64) float64
	DERTIfAlive(c rfm.Pattern, rate float64) float64
	Expected(t float64) float64
}

package basket

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// Measures of a rule X → Y that are not those of Y → X: how well X tells Y.

// AddedValue returns by how much X raises the share of Y, a/Left − Right/N = D/(N·Left),
// in [−1, 1]: centred confidence, or Pavillon's index.
func (t Table) AddedValue() float64 { return t.excess() / product(t.N, t.Left) }

// Certainty returns which part of the doubt about Y the rule takes away, D/(Left·(N −
// Right)): Shortliffe's certainty factor where X and Y attract each other, Loevinger's H.
// It is at most 1 and 0 where they are independent.
func (t Table) Certainty() float64 { return t.excess() / product(t.Left, t.N-t.Right) }

// DifferenceOfConfidence returns by how much more often Y occurs with X than without,
// a/Left − c/(N − Left), in [−1, 1].
func (t Table) DifferenceOfConfidence() float64 { return t.excess() / product(t.Left, t.N-t.Left) }

// RelativeRisk returns how many times as often Y occurs with X as without,
// (a/Left)/(c/(N − Left)).
func (t Table) RelativeRisk() float64 {
	return product(t.Both, t.N-t.Left) / product(t.Right-t.Both, t.Left)
}

// Importance returns the decimal logarithm of the relative risk with one basket added
// to each cell, log₁₀((a+1)(N−Left+2)/((c+1)(Left+2))): finite for every table.
func (t Table) Importance() float64 {
	a, c, with, without := uint64(t.Both)+1, uint64(t.Right-t.Both)+1, uint64(t.Left)+2, uint64(t.N-t.Left)+2
	ratio := float64(a) * float64(without) / (float64(c) * float64(with))
	if ratio < 0.5 || ratio > 2 {
		return math.Log10(ratio)
	}
	return math.Log1p(special.Determinant(a, c, with, without)/(float64(c)*float64(with))) / math.Ln10
}

// Conviction returns how many times as often the rule would be wrong if X and Y were
// independent, Left·(N − Right)/(N·b): infinite where it is never wrong, 1 where they
// are independent.
func (t Table) Conviction() float64 {
	return product(t.Left, t.N-t.Right) / product(t.N, t.Left-t.Both)
}

// Sebag returns the odds of the rule, how often it is right for once wrong, a/b: the
// measure of Sebag and Schoenauer.
func (t Table) Sebag() float64 { return quotient(t.Both, t.Left-t.Both) }

// CounterexampleRate returns the share of examples that counterexamples do not make up
// for, (a − b)/a, at most 1.
func (t Table) CounterexampleRate() float64 { return quotient(t.Both-(t.Left-t.Both), t.Both) }

// ConfirmedConfidence returns by how much the rule is right more often than wrong,
// (a − b)/Left, in [−1, 1].
func (t Table) ConfirmedConfidence() float64 { return quotient(t.Both-(t.Left-t.Both), t.Left) }

// LeastContradiction returns (a − b)/Right, at most 1, the measure of Azé and Kodratoff.
// What arules calls so is [Table.ReverseConfidence].
func (t Table) LeastContradiction() float64 { return quotient(t.Both-(t.Left-t.Both), t.Right) }

// Ralambondrainy returns the share of all baskets that contradict the rule, b/N, in
// [0, 1]: less is better.
func (t Table) Ralambondrainy() float64 { return quotient(t.Left-t.Both, t.N) }

// CausalSupport returns the share of baskets that confirm X → Y directly or by its
// contraposition, less those that contradict it: (Left + Right − 2b)/N, in [−1, 2]. It is
// Kodratoff's measure, "casual" in arules.
func (t Table) CausalSupport() float64 {
	return (float64(t.Both) + float64(t.Right) - float64(t.Left-t.Both)) / float64(t.N)
}

// CausalConfidence returns 1 − (b/N)·(1/Left + 1/Right), at most 1: Kodratoff's measure,
// "casual" in arules.
func (t Table) CausalConfidence() float64 {
	return 1 - quotient(t.Left-t.Both, t.N)*(1/float64(t.Left)+1/float64(t.Right))
}

// Laplace returns the confidence with one basket added for Y and one against it,
// (a + 1)/(Left + 2), in (0, 1): cautious where X is rare, ½ where there is no data.
func (t Table) Laplace() float64 { return (float64(t.Both) + 1) / (float64(t.Left) + 2) }

// RulePowerFactor returns support times confidence, a²/(Left·N), in [0, 1].
func (t Table) RulePowerFactor() float64 { return product(t.Both, t.Both) / product(t.Left, t.N) }

// ImplicationIndex returns how many standard deviations of a Poisson count there are
// more counterexamples than under independence, (b − e)/√e with e = Left·(N − Right)/N:
// less is better. It is Gras's index.
func (t Table) ImplicationIndex() float64 {
	return -t.excess() / math.Sqrt(float64(t.N)*product(t.Left, t.N-t.Right))
}

// Zhang returns D/max(a·(N − Left), Left·c), in [−1, 1]: 1 where Y never occurs without
// X, −1 where they never meet. It is 0 where X is in every basket, or in none.
func (t Table) Zhang() float64 {
	most := max(product(t.Both, t.N-t.Left), product(t.Left, t.Right-t.Both))
	if most == 0 && t.N > 0 {
		return 0
	}
	return t.excess() / most
}

// Gini returns by how much X and its absence purify the division into baskets with and
// without Y, 2D²/(N²·Left·(N − Left)), in [0, ½]: the gain of Gini's index.
func (t Table) Gini() float64 {
	return 2 * t.AddedValue() * (t.excess() / product(t.N, t.N-t.Left))
}

// JMeasure returns the information that X gives about Y, in nats for each basket,
// (a/N)·ln(N·a/(Left·Right)) + (b/N)·ln(N·b/(Left·(N − Right))), at least 0. A term
// without baskets is 0.
func (t Table) JMeasure() float64 {
	m := t.expected()
	return (m.deviance(t.Both, m.both, 1) + m.deviance(t.Left-t.Both, m.left, -1)) / float64(t.N)
}

// Lambda returns which part of the errors in guessing Y is avoided by who knows of X,
// (max(a, b) + max(c, d) − most)/(N − most) with most = max(Right, N − Right), in [0, 1]:
// the measure of Goodman and Kruskal.
func (t Table) Lambda() float64 {
	k := t.cells()
	most := max(t.Right, t.N-t.Right)
	return quotient(max(k.A, k.B)-(most-max(k.C, k.D)), t.N-most)
}

package basket

import (
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// A Table is the evidence for a rule X → Y: in how many of N baskets both sides,
// the left and the right one occur. Its measures are computed from these whole
// numbers alone, and differences of products of them in whole numbers too, so that
// none loses digits where X and Y are nearly independent. It is plain data and an
// immutable value, safe for concurrent use.
//
// The comments write a, b, c and d for the four cells, the baskets with
//
//	a = Both       X and Y       b = Left − Both            X alone
//	c = Right − Both   Y alone   d = N − Left − Right + Both   neither
//
// and D = ad − bc, which is 0 where X and Y are independent and above 0 where they
// attract each other. A quotient by 0 is NaN where its numerator is 0 as well, as it
// is for the zero Table, and infinite otherwise. Of a table that [Table.Validate]
// rejects a measure means nothing. Each takes O(1) time, unless it says otherwise, and
// none allocates.
type Table struct {
	Both  int64 `json:"both"`  // baskets that hold all of X and all of Y
	Left  int64 `json:"left"`  // baskets that hold all of X
	Right int64 `json:"right"` // baskets that hold all of Y
	N     int64 `json:"n"`     // all baskets
}

// Validate reports every rule that t breaks, joined into one error: 0 ≤ Both ≤
// Left, Right ≤ N, and Left + Right − Both ≤ N, the baskets that hold either side.
func (t Table) Validate() error {
	var l fault.List
	check := func(ok bool, field string, value int64, rule string) {
		if !ok {
			l.Add(field, value, rule)
		}
	}
	check(t.Both >= 0, "Both", t.Both, "must be 0 or more")
	check(t.Left >= t.Both && t.Left <= t.N, "Left", t.Left, "must lie between Both and N")
	check(t.Right >= t.Both && t.Right <= t.N, "Right", t.Right, "must lie between Both and N")
	if l.Len() == 0 { // only then does the difference not overflow
		check(t.Left-t.Both <= t.N-t.Right, "N", t.N, "must be Left + Right - Both or more")
	}
	return l.Err(room)
}

// Support returns the share of baskets that hold both sides, a/N.
func (t Table) Support() float64 { return quotient(t.Both, t.N) }

// Confidence returns the share of the baskets with X that hold Y as well,
// a/Left: an estimate of P(Y | X).
func (t Table) Confidence() float64 { return quotient(t.Both, t.Left) }

// Lift returns how many times as often both sides occur together as they would
// if they were independent, N·a/(Left·Right). It is 1 where X tells nothing
// about Y, above 1 where they attract each other.
func (t Table) Lift() float64 { return product(t.N, t.Both) / product(t.Left, t.Right) }

// Coverage returns the share of baskets to which the rule applies, Left/N.
func (t Table) Coverage() float64 { return quotient(t.Left, t.N) }

// Prevalence returns the share of baskets that hold Y, with X or without, Right/N: the
// confidence of the rule that knows nothing.
func (t Table) Prevalence() float64 { return quotient(t.Right, t.N) }

// ReverseConfidence returns the confidence of Y → X, a/Right. Arules has it under the
// name of least contradiction.
func (t Table) ReverseConfidence() float64 { return quotient(t.Both, t.Right) }

// cells returns the four cells.
func (t Table) cells() special.Fourfold {
	return special.Fourfold{A: t.Both, B: t.Left - t.Both, C: t.Right - t.Both, D: t.N - t.Left - (t.Right - t.Both)}
}

// excess returns D = ad − bc.
func (t Table) excess() float64 { return t.cells().Determinant() }

// quotient returns a/b, both rounded to float64 before.
func quotient(a, b int64) float64 { return float64(a) / float64(b) }

// product returns a·b, which is exact up to 2⁵³.
func product(a, b int64) float64 { return float64(a) * float64(b) }

// expected holds what independence would put into the cells, and by how much the first
// differs from it; the others differ by as much.
type expected struct{ both, left, right, none, excess float64 }

func (t Table) expected() expected {
	n := float64(t.N)
	return expected{
		product(t.Left, t.Right) / n, product(t.Left, t.N-t.Right) / n,
		product(t.N-t.Left, t.Right) / n, product(t.N-t.Left, t.N-t.Right) / n,
		t.excess() / n,
	}
}

// deviance returns x·ln(x/e) − x + e of a cell that differs from what is expected with
// the given sign: over a row, a column or the table, only the logarithms remain.
func (m expected) deviance(cell int64, e, sign float64) float64 {
	if e == 0 {
		return 0
	}
	return special.Deviance(float64(cell), e, sign*m.excess)
}

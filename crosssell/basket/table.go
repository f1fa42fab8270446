package basket

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A Table is the evidence for a rule X → Y: in how many of N baskets both sides,
// the left and the right one occur. Its measures are computed from these whole
// numbers alone. It is plain data and an immutable value, safe for concurrent
// use. A measure is NaN where its denominator is 0, as it is for the zero Table;
// of a table that [Table.Validate] rejects it means nothing.
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

// Support returns the share of baskets that hold both sides, Both / N.
func (t Table) Support() float64 { return ratio(t.Both, t.N) }

// Confidence returns the share of the baskets with X that hold Y as well,
// Both / Left: an estimate of P(Y | X).
func (t Table) Confidence() float64 { return ratio(t.Both, t.Left) }

// Lift returns how many times as often both sides occur together as they would
// if they were independent, N·Both / (Left·Right). It is 1 where X tells nothing
// about Y, above 1 where they attract each other.
func (t Table) Lift() float64 {
	if t.Left == 0 || t.Right == 0 {
		return math.NaN()
	}
	return float64(t.N) * float64(t.Both) / (float64(t.Left) * float64(t.Right))
}

// ratio returns a/b, NaN if b is 0.
func ratio(a, b int64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

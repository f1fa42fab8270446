package rfm

import (
	"math/big"

	"github.com/relmark/relmark/internal/fault"
)

// A Score grades a customer on each axis from 1 (worst) to the number of bins:
// R for the most recent, F for the most frequent, M for the highest amount. It is
// plain data.
type Score struct {
	R int `json:"r"`
	F int `json:"f"`
	M int `json:"m"`
}

// A Scorer grades summaries against frozen cut points, so that a customer's score
// moves only when the customer does, or time passes. It is an immutable value, safe
// for concurrent use. Obtain one from [NewScorer] or by decoding; the zero Scorer
// scores everybody 0, 0, 0.
type Scorer struct {
	cuts      Cuts
	recency   []int64
	frequency []int64
	monetary  [maxDigits + 1][]int64 // by the fraction digits of the amounts
}

// NewScorer freezes cut points, fitted with [FitCuts] or chosen by hand. It fails
// exactly when [Cuts.Validate] does.
func NewScorer(c Cuts) (Scorer, error) {
	if err := c.Validate(); err != nil {
		return Scorer{}, fault.Room(room, err)
	}
	c = c.clone()
	s := Scorer{cuts: c, recency: thresholds(c.Recency, 0), frequency: thresholds(c.Frequency, 0)}
	for digits := range s.monetary {
		s.monetary[digits] = thresholds(c.Monetary, digits)
	}
	return s, nil
}

// Cuts returns a copy of the cut points.
func (s Scorer) Cuts() Cuts { return s.cuts.clone() }

// Bins returns the number of grades on each axis, 0 for the zero Scorer.
func (s Scorer) Bins() int {
	if len(s.recency) == 0 {
		return 0
	}
	return len(s.recency) + 1
}

// Score grades a summary. A value equal to a cut point belongs to the bin below
// it; values beyond those the cut points were fitted on get the first or the last
// grade. It does not allocate.
func (s Scorer) Score(c Summary) Score {
	bins := s.Bins()
	if bins == 0 {
		return Score{}
	}
	return Score{
		R: bins + 1 - bin(s.recency, int64(c.daysSinceLast())),
		F: bin(s.frequency, int64(c.Purchases)),
		M: bin(s.monetary[c.digits], c.total),
	}
}

// bin returns 1 + the number of thresholds below v.
func bin(thresholds []int64, v int64) int {
	n := 1
	for _, t := range thresholds {
		if t < v {
			n++
		}
	}
	return n
}

func (c Cuts) clone() Cuts {
	return Cuts{cloneRats(c.Recency), cloneRats(c.Frequency), cloneRats(c.Monetary)}
}

func cloneRats(rats []*big.Rat) []*big.Rat {
	clones := make([]*big.Rat, len(rats))
	for i, r := range rats {
		clones[i] = new(big.Rat).Set(r)
	}
	return clones
}

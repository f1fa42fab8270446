package compare_test

import (
	"math"

	"github.com/relmark/relmark/servqual/compare"
)

func scores(xs ...float64) []*float64 {
	out := make([]*float64, len(xs))
	for i, x := range xs {
		if !math.IsNaN(x) {
			out[i] = &x
		}
	}
	return out
}

func attributes(weights ...float64) []compare.Attribute {
	out := make([]compare.Attribute, len(weights))
	for i, w := range weights {
		out[i] = compare.Attribute{Name: string(rune('a' + i)), Weight: w}
	}
	return out
}

func firms(rows ...[]float64) []compare.Firm {
	out := make([]compare.Firm, len(rows))
	for i, row := range rows {
		out[i] = compare.Firm{Name: string(rune('A' + i)), Scores: scores(row...)}
	}
	return out
}

package stat

import (
	"cmp"
	"slices"
)

// Holm returns p-values adjusted so that the chance of any false discovery among all of
// them is at most the level at which they are read (Holm 1979): the smallest times their
// number, the next times one less, and so on, none below one before it, none above 1.
func Holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(ps[i], ps[j]) })
	out, least := make([]float64, len(ps)), 0.0
	for k, i := range order {
		least = max(least, min(float64(len(ps)-k)*ps[i], 1))
		out[i] = least
	}
	return out
}

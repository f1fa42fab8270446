package stat

import (
	"cmp"
	"slices"
)

// A ParetoRow is one of several amounts in the order of their size.
type ParetoRow struct {
	Index             int     // among the amounts
	Share, Cumulative float64 // of the total, 0 where that is 0; Cumulative with those before
	Vital             bool
}

// Pareto orders amounts of 0 or more, whose sum fits, by size, the largest first and equal
// ones by their names, and marks the vital few: those taken while few says that those before
// them are too little of the total. It returns the total, too.
func Pareto(names []string, amounts []int64, few func(before, total int64) bool) (rows []ParetoRow, total int64) {
	rows = make([]ParetoRow, len(names))
	for i := range rows {
		rows[i].Index = i
		total += amounts[i]
	}
	slices.SortFunc(rows, func(a, b ParetoRow) int {
		return cmp.Or(cmp.Compare(amounts[b.Index], amounts[a.Index]), cmp.Compare(names[a.Index], names[b.Index]), cmp.Compare(a.Index, b.Index))
	})
	before := int64(0)
	for i := range rows {
		r := &rows[i]
		r.Vital = few(before, total)
		before += amounts[r.Index]
		if total > 0 {
			r.Share, r.Cumulative = float64(amounts[r.Index])/float64(total), float64(before)/float64(total)
		}
	}
	return rows, total
}

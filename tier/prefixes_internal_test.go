package tier

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Prefixes of a table that grows and changes are the sums of its first rows.
func TestPrefixesAreSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 3).Draw(t, "width")
		row := rapid.SliceOfN(rapid.Int64Range(0, 9), width, width)
		var p prefixes
		p.reset(width)
		var table [][]int64
		total := make([]int64, width)
		for range rapid.IntRange(0, 70).Draw(t, "steps") {
			r := row.Draw(t, "row")
			if i := rapid.IntRange(-3, len(table)-1).Draw(t, "at"); i < 0 {
				p.push(r)
				table = append(table, slices.Clone(r))
			} else {
				p.add(i, r, +1)
				for m, v := range r {
					table[i][m] += v
				}
			}
			for m, v := range r {
				total[m] += v
			}
		}
		least := row.Draw(t, "least")
		still := func(sums []int64) bool { return sums[0] >= least[0] && sums[width-1] >= least[width-1] }
		want, left := 0, slices.Clone(total)
		for ; want < len(table); want++ {
			got := slices.Clone(total)
			p.subtract(want, got)
			require.Equal(t, left, got)
			for m, v := range table[want] {
				left[m] -= v
			}
			if !still(left) {
				break
			}
		}
		require.Equal(t, want, p.most(slices.Clone(total), still))
	})
}

package basket_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/reference"
)

// The files list the productive sets at a level of 0.05 that a port of OPUS Miner to Java
// finds. It finds none of more than two items where the original does, and so explains
// no pair by a larger set; the search is bounded by the longest set of the file.
func TestReferenceSelfSufficient(t *testing.T) {
	t.Parallel()
	for _, f := range reference.Glob(t, room, "crosssell_selfsufficient_*") {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			stem, _, _ := strings.Cut(strings.TrimPrefix(f.Name, "crosssell_selfsufficient_"), ".csv")
			rows, longest := f.Rows(), 2
			for _, row := range rows {
				longest = max(longest, len(strings.Split(row["itemset"], ",")))
			}
			p := basket.AssociationParams{Alpha: 0.05, MinCount: 1, MaxLen: &longest, MaxSets: 20_000_000}
			found, err := load(t, stem).Associations(t.Context(), p)
			require.NoError(t, err)
			byName := map[string]basket.Association[string]{}
			for _, a := range found {
				byName[strings.Join(a.Items, ",")] = a
			}
			f.Exact(len(rows), len(found), "sets")
			for _, row := range rows {
				itemset := sorted(row["itemset"])
				a, ok := byName[itemset]
				if f.Owns("itemset") {
					f.Exact(true, ok && a.SelfSufficient, "set %s", itemset)
				}
				compareSet(t, f, row, a, itemset)
			}
		})
	}
}

func compareSet(t *testing.T, f *reference.File, row map[string]string, a basket.Association[string], itemset string) {
	t.Helper()
	for column, got := range map[string]float64{
		"support_count":                  float64(a.Count),
		"min_leverage":                   a.Leverage,
		"max_fisher_p_over_bipartitions": math.Exp(a.LogP),
	} {
		want, err := strconv.ParseFloat(strings.TrimSpace(row[column]), 64)
		require.NoError(t, err)
		if want < 1e-300 && column == "max_fisher_p_over_bipartitions" {
			f.Exact(true, got < 1e-300, "%s of %s", column, itemset)
			continue
		}
		if f.Owns(column) {
			f.Near(want, got, 1e-9, 0, "%s of %s", column, itemset)
		}
	}
}

// Without a bound there are longer sets, and they explain pairs. OPUS Miner itself, in
// C++, finds these numbers, the same sets, and p-values that agree to 2e-10.
func TestAssociationsAsOpusMiner(t *testing.T) {
	t.Parallel()
	p := basket.AssociationParams{Alpha: 0.05, MinCount: 1, Explained: true}
	found, err := load(t, "groceries").Associations(t.Context(), p)
	require.NoError(t, err)
	var productive, sufficient [5]int
	for _, a := range found {
		productive[len(a.Items)]++
		if a.SelfSufficient {
			sufficient[len(a.Items)]++
		}
	}
	require.Equal(t, [5]int{2: 378, 3: 184, 4: 22}, productive)
	require.Equal(t, [5]int{2: 246, 3: 141, 4: 22}, sufficient)
}

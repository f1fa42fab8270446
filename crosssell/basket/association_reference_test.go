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

// The files list the self-sufficient sets at a level of 0.05.
func TestReferenceSelfSufficient(t *testing.T) {
	t.Parallel()
	for _, f := range reference.Glob(t, room, "crosssell_selfsufficient_*") {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			name := strings.TrimPrefix(f.Name[:strings.Index(f.Name, ".csv")], "crosssell_selfsufficient_")
			found, err := load(t, name).Associations(t.Context(), basket.AssociationParams{Alpha: 0.05, MinCount: 1, MaxSets: 20_000_000})
			require.NoError(t, err)
			byName := map[string]basket.Association[string]{}
			for _, a := range found {
				byName[strings.Join(a.Items, ",")] = a
			}
			rows := f.Rows()
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

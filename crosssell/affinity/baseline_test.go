package affinity_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/near"
)

// Favourites are the holdings that are bought again, by how often.
func TestFavouritesAreByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := drawMatrix(t)
		if m == nil {
			return
		}
		durable := rapid.SampledFrom(s.items).Draw(t, "durable")
		n := rapid.IntRange(1, 8).Draw(t, "n")
		for _, u := range s.customers {
			holdings := m.Holdings(u)
			got, err := affinity.Favourites(holdings, n, func(i string) bool { return i != durable })
			require.NoError(t, err)
			slices.SortStableFunc(holdings, func(a, b affinity.Holding[string]) int {
				if a.Frequency == b.Frequency {
					return b.Last.Compare(a.Last)
				}
				return int(one(a.Frequency < b.Frequency)) - int(one(a.Frequency > b.Frequency))
			})
			holdings = slices.DeleteFunc(holdings, func(h affinity.Holding[string]) bool { return h.Item == durable })
			require.Len(t, got, min(n, len(holdings)))
			for k, x := range got {
				require.NoError(t, x.Validate())
				h := holdings[k]
				require.Equal(t, crosssell.Suggestion[string]{Item: h.Item, Score: h.Frequency, Because: []crosssell.Evidence[string]{
					{Source: crosssell.FromFavourite, Items: []string{h.Item}, Weight: h.Frequency},
				}}, x)
			}
		}
	})
}

func TestFavouritesRefuse(t *testing.T) {
	t.Parallel()
	always := func(string) bool { return true }
	one := []affinity.Holding[string]{{Item: "a", Frequency: 1}}
	_, err := affinity.Favourites(one, 0, always)
	requireField(t, err, "N")
	_, err = affinity.Favourites(one, 1, nil)
	requireField(t, err, "Again")
	for _, x := range []float64{math.NaN(), -1, math.Inf(1)} {
		_, err = affinity.Favourites([]affinity.Holding[string]{{Item: "a", Frequency: x}}, 1, always)
		requireField(t, err, "Holdings[0].Frequency")
	}
	for _, second := range []string{"a", "\xff"} {
		_, err = affinity.Favourites([]affinity.Holding[string]{{Item: "a"}, {Item: second}}, 1, always)
		requireField(t, err, "Holdings[1].Item")
	}
	_, err = affinity.Favourites(nil, 1, always)
	require.ErrorIs(t, err, affinity.ErrNoHistory)
	list, err := affinity.Favourites(one, 1, func(string) bool { return false })
	require.NoError(t, err)
	assert.Empty(t, list)
}

// Popularity is the share of a segment that has an item, mixed with that of all.
func TestPopularityIsByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := drawMatrix(t)
		if m == nil {
			return
		}
		p := affinity.PopularityParams{Prior: rapid.SampledFrom([]float64{0, 0.5, 10}).Draw(t, "prior")}
		segmentOf := func(u int8) int { return int(u) & 1 }
		pop, err := affinity.NewPopularity(m, segmentOf, p)
		require.NoError(t, err)
		segment, n := rapid.IntRange(0, 2).Draw(t, "segment"), rapid.IntRange(1, 8).Draw(t, "n")
		owned, barred := rapid.SampledFrom(append([]string{"unknown"}, s.items...)).Draw(t, "owned"), rapid.SampledFrom(s.items).Draw(t, "barred")
		var eligible func(string) bool
		if rapid.Bool().Draw(t, "bar") {
			eligible = func(i string) bool { return i != barred }
		}
		got, err := pop.Suggest(segment, []string{owned}, n, eligible)
		require.NoError(t, err)

		var all, within float64
		counts := crosssell.Counts{N: int64(len(s.x))}
		for u, row := range s.x {
			all += slices.Max(row)
			if segmentOf(s.customers[u]) == segment {
				within += slices.Max(row)
				counts.Left++
			}
		}
		left := map[string]crosssell.Suggestion[string]{}
		overall := map[string]float64{}
		for k, item := range s.items {
			if item == owned || eligible != nil && !eligible(item) {
				continue
			}
			mass, c := 0.0, counts
			for u, row := range s.x {
				overall[item] += row[k] / all
				c.Right += one(row[k] > 0)
				if segmentOf(s.customers[u]) == segment {
					mass += row[k]
					c.Both += one(row[k] > 0)
				}
			}
			score := (mass + p.Prior*overall[item]) / (within + p.Prior)
			if counts.Left == 0 {
				score = overall[item]
			}
			left[item] = crosssell.Suggestion[string]{Item: item, Score: score, Because: []crosssell.Evidence[string]{{
				Source: crosssell.FromPopularity, Weight: score, Counts: &c,
			}}}
		}
		require.Len(t, got, min(n, len(left)))
		for k, x := range got {
			want := left[x.Item]
			delete(left, x.Item)
			require.NoError(t, x.Validate())
			require.LessOrEqual(t, x.Score, 1.0)
			near.Equal(t, want.Score, x.Score, 1e-12, 0)
			require.Equal(t, x.Score, x.Because[0].Weight) //nolint:testifylint // the same
			require.Equal(t, want.Because[0].Counts, x.Because[0].Counts)
			require.True(t, k == 0 || byScore(got[k-1].Score, x.Score) <= 0)
			if k > 0 && got[k-1].Score == x.Score && byScore(overall[got[k-1].Item], overall[x.Item]) == 0 {
				require.Less(t, got[k-1].Item, x.Item)
			}
		}
		for _, x := range left {
			require.LessOrEqual(t, x.Score, got[len(got)-1].Score*(1+1e-12))
		}
	})
}

func TestPopularityRefuses(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}}))
	segmentOf := func(int8) string { return "" }
	for _, prior := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := affinity.NewPopularity(m, segmentOf, affinity.PopularityParams{Prior: prior})
		requireField(t, err, "Prior")
	}
	_, err := affinity.NewPopularity[string](m, nil, affinity.PopularityParams{})
	requireField(t, err, "SegmentOf")
	_, err = affinity.NewPopularity(m, func(int8) string { return "\xff" }, affinity.PopularityParams{})
	requireField(t, err, "SegmentOf")
	p, err := affinity.NewPopularity(m, segmentOf, affinity.PopularityParams{})
	require.NoError(t, err)
	_, err = p.Suggest("", nil, 0, nil)
	requireField(t, err, "N")
	var zero affinity.Popularity[string, int]
	list, err := zero.Suggest("", nil, 1, nil)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	assert.Empty(t, list)
}

package evaluation_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

func resampling() evaluation.Resampling {
	return evaluation.Resampling{Replicates: 2000, Level: 0.95}
}

func TestResamplingRefuses(t *testing.T) {
	t.Parallel()
	err := evaluation.Resampling{Replicates: 19, Level: 1, Method: "bayes", Workers: 65}.Validate()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.Equal(t, []string{"Replicates", "Level", "Method", "Workers"}, fields(err))
}

// many returns a ranking of n users, of whom each third has a hit at place 1, each fifth
// one at place 2 if better.
func many(t *testing.T, n int, better bool) *evaluation.Ranking[int, int] {
	t.Helper()
	r := ranking(t, catalogue(t, 9), 2)
	for u := range n {
		ranked := []int{1, 2}
		if u%3 == 0 {
			ranked[0] = 9
		}
		if better && u%5 == 0 {
			ranked[1] = 8
		}
		require.NoError(t, r.Add(u, ranked, []int{8, 9}))
	}
	return r
}

func TestBootstrapOfAMean(t *testing.T) {
	t.Parallel()
	r := many(t, 300, false)
	for _, method := range []evaluation.Method{evaluation.Percentile, evaluation.BCa} {
		re := resampling()
		re.Method = method
		i, err := r.Bootstrap(t.Context(), evaluation.Hit, re, source(7))
		require.NoError(t, err)
		se := math.Sqrt(1. / 3 * 2 / 3 / 300) // of a share of 300
		near.Equal(t, 1./3, i.Value, 1e-15, 0)
		near.Equal(t, se, i.SE, 0.05, 0)
		near.Equal(t, 1./3-1.96*se, i.Low, 0, 0.01)
		near.Equal(t, 1./3+1.96*se, i.High, 0, 0.01)
		require.False(t, i.Extreme)
		re.Workers = 3
		same, err := r.Bootstrap(t.Context(), evaluation.Hit, re, source(7))
		require.NoError(t, err)
		require.Equal(t, i, same)
	}
	// Part of the contract: what one seed gives.
	i, err := r.Bootstrap(t.Context(), evaluation.NDCG, evaluation.Resampling{Replicates: 20, Level: 0.5}, source(1))
	require.NoError(t, err)
	near.Slice(t, []float64{0.20438239758848656, 0.19007562975729247, 0.20945485390223229}, []float64{i.Value, i.Low, i.High}, 1e-9, 0)
}

func TestCompareIsPaired(t *testing.T) {
	t.Parallel()
	better, worse := many(t, 300, true), many(t, 300, false)
	i, err := better.Compare(t.Context(), worse, evaluation.Precision, resampling(), source(3))
	require.NoError(t, err)
	near.Equal(t, 0.1, i.Value, 1e-12, 0)                // each fifth has half more
	near.Equal(t, 0.5*0.4/math.Sqrt(300), i.SE, 0.05, 0) // of 0.5 for a fifth
	require.Positive(t, i.Low)

	// A model is as good as itself, for certain.
	for _, method := range []evaluation.Method{evaluation.Percentile, evaluation.BCa} {
		re := resampling()
		re.Method = method
		i, err = worse.Compare(t.Context(), worse, evaluation.MAP, re, source(3))
		require.NoError(t, err)
		require.Equal(t, evaluation.Interval{}, i)
	}
}

func TestBootstrapRefuses(t *testing.T) {
	t.Parallel()
	r, one := many(t, 30, false), many(t, 1, false)
	bad := evaluation.Resampling{}
	for _, err := range []error{
		second(r.Bootstrap(t.Context(), evaluation.Hit, bad, source(1))), second(r.Bootstrap(t.Context(), "f1", resampling(), source(1))),
		second(r.Bootstrap(t.Context(), evaluation.Hit, resampling(), nil)), second(r.Compare(t.Context(), r, evaluation.Hit, resampling(), nil)),
		second(r.Compare(t.Context(), r, evaluation.Hit, bad, source(1))), second(r.Compare(t.Context(), nil, evaluation.Hit, resampling(), source(1))),
		second(r.Compare(t.Context(), one, evaluation.Hit, resampling(), source(1))), second(r.Compare(t.Context(), r, "f1", resampling(), source(1))),
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	require.ErrorIs(t, second(one.Bootstrap(t.Context(), evaluation.Hit, resampling(), source(1))), relmark.ErrTooFew)
	require.ErrorIs(t, second(one.Compare(t.Context(), one, evaluation.Hit, resampling(), source(1))), relmark.ErrTooFew)

	twice, other := ranking(t, catalogue(t, 9), 2), ranking(t, catalogue(t, 9), 2)
	for range 30 {
		require.NoError(t, twice.Add(1, nil, []int{8, 9}))
	}
	require.Equal(t, []string{"User"}, fields(second(r.Compare(t.Context(), twice, evaluation.Hit, resampling(), source(1)))))
	for u := range 30 {
		require.NoError(t, other.Add(u, nil, []int{8}))
	}
	require.Equal(t, []string{"Other"}, fields(second(r.Compare(t.Context(), other, evaluation.Hit, resampling(), source(1)))))

	// Two customers, one with a hit: some 20 resamples have no value below that of the data.
	two := ranking(t, catalogue(t, 9), 2)
	require.NoError(t, two.Add(1, []int{1}, []int{1}))
	require.NoError(t, two.Add(2, nil, []int{1}))
	few := evaluation.Resampling{Replicates: 20, Level: 0.9, Method: evaluation.BCa}
	failed := 0
	for seed := range uint64(3000) {
		if _, err := two.Bootstrap(t.Context(), evaluation.Hit, few, source(seed)); err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			failed++
		}
	}
	require.Positive(t, failed)
}

func TestDiversity(t *testing.T) {
	t.Parallel()
	taxonomy := map[string][]string{"coffee": {"food", "drinks"}, "tea": {"food", "drinks"}, "bread": {"food"}, "soap": {"home", "bath"}}
	alike := evaluation.TaxonomySimilarity(func(item string) []string { return taxonomy[item] })
	require.Equal(t, []float64{1, 1, 0.5, 0, 0, 1}, []float64{
		alike("tea", "tea"), alike("tea", "coffee"), alike("tea", "bread"), alike("tea", "soap"), alike("x", "y"), alike("x", "x"),
	})
	d, err := evaluation.DiversityOf(stream([]string{"tea", "coffee", "bread"}, []string{"tea"}, []string{"tea", "soap"}), alike)
	require.NoError(t, err)
	near.Equal(t, (1./3+1)/2, d.Mean, 1e-15, 0)
	require.Equal(t, evaluation.Diversity{Lists: 2, Short: 1, Mean: d.Mean}, d)

	_, err = evaluation.DiversityOf(stream([]string{"tea", "soap"}), nil)
	require.Equal(t, []string{"Similarity"}, fields(err))
	_, err = evaluation.DiversityOf(stream([]string{"tea", "soap"}), func(string, string) float64 { return math.NaN() })
	require.Equal(t, []string{"Similarity"}, fields(err))
	_, err = evaluation.DiversityOf(stream([]string{"tea"}), alike)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = evaluation.DiversityOf(func(yield func([]string, error) bool) { yield(nil, relmark.ErrConflict) }, alike)
	require.ErrorIs(t, err, relmark.ErrConflict)
}

// A context that has ended ends the work.
func TestBootstrapEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := many(t, 30, false)
	require.ErrorIs(t, second(r.Bootstrap(ctx, evaluation.Hit, resampling(), source(1))), context.Canceled)
	require.ErrorIs(t, second(r.Compare(ctx, r, evaluation.Hit, resampling(), source(1))), context.Canceled)
}

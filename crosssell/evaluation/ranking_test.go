package evaluation_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

// catalogue has items 1 to n, of which item i has i buyers of n.
func catalogue(t require.TestingT, n int) *evaluation.Catalogue[int] {
	buyers := map[int]int64{}
	for i := 1; i <= n; i++ {
		buyers[i] = int64(i)
	}
	c, err := evaluation.NewCatalogue(int64(n), buyers)
	require.NoError(t, err)
	return c
}

func ranking(t require.TestingT, c *evaluation.Catalogue[int], k int) *evaluation.Ranking[int, int] {
	r, err := evaluation.NewRanking[int](c, k)
	require.NoError(t, err)
	return r
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c, err := evaluation.NewCatalogue(9, map[string]int64{"b": 2, "a": 2, "c": 9})
	require.NoError(t, err)
	require.Equal(t, []string{"c", "a", "b"}, c.Popular())
	for _, buyers := range []map[string]int64{nil, {"a": 0}, {"a": 10}, {"\xff": 1}} {
		_, err := evaluation.NewCatalogue(9, buyers)
		require.Equal(t, []string{"Buyers"}, fields(err), "%v", buyers)
	}
}

// By hand, with k = 4: hits at places 1 and 3 of three relevant items; and one hit at place
// 2 of five, in a list of three.
func TestMetricsByHand(t *testing.T) {
	t.Parallel()
	r := ranking(t, catalogue(t, 8), 4)
	require.NoError(t, r.Add(7, []int{8, 1, 6, 2, 3}, []int{6, 8, 3}))
	require.NoError(t, r.Add(3, []int{8, 5, 1}, []int{2, 3, 4, 5, 6}))
	require.Equal(t, int64(2), r.Users())
	require.Equal(t, 4, r.K())
	l := math.Log2
	want := map[evaluation.Metric][2]float64{ // customers 3 and 7
		evaluation.Precision: {1. / 4, 2. / 4},
		evaluation.Recall:    {1. / 5, 2. / 3},
		evaluation.RecallMin: {1. / 4, 2. / 3},
		evaluation.NDCG:      {1 / l(3) / (1 + 1/l(3) + 1/l(4) + 1/l(5)), (1 + 1/l(4)) / (1 + 1/l(3) + 1/l(4))},
		evaluation.MAP:       {1. / 2 / 4, (1 + 2./3) / 3},
		evaluation.MRR:       {1. / 2, 1},
		evaluation.Hit:       {1, 1},
	}
	m, err := r.Metrics()
	require.NoError(t, err)
	got := map[evaluation.Metric]float64{
		evaluation.Precision: m.Precision, evaluation.Recall: m.Recall, evaluation.RecallMin: m.RecallMin,
		evaluation.NDCG: m.NDCG, evaluation.MAP: m.MAP, evaluation.MRR: m.MRR, evaluation.Hit: m.Hit,
	}
	for metric, w := range want {
		values, err := r.Values(metric)
		require.NoError(t, err)
		require.Equal(t, []int{3, 7}, []int{values[0].User, values[1].User})
		near.Slice(t, w[:], []float64{values[0].Value, values[1].Value}, 1e-15, 0, string(metric))
		near.Equal(t, (w[0]+w[1])/2, got[metric], 1e-15, 0, string(metric))
	}
	// Shown: 8 and 1 twice, 6, 2, 5 once; so 0 0 0 1 1 1 2 2 of 7.
	near.Equal(t, 5./8, m.Exposure.Coverage, 0, 0)
	near.Equal(t, (1*(8-9)+1*(10-9)+1*(12-9)+2*(14-9)+2*(16-9))/(8*7.), m.Exposure.Gini, 1e-15, 0)
	near.Equal(t, (8+8+1+1+6+2+5)/(7*8.), m.Exposure.Popularity, 1e-15, 0)
	near.Equal(t, (0+0+3+3+l(8./6)+2+l(8./5))/7, m.Exposure.Novelty, 1e-15, 0)
}

func TestRankingOfBillionsOfUsers(t *testing.T) {
	t.Parallel()
	r := ranking(t, catalogue(t, 5), 3)
	require.NoError(t, r.Add(1, []int{1, 2}, []int{2, 3}))
	evaluation.WearOut(r)
	require.NoError(t, r.Add(2, []int{1, 2}, []int{2, 3}))
	require.NoError(t, r.Add(3, []int{3, 1}, []int{2, 3}))
	values, err := r.Values(evaluation.MRR)
	require.NoError(t, err)
	require.Equal(t, []evaluation.Value[int]{{1, 0.5}, {2, 0.5}, {3, 1}}, values)
}

func TestRankingOfEmptyLists(t *testing.T) {
	t.Parallel()
	r := ranking(t, catalogue(t, 3), 2)
	_, err := r.Metrics()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	require.NoError(t, r.Add(1, nil, []int{2}))
	m, err := r.Metrics()
	require.NoError(t, err)
	require.Equal(t, evaluation.Metrics{Users: 1, K: 2}, m)
	require.NoError(t, r.Add(2, []int{3}, []int{2}))
	m, err = r.Metrics()
	require.NoError(t, err)
	require.Zero(t, m.Exposure.Novelty)
	require.False(t, math.Signbit(m.Exposure.Novelty))
}

func TestRankingRefuses(t *testing.T) {
	t.Parallel()
	c := catalogue(t, 3)
	for _, k := range []int{0, -1, evaluation.MaxK + 1} {
		_, err := evaluation.NewRanking[int](c, k)
		require.Equal(t, []string{"K"}, fields(err))
	}
	_, err := evaluation.NewRanking[int](&evaluation.Catalogue[int]{}, 1)
	require.Equal(t, []string{"Catalogue"}, fields(err))
	r, err := evaluation.NewRanking[string](c, 2)
	require.NoError(t, err)
	for _, bad := range []struct {
		user             string
		ranked, relevant []int
		field            string
	}{
		{"a", []int{1}, nil, "Relevant"},
		{"a", []int{1}, []int{9}, "Relevant[0]"},
		{"a", []int{1}, []int{2, 2}, "Relevant[1]"},
		{"a", []int{1, 9}, []int{2}, "Ranked[1]"},
		{"a", []int{1, 1}, []int{2}, "Ranked[1]"},
		{"a", []int{2, 2}, []int{2}, "Ranked[1]"},
		{"\xff", []int{2}, []int{2}, "User"},
	} {
		require.Equal(t, []string{bad.field}, fields(r.Add(bad.user, bad.ranked, bad.relevant)))
	}
	require.NoError(t, r.Add("a", []int{2, 1, 1, 99}, []int{2})) // nothing was kept of them
	m, err := r.Metrics()
	require.NoError(t, err)
	near.Equal(t, 0.5, m.Precision, 0, 0)
	near.Equal(t, 1./3, m.Exposure.Gini, 1e-15, 0)

	require.NoError(t, r.Add("a", nil, []int{2}))
	for _, err := range []error{
		second(r.Metrics()), second(r.Values(evaluation.Hit)), second(r.MarshalBinary()),
		second(r.Bootstrap(t.Context(), evaluation.Hit, resampling(), source(1))),
	} {
		require.Equal(t, []string{"User"}, fields(err))
	}
	_, err = r.Values("f1")
	require.Equal(t, []string{"Metric"}, fields(err))

	var zero evaluation.Ranking[string, int]
	require.ErrorIs(t, zero.Add("a", nil, []int{1}), relmark.ErrInvalid)
	require.ErrorIs(t, zero.Merge(r), relmark.ErrInvalid)
	require.ErrorIs(t, second(zero.MarshalBinary()), relmark.ErrInvalid)
	require.ErrorIs(t, second(zero.Metrics()), relmark.ErrTooFew)
	require.ErrorIs(t, r.Merge(nil), relmark.ErrInvalid)
	other, err := evaluation.NewRanking[string](c, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"Other"}, fields(r.Merge(other)))
	other, err = evaluation.NewRanking[string](catalogue(t, 4), 2)
	require.NoError(t, err)
	require.Equal(t, []string{"Other"}, fields(r.Merge(other)))
}

func second[T any](_ T, err error) error { return err }

// A judged is what one user got and what they wanted.
type judged struct{ ranked, relevant []int }

func judgedOf(n int) *rapid.Generator[judged] {
	return rapid.Custom(func(t *rapid.T) judged {
		all := make([]int, n)
		for i := range all {
			all[i] = i + 1
		}
		ranked := rapid.Permutation(all).Draw(t, "ranked")
		relevant := rapid.Permutation(all).Draw(t, "relevant")
		return judged{ranked[:rapid.IntRange(0, n).Draw(t, "shown")], relevant[:rapid.IntRange(1, n).Draw(t, "wanted")]}
	})
}

// The definitions of the manifest, written down once more.
func TestMetricsByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const n = 9
		k := rapid.IntRange(1, 11).Draw(t, "k")
		users := rapid.SliceOfN(judgedOf(n), 1, 6).Draw(t, "users")
		r := ranking(t, catalogue(t, n), k)
		var want evaluation.Metrics
		shown := make([]float64, n+1)
		all, popularity := 0.0, 0.0
		for u, j := range users {
			require.NoError(t, r.Add(u, j.ranked, j.relevant))
			hits, dcg, ideal, ap, rr := 0.0, 0.0, 0.0, 0.0, 0.0
			for rank, item := range j.ranked[:min(k, len(j.ranked))] {
				shown[item]++
				all++
				popularity += float64(item) / n
				if slices.Contains(j.relevant, item) {
					hits++
					dcg += 1 / math.Log2(float64(rank+2))
					ap += hits / float64(rank+1)
					if rr == 0 {
						rr = 1 / float64(rank+1)
					}
				}
			}
			reach := min(k, len(j.relevant))
			for rank := range reach {
				ideal += 1 / math.Log2(float64(rank+2))
			}
			m := float64(len(users))
			want.Precision += hits / float64(k) / m
			want.Recall += hits / float64(len(j.relevant)) / m
			want.RecallMin += hits / float64(reach) / m
			want.NDCG += dcg / ideal / m
			want.MAP += ap / float64(reach) / m
			want.MRR += rr / m
			want.Hit += min(hits, 1) / m
		}
		got, err := r.Metrics()
		require.NoError(t, err)
		wants := []float64{want.Precision, want.Recall, want.RecallMin, want.NDCG, want.MAP, want.MRR, want.Hit}
		gots := []float64{got.Precision, got.Recall, got.RecallMin, got.NDCG, got.MAP, got.MRR, got.Hit}
		near.Slice(t, wants, gots, 1e-13, 1e-15)
		for _, v := range gots {
			require.True(t, v >= 0 && v <= 1+1e-15)
		}
		if all == 0 {
			require.Nil(t, got.Exposure)
			return
		}
		gini := 0.0 // mean absolute difference over twice the mean
		for _, a := range shown[1:] {
			for _, b := range shown[1:] {
				gini += math.Abs(a-b) / (2 * n * all)
			}
		}
		near.Equal(t, gini, got.Exposure.Gini, 1e-13, 1e-15)
		near.Equal(t, popularity/all, got.Exposure.Popularity, 1e-13, 0)
	})
}

func TestRankingMerges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := catalogue(t, 7)
		users := rapid.SliceOfN(judgedOf(7), 0, 8).Draw(t, "users")
		cut := rapid.IntRange(0, len(users)).Draw(t, "cut")
		one, left, right := ranking(t, c, 3), ranking(t, c, 3), ranking(t, catalogue(t, 7), 3)
		for u, j := range users {
			require.NoError(t, one.Add(u, j.ranked, j.relevant))
			part := left
			if u >= cut {
				part = right
			}
			require.NoError(t, part.Add(u, j.ranked, j.relevant))
		}
		before := encoded(t, left)
		require.NoError(t, right.Merge(left))
		require.Equal(t, encoded(t, one), encoded(t, right))
		require.Equal(t, before, encoded(t, left))
		if len(users) == 0 {
			return
		}
		a, err := one.Metrics()
		require.NoError(t, err)
		b, err := right.Metrics()
		require.NoError(t, err)
		require.Equal(t, a, b) // to the last bit
		var decoded evaluation.Ranking[int, int]
		require.NoError(t, decoded.UnmarshalBinary(encoded(t, right)))
		require.Equal(t, encoded(t, one), encoded(t, &decoded))
		require.NoError(t, decoded.Add(99, []int{1}, []int{1}))
	})
}

func encoded(t require.TestingT, r interface{ MarshalBinary() ([]byte, error) }) []byte {
	b, err := r.MarshalBinary()
	require.NoError(t, err)
	return b
}

func TestAllocRankingAdd(t *testing.T) {
	r := ranking(t, catalogue(t, 100), 10)
	r.Grow(2000)
	r.Grow(-1)
	ranked, relevant := []int{5, 9, 8, 7, 33, 41, 4, 66, 90, 12}, []int{8, 33, 51, 90, 77}
	user := 0
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		user++
		require.NoError(t, r.Add(user, ranked, relevant))
	}))
	// Text identifiers, too.
	c, err := evaluation.NewCatalogue(9, map[string]int64{"a": 1, "b": 2})
	require.NoError(t, err)
	s, err := evaluation.NewRanking[string](c, 10)
	require.NoError(t, err)
	s.Grow(2000)
	list := []string{"b", "a"}
	require.Zero(t, testing.AllocsPerRun(1000, func() { _ = s.Add("ann", list, list[1:]) }))
}

package basket_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

// size is what Plan.Bytes counts for sets of int8.
func size(sets []basket.Set[int8]) int64 {
	n := int64(0)
	for _, s := range sets {
		n += 32 + int64(len(s.Items))
	}
	return n
}

// Under a limit, a result is complete at the count that the error tells; for all
// families but the maximal sets there is no lower one at which it would fit.
func TestLimitsStayExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		p := basket.SetParams{
			MinCount: tr.least(t), Family: families().Draw(t, "family"), Workers: rapid.IntRange(0, 3).Draw(t, "workers"),
			MaxSets: rapid.IntRange(1, 20).Draw(t, "maxSets"),
		}
		got, err := tr.counter.Frequent(t.Context(), p)
		at := p.MinCount
		if err != nil {
			var limit *basket.LimitError
			require.ErrorAs(t, err, &limit)
			require.ErrorIs(t, err, relmark.ErrLimit)
			require.Equal(t, p.MinCount, limit.MinCount)
			require.Greater(t, limit.Complete, p.MinCount)
			at = limit.Complete
			if p.Family != basket.FamilyMaximal {
				require.Greater(t, len(tr.family(p.Family, at-1, 0)), p.MaxSets)
			}
		}
		require.LessOrEqual(t, len(got), p.MaxSets)
		require.Equal(t, tr.family(p.Family, at, 0), got)
		requireSame(t, tr, p, got, err)
	})
}

// requireSame requires a stream and a plan to say what Frequent said.
func requireSame(t *rapid.T, tr trial, p basket.SetParams, want []basket.Set[int8], wantErr error) {
	streamed, err := collect(tr.counter.Sets(t.Context(), p))
	require.Equal(t, wantErr, err)
	require.ElementsMatch(t, want, streamed)
	plan, err := tr.counter.Plan(t.Context(), p)
	require.Equal(t, wantErr, err)
	requirePlan(t, plan, want)
}

func requirePlan(t *rapid.T, plan basket.Plan, sets []basket.Set[int8]) {
	require.EqualValues(t, len(sets), plan.Sets)
	require.Equal(t, size(sets), plan.Bytes)
	byLen, byCount := make([]int64, len(plan.ByLen)), map[int64]int64{}
	for _, s := range sets {
		require.LessOrEqual(t, len(s.Items), len(byLen))
		byLen[len(s.Items)-1]++
		byCount[s.Count]++
	}
	require.Equal(t, byLen, append([]int64{}, plan.ByLen...))
	require.Len(t, byCount, len(plan.ByCount))
	for i, at := range plan.ByCount {
		require.Equal(t, byCount[at.Count], at.Sets)
		require.True(t, i == 0 || plan.ByCount[i-1].Count < at.Count)
	}
}

// What a plan says of other limits is what Frequent does under them.
func TestPlanForesees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		p := basket.SetParams{MinCount: tr.least(t), Family: families().Draw(t, "family"), MaxLen: bound(rapid.IntRange(0, 4).Draw(t, "maxLen"))}
		all, err := tr.counter.Frequent(t.Context(), p)
		require.NoError(t, err)
		plan, err := tr.counter.Plan(t.Context(), p)
		require.NoError(t, err)
		requirePlan(t, plan, all)
		require.Equal(t, p.Family, plan.Family)

		p.MaxSets = rapid.IntRange(1, 20).Draw(t, "maxSets")
		at, ok := plan.AtMost(int64(p.MaxSets), math.MaxInt64)
		require.Equal(t, p.Family != basket.FamilyMaximal, ok)
		if !ok {
			return
		}
		_, err = tr.counter.Frequent(t.Context(), p)
		if limit, ok := errors.AsType[*basket.LimitError](err); ok {
			require.Equal(t, limit.Complete, at)
		} else {
			require.Equal(t, p.MinCount, at)
		}
	})
}

func TestBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		p := basket.SetParams{MinCount: tr.least(t), Family: families().Draw(t, "family"), MaxBytes: new(int64(1))}
		if len(tr.baskets) == 0 {
			return // nothing to hold
		}
		_, err := tr.counter.Frequent(t.Context(), p)
		var budget *basket.BudgetError
		require.ErrorAs(t, err, &budget)
		require.ErrorIs(t, err, relmark.ErrLimit)
		require.EqualValues(t, 1, budget.MaxBytes)
		left := rapid.Int64Range(0, 600).Draw(t, "left")
		p.MaxBytes = new(budget.Needed + left)
		got, err := tr.counter.Frequent(t.Context(), p)
		at := p.MinCount
		if limit, ok := errors.AsType[*basket.LimitError](err); ok {
			at = limit.Complete
		} else {
			require.NoError(t, err)
		}
		require.LessOrEqual(t, size(got), left)
		require.Equal(t, tr.family(p.Family, at, 0), got)
		if p.Family != basket.FamilyMaximal && at > p.MinCount {
			require.Greater(t, size(tr.family(p.Family, at-1, 0)), left)
		}
		requireSame(t, tr, p, got, err)
	})
}

// A basket of n items has 2ⁿ − 1 subsets. Neither the list, nor the stream, nor the
// plan tries them all.
func TestGiantBasketsAreNoDanger(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 1000, 5000} {
		var c basket.Counter[int]
		giant := make([]int, n)
		for i := range giant {
			giant[i] = i
		}
		require.NoError(t, c.Add(giant...))
		require.NoError(t, c.AddN(2, 1, 2))
		p := basket.SetParams{MinCount: 1, MaxSets: 1_000_000}
		got, err := c.Frequent(t.Context(), p)
		require.Equal(t, &basket.LimitError{MinCount: 1, Complete: 2}, err)
		assert.Equal(t, []basket.Set[int]{{Items: []int{1}, Count: 3}, {Items: []int{1, 2}, Count: 3}, {Items: []int{2}, Count: 3}}, got)
		p.MaxSets = 0
		if n == 1000 {
			plan, err := c.Plan(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, int64(math.MaxInt64), plan.Sets, "saturated")
			assert.Equal(t, int64(math.MaxInt64), plan.Bytes)
			assert.EqualValues(t, 499_500, plan.ByLen[1])
			assert.EqualValues(t, 1, plan.ByLen[999])
		}
		for _, f := range []basket.Family{basket.FamilyClosed, basket.FamilyMaximal} {
			p.Family = f
			closed, err := c.Frequent(t.Context(), p)
			require.NoError(t, err)
			assert.Len(t, closed[0].Items, n)
		}
		streamed := 0
		for _, err := range c.Sets(t.Context(), basket.SetParams{MinCount: 1}) {
			require.NoError(t, err)
			if streamed++; streamed == 1000 {
				break
			}
		}
	}
}

// Counts so high and so far apart that a list of all between them does not do.
func TestLimitsOverFarCounts(t *testing.T) {
	t.Parallel()
	var c basket.Counter[string]
	for i, item := range []string{"a", "b", "c", "d"} {
		require.NoError(t, c.AddN(1<<(12*i), item))
	}
	for maxSets, complete := range []int64{0, 1<<24 + 1, 1<<12 + 1, 2} {
		if maxSets == 0 {
			continue
		}
		sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: 1, MaxSets: maxSets})
		require.Equal(t, &basket.LimitError{MinCount: 1, Complete: complete}, err)
		assert.Len(t, sets, maxSets)
	}
	plan, err := c.Plan(t.Context(), basket.SetParams{MinCount: 1})
	require.NoError(t, err)
	assert.Equal(t, []basket.CountOf{{1, 1, 48}, {1 << 12, 1, 48}, {1 << 24, 1, 48}, {1 << 36, 1, 48}}, plan.ByCount)
	top, err := c.Top(t.Context(), basket.TopParams{K: 2})
	require.NoError(t, err)
	assert.Equal(t, []basket.Set[string]{{Items: []string{"d"}, Count: 1 << 36}, {Items: []string{"c"}, Count: 1 << 24}}, top)
}

func TestLimitErrorsAreData(t *testing.T) {
	t.Parallel()
	limit := &basket.LimitError{MinCount: 2, Complete: 5}
	require.EqualError(t, limit, "basket: too many sets in at least 2 baskets, complete at 5: limit reached")
	budget := &basket.BudgetError{MaxBytes: 10, Needed: 400}
	require.EqualError(t, budget, "basket: 10 bytes do not hold the counts, which need 400: limit reached")
	data, err := json.Marshal([]any{limit, budget})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"min_count":2,"complete":5},{"max_bytes":10,"needed":400}]`, string(data))
}

// Counts up to the highest there can be: the count above all of them is one too.
func TestLimitsAtTheHighestCount(t *testing.T) {
	t.Parallel()
	const most = math.MaxInt64 - 1
	var c basket.Counter[string]
	require.NoError(t, c.AddN(most, "a", "b"))
	ab := basket.Set[string]{Items: []string{"a", "b"}, Count: most}
	for f, want := range map[basket.Family][]basket.Set[string]{
		basket.FamilyAll:    {{Items: []string{"a"}, Count: most}, ab, {Items: []string{"b"}, Count: most}},
		basket.FamilyClosed: {ab}, basket.FamilyMaximal: {ab}, basket.FamilyGenerators: {},
	} {
		p := basket.SetParams{MinCount: most, Family: f, MaxBytes: new(int64(1))}
		_, err := c.Frequent(t.Context(), p)
		var budget *basket.BudgetError
		require.ErrorAs(t, err, &budget)
		for _, p.Workers = range []int{0, 2} {
			p.MaxBytes = nil
			got, err := c.Frequent(t.Context(), p)
			require.NoError(t, err)
			require.Equal(t, want, got, f)
			p.MaxBytes = &budget.Needed
			got, err = c.Frequent(t.Context(), p)
			require.Empty(t, got, f)
			if len(want) > 0 {
				require.Equal(t, &basket.LimitError{MinCount: most, Complete: math.MaxInt64}, err, f)
			}
			plan, err := c.Plan(t.Context(), p)
			require.Zero(t, plan.Sets)
			require.Equal(t, len(want) > 0, errors.Is(err, relmark.ErrLimit), f)
		}
	}
	top, err := c.Top(t.Context(), basket.TopParams{K: 1, MaxSets: 1, Ties: true})
	require.Empty(t, top)
	require.Equal(t, &basket.LimitError{MinCount: most, Complete: math.MaxInt64}, err)
	plan, err := c.Plan(t.Context(), basket.SetParams{MinCount: 1})
	require.NoError(t, err)
	at, ok := plan.AtMost(0, 0)
	require.True(t, ok)
	require.Equal(t, int64(math.MaxInt64), at)
}

// In an empty counter no set has any count, whatever is asked for.
func TestEmptyCounterAtAnyCount(t *testing.T) {
	t.Parallel()
	var c basket.Counter[string]
	for _, f := range basket.Families() {
		p := basket.SetParams{MinCount: 7, Family: f, MaxSets: 3, Workers: 2}
		got, err := c.Frequent(t.Context(), p)
		require.NoError(t, err, f)
		require.Equal(t, []basket.Set[string]{}, got)
		plan, err := c.Plan(t.Context(), p)
		require.NoError(t, err, f)
		require.Zero(t, plan.Sets)
		got, err = collect(c.Sets(t.Context(), p))
		require.NoError(t, err, f)
		require.Empty(t, got)
	}
}

// Where nearly each set has a count of its own, far from all others, as weights make
// them, a limit takes no more than a look at each: the first to go is always at hand.
func TestGrowthOfFarCounts(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		require.NoError(t, c.AddN(1+r.Int64N(1<<40), r.IntN(100), 100+r.IntN(100), 200+r.IntN(100)))
	}
	const most = 10_000
	plan, err := c.Plan(t.Context(), basket.SetParams{MinCount: 1})
	require.NoError(t, err)
	require.Greater(t, len(plan.ByCount), 3*most)
	at, ok := plan.AtMost(most, math.MaxInt64)
	require.True(t, ok)
	got, err := c.Frequent(t.Context(), basket.SetParams{MinCount: 1, MaxSets: most})
	require.Equal(t, &basket.LimitError{MinCount: 1, Complete: at}, err)
	require.Len(t, got, most)
	require.Equal(t, frequent(t, &c, at), got)
}

// More workers than there is work are no harm.
func TestMoreWorkersThanWork(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	for i := range 200 {
		require.NoError(t, c.Add(i, i+1, i+2))
	}
	for _, f := range basket.Families() {
		want, err := c.Frequent(t.Context(), basket.SetParams{MinCount: 1, Family: f})
		require.NoError(t, err)
		got, err := c.Frequent(t.Context(), basket.SetParams{MinCount: 1, Family: f, Workers: math.MaxInt})
		require.NoError(t, err)
		require.Equal(t, want, got, f)
	}
}

package basket_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

// oracle tries every subset of the items of a few baskets.
func oracle(baskets [][]int8, minCount int64, maxLen int) []basket.Set[int8] {
	var items []int8
	for _, b := range baskets {
		items = append(items, b...)
	}
	slices.Sort(items)
	items = slices.Compact(items)
	sets := []basket.Set[int8]{}
	for mask := 1; mask < 1<<len(items); mask++ {
		var subset []int8
		for i, item := range items {
			if mask>>i&1 == 1 {
				subset = append(subset, item)
			}
		}
		if n := holding(baskets, subset); n >= minCount && len(subset) <= maxLen {
			sets = append(sets, basket.Set[int8]{Items: subset, Count: n})
		}
	}
	slices.SortFunc(sets, func(a, b basket.Set[int8]) int { return slices.Compare(a.Items, b.Items) })
	return sets
}

func TestFrequentAgreesWithOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		baskets := few().Draw(t, "baskets")
		minCount := rapid.Int64Range(1, int64(max(1, min(6, len(baskets))))).Draw(t, "minCount")
		maxLen := rapid.IntRange(0, 5).Draw(t, "maxLen")
		want := oracle(baskets, minCount, maxLen)
		if maxLen == 0 {
			want = oracle(baskets, minCount, 7)
		}
		p := basket.SetParams{MinCount: minCount, MaxLen: bound(maxLen)}
		got, err := counterOf(t, baskets).Frequent(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)

		p.MaxSets = max(1, len(want)) // the limit itself is within the limit
		got, err = counterOf(t, baskets).Frequent(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// Grouped baskets, with weights of several binary digits, count as single ones.
func TestFrequentWeighsBaskets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var single, grouped basket.Counter[int8]
		for _, b := range few().Draw(t, "baskets") {
			n := rapid.Int64Range(1, 20).Draw(t, "n")
			require.NoError(t, grouped.AddN(n, b...))
			for range n {
				require.NoError(t, single.Add(b...))
			}
		}
		p := basket.SetParams{MinCount: rapid.Int64Range(1, max(1, min(60, single.Baskets()))).Draw(t, "minCount")}
		want, err := single.Frequent(t.Context(), p)
		require.NoError(t, err)
		got, err := grouped.Frequent(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// More than 64 baskets an item, so that bits fill several words.
func TestFrequentOverWideData(t *testing.T) {
	t.Parallel()
	baskets := make([][]int8, 1000)
	for i := range baskets {
		for item := range int8(7) {
			if i%int(item+2) == 0 {
				baskets[i] = append(baskets[i], item)
			}
		}
	}
	for _, minCount := range []int64{1, 20, 100, 500, 501} {
		assert.Equal(t, oracle(baskets, minCount, 7), frequent(t, counterOf(t, baskets), minCount), minCount)
	}
}

func TestFrequentTraps(t *testing.T) {
	t.Parallel()
	type sets = []basket.Set[string]
	set := func(count int64, items string) basket.Set[string] {
		return basket.Set[string]{Items: strings.Fields(items), Count: count}
	}
	for name, c := range map[string]struct {
		counter *basket.Counter[string]
		params  basket.SetParams
		want    sets
	}{
		"item in every basket": {
			count(t, "bag tea", "bag", "bag milk"), basket.SetParams{MinCount: 2}, sets{set(3, "bag")},
		},
		"one basket": {
			count(t, "b a"), basket.SetParams{MinCount: 1}, sets{set(1, "a"), set(1, "a b"), set(1, "b")},
		},
		"count of all baskets": {
			count(t, "a b", "b a", "a b c"), basket.SetParams{MinCount: 3}, sets{set(3, "a"), set(3, "a b"), set(3, "b")},
		},
		"only empty baskets": {
			count(t, "", ""), basket.SetParams{MinCount: 1}, sets{},
		},
		"length one": {
			count(t, "a b", "a b"), basket.SetParams{MinCount: 1, MaxLen: new(1)}, sets{set(2, "a"), set(2, "b")},
		},
		"digits are in order of bytes": {
			count(t, "9 10"), basket.SetParams{MinCount: 1}, sets{set(1, "10"), set(1, "10 9"), set(1, "9")},
		},
		"nothing but one item": {
			count(t, "a a", "a"), basket.SetParams{MinCount: 1}, sets{set(2, "a")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.counter.Frequent(t.Context(), c.params)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestFrequentOverManyItems(t *testing.T) {
	t.Parallel()
	var c basket.Counter[string]
	const items = 70_000 // more than 16 bits number
	for i := range items {
		require.NoError(t, c.Add(strconv.Itoa(i), strconv.Itoa((i+1)%items)))
	}
	sets := frequent(t, &c, 1)
	assert.Len(t, sets, 2*items)
	assert.True(t, slices.IsSortedFunc(sets, func(a, b basket.Set[string]) int { return slices.Compare(a.Items, b.Items) }))
}

// Sets that begin alike for longer than 64 bits tell are in order all the same.
func TestFrequentOrdersLongSets(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	var giant []int
	for i := range 15 {
		giant = append(giant, i*7%15)
	}
	for i := range 40 { // so many items that a place takes six bits
		require.NoError(t, c.Add(100+i, i%15))
	}
	require.NoError(t, c.AddN(2, giant...))
	sets := frequent(t, &c, 1)
	assert.Len(t, sets, 1<<15-1+2*40)
	assert.True(t, slices.IsSortedFunc(sets, func(a, b basket.Set[int]) int { return slices.Compare(a.Items, b.Items) }))
	for i := range sets[1:] {
		require.NotEqual(t, sets[i].Items, sets[i+1].Items)
	}
}

func TestFrequentRefuses(t *testing.T) {
	t.Parallel()
	c := count(t, "a b", "a b")
	_, err := c.Frequent(t.Context(), basket.SetParams{MaxLen: new(-1), MaxSets: -1})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Equal(t, []string{"MinCount", "MaxLen", "MaxSets"}, fields(err))

	assert.Equal(t, err.Error(), basket.SetParams{MaxLen: new(-1), MaxSets: -1}.Validate().Error())
	_, err = c.Frequent(t.Context(), basket.SetParams{MinCount: 3})
	require.EqualError(t, err, "basket: MinCount = 3: must be at most the number of baskets, which is 2")
	none := basket.SetParams{MinCount: 1, MaxLen: new(0)} // is not all
	assert.EqualError(t, none.Validate(), "basket: MaxLen = 0: must be 1 or more, or nil for no bound")
}

// impatient is a context that is cancelled once it has been asked a few times.
type impatient struct {
	context.Context //nolint:containedctx // it is one
	left            int
}

func (i *impatient) Err() error {
	if i.left--; i.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestFrequentIsCancelled(t *testing.T) {
	t.Parallel()
	c := count(t, "a b c", "b c d", "a d", "a c d")
	asked := &impatient{t.Context(), 1000}
	want, err := c.Frequent(asked, basket.SetParams{MinCount: 1})
	require.NoError(t, err)
	for left := range 1000 - asked.left {
		got, err := c.Frequent(&impatient{t.Context(), left}, basket.SetParams{MinCount: 1})
		require.ErrorIs(t, err, context.Canceled)
		require.Nil(t, got)
	}
	got, err := c.Frequent(&impatient{t.Context(), 1000 - asked.left}, basket.SetParams{MinCount: 1})
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// The sets of a result share memory, but appending to one does not reach another.
func TestSetsDoNotGrowIntoEachOther(t *testing.T) {
	t.Parallel()
	sets := frequent(t, count(t, "a b"), 1)
	_ = append(sets[0].Items, "x")
	assert.Equal(t, []string{"a", "b"}, sets[1].Items)
}

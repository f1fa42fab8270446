package basket_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

func TestCounterZeroIsReady(t *testing.T) {
	t.Parallel()
	var c basket.Counter[string]
	assert.Zero(t, c.Baskets())
	assert.Empty(t, c.Items())
	assert.Zero(t, c.Count())
	assert.Zero(t, c.Count("tea"))
	assert.Empty(t, frequent(t, &c, 1))
	assert.Empty(t, c.Periods())
	assert.Zero(t, c.Giants())
}

func TestCounterAdd(t *testing.T) {
	t.Parallel()
	c := count(t, "tea milk tea", "milk", "", "bread tea milk")
	assert.EqualValues(t, 4, c.Baskets(), "the empty basket counts")
	assert.Equal(t, []string{"bread", "milk", "tea"}, c.Items())
	assert.EqualValues(t, 2, c.Count("tea"), "an item twice in a basket counts once")
	assert.EqualValues(t, 3, c.Count("milk", "milk"))
	assert.EqualValues(t, 2, c.Count("milk", "tea"))
	assert.EqualValues(t, 1, c.Count("milk", "bread", "tea"))
	assert.Zero(t, c.Count("milk", "coffee"), "unknown item")
	assert.EqualValues(t, 4, c.Count(), "every basket holds nothing")
}

func TestCounterKeepsArguments(t *testing.T) {
	t.Parallel()
	items := []string{"tea", "bread", "tea"}
	var c basket.Counter[string]
	require.NoError(t, c.Add(items...))
	assert.Equal(t, []string{"tea", "bread", "tea"}, items)
	own := c.Items()
	own[0] = "x"
	assert.Equal(t, []string{"bread", "tea"}, c.Items())
}

func TestCounterAddN(t *testing.T) {
	t.Parallel()
	one, many := count(t, "tea milk", "tea milk", "tea milk", "", ""), count(t)
	require.NoError(t, many.AddN(2))
	require.NoError(t, many.AddN(3, "milk", "tea"))
	assert.Equal(t, encode(t, one), encode(t, many))
	assert.Equal(t, frequent(t, one, 3), frequent(t, many, 3))
}

func TestCounterRefuses(t *testing.T) {
	t.Parallel()
	c := count(t, "tea")
	before := encode(t, c)
	for _, n := range []int64{0, -1, math.MinInt64} {
		err := c.AddN(n, "milk")
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Equal(t, []string{"N"}, fields(err))
		assert.NotContains(t, err.Error(), "milk")
	}
	require.ErrorIs(t, c.AddN(math.MaxInt64, "milk"), relmark.ErrLimit)
	full := count(t)
	require.NoError(t, full.AddN(math.MaxInt64, "milk"))
	require.ErrorIs(t, c.Merge(full), relmark.ErrLimit)
	require.ErrorIs(t, full.Add(), relmark.ErrLimit)
	assert.Equal(t, before, encode(t, c), "unchanged")
	assert.Equal(t, []basket.Set[string]{{Items: []string{"milk"}, Count: math.MaxInt64}}, frequent(t, full, math.MaxInt64))
}

func TestCounterMergesItself(t *testing.T) {
	t.Parallel()
	c := count(t, "tea milk", "bread")
	require.NoError(t, c.Merge(c))
	assert.Equal(t, encode(t, count(t, "bread", "bread", "milk tea", "tea milk")), encode(t, c))
	require.NoError(t, c.Merge(nil))
	assert.EqualValues(t, 4, c.Baskets())
}

// Whatever the order of baskets and of items in them, however the data are split,
// and in whatever order and grouping the parts are merged, the counter is the same.
func TestCounterMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		baskets := few().Draw(t, "baskets")
		want := encode(t, counterOf(t, baskets))
		mixed := rapid.Permutation(baskets).Draw(t, "mixed")
		i := rapid.IntRange(0, len(mixed)).Draw(t, "i")
		j := rapid.IntRange(i, len(mixed)).Draw(t, "j")
		part := func() (a, b, c *basket.Counter[int8]) {
			return counterOf(t, mixed[:i]), counterOf(t, mixed[i:j]), counterOf(t, mixed[j:])
		}
		a, b, c := part() // (a + b) + c
		kept := encode(t, b)
		require.NoError(t, a.Merge(b))
		require.NoError(t, a.Merge(c))
		require.Equal(t, want, encode(t, a))
		require.Equal(t, kept, encode(t, b), "what is merged stays")

		a, b, c = part() // 0 + c + (b + a)
		require.NoError(t, b.Merge(a))
		require.NoError(t, c.Merge(b))
		var zero basket.Counter[int8]
		require.NoError(t, zero.Merge(c))
		require.NoError(t, zero.Merge(&basket.Counter[int8]{}))
		require.Equal(t, want, encode(t, &zero))
	})
}

func TestCounterCountsAsDefined(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		baskets := few().Draw(t, "baskets")
		items := rapid.SliceOfN(rapid.Int8Range(-3, 4), 0, 4).Draw(t, "items")
		require.Equal(t, holding(baskets, items), counterOf(t, baskets).Count(items...))
	})
}

// holding counts the baskets that hold all items, by definition.
func holding[I comparable](baskets [][]I, items []I) int64 {
	var n int64
	for _, b := range baskets {
		if !slices.ContainsFunc(items, func(i I) bool { return !slices.Contains(b, i) }) {
			n++
		}
	}
	return n
}

// A counter has a binary encoding and no other, which would lose everything.
func TestCounterHasNoJSON(t *testing.T) {
	t.Parallel()
	c := count(t, "a b")
	_, err := json.Marshal(c)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	require.ErrorIs(t, json.Unmarshal([]byte(`{}`), c), relmark.ErrUnsupported)
	assert.Equal(t, int64(1), c.Baskets())
}

// Items that JSON cannot tell apart are refused, and the counter is as before.
func TestItemsAreUTF8(t *testing.T) {
	t.Parallel()
	c := count(t, "tea milk", "tea")
	before := encode(t, c)
	for range 2 {
		require.EqualError(t, c.Add("bread", "secret\xff", "tea"), "basket: Items: must be UTF-8")
		assert.Equal(t, before, encode(t, c))
		assert.Equal(t, []string{"milk", "tea"}, c.Items())
		assert.Zero(t, c.Count("bread"))
	}
	require.NoError(t, c.Add("bread", "tea"))
	assert.Equal(t, int64(1), c.Count("bread", "tea"))
	sets := []basket.Set[string]{{Items: []string{"\xff"}, Count: 1}}
	_, err := basket.Rules(t.Context(), sets, 1, basket.RuleParams{})
	require.EqualError(t, err, "basket: Sets[0].Items[0]: must be UTF-8")
}

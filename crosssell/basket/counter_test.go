package basket_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
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
	require.ErrorIs(t, full.AddN(math.MaxInt64, "milk"), relmark.ErrLimit, "there is a count above all counts")
	require.NoError(t, full.AddN(math.MaxInt64-1, "milk"))
	require.ErrorIs(t, c.Merge(full), relmark.ErrLimit)
	require.ErrorIs(t, full.Add(), relmark.ErrLimit)
	assert.Equal(t, before, encode(t, c), "unchanged")
	assert.Equal(t, []basket.Set[string]{{Items: []string{"milk"}, Count: math.MaxInt64 - 1}}, frequent(t, full, math.MaxInt64-1))
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

// Removing what was added last leaves the counter as it was; removing what is not
// there changes nothing.
func TestRemoveUndoesAdd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := &basket.Counter[int8]{}
		at := func() (period, n int64, items []int8) {
			return rapid.Int64Range(-1, 1).Draw(t, "period"), rapid.Int64Range(1, 3).Draw(t, "n"),
				rapid.SliceOfN(rapid.Int8Range(-3, 3), 0, 4).Draw(t, "items")
		}
		model := map[string]int64{}
		name := func(period int64, items []int8) string {
			return string(byte(period)) + key(slices.Compact(slices.Sorted(slices.Values(items))))
		}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			period, n, items := at()
			before := encode(t, c)
			if rapid.Bool().Draw(t, "add") {
				require.NoError(t, c.AddAt(period, n, items...))
				after := encode(t, c)
				require.NoError(t, c.RemoveAt(period, n, items...))
				require.Equal(t, before, encode(t, c))
				require.NoError(t, c.AddAt(period, n, items...))
				require.Equal(t, after, encode(t, c))
				model[name(period, items)] += n
				continue
			}
			err := c.RemoveAt(period, n, items...)
			if model[name(period, items)] >= n {
				require.NoError(t, err)
				model[name(period, items)] -= n
				continue
			}
			require.ErrorIs(t, err, relmark.ErrRefused)
			require.Equal(t, &basket.RefusedError{Reason: basket.ReasonNotCounted}, err)
			require.Equal(t, before, encode(t, c))
		}
	})
}

func TestRemoveRefuses(t *testing.T) {
	t.Parallel()
	c := count(t, "tea milk", "tea")
	require.EqualError(t, c.Remove("milk"), "basket: not_counted", "only ever together with tea")
	require.ErrorIs(t, c.Remove("bread"), relmark.ErrRefused)
	require.ErrorIs(t, c.Remove(), relmark.ErrRefused)
	require.ErrorIs(t, c.RemoveAt(1, 1, "tea"), relmark.ErrRefused, "another period")
	require.ErrorIs(t, c.RemoveAt(0, 2, "tea"), relmark.ErrRefused)
	require.ErrorIs(t, c.RemoveAt(0, 0, "tea"), relmark.ErrInvalid)
	require.ErrorIs(t, (&basket.Counter[int]{}).Remove(1), relmark.ErrRefused)
	require.NoError(t, c.Remove("milk", "tea", "milk"))
	assert.Equal(t, []string{"tea"}, c.Items(), "nobody holds milk any more")
	assert.Zero(t, c.Count("milk"))
	assert.Equal(t, encode(t, count(t, "tea")), encode(t, c))
}

// A shop that takes back as much as it sells for years keeps only what is left.
func TestGrowthOfRemoved(t *testing.T) { //nolint:paralleltest // counts allocations
	var c basket.Counter[int]
	for i := range 200_000 {
		require.NoError(t, c.Add(i, i+1, i+2))
		if i >= 100 {
			require.NoError(t, c.Remove(i-100, i-99, i-98))
		}
	}
	assert.EqualValues(t, 100, c.Baskets())
	assert.Len(t, c.Items(), 102)
	grown := testing.AllocsPerRun(100, func() {
		require.NoError(t, c.Add(1, 2, 3))
		require.NoError(t, c.Remove(1, 2, 3))
	})
	assert.Less(t, grown, 100.0)
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	var c basket.Counter[string]
	require.NoError(t, c.AddAt(2024, 3, "tea"))
	require.NoError(t, c.AddAt(2026, 1, "tea", "milk"))
	require.NoError(t, c.AddAt(2025, 2))
	require.NoError(t, c.AddAt(2023, 9, "gin"))
	assert.Equal(t, []basket.Period{{2023, 9}, {2024, 3}, {2025, 2}, {2026, 1}}, c.Periods())
	assert.EqualValues(t, 4, c.Count("tea"), "periods make no difference")
	before := encode(t, &c)
	var asked []int64
	w, err := c.Weigh(func(period int64) int64 {
		asked = append(asked, period)
		return max(0, period-2023)
	})
	require.NoError(t, err)
	assert.Equal(t, []int64{2023, 2024, 2025, 2026}, asked)
	want := count(t, "tea", "tea", "tea", "", "", "", "", "tea milk", "tea milk", "tea milk")
	assert.Equal(t, encode(t, want), encode(t, w))
	assert.Equal(t, before, encode(t, &c), "stays as it is")
	_, err = c.Weigh(nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Weigh(func(period int64) int64 { return 2024 - period })
	require.EqualError(t, err, "basket: Weight(2025) = -1: must be 0 or more")
	_, err = c.Weigh(func(int64) int64 { return math.MaxInt64 / 3 })
	require.ErrorIs(t, err, relmark.ErrLimit)
	_, err = c.Weigh(func(int64) int64 { return math.MaxInt64 / 10 })
	require.ErrorIs(t, err, relmark.ErrLimit)
}

func TestGiants(t *testing.T) {
	t.Parallel()
	c, err := basket.NewCounter[string](basket.CounterParams{MaxBasket: new(2)})
	require.NoError(t, err)
	for _, b := range []string{"tea milk", "tea milk bread", "tea milk tea", "gin"} {
		require.NoError(t, c.Add(strings.Fields(b)...))
	}
	assert.EqualValues(t, 4, c.Baskets())
	assert.EqualValues(t, 1, c.Giants())
	assert.EqualValues(t, 3, c.Count("tea"))
	assert.EqualValues(t, 2, c.Count("tea", "milk"))
	assert.Equal(t, 2, *c.Params().MaxBasket)
	*c.Params().MaxBasket = 9
	assert.Equal(t, 2, *c.Params().MaxBasket, "a copy")

	var zero basket.Counter[string]
	require.NoError(t, c.Merge(&zero))
	require.NoError(t, zero.Merge(c), "takes over the parameters")
	assert.Equal(t, encode(t, c), encode(t, &zero))
	other := count(t, "tea")
	before := encode(t, other)
	require.ErrorIs(t, other.Merge(c), relmark.ErrInvalid)
	assert.Equal(t, before, encode(t, other))
	require.ErrorIs(t, c.Merge(other), relmark.ErrInvalid)
	empty, err := basket.NewCounter[string](basket.CounterParams{MaxBasket: new(3)})
	require.NoError(t, err)
	require.ErrorIs(t, empty.Merge(c), relmark.ErrInvalid)
	_, err = basket.NewCounter[string](basket.CounterParams{MaxBasket: new(0)})
	require.EqualError(t, err, "basket: MaxBasket = 0: must be 1 or more, or nil for no bound")
	none, err := basket.NewCounter[string](basket.CounterParams{})
	require.NoError(t, err)
	assert.Nil(t, none.Params().MaxBasket)
}

// A label with a blank too many would be a product of its own.
func TestItemsAreLabels(t *testing.T) {
	t.Parallel()
	type label string
	c := count(t, "tea")
	named := &basket.Counter[label]{}
	for item, want := range map[string]string{
		"":        "basket: Items: must not be blank",
		" \t":     "basket: Items: must not be blank",
		"tea ":    "basket: Items: must not begin or end with white space",
		"\u00a0a": "basket: Items: must not begin or end with white space",
	} {
		before := encode(t, c)
		require.EqualError(t, c.Add("milk", item), want)
		assert.Equal(t, before, encode(t, c))
		require.EqualError(t, named.Add(label(item)), want)
	}
	require.NoError(t, c.Add("hot dog"))
}

func TestAtLeast(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	n, err := c.AtLeast(1, 2)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
	require.NoError(t, c.AddN(25, 1))
	for _, x := range [][3]int64{{28, 100, 7}, {1, 25, 1}, {1, 26, 1}, {2, 25, 2}, {29, 100, 8}, {1, 1, 25}, {math.MaxInt64, math.MaxInt64, 25}} {
		n, err := c.AtLeast(x[0], x[1])
		require.NoError(t, err)
		assert.Equal(t, x[2], n, x)
	}
	for _, x := range [][2]int64{{0, 1}, {-1, 2}, {3, 2}, {1, 0}, {-1, -2}} {
		_, err := c.AtLeast(x[0], x[1])
		require.ErrorIs(t, err, relmark.ErrInvalid, x)
	}
	require.NoError(t, c.AddN(math.MaxInt64-26, 1))
	n, err = c.AtLeast(math.MaxInt64-1, math.MaxInt64)
	require.NoError(t, err)
	assert.Equal(t, int64(math.MaxInt64-1), n)
}

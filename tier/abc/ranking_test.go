package abc_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/abc"
)

// each yields the values under the identifiers 1, 2, and so on.
func each(values ...decimal.Decimal) func(func(int, decimal.Decimal) bool) {
	return func(yield func(int, decimal.Decimal) bool) {
		for i, v := range values {
			if !yield(i+1, v) {
				return
			}
		}
	}
}

func TestRankingSortsTheWholeRange(t *testing.T) {
	t.Parallel()
	units := []int64{0, 1, -1, 255, 256, -256, math.MaxInt64, math.MinInt64, 1 << 40, -1 << 40, 1 << 40, math.MaxInt64 - 1}
	values := make([]decimal.Decimal, len(units))
	for i, u := range units {
		values[i] = decimal.New(u, 0)
	}
	r, err := abc.NewRanking(each(values...))
	require.NoError(t, err)
	slices.SortFunc(units, func(a, b int64) int { return cmp.Compare(b, a) })
	i := 0
	for _, v := range r.All() {
		assert.Equal(t, units[i], v.IntPart())
		i++
	}
	assert.Equal(t, len(units), i)
	for range r.All() { // stopping early is fine
		break
	}
}

func TestRankingRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want   string
		is     error
		values []decimal.Decimal
	}{
		{"abc: customer 1: Value: must have at most 9 fraction digits", relmark.ErrInvalid, []decimal.Decimal{{}, decimal.New(1, -10)}},
		{"abc: customer 0: Value: must be below 9.2e18 with at most 9 fraction digits", relmark.ErrInvalid, []decimal.Decimal{decimal.New(1, 1<<30)}},
		{"abc: amounts of different digits have no common unit: limit reached", relmark.ErrLimit, []decimal.Decimal{decimal.New(1, 18), decimal.New(1, -9)}},
	} {
		_, err := abc.NewRanking(each(c.values...))
		require.ErrorIs(t, err, c.is)
		require.EqualError(t, err, c.want)
	}
	_, err := abc.NewRanking(func(yield func(string, decimal.Decimal) bool) {
		_ = yield("b", decimal.Decimal{}) && yield("a", decimal.Decimal{}) && yield("b", decimal.New(1, 0))
	})
	require.EqualError(t, err, "abc: Customers: must hold each customer once")
	_, err = abc.NewRanking(each(decimal.New(10, -10))) // zeros that end a fraction do not count
	require.NoError(t, err)
}

func TestEmptyCurve(t *testing.T) {
	t.Parallel()
	var r abc.Ranking[string]
	classes, err := r.ABC(abc.Cuts{})
	require.NoError(t, err)
	assert.Equal(t, abc.ClassGroups{}, classes.Groups)
	assert.Empty(t, pairs(classes.All()))
	assert.Zero(t, abc.ClassGroups{}.Of(""))
	for _, c := range []abc.Curve{{}, r.Curve(), abc.Values{}.Curve()} {
		assert.Zero(t, c.Customers())
		assert.True(t, c.Total().IsZero())
		assert.Nil(t, c.Lorenz(10))
		require.Len(t, c.Steps(2), 3)
		assert.True(t, c.Steps(2)[2].Value.IsZero())
		_, ok := c.Gini()
		assert.False(t, ok)
		_, ok = c.Top(decimal.New(1, 0))
		assert.False(t, ok)
		w := c.Whale()
		assert.True(t, w.Peak.IsZero() && w.Drain.IsZero() && w.Customers == 0)
		_, ok = w.Ratio()
		assert.False(t, ok)
	}
}

func TestCurveDomains(t *testing.T) {
	t.Parallel()
	r, err := abc.NewRanking(each(decimal.New(3, 0), decimal.New(1, 0)))
	require.NoError(t, err)
	c := r.Curve()
	for _, percent := range []string{"0", "-1", "100.1", "0.00000000001"} {
		_, ok := c.Top(money(t, percent))
		assert.False(t, ok, percent)
	}
	assert.Nil(t, c.Lorenz(0))
	assert.Nil(t, c.Lorenz(10_001))
	assert.Nil(t, c.Steps(0))
	assert.Nil(t, c.Steps(10_001))
	assert.Equal(t, []abc.Point{{}, {Customers: 0.5, Value: 0.25}, {Customers: 1, Value: 1}}, c.Lorenz(2))
}

// One customer has everything: Gini is (n − 1)/n, however large the numbers.
func TestCurveAtTheLimits(t *testing.T) {
	t.Parallel()
	const n = math.MaxInt32
	var v abc.Values
	require.NoError(t, v.Add(decimal.Decimal{}, n-1))
	require.NoError(t, v.Add(decimal.New(math.MaxInt64, 0), 1))
	gini, ok := v.Curve().Gini()
	assert.True(t, ok)
	near.Equal(t, float64(n-1)/n, gini, 1e-15, 0)

	v = abc.Values{}
	require.NoError(t, v.Add(decimal.New(math.MaxInt64, 0), n))
	c := v.Curve()
	gini, _ = c.Gini()
	assert.Zero(t, gini)
	assert.True(t, decimal.New(math.MaxInt64, 0).Mul(decimal.New(n, 0)).Equal(c.Total()))
	s, err := c.ABC(abc.Cuts{})
	require.NoError(t, err)
	assert.Equal(t, 1717986918, s.A.Customers) // ⌈0.8·(2³¹ − 1)⌉
	lorenz := c.Lorenz(10_000)
	near.Equal(t, 0.5, lorenz[5_000].Value, 1e-15, 0)
}

func TestCutsRefuse(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]abc.Cuts{
		"abc: A: must be > 0, or A and B both 0 for 0.80 and 0.95": {B: money(t, "0.9")},
		"abc: B: must be A or more":                                {A: money(t, "0.9"), B: money(t, "0.89")},
		"abc: B: must be at most 1":                                {A: money(t, "0.9"), B: money(t, "1.000000001")},
		"abc: A: must have at most 18 digits":                      {A: decimal.New(1, -40), B: money(t, "1")},
		"abc: B: must have at most 18 digits":                      {A: money(t, "0.5"), B: decimal.New(1, 40)},
	} {
		require.EqualError(t, k.Validate(), want)
		_, err := abc.Ranking[int]{}.ABC(k)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	require.NoError(t, abc.Cuts{A: money(t, "1"), B: money(t, "1")}.Validate())
}

// A wider cut moves nobody down.
func TestCutsAreMonotone(t *testing.T) {
	t.Parallel()
	r, err := abc.NewRanking(each(decimal.New(7, 0), decimal.New(5, 0), decimal.New(5, 0), decimal.New(2, 0), decimal.New(-4, 0)))
	require.NoError(t, err)
	last := 0
	for a := range 100 {
		classes, err := r.ABC(abc.Cuts{A: decimal.New(int64(a)+1, -2), B: decimal.New(1, 0)})
		require.NoError(t, err)
		assert.GreaterOrEqual(t, classes.Groups.A.Customers, last)
		last = classes.Groups.A.Customers
	}
	assert.Equal(t, 4, last)
}

func TestClassKind(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "key potential ordinary ", abc.A.Kind()+" "+abc.B.Kind()+" "+abc.C.Kind()+" "+abc.Class("d").Kind())
}

func TestCriterionTest(t *testing.T) {
	t.Parallel()
	for test, criteria := range map[abc.Test][]abc.Criterion{
		abc.Measurable: {abc.Size, abc.Precision, abc.Retention},
		abc.Reachable:  {abc.Access, abc.Response},
		abc.Profitable: {abc.Profit, abc.Weight},
		abc.Growing:    {abc.Growth, abc.Steadiness},
		"":             {"", "colour"},
	} {
		for _, c := range criteria {
			assert.Equal(t, test, c.Test(), c)
		}
	}
}

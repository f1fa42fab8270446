package compare_test

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/compare"
)

func four(a, b, c, d float64) compare.PriceAnswer { return compare.PriceAnswer{a, b, c, d} }

func answers() []compare.PriceAnswer {
	return []compare.PriceAnswer{four(2, 4, 6, 8), four(3, 4, 7, 9), four(1, 5, 6, 10), four(4, 6, 8, 9)}
}

// By hand. Prices 1 2 3 4 5 6 7 8 9 10; of 4 customers, at these prices or less,
//
//	too cheap       1 2 3 4 4 4 4 4 4 4
//	cheap           0 0 0 2 3 4 4 4 4 4
//	expensive       0 0 0 0 0 2 3 4 4 4
//	too expensive   0 0 0 0 0 0 0 1 3 4
//
// Not cheap (cheap rising) meets too cheap (falling: 3 2 1 0): at 3 it is 0 against 1, at 4
// 2 against 0: at 3⅓, with a share of 1/6. Not expensive (4 − expensive) meets too
// expensive: at 7 it is 1 against 0, at 8 0 against 1: at 7½, 1/8. Too cheap (0 from 4 on)
// meets too expensive (0 up to 7): from 4 to 7. Cheap (4 − cheap: at 5 1, at 6 0) meets
// expensive (at 5 0, at 6 2): at 5⅓, with 1/6.
func TestPriceRangeByHand(t *testing.T) {
	t.Parallel()
	p, err := compare.PriceRange(answers(), compare.PriceOptions{})
	require.NoError(t, err)
	near.Slice(t, []float64{10.0 / 3, 7.5, 5.5, 16.0 / 3}, []float64{p.From.Price, p.To.Price, p.Optimal.Price, p.Indifference.Price}, 1e-15, 0)
	near.Slice(t, []float64{1.0 / 6, 1.0 / 8, 0, 1.0 / 6}, []float64{p.From.Share, p.To.Share, p.Optimal.Share, p.Indifference.Share}, 1e-14, 1e-15)
	assert.Equal(t, []float64{4, 7}, []float64{p.Optimal.Low, p.Optimal.High})
	for rule, want := range map[compare.Meeting]float64{compare.Lowest: 4, compare.Highest: 7, compare.Middle: 5.5} {
		q, err := compare.PriceRange(answers(), compare.PriceOptions{Meeting: rule})
		require.NoError(t, err)
		near.Equal(t, want, q.Optimal.Price, 0, 0)
	}
	// Expensive (0 up to 5) meets too cheap (0 from 4 on): 4 to 5. Cheap (0 from 6 on) meets
	// too expensive (0 up to 7): 6 to 7.
	n, err := compare.PriceRange(answers(), compare.PriceOptions{Range: compare.Narrow})
	require.NoError(t, err)
	assert.Equal(t, []float64{4.5, 6.5}, []float64{n.From.Price, n.To.Price})
	require.Len(t, p.Curves, 10)
	assert.Equal(t, compare.PriceShares{Price: 8, Expensive: 1, TooExpensive: 0.25, Acceptable: 0.75}, p.Curves[7])
}

func TestPriceRangeOfOneAnswer(t *testing.T) {
	t.Parallel()
	p, err := compare.PriceRange([]compare.PriceAnswer{four(5, 5, 5, 5)}, compare.PriceOptions{})
	require.NoError(t, err)
	assert.Equal(t, []float64{5, 5, 5}, []float64{p.From.Price, p.To.Price, p.Optimal.Price})
}

func TestPricesOutOfOrder(t *testing.T) {
	t.Parallel()
	list := append(answers(), four(5, 4, 6, 8))
	_, err := compare.PriceRange(list, compare.PriceOptions{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.ErrorContains(t, err, "Answers[4]")
	p, err := compare.PriceRange(list, compare.PriceOptions{Disorder: compare.LeaveOut})
	require.NoError(t, err)
	assert.Equal(t, []int{4, 1}, []int{p.N, p.LeftOut})
	_, err = compare.PriceRange(list[4:], compare.PriceOptions{Disorder: compare.LeaveOut})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, bad := range []compare.PriceAnswer{four(-1, 2, 3, 4), four(1, 2, 3, math.NaN()), four(1, 2, 3, math.Inf(1))} {
		_, err = compare.PriceRange(append(answers(), bad), compare.PriceOptions{Disorder: compare.LeaveOut})
		require.ErrorIs(t, err, relmark.ErrInvalid, "no price at all is not out of order")
	}
	for _, o := range []compare.PriceOptions{{Disorder: "x"}, {Meeting: "x"}, {Range: "x"}} {
		_, err = compare.PriceRange(answers(), o)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

func drawAnswers(t *rapid.T) []compare.PriceAnswer {
	n := rapid.IntRange(1, 25).Draw(t, "n")
	out := make([]compare.PriceAnswer, n)
	for i := range out {
		p := rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 30), func(x int) float64 { return float64(x) }), 4, 4).Draw(t, "prices")
		slices.Sort(p)
		out[i] = four(p[0], p[1], p[2], p[3])
	}
	return out
}

// The points lie in order, within the prices named; the curves of a point are equal there;
// order of customers does not matter.
func TestPriceRangeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawAnswers(t)
		o := compare.PriceOptions{Meeting: rapid.SampledFrom([]compare.Meeting{compare.Lowest, compare.Middle, compare.Highest}).Draw(t, "rule")}
		p, err := compare.PriceRange(list, o)
		require.NoError(t, err)
		require.LessOrEqual(t, p.From.Price, p.To.Price)
		// Too cheap is the lowest and too expensive the highest price of each customer.
		require.LessOrEqual(t, p.From.Low, p.Optimal.Low+1e-9)
		require.GreaterOrEqual(t, p.To.High, p.Optimal.High-1e-9)
		slices.Reverse(list)
		again, err := compare.PriceRange(list, o)
		require.NoError(t, err)
		require.Equal(t, p, again)
		for _, pair := range []struct {
			at              compare.PricePoint
			falling, rising func(s compare.PriceShares) float64
		}{
			{p.Optimal, func(s compare.PriceShares) float64 { return s.TooCheap }, func(s compare.PriceShares) float64 { return s.TooExpensive }},
			{p.Indifference, func(s compare.PriceShares) float64 { return s.Cheap }, func(s compare.PriceShares) float64 { return s.Expensive }},
			{p.From, func(s compare.PriceShares) float64 { return s.TooCheap }, func(s compare.PriceShares) float64 { return 1 - s.Cheap }},
			{p.To, func(s compare.PriceShares) float64 { return 1 - s.Expensive }, func(s compare.PriceShares) float64 { return s.TooExpensive }},
		} {
			down, up := along(p.Curves, pair.at.Price, pair.falling), along(p.Curves, pair.at.Price, pair.rising)
			if pair.at.Price > p.Curves[0].Price { // at the lowest price the curves may have met before
				near.Equal(t, down, up, 1e-9, 1e-9)
			}
			near.Equal(t, up, pair.at.Share, 1e-9, 1e-9)
		}
	})
}

// along reads a curve by drawing it.
func along(curves []compare.PriceShares, price float64, of func(s compare.PriceShares) float64) float64 {
	i, found := slices.BinarySearchFunc(curves, price, func(s compare.PriceShares, p float64) int { return cmp.Compare(s.Price, p) })
	if found || i == 0 {
		return of(curves[i])
	}
	a, b := curves[i-1], curves[i]
	return of(a) + (price-a.Price)/(b.Price-a.Price)*(of(b)-of(a))
}

func ladder(t require.TestingT) compare.Ladder {
	l, err := compare.NewLadder(10, 15, 20, 30)
	require.NoError(t, err)
	l.Accepted = []int64{10, 20, 40, 20, 10} // 90, 70, 30 and 10 of 100 would pay
	return l
}

// By hand: revenue 9, 10.5, 6 and 3 a customer asked. From 15 to 20 demand is 0.7 − 0.08(p −
// 15) = 1.9 − 0.08p, whose revenue is greatest at 11.875, before 15; from 10 to 15 it is
// 1.3 − 0.04p, greatest at 16.25, after 15: the best price is 15. Surplus at 20: 10·(0.3 +
// 0.1)/2 = 2; at 15: 2 + 5·(0.7 + 0.3)/2 = 4.5; at 10: 4.5 + 5·(0.9 + 0.7)/2 = 8.5.
func TestDemandByHand(t *testing.T) {
	t.Parallel()
	d, err := ladder(t).Demand(0.95)
	require.NoError(t, err)
	var shares, revenues, surpluses []float64
	for _, r := range d.Rungs {
		shares, revenues, surpluses = append(shares, r.Share), append(revenues, r.Revenue), append(surpluses, r.Surplus)
		assert.Less(t, r.Low, r.Share)
		assert.Greater(t, r.High, r.Share)
	}
	near.Slice(t, []float64{0.9, 0.7, 0.3, 0.1}, shares, 1e-15, 0)
	near.Slice(t, []float64{9, 10.5, 6, 3}, revenues, 1e-15, 0)
	near.Slice(t, []float64{8.5, 4.5, 2, 0}, surpluses, 1e-14, 0)
	assert.Equal(t, []float64{15, 0.7, 10.5}, []float64{d.Best, d.BestShare, d.BestRevenue})
	assert.False(t, d.AtTop)
	// At 20, 70 customers keep nothing, 20 half of 10 and 10 all of it; R: t.test.
	near.Equal(t, 1.33859434947119, d.Rungs[2].SurplusLow, 1e-14, 0)
	near.Equal(t, 2.66140565052881, d.Rungs[2].SurplusHigh, 1e-14, 0)
	assert.Equal(t, []float64{0, 0, 0}, []float64{d.Rungs[3].Surplus, d.Rungs[3].SurplusLow, d.Rungs[3].SurplusHigh})
	share, ok := d.Share(17.5)
	assert.True(t, ok)
	near.Equal(t, 0.5, share, 1e-15, 0)
	surplus, ok := d.Surplus(17.5)
	assert.True(t, ok)
	near.Equal(t, 3, surplus, 1e-15, 0) // 2 + 2.5·(0.5 + 0.3)/2
	surplus, ok = d.Surplus(30)
	assert.True(t, ok)
	near.Equal(t, 0, surplus, 0, 0)
	for _, p := range []float64{9, 31, math.NaN()} {
		_, ok = d.Share(p)
		assert.False(t, ok)
		_, ok = d.Surplus(p)
		assert.False(t, ok)
	}
	_, ok = compare.Demand{}.Share(1)
	assert.False(t, ok)
}

// Adding, merging and drawing the curve as fine as one likes: no price on it has more
// revenue, and surplus is its area.
func TestDemandProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prices := rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(1, 50), func(x int) float64 { return float64(x) }), 2, 6, rapid.ID[float64]).Draw(t, "prices")
		slices.Sort(prices)
		whole, err := compare.NewLadder(prices...)
		require.NoError(t, err)
		left, err := compare.NewLadder(prices...)
		require.NoError(t, err)
		right, err := compare.NewLadder(prices...)
		require.NoError(t, err)
		n := rapid.IntRange(1, 30).Draw(t, "n")
		for i := range n {
			yes := make([]bool, len(prices))
			for k := range rapid.IntRange(0, len(prices)).Draw(t, "accepted") {
				yes[k] = true
			}
			require.NoError(t, whole.Add(yes...))
			require.NoError(t, []*compare.Ladder{&left, &right}[i%2].Add(yes...))
		}
		require.NoError(t, left.Merge(right))
		require.Equal(t, whole, left)
		d, err := whole.Demand(0.9)
		require.NoError(t, err)
		low, high := prices[0], prices[len(prices)-1]
		const steps = 500
		area, before := 0.0, 0.0
		for i := range steps + 1 {
			p := min(high-(high-low)*float64(i)/steps, high)
			p = max(p, low)
			share, ok := d.Share(p)
			require.True(t, ok)
			require.LessOrEqual(t, p*share, d.BestRevenue*(1+1e-12)+1e-12)
			if i > 0 {
				area += (share + before) / 2 * (high - low) / steps
			}
			before = share
			surplus, ok := d.Surplus(p)
			require.True(t, ok)
			near.Equal(t, area, surplus, 1e-2, 1e-2)
		}
		for _, r := range d.Rungs {
			require.LessOrEqual(t, 0.0, r.SurplusLow)
			require.LessOrEqual(t, r.SurplusLow, r.Surplus+1e-12)
			require.LessOrEqual(t, r.Surplus, r.SurplusHigh+1e-12)
			require.LessOrEqual(t, r.SurplusHigh, high-r.Price)
		}
		at, ok := d.Share(d.Best)
		require.True(t, ok)
		near.Equal(t, d.BestShare, at, 1e-9, 1e-12)
		require.Equal(t, d.Best == high, d.AtTop)
	})
}

func TestLadderRefuses(t *testing.T) {
	t.Parallel()
	for _, prices := range [][]float64{{1}, {2, 1}, {1, 1}, {-1, 1}, {1, math.NaN()}, {1, math.Inf(1)}, make([]float64, 1001)} {
		_, err := compare.NewLadder(prices...)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	l := ladder(t)
	before := slices.Clone(l.Accepted)
	require.ErrorIs(t, l.Add(true, false, true, false), relmark.ErrInvalid)
	require.ErrorIs(t, l.Add(true), relmark.ErrInvalid)
	require.ErrorIs(t, l.Merge(compare.Ladder{Prices: []float64{1, 2}, Accepted: make([]int64, 3)}), relmark.ErrInvalid)
	require.ErrorIs(t, l.Merge(compare.Ladder{}), relmark.ErrInvalid)
	full := ladder(t)
	full.Accepted = []int64{1 << 40, 0, 0, 0, 0}
	require.ErrorIs(t, l.Merge(full), relmark.ErrLimit)
	require.ErrorIs(t, full.Add(true, true, true, true), relmark.ErrLimit)
	assert.Equal(t, before, l.Accepted)
	_, err := l.Demand(0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	l.Accepted[0] = -1
	_, err = l.Demand(0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	empty, err := compare.NewLadder(1, 2)
	require.NoError(t, err)
	_, err = empty.Demand(0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = empty.Resample(t.Context(), resample(), source())
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func resample() servqual.Resampling { return servqual.Resampling{Replicates: 400, Level: 0.9} }

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// The interval holds the estimate, is the same for any number of workers, and shrinks as
// customers repeat.
func TestResamples(t *testing.T) {
	t.Parallel()
	list := slices.Repeat(answers(), 10)
	p, err := compare.PriceRange(list, compare.PriceOptions{})
	require.NoError(t, err)
	one, err := compare.ResamplePrices(t.Context(), list, compare.PriceOptions{}, resample(), source())
	require.NoError(t, err)
	assert.LessOrEqual(t, one.Indifference.Low, p.Indifference.Price)
	assert.GreaterOrEqual(t, one.Indifference.High, p.Indifference.Price)
	many := resample()
	many.Workers = 8
	eight, err := compare.ResamplePrices(t.Context(), list, compare.PriceOptions{}, many, source())
	require.NoError(t, err)
	assert.Equal(t, one, eight)
	wide, err := compare.ResamplePrices(t.Context(), answers(), compare.PriceOptions{}, resample(), source())
	require.NoError(t, err)
	assert.Greater(t, wide.Indifference.High-wide.Indifference.Low, one.Indifference.High-one.Indifference.Low)

	l := ladder(t)
	d, err := l.Demand(0.9)
	require.NoError(t, err)
	i, err := l.Resample(t.Context(), resample(), source())
	require.NoError(t, err)
	assert.LessOrEqual(t, i.BestRevenue.Low, d.BestRevenue)
	assert.GreaterOrEqual(t, i.BestRevenue.High, d.BestRevenue)
	j, err := l.Resample(t.Context(), many, source())
	require.NoError(t, err)
	assert.Equal(t, i, j)
}

func TestResamplesRefuse(t *testing.T) {
	t.Parallel()
	for _, p := range []servqual.Resampling{{Replicates: 99, Level: 0.9}, {Replicates: 100}, {Replicates: 100, Level: 0.9, Workers: -1}} {
		_, err := compare.ResamplePrices(t.Context(), answers(), compare.PriceOptions{}, p, source())
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = ladder(t).Resample(t.Context(), p, source())
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := compare.ResamplePrices(t.Context(), answers()[:1], compare.PriceOptions{}, resample(), source())
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = compare.ResamplePrices(t.Context(), answers(), compare.PriceOptions{Meeting: "x"}, resample(), source())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	l := ladder(t)
	l.Accepted[0] = 2_000_000
	_, err = l.Resample(t.Context(), resample(), source())
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func FuzzPriceRange(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 2.0, 2.0, 2.0, 2.0)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64) {
		p, err := compare.PriceRange([]compare.PriceAnswer{four(a, b, c, d), four(e, g, h, i)}, compare.PriceOptions{Disorder: compare.LeaveOut})
		if err != nil {
			return
		}
		require.Equal(t, 2, p.N+p.LeftOut)
		for _, point := range []compare.PricePoint{p.From, p.To, p.Optimal, p.Indifference} {
			require.LessOrEqual(t, point.Low, point.Price)
			require.LessOrEqual(t, point.Price, point.High)
		}
	})
}

func FuzzMoves(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
	f.Fuzz(func(t *testing.T, w1, w2, a1, a2, b1, b2, c1, c2 float64) {
		moves, err := compare.Moves(t.Context(), attributes(w1, w2), firms([]float64{a1, a2}, []float64{b1, b2}, []float64{c1, c2}))
		if err != nil {
			return
		}
		require.Zero(t, moves[0].Distance, "somebody wins")
	})
}

// A context that has ended ends the work.
func TestResamplesEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := compare.ResamplePrices(ctx, answers(), compare.PriceOptions{}, resample(), source())
	require.ErrorIs(t, err, context.Canceled)
	_, err = ladder(t).Resample(ctx, resample(), source())
	require.ErrorIs(t, err, context.Canceled)
	_, err = ladder(t).Resample(t.Context(), resample(), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

package compare_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/compare"
)

// An offer that gives nothing has no price at which it is worth something: not 0 either.
func TestNoPriceForNothing(t *testing.T) {
	t.Parallel()
	for _, o := range []compare.Offer{{Price: 5}, {Price: 5, Effort: 1}, {Results: 5e-324, Price: 1}} {
		price, ok, err := o.PriceFor(2)
		require.NoError(t, err)
		assert.False(t, ok, "%v", o)
		assert.Zero(t, price)
	}
}

// Where a price comes back, the offer has the value at it.
func TestPriceForGivesTheValue(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1))
	for range 1000 {
		o := compare.Offer{Results: rng.Float64(), Process: float64(rng.IntN(2)), Price: 1, Effort: float64(rng.IntN(3))}
		want := math.Exp(rng.NormFloat64() * 5)
		price, ok, err := o.PriceFor(want)
		require.NoError(t, err)
		if o.Price = price; ok {
			got, err := o.Value()
			require.NoError(t, err)
			near.Equal(t, want, got, 1e-9, 0)
		}
	}
}

func TestNoNegativeZero(t *testing.T) {
	t.Parallel()
	s, err := compare.Offer{Results: 1, Effort: 1}.Sensitivity()
	require.NoError(t, err)
	text, err := json.Marshal(s)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "-0")
	assert.False(t, math.Signbit(s.Price))
}

// Ratings do not depend on the unit of weights or of scores, however small it is.
func TestRateInAnyUnit(t *testing.T) {
	t.Parallel()
	fs := [][]float64{{3, 2, 1}, {6, 2, 3}, {2, 2, 2}}
	want, err := compare.Rate(attributes(1, 2, 4), firms(fs...))
	require.NoError(t, err)
	for _, weight := range []float64{5e-324, 1e-300, 0x1p-40, 1e11} {
		for _, score := range []float64{1e-300, 1e-13, 1, 1e11} {
			scaled := make([][]float64, len(fs))
			for i, row := range fs {
				for _, x := range row {
					scaled[i] = append(scaled[i], x*score)
				}
			}
			got, err := compare.Rate(attributes(weight, 2*weight, 4*weight), firms(scaled...))
			require.NoError(t, err)
			for i := range want {
				assert.Equal(t, want[i].Firm, got[i].Firm)
				assert.Equal(t, want[i].Rank, got[i].Rank)
				near.Equal(t, *want[i].Score*score, *got[i].Score, 1e-12, 0)
			}
			moves, err := compare.Moves(t.Context(), attributes(weight, 2*weight, 4*weight), firms(scaled...))
			require.NoError(t, err)
			assert.Equal(t, want[0].Firm, moves[0].Firm)
		}
	}
}

// Firms that tie are in the order given, whatever rounding makes of their sums.
func TestTiesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	rows := [][]float64{{0.3, 0.2, 0.1}, {0.1, 0.2, 0.3}, {0.2, 0.3, 0.1}, {0.2, 0.1, 0.3}, {0.1, 0.3, 0.2}, {0.9, 0, 0}}
	ratings, err := compare.Rate(attributes(1, 1, 1), firms(rows...))
	require.NoError(t, err)
	for place, firm := range []int{5, 0, 1, 2, 3, 4} {
		assert.Equal(t, firm, ratings[place].Firm)
		assert.Equal(t, min(place, 1)+1, ratings[place].Rank)
	}
}

// What the caller wrote wrong is invalid, not too little.
func TestSampleOfNegativeSize(t *testing.T) {
	t.Parallel()
	_, err := compare.Benchmark(0, []compare.Factor{{Name: "f", Firms: []*compare.Sample{{N: -5, SD: 1}, {N: 5, SD: 1}}}}, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.EqualError(t, err, "compare: Factors[0].Firms[0].N = -5: must be 0 to 2^53")
}

// Of two ladders that are not valid, one line says what is wrong with which.
func TestMergeSaysWhichLadder(t *testing.T) {
	t.Parallel()
	bad := compare.Ladder{Prices: []float64{2, 1}, Accepted: []int64{0, 0, -1}}
	err := new(bad).Merge(bad)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.NotContains(t, err.Error(), "\n")
	assert.Contains(t, err.Error(), "; Other.Prices[1] = 1: must be above the price before it; Other.Accepted[2] = -1: ")
}

// Checks of what is valid allocate nothing for each part.
func TestChecksDoNotAllocateByPart(t *testing.T) {
	samples := make([]*compare.Sample, 500)
	for i := range samples {
		samples[i] = &compare.Sample{N: 9, Mean: float64(i), SD: 1}
	}
	few := testing.AllocsPerRun(20, func() { _, _ = compare.Benchmark(0, []compare.Factor{{Name: "f", Firms: samples[:2]}}, 0.95) })
	many := testing.AllocsPerRun(20, func() { _, _ = compare.Benchmark(0, []compare.Factor{{Name: "f", Firms: samples}}, 0.95) })
	assert.LessOrEqual(t, many, few+2)
	prices := make([]float64, 1000)
	for i := range prices {
		prices[i] = float64(i)
	}
	ladder, err := compare.NewLadder(prices...)
	require.NoError(t, err)
	assert.LessOrEqual(t, testing.AllocsPerRun(20, func() { _ = ladder.Validate() }), 2.0)
}

// Lists beyond every limit are refused without being read to their end, and the error is short.
func TestEndlessListsAreRefused(t *testing.T) {
	t.Parallel()
	as := make([]compare.Attribute, 5000)
	for i := range as {
		as[i] = compare.Attribute{Name: fmt.Sprint(i), Weight: 1}
	}
	_, err := compare.Rate(as, firms([]float64{1}))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.LessOrEqual(t, strings.Count(err.Error(), ";"), 20)
}

// Moves of many rivals take few of them into their programmes, and stop when asked to.
func TestMovesOfMany(t *testing.T) {
	t.Parallel()
	as, fs := market(6, 30)
	moves, err := compare.Moves(t.Context(), as, fs)
	require.NoError(t, err)
	require.Len(t, moves, 30)
	for _, m := range moves {
		if m.Possible {
			moved := make([]compare.Attribute, len(as))
			distance, sum := 0.0, 0.0
			for k := range as {
				moved[k] = compare.Attribute{Name: as[k].Name, Weight: m.Weights[k]}
				distance += math.Abs(m.Weights[k] - as[k].Weight)
				sum += as[k].Weight
			}
			near.Equal(t, m.Distance, distance/sum, 1e-9, 1e-9)
			ratings, err := compare.Rate(moved, fs)
			require.NoError(t, err)
			for _, r := range ratings {
				if r.Firm == m.Firm {
					near.Equal(t, *ratings[0].Score, *r.Score, 1e-8, 1e-8)
				}
			}
		}
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = compare.Moves(stopped, as, fs)
	require.ErrorIs(t, err, context.Canceled)
}

func market(attrs, rivals int) ([]compare.Attribute, []compare.Firm) {
	rng := rand.New(rand.NewPCG(1, 2))
	as, fs := make([]compare.Attribute, attrs), make([]compare.Firm, rivals)
	for k := range as {
		as[k] = compare.Attribute{Name: fmt.Sprint(k), Weight: rng.Float64()}
	}
	for i := range fs {
		fs[i].Name = fmt.Sprint(i)
		for range as {
			fs[i].Scores = append(fs[i].Scores, new(float64(rng.IntN(10))))
		}
	}
	return as, fs
}

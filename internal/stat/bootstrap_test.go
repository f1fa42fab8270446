package stat_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

func normalRows(seed uint64, n, columns int) [][]float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	rows := make([][]float64, n)
	for i := range rows {
		for range columns {
			rows[i] = append(rows[i], r.NormFloat64())
		}
	}
	return rows
}

// meanOf returns a statistic with memory of its own, which fails where the first row is
// drawn first.
func meanOf(values []float64) func() func(rows []int) ([]float64, error) {
	return func() func(rows []int) ([]float64, error) {
		return func(rows []int) ([]float64, error) {
			sum := 0.0
			for _, r := range rows {
				sum += values[r]
			}
			if rows[0] == 0 {
				return nil, errors.New("first")
			}
			return []float64{sum / float64(len(rows))}, nil
		}
	}
}

// Replicates are the same for any number of workers, and each can be drawn alone.
func TestReplicates(t *testing.T) {
	t.Parallel()
	values := []float64{1, 2, 4, 8, 16}
	r := stat.Seeded(5, 101, [2]uint64{7, 9})
	one, err := r.Replicates(t.Context(), 0, meanOf(values))
	require.NoError(t, err)
	for _, workers := range []int{1, 2, 3, 8, 1000} {
		many, err := r.Replicates(t.Context(), workers, meanOf(values))
		require.NoError(t, err)
		assert.Equal(t, one, many, "%d workers", workers)
	}
	assert.Equal(t, 101, r.Len())
	assert.Equal(t, 5, r.Rows())
	assert.Equal(t, []int{2, 3, 1, 1, 2}, r.Draw(1, nil), "the stream is a contract")
	failed := 0
	for _, replicate := range one {
		if replicate.Err != nil {
			failed++
		}
	}
	assert.True(t, failed > 5 && failed < 35, "a fifth of 101, not %d", failed)
	list := [][]int{r.Draw(0, nil), r.Draw(1, nil)}
	given, _, ok := stat.Given(5, list)
	require.True(t, ok)
	two, err := given.Replicates(t.Context(), 2, meanOf(values))
	require.NoError(t, err)
	assert.Equal(t, one[:2], two)
	none, err := stat.Seeded(5, 0, [2]uint64{}).Replicates(t.Context(), 2, meanOf(values))
	require.NoError(t, err)
	assert.Empty(t, none)
	for _, wrong := range [][][]int{{list[0], {1, 2, 3, 4}}, {list[0], {0, 1, 2, 3, 5}}, {list[0], {-1, 1, 2, 3, 4}}} {
		_, at, ok := stat.Given(5, wrong)
		assert.False(t, ok)
		assert.Equal(t, 1, at)
	}
}

// Nine replicates 1 to 9 of a statistic 4: level 0.8 takes the first and the ninth order
// statistic of R + 1 = 10, exactly.
func TestIntervalsByHand(t *testing.T) {
	t.Parallel()
	b := stat.Bootstrap{Value: 4, Replicates: []float64{9, 1, 8, 2, 7, 3, 6, 4, 5}, Without: []float64{1, 1, 4}}
	near.Equal(t, 5, b.Mean(), 0, 0)
	near.Equal(t, math.Sqrt(7.5), b.SD(), 1e-15, 0)
	assert.Equal(t, stat.Interval{Low: 1, High: 9, Extreme: true}, b.Percentile(0.8))
	assert.Equal(t, stat.Interval{Low: 2, High: 8}, b.Percentile(0.6))
	assert.Equal(t, stat.Interval{Low: 0, High: 6}, b.Basic(0.6))
	assert.Equal(t, stat.Interval{Low: 3, High: 7}, b.Plain(0.5))
	half := 0.6744897501960817 * math.Sqrt(7.5)
	n := b.Normal(0.5)
	near.Equal(t, 3-half, n.Low, 1e-14, 0)
	near.Equal(t, 3+half, n.High, 1e-14, 0)
	near.Equal(t, -0.4307272992954576, b.Bias(), 1e-14, 0) // Φ⁻¹(1/3)
	// Influence values 3, 3, 0 (times n − 1): Σl³ = 54, Σl² = 18.
	near.Equal(t, 54/(6*math.Pow(18, 1.5)), b.Acceleration(), 1e-14, 0)
	// 0.5 of ten lies half-way between the order statistics 4 and 5: of five, at the third.
	q := stat.Bootstrap{Value: 2, Replicates: []float64{0, 10}}.Percentile(0.000001)
	near.Equal(t, 5, q.Low, 1e-4, 0)
	assert.True(t, stat.Bootstrap{Replicates: []float64{3}}.Percentile(0.9).Extreme)
	near.Equal(t, 0, stat.Bootstrap{Replicates: []float64{3}}.SD(), 0, 0)
	_, ok := stat.Bootstrap{Value: 0, Replicates: []float64{1, 2}, Without: []float64{1, 2}}.BCa(0.9)
	assert.False(t, ok, "no replicate is below")
	_, ok = stat.Bootstrap{Value: 1.5, Replicates: []float64{1, 2}, Without: []float64{1.5, 1.5}}.BCa(0.9)
	assert.True(t, ok, "no influence, no acceleration")
}

// Without bias and acceleration BCa is the percentile interval; all kinds move and scale
// with the statistic.
func TestIntervalProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := normalRows(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(20, 200).Draw(t, "replicates"), 1)
		level := rapid.Float64Range(0.5, 0.99).Draw(t, "level")
		shift, scale := rapid.Float64Range(-5, 5).Draw(t, "shift"), rapid.Float64Range(0.1, 9).Draw(t, "scale")
		a, b := stat.Bootstrap{Without: []float64{1, 2, 5}}, stat.Bootstrap{Value: shift, Without: []float64{shift + scale, shift + 2*scale, shift + 5*scale}}
		for _, row := range rows {
			a.Replicates = append(a.Replicates, row[0])
			b.Replicates = append(b.Replicates, shift+scale*row[0])
		}
		p, ok := a.BCa(level)
		q, ok2 := b.BCa(level)
		require.Equal(t, ok, ok2)
		pairs := [][2]stat.Interval{
			{a.Normal(level), b.Normal(level)},
			{a.Basic(level), b.Basic(level)},
			{a.Percentile(level), b.Percentile(level)},
			{a.Plain(level), b.Plain(level)},
			{p, q},
		}
		for i, pair := range pairs[:4] {
			require.LessOrEqual(t, pair[0].Low, pair[0].High, "%d", i)
			near.Equal(t, shift+scale*pair[0].Low, pair[1].Low, 1e-9, 1e-9)
			near.Equal(t, shift+scale*pair[0].High, pair[1].High, 1e-9, 1e-9)
		}
		if ok {
			near.Equal(t, shift+scale*p.Low, q.Low, 1e-9, 1e-9)
		}
	})
}

// A part has the replicates that the whole has in its place, and what is shuffled has every
// row once.
func TestPartsAndShuffles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows, seed := rapid.IntRange(1, 30).Draw(t, "rows"), [2]uint64{rapid.Uint64().Draw(t, "seed"), 3}
		all := stat.Seeded(rows, 9, seed)
		if rapid.Bool().Draw(t, "shuffled") {
			all = stat.Shuffled(rows, 9, seed)
			order := all.Draw(4, nil)
			seen := make([]bool, rows)
			for _, row := range order {
				assert.False(t, seen[row])
				seen[row] = true
			}
			assert.Len(t, order, rows)
		}
		from := rapid.IntRange(0, 8).Draw(t, "from")
		part := all.Part(from, 9)
		assert.Equal(t, 9-from, part.Len())
		for i := range part.Len() {
			assert.Equal(t, all.Draw(from+i, nil), part.Draw(i, nil))
		}
		assert.Equal(t, part.Draw(0, nil), part.Part(0, 1).Draw(0, nil))
	})
	assert.Equal(t, []int{3, 2, 4, 0, 1}, stat.Shuffled(5, 2, [2]uint64{7, 9}).Draw(1, nil), "the stream is a contract")
}

// Every order of three rows comes up as often as any other.
func TestShufflesAreEven(t *testing.T) {
	t.Parallel()
	const n = 60_000
	all, seen := stat.Shuffled(3, n, [2]uint64{1, 2}), map[[3]int]float64{}
	for i := range n {
		seen[[3]int(all.Draw(i, nil))]++
	}
	assert.Len(t, seen, 6)
	for order, times := range seen {
		near.Equal(t, n/6, times, 0, 5*math.Sqrt(n/6), "%v", order)
	}
}

// A context that has ended ends the work.
func TestReplicatesEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	list, err := stat.Seeded(5, 10, [2]uint64{}).Replicates(ctx, 2, meanOf([]float64{1, 2, 4, 8, 16}))
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, list)
}

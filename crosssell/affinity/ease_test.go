package affinity_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/near"
)

// baskets counts customers with some 20 items each, of which there are so many.
func baskets(tb testing.TB, items int) *affinity.Matrix[int, int] {
	tb.Helper()
	r := rand.New(rand.NewPCG(uint64(items), 16))
	var users, got []int
	for i := range items {
		users, got = append(users, i%150), append(got, i)
	}
	for u := range 150 {
		for range 19 {
			users, got = append(users, u), append(got, int(float64(items)*r.Float64()*r.Float64()))
		}
	}
	return matrix(tb, own(tb, users, got))
}

// With fewer items than a tile has rows, as many, more, and more than a panel is deep, the
// weights are where the squares are least: for all items i ≠ j, Σ G(i, k)·w(k, j) = C(i, j) with
// G = C + λ·1.
func TestEASEIsOptimal(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 63, 64, 65, 128, 255, 257, 330, 449} {
		const lambda = 7
		m := baskets(t, n)
		model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: lambda, Workers: n % 4})
		require.NoError(t, err)
		w, c := make([][]float64, n), make([][]float64, n)
		for i := range n {
			c[i] = make([]float64, n)
			for j := range n {
				c[i][j] = float64(m.Together(i, j).Both)
			}
			w[i], err = model.Ranker().AppendScores(nil, affinity.Query[int]{Owned: []int{i}})
			require.NoError(t, err)
			require.Zero(t, w[i][i])
		}
		for i := range n {
			sum := make([]float64, n)
			for k := range n {
				g := c[i][k]
				if i == k {
					g += lambda
				}
				for j := range n {
					sum[j] += g * w[k][j]
				}
			}
			sum[i] = c[i][i] // nothing is asked of it
			near.Slice(t, c[i], sum, 0, 1e-11)
		}
	}
}

func TestEASEIsTheSameForAnyWorkers(t *testing.T) {
	t.Parallel()
	m := baskets(t, 330)
	one, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 3})
	require.NoError(t, err)
	for workers := 2; workers <= 64; workers += 31 {
		model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 3, Workers: workers})
		require.NoError(t, err)
		require.Equal(t, one, model)
	}
}

// What is multiplied in Go, where there is no kernel, is what is multiplied elsewhere.
func TestApplyPlain(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	draw := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		return x
	}
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 64} {
		for _, width := range []int{1, 3, 64, 256} {
			const more = 5 // cells of a row that are not multiplied
			rows, x, want := draw(n*(width+more)), draw(width), draw(n)
			got := append([]float64(nil), want...)
			affinity.Apply(-2, rows, width+more, x, 0.5, want)
			affinity.ApplyPlain(-2, rows, width+more, x, 0.5, got)
			near.Slice(t, want, got, 1e-12, 1e-12, fmt.Sprint(n, " of ", width))
		}
	}
}

// An item says nothing of one that no customer has with it: 0, not −0.
func TestEASEHasNoNegativeZeros(t *testing.T) {
	t.Parallel()
	m := matrix(t, own(t, []int{1, 1, 2, 2}, []int{1, 2, 3, 4}))
	model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 1})
	require.NoError(t, err)
	w, err := model.Ranker().AppendScores(nil, affinity.Query[int]{Owned: []int{1}})
	require.NoError(t, err)
	require.Positive(t, w[1])
	for _, x := range []float64{w[0], w[2], w[3]} {
		require.Zero(t, x)
		require.False(t, math.Signbit(x))
	}
	got, err := model.Weight(1, 3)
	require.NoError(t, err)
	require.False(t, math.Signbit(got))
}

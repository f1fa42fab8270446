package scale_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/scale"
)

func ctx() context.Context { return context.Background() }

// Three items of correlations ½: determinant ½, partial correlations ⅓, eigenvalues 2, ½
// and ½.
func TestSuitabilityByHand(t *testing.T) {
	t.Parallel()
	s, err := matrix(t, 21, []float64{1, .5, .5}, []float64{.5, 1, .5}, []float64{.5, .5, 1}).Suitability()
	require.NoError(t, err)
	near.Equal(t, .25/(.25+1./9), s.KMO, 1e-14, 0)
	near.Slice(t, []float64{s.KMO, s.KMO, s.KMO}, s.ItemKMO, 1e-14, 0)
	near.Equal(t, (20-11./6)*math.Ln2, s.ChiSquare, 1e-14, 0)
	assert.Equal(t, 3, s.DF)
	near.Slice(t, []float64{2, .5, .5}, s.Eigenvalues, 1e-14, 0)
	near.Equal(t, math.Erfc(math.Sqrt(s.ChiSquare/2))+math.Sqrt(2*s.ChiSquare/math.Pi)*math.Exp(-s.ChiSquare/2), s.P, 1e-12, 0)
	two, err := matrix(t, 21, []float64{1, .5}, []float64{.5, 1}).Suitability()
	require.NoError(t, err)
	near.Equal(t, .5, two.KMO, 1e-15, 0)
	none, err := matrix(t, 21, []float64{1, 0}, []float64{0, 1}).Suitability()
	require.NoError(t, err)
	assert.True(t, math.IsNaN(none.KMO))
	near.Equal(t, 1, none.P, 0, 0)
}

// As many factors as there are, whatever the seed; one seed is a contract.
func TestParallelCounts(t *testing.T) {
	t.Parallel()
	for factors := range 4 {
		rows := respondents(uint64(factors), 400, 12, max(factors, 1), 0)
		if factors == 0 {
			r := rand.New(rand.NewPCG(9, 9))
			for _, row := range rows {
				for i := range row {
					row[i] = int8(1 + r.IntN(7))
				}
			}
		}
		c := covariance(t, 1, 7, scale.Listwise, rows)
		p, err := c.Parallel(ctx(), 200, 0.95, rand.New(rand.NewPCG(1, 2)))
		require.NoError(t, err)
		assert.Equal(t, factors, p.Factors)
		assert.True(t, slices.IsSortedFunc(p.Noise, func(a, b float64) int { return int(math.Copysign(1, b-a)) }))
		again, err := c.Parallel(ctx(), 200, 0.95, rand.New(rand.NewPCG(1, 2)))
		require.NoError(t, err)
		assert.Equal(t, p, again)
		near.Slice(t, []float64{1.3657575598941698, 1.2635625948186036}, p.Noise[:2], 1e-9, 0)
	}
}

// Chance drawn as covariances is chance drawn row by row: quantiles of 2,000 replicates
// of either agree within what they vary.
func TestParallelAgainstRows(t *testing.T) {
	t.Parallel()
	const n, items, replicates = 30, 5, 2000
	r := rand.New(rand.NewPCG(11, 12))
	var first []float64
	for range replicates {
		x := mat.NewDense(n, items, nil)
		for i := range n {
			for j := range items {
				x.Set(i, j, r.NormFloat64())
			}
		}
		var c mat.SymDense
		stat.CorrelationMatrix(&c, x, nil)
		var e mat.EigenSym
		require.True(t, e.Factorize(&c, false))
		first = append(first, slices.Max(e.Values(nil)))
	}
	slices.Sort(first)
	c := covariance(t, 1, 7, scale.Listwise, respondents(1, n, items, 1, 0))
	for _, q := range []float64{0.5, 0.95} {
		p, err := c.Parallel(ctx(), replicates, q, r)
		require.NoError(t, err)
		near.Equal(t, stat.Quantile(q, stat.LinInterp, first, nil), p.Noise[0], 0.015, 0)
	}
}

func TestParallelRefuses(t *testing.T) {
	t.Parallel()
	c := covariance(t, 1, 7, scale.Listwise, respondents(1, 30, 5, 1, 0))
	r := rand.New(rand.NewPCG(1, 1))
	for _, f := range []func() error{
		func() error { _, err := c.Parallel(ctx(), 19, 0.95, r); return err },
		func() error { _, err := c.Parallel(ctx(), 10_001, 0.95, r); return err },
		func() error { _, err := c.Parallel(ctx(), 20, 0.4, r); return err },
		func() error { _, err := c.Parallel(ctx(), 20, math.NaN(), r); return err },
		func() error { _, err := c.Parallel(ctx(), 20, 0.95, nil); return err },
	} {
		require.ErrorIs(t, f(), relmark.ErrInvalid)
	}
	ended, end := context.WithCancel(ctx())
	end()
	_, err := c.Parallel(ended, 20, 0.95, r)
	require.ErrorIs(t, err, context.Canceled)
}

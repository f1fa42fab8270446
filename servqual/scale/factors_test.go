package scale_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/scale"
)

// implied returns covariances L·Φ·Lᵀ + Ψ with own variances that make variances 1; a nil
// correlation of the factors is the identity.
func implied(l, phi [][]float64) [][]float64 {
	m := make([][]float64, len(l))
	for i := range l {
		for j := range l {
			sum := 0.0
			for f := range l[0] {
				for g := range l[0] {
					r := 0.0
					if phi != nil {
						r = phi[f][g]
					} else if f == g {
						r = 1
					}
					sum += l[i][f] * r * l[j][g]
				}
			}
			m[i] = append(m[i], sum)
		}
		m[i][i] = 1
	}
	for i := range m {
		for j := range i {
			m[i][j] = m[j][i]
		}
	}
	return m
}

// Where one factor is the truth, omega finds its loadings, and nothing is left.
func TestOmegaFindsOneFactor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(3, 8).Draw(t, "items")
		var l [][]float64
		sum, own := 0.0, 0.0
		var sd []float64
		for range k {
			load := rapid.Float64Range(0.3, 0.95).Draw(t, "loading")
			l = append(l, []float64{load})
			sd = append(sd, rapid.Float64Range(0.5, 20).Draw(t, "sd"))
		}
		m := implied(l, nil)
		for i := range m {
			for j := range m {
				m[i][j] *= sd[min(i, j)] * sd[max(i, j)]
			}
			sum += l[i][0] * sd[i]
			own += (1 - l[i][0]*l[i][0]) * sd[i] * sd[i]
		}
		n := rapid.Int64Range(int64(k)+1, 1e6).Draw(t, "n")
		o, err := matrix(t, n, m...).Omega()
		require.NoError(t, err)
		shrink := math.Sqrt(float64(n-1) / float64(n))
		for i := range l {
			near.Equal(t, l[i][0]*sd[i]*shrink, o.Loadings[i], 1e-7, 0, "%v", l)
		}
		near.Equal(t, sum*sum/(sum*sum+own), o.Model, 1e-8, 0)
		near.Equal(t, o.Model, o.Observed, 1e-8, 0)
		near.Equal(t, 0, o.ChiSquare, 0, 1e-6*float64(n)*1e-6)
		require.Empty(t, o.Heywood)
		require.Equal(t, k*(k-3)/2, o.DF)
	})
}

// Correlations of 0.9, 0.9 and 0.6 ask the first item for a communality of 1.35.
func TestHeywood(t *testing.T) {
	t.Parallel()
	c := matrix(t, 50, []float64{1, 0.9, 0.9}, []float64{0.9, 1, 0.65}, []float64{0.9, 0.65, 1})
	o, err := c.Omega()
	require.NoError(t, err)
	assert.Equal(t, []int{0}, o.Heywood)
	near.Equal(t, 0.005*49/50, o.Unique[0], 1e-12, 0)
	near.Equal(t, 1, o.P, 0, 0)
	f, err := c.Factors(1, scale.Unrotated)
	require.NoError(t, err)
	assert.Equal(t, []int{0}, f.Heywood)
	near.Equal(t, 0.995, f.Communality[0], 1e-12, 0)
}

// Factors that are the truth are found again, oblique ones by oblimin, up to their order.
func TestFactorsFindSimpleStructure(t *testing.T) {
	t.Parallel()
	l := [][]float64{{.8, 0}, {.7, 0}, {.6, 0}, {.5, 0}, {0, .75}, {0, .65}, {0, .55}}
	for _, r := range []float64{0, 0.3, -0.4} {
		c := matrix(t, 200, implied(l, [][]float64{{1, r}, {r, 1}})...)
		plain, err := c.Factors(2, scale.Unrotated)
		require.NoError(t, err)
		oblique, err := c.Factors(2, scale.Oblimin)
		require.NoError(t, err)
		straight, err := c.Factors(2, scale.Varimax)
		require.NoError(t, err)
		for i := range l {
			near.Slice(t, l[i], oblique.Loadings[i], 0, 1e-8)
			near.Equal(t, l[i][0]*l[i][0]+l[i][1]*l[i][1], plain.Communality[i], 1e-9, 0)
			near.Equal(t, dot(straight.Loadings[i], straight.Loadings[i]), plain.Communality[i], 1e-9, 0)
			if r == 0 {
				near.Slice(t, l[i], straight.Loadings[i], 0, 1e-8)
			}
		}
		near.Equal(t, r, oblique.Correlation[0][1], 0, 1e-8)
		near.Equal(t, 0, plain.Residual, 0, 1e-9)
		assert.Equal(t, [][]float64{{1, 0}, {0, 1}}, straight.Correlation)
		assert.Equal(t, 8, plain.DF)
		assert.EqualValues(t, 200, plain.N)
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// A rotation changes no fit; varimax is a maximum among small turns; all factors come by
// what they explain.
func TestRotationProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := covariance(t, 1, 7, scale.Listwise, respondents(rapid.Uint64().Draw(t, "seed"), 150, 9, 3, 0))
		plain, err := c.Factors(3, scale.Unrotated)
		require.NoError(t, err)
		for _, rotation := range []scale.Rotation{scale.Varimax, scale.Oblimin} {
			f, err := c.Factors(3, rotation)
			require.NoError(t, err)
			last := math.Inf(1)
			for g := range 3 {
				explained, sum := 0.0, 0.0
				for i := range f.Loadings {
					sum += f.Loadings[i][g]
					explained += f.Loadings[i][g] * dot(f.Loadings[i], f.Correlation[g])
				}
				require.True(t, explained <= last && sum >= 0)
				last = explained
			}
			for i := range f.Loadings {
				for j := range i {
					fit := 0.0
					for g := range 3 {
						fit += f.Loadings[i][g] * dot(f.Correlation[g], f.Loadings[j])
					}
					near.Equal(t, dot(plain.Loadings[i], plain.Loadings[j]), fit, 0, 1e-9)
				}
			}
			if rotation == scale.Varimax {
				for _, angle := range []float64{0.01, -0.01} {
					require.LessOrEqual(t, simplicity(f.Loadings, angle), simplicity(f.Loadings, 0))
				}
			}
		}
	})
}

// simplicity is the criterion of varimax with normalised rows, after a turn of the first
// two columns.
func simplicity(l [][]float64, angle float64) (v float64) {
	sin, cos := math.Sincos(angle)
	for g := range l[0] {
		fourth, second := 0.0, 0.0
		for _, row := range l {
			x := row[g]
			switch g {
			case 0:
				x = row[0]*cos + row[1]*sin
			case 1:
				x = row[1]*cos - row[0]*sin
			}
			x *= x / dot(row, row)
			fourth += x * x
			second += x
		}
		v += fourth - second*second/float64(len(l))
	}
	return v
}

func TestFactorsRefuse(t *testing.T) {
	t.Parallel()
	rows := respondents(5, 40, 4, 1, 0)
	c := covariance(t, 1, 7, scale.Listwise, rows)
	for _, k := range []int{0, -1, 2, 4, 9} {
		_, err := c.Factors(k, scale.Unrotated)
		require.ErrorContains(t, err, "K = ", "%d", k)
	}
	_, err := c.Factors(1, "promax")
	require.ErrorContains(t, err, "Rotation")
	for _, r := range []scale.Rotation{scale.Varimax, scale.Oblimin} { // of one factor
		f, err := c.Factors(1, r)
		require.NoError(t, err)
		assert.Equal(t, [][]float64{{1}}, f.Correlation)
	}
	two := covariance(t, 1, 7, scale.Listwise, cut(rows, 0, 2))
	_, err = two.Omega()
	require.ErrorContains(t, err, "Items = 2: must number 3 or more")
	_, err = two.Factors(1, scale.Unrotated)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	few := covariance(t, 1, 7, scale.Listwise, [][]int8{{1, 2, 3, 4}, {2, 2, 4, 5}, {1, 3, 3, 2}, {5, 2, 2, 1}})
	for _, f := range everything(few) {
		require.ErrorIs(t, f(), relmark.ErrTooFew)
	}
	for _, f := range everything(scale.Covariance{}) {
		require.ErrorIs(t, f(), relmark.ErrInvalid)
	}
	// An item that is another one.
	for _, row := range rows {
		row[1] = row[0]
	}
	same := covariance(t, 1, 7, scale.Listwise, rows)
	_, err = same.Omega()
	require.ErrorContains(t, err, "must not be determined by each other")
	_, err = same.Suitability()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	// Pairwise correlations 0.9, 0.9 and −0.9 are of no possible data.
	r := matrix(t, 50, []float64{1, 0.9, 0.9}, []float64{0.9, 1, -0.9}, []float64{0.9, -0.9, 1})
	_, err = r.Suitability()
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func everything(c scale.Covariance) []func() error {
	return []func() error{
		func() error { _, err := c.Omega(); return err },
		func() error { _, err := c.Factors(1, scale.Unrotated); return err },
		func() error { _, err := c.Suitability(); return err },
		func() error { _, err := c.Parallel(ctx(), 20, 0.95, rand.New(rand.NewPCG(1, 1))); return err },
	}
}

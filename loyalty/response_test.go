package loyalty_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty"
)

func scores() []loyalty.ScoreCount {
	n := []int64{20, 15, 30, 42, 51, 60, 88, 90, 70, 34}
	loyal := []int64{2, 3, 8, 12, 22, 31, 57, 66, 60, 31}
	out := make([]loyalty.ScoreCount, len(n))
	for i := range n {
		out[i] = loyalty.ScoreCount{Score: float64(i + 1), N: n[i], Loyal: loyal[i]}
	}
	return out
}

// R 4.2.2: glm(cbind(loyal, n - loyal) ~ score, binomial) and lm on one row a customer.
func TestResponseAgreesWithR(t *testing.T) {
	t.Parallel()
	c, err := loyalty.FitResponse(t.Context(), loyalty.Logistic, scores())
	require.NoError(t, err)
	near.Equal(t, -2.6709352095954277, c.Intercept, 1e-9, 0)
	near.Equal(t, 0.4731667134900747, c.Slope, 1e-9, 0)
	near.Equal(t, 0.1142051627090938, c.Precision.VarIntercept, 1e-6, 0)
	near.Equal(t, 0.00256826631583321, c.Precision.VarSlope, 1e-6, 0)
	near.Equal(t, -0.01631986524938285, c.Precision.Covariance, 1e-6, 0)
	near.Equal(t, 0.7063692602469630, c.Share(7.5), 1e-9, 0)
	near.Equal(t, 0.1907969830868843, c.MSE, 1e-9, 0)
	i, ok := c.ShareInterval(7.5, 0.9)
	require.True(t, ok)
	near.Slice(t, []float64{0.6646496004490189, 0.7448908589682369}, []float64{i.Low, i.High}, 1e-7, 0)
	i, ok = c.SlopeInterval(0.95)
	require.True(t, ok)
	near.Slice(t, []float64{0.3738395304390635, 0.5724938965410860}, []float64{i.Low, i.High}, 1e-6, 0)

	c, err = loyalty.FitResponse(t.Context(), loyalty.Linear, scores())
	require.NoError(t, err)
	near.Equal(t, -0.04452030102129654, c.Intercept, 1e-12, 0)
	near.Equal(t, 0.09732429560565134, c.Slope, 1e-12, 0)
	near.Equal(t, 0.0032945777534541922, c.Precision.VarIntercept, 1e-12, 0)
	near.Equal(t, 6.980333390088968e-05, c.Precision.VarSlope, 1e-12, 0)
	near.Equal(t, 0.1909214389185024, c.MSE, 1e-12, 0)
	i, ok = c.ShareInterval(7.5, 0.9)
	require.True(t, ok)
	near.Slice(t, []float64{0.650100029918025, 0.7207238021241521}, []float64{i.Low, i.High}, 1e-12, 0)
	i, ok = c.SlopeInterval(0.95)
	require.True(t, ok)
	near.Slice(t, []float64{0.08090921782176802, 0.1137393733895347}, []float64{i.Low, i.High}, 1e-11, 0)
	near.Equal(t, c.Slope, c.Gain(3), 0, 0)
}

func TestResponseWithoutAnEnd(t *testing.T) {
	t.Parallel()
	c, err := loyalty.FitResponse(t.Context(), loyalty.Logistic, []loyalty.ScoreCount{{Score: 1, N: 9}, {Score: 2, N: 5, Loyal: 5}})
	require.NoError(t, err)
	assert.Nil(t, c.Precision)
	_, ok := c.ShareInterval(1, 0.95)
	assert.False(t, ok)
	_, ok = c.SlopeInterval(0.95)
	assert.False(t, ok)
	near.Equal(t, 0, c.MSE, 0, 1e-3)
}

func TestResponseRefuses(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string][]loyalty.ScoreCount{
		"score": {{Score: math.NaN(), N: 1}}, "loyal": {{N: 1, Loyal: 2}}, "n": {{N: -1}}, "far": {{Score: 1e10}},
		"sum": {{N: 1 << 40}, {N: 1}},
	} {
		_, err := loyalty.FitResponse(t.Context(), loyalty.Linear, counts)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := loyalty.FitResponse(t.Context(), "", scores())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for name, counts := range map[string][]loyalty.ScoreCount{
		"nobody": nil, "one score": {{Score: 1, N: 9, Loyal: 4}}, "all stay": {{Score: 1, N: 9, Loyal: 9}, {Score: 2, N: 1, Loyal: 1}},
		"nobody stays": {{Score: 1, N: 9}, {Score: 2, N: 1}}, "two": {{Score: 1, N: 1}, {Score: 2, N: 1, Loyal: 1}},
	} {
		_, err := loyalty.FitResponse(t.Context(), loyalty.Logistic, counts)
		require.ErrorIs(t, err, relmark.ErrTooFew, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = loyalty.FitResponse(ctx, loyalty.Logistic, scores())
	require.ErrorIs(t, err, context.Canceled)
	var c loyalty.Curve
	assert.True(t, math.IsNaN(c.Share(math.Inf(1))))
	assert.True(t, math.IsNaN(c.Gain(math.NaN())))
}

// Shards joined and rows in any order give the same curve; of a logistic curve the
// residuals add up to 0 by customer and by score.
func TestResponseProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 8).Draw(t, "scores")
		var counts, shards []loyalty.ScoreCount
		for i := range k {
			n := rapid.Int64Range(2, 200).Draw(t, "n")
			loyal := rapid.Int64Range(1, n-1).Draw(t, "loyal") // nobody is parted without error
			counts = append(counts, loyalty.ScoreCount{Score: float64(i), N: n, Loyal: loyal})
			half := loyal / 2
			shards = append(shards, loyalty.ScoreCount{Score: float64(i), N: n - half, Loyal: loyal - half}, loyalty.ScoreCount{Score: float64(i), N: half, Loyal: half})
		}
		slices.Reverse(shards)
		for _, form := range []loyalty.Form{loyalty.Linear, loyalty.Logistic} {
			a, err := loyalty.FitResponse(t.Context(), form, counts)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrTooFew)
				return
			}
			b, err := loyalty.FitResponse(t.Context(), form, shards)
			require.NoError(t, err)
			require.Equal(t, a, b)
			require.NotNil(t, a.Precision)
			var sum, first, n float64
			for _, c := range counts {
				d := float64(c.Loyal) - float64(c.N)*a.Share(c.Score)
				sum += d
				first += d * c.Score
				n += float64(c.N)
			}
			near.Equal(t, 0, sum/n, 0, 1e-7)
			near.Equal(t, 0, first/n, 0, 1e-7)
		}
	})
}

func FuzzFitResponse(f *testing.F) {
	f.Add(1.0, int64(3), int64(2), 2.0, int64(5), int64(1))
	f.Add(-1e9, int64(1), int64(0), 1e9, int64(2), int64(2))
	f.Fuzz(func(t *testing.T, s1 float64, n1, l1 int64, s2 float64, n2, l2 int64) {
		counts := []loyalty.ScoreCount{{s1, n1, l1}, {s2, n2, l2}}
		for _, form := range []loyalty.Form{loyalty.Linear, loyalty.Logistic} {
			c, err := loyalty.FitResponse(context.Background(), form, counts)
			if err != nil {
				continue
			}
			for _, x := range []float64{c.Intercept, c.Slope, c.MSE} {
				require.False(t, math.IsNaN(x) || math.IsInf(x, 0))
			}
			if p := c.Precision; p != nil {
				require.GreaterOrEqual(t, p.VarSlope, 0.0)
				require.GreaterOrEqual(t, p.VarIntercept, 0.0)
			}
		}
	})
}

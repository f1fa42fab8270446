package abc_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier/abc"
)

// Whatever bytes say, decoders do not panic, and what they accept encodes to the
// same bytes and makes finite figures.
func FuzzValues(f *testing.F) {
	f.Add(encoded(f, valuesOf(f, []decimal.Decimal{decimal.New(125, -1), decimal.New(-3, 0), decimal.New(125, -1)})))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var v abc.Values
		if err := v.UnmarshalBinary(data); err != nil {
			require.Zero(t, v)
			return
		}
		assert.Equal(t, data, encoded(t, v))
		c := v.Curve()
		assert.Equal(t, v.Customers(), c.Customers())
		if gini, ok := c.Gini(); ok {
			assert.True(t, gini >= 0 && gini < 1)
			assert.Len(t, c.Lorenz(7), 8)
		}
		s, err := c.ABC(abc.Cuts{})
		require.NoError(t, err)
		assert.Equal(t, c.Customers(), s.A.Customers+s.B.Customers+s.C.Customers)
		assert.True(t, c.Steps(3)[3].Value.Equal(c.Total()))
	})
}

func FuzzSegment(f *testing.F) {
	f.Add(encoded(f, segment(f)))
	f.Add(encoded(f, &abc.SegmentTotals{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s abc.SegmentTotals
		if err := s.UnmarshalBinary(data); err != nil {
			return
		}
		assert.Equal(t, data, encoded(t, &s))
		var b abc.Segmentation[string]
		require.NoError(t, b.At("x").Merge(&s))
		reports, err := b.Reports(abc.Criteria{MinStability: new(0.1), MinResponse: new(0.1), MinShare: new(0.1), MaxVariation: new(float64(1))})
		require.NoError(t, err)
		r := reports[0].Report
		for _, m := range []abc.Measure{r.Mean, r.Error, r.Growth, r.Variation, r.SizeGrowth, r.Stability, r.Reach, r.Response, r.CustomerShare, r.ValueShare} {
			assert.False(t, math.IsNaN(m.Value))
		}
	})
}

func FuzzConversions(f *testing.F) {
	f.Add(encoded(f, conversions()))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var c abc.Conversions
		if err := c.UnmarshalBinary(data); err != nil {
			assert.Equal(t, abc.Conversions{}, c)
			return
		}
		assert.Equal(t, data, encoded(t, c))
		rate, ok := c.Rate(abc.ProspectScore{FitLevel: abc.High, IntentLevel: abc.High}, 10)
		assert.Equal(t, ok, rate >= 0 && rate <= 1 && c != abc.Conversions{})
	})
}

func FuzzConfigurations(f *testing.F) {
	for _, v := range []any{matrix(f), pyramid(f), scorer(f), criteria(f), streak(f)} {
		data, err := json.Marshal(v)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, data, &abc.Matrix{}, &abc.Matrix{})
		again(t, data, &abc.Pyramid{}, &abc.Pyramid{})
		again(t, data, &abc.Scorer{}, &abc.Scorer{})
		again(t, data, &abc.Criteria{}, &abc.Criteria{})
		again(t, data, &abc.Streak{}, &abc.Streak{})
	})
}

// again decodes data, and what that encodes to: the second must agree.
func again(t *testing.T, data []byte, first, second interface {
	json.Marshaler
	json.Unmarshaler
},
) {
	t.Helper()
	if first.UnmarshalJSON(data) != nil {
		return
	}
	once, err := first.MarshalJSON()
	require.NoError(t, err)
	require.NoError(t, second.UnmarshalJSON(once))
	twice, err := second.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, string(once), string(twice))
}

// Constructors fail exactly when Validate does, and what they make does not fail
// on valid data.
func FuzzConstructors(f *testing.F) {
	f.Add(0.5, 0.25, int64(80), int64(95), int32(-2))
	f.Add(math.NaN(), math.Inf(1), int64(-1), int64(0), int32(math.MinInt32))
	f.Fuzz(func(t *testing.T, high, medium float64, a, b int64, exponent int32) {
		cuts := abc.Cuts{A: decimal.New(a, exponent), B: decimal.New(b, exponent)}
		axis := abc.Axis{High: high, Medium: medium}
		m := abc.MatrixParams{Value: cuts, Loyalty: axis, Potential: axis}
		matrix, err := abc.NewMatrix(m)
		require.Equal(t, fmt.Sprint(m.Validate()), fmt.Sprint(err))
		if err == nil {
			_, err := abc.Classify(matrix, func(yield func(int, abc.Profile) bool) { yield(1, abc.Profile{Value: decimal.New(1, 0)}) })
			require.NoError(t, err)
		}
		p := abc.PyramidParams{Margin: cuts, Sensitive: high, Loyal: medium, LeadCost: cuts.A}
		pyramid, err := abc.NewPyramid(p)
		require.Equal(t, fmt.Sprint(p.Validate()), fmt.Sprint(err))
		if err == nil {
			_, err := abc.Stratify(pyramid, func(yield func(int, abc.Trade) bool) { yield(1, abc.Trade{Revenue: decimal.New(1, 0)}) })
			require.NoError(t, err)
		}
		s := prospectParams()
		s.Fit[0].Weight, s.Half, s.FitLevels, s.MinCoverage = high, medium, axis, medium
		scorer, err := abc.NewScorer(s)
		require.Equal(t, fmt.Sprint(s.Validate()), fmt.Sprint(err))
		if err == nil {
			on := relmark.MustParseDate("2026-03-31")
			score, err := scorer.Score(abc.Prospect{Fit: []abc.Measure{abc.Measured(1), {}}, Touches: []abc.Touch{{On: on}}}, on)
			require.NoError(t, err)
			assert.True(t, score.Total >= 0 && score.Total <= 1)
		}
		_, err = abc.NewRanking(each(cuts.A, cuts.B))
		var v abc.Values
		assert.Equal(t, err == nil, v.Add(cuts.A, 1) == nil && v.Add(cuts.B, 1) == nil)
	})
}

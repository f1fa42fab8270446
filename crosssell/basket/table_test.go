package basket_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/near"
)

// By hand, and for the first as in crosssell_rules_groceries_s99_c30.csv: beef →
// other vegetables.
func TestTableMeasures(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for name, c := range map[string]struct {
		basket.Table
		support, confidence, lift float64
	}{
		"beef":         {basket.Table{Both: 194, Left: 516, Right: 1903, N: 9835}, 0.019725470259278087, 0.37596899224806202, 1.9430662316130793},
		"independent":  {basket.Table{Both: 2, Left: 4, Right: 4, N: 8}, 0.25, 0.5, 1},
		"never both":   {basket.Table{Left: 4, Right: 4, N: 8}, 0, 0, 0},
		"always":       {basket.Table{Both: 8, Left: 8, Right: 8, N: 8}, 1, 1, 1},
		"no left":      {basket.Table{Right: 4, N: 8}, 0, nan, nan},
		"no right":     {basket.Table{Left: 4, N: 8}, 0, 0, nan},
		"zero":         {basket.Table{}, nan, nan, nan},
		"past 2^53":    {basket.Table{Both: 1 << 62, Left: 1 << 62, Right: 1 << 62, N: 1 << 62}, 1, 1, 1},
		"near 2^63":    {basket.Table{Both: 1, Left: 1, Right: 1, N: math.MaxInt64}, 0x1p-63, 1, 0x1p63},
		"large counts": {basket.Table{Both: 3e17, Left: 1e18, Right: 6e17, N: 4e18}, 0.075, 0.3, 2},
	} {
		require.NoError(t, c.Validate(), name)
		near.Equal(t, c.support, c.Support(), 1e-15, 0, "support, %s", name)
		near.Equal(t, c.confidence, c.Confidence(), 1e-15, 0, "confidence, %s", name)
		near.Equal(t, c.lift, c.Lift(), 1e-15, 0, "lift, %s", name)
	}
}

func TestTableValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		basket.Table
		fields []string
	}{
		"negative":            {basket.Table{Both: -1, Left: 1, Right: 1, N: 2}, []string{"Both"}},
		"more both than left": {basket.Table{Both: 2, Left: 1, Right: 2, N: 2}, []string{"Left"}},
		"more than all":       {basket.Table{Both: 1, Left: 3, Right: 3, N: 2}, []string{"Left", "Right"}},
		"all wrong":           {basket.Table{Both: -1, Left: -2, Right: -2, N: -3}, []string{"Both", "Left", "Right"}},
		"union above all":     {basket.Table{Both: 1, Left: 3, Right: 3, N: 4}, []string{"N"}},
		"extremes": {
			basket.Table{Both: math.MinInt64, Left: math.MaxInt64, Right: math.MaxInt64, N: math.MaxInt64}, []string{"Both"},
		},
		"union past 2^63": {basket.Table{Left: math.MaxInt64, Right: math.MaxInt64, N: math.MaxInt64}, []string{"N"}},
	} {
		err := c.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Equal(t, c.fields, fields(err), name)
	}
}

// Confidence and support are shares, and lift is symmetric.
func TestTableBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		both := rapid.Int64Range(0, 100).Draw(t, "both")
		left := both + rapid.Int64Range(0, 100).Draw(t, "left")
		right := both + rapid.Int64Range(0, 100).Draw(t, "right")
		x := basket.Table{Both: both, Left: left, Right: right, N: left + right - both + rapid.Int64Range(1, 100).Draw(t, "neither")}
		require.NoError(t, x.Validate())
		require.True(t, x.Support() >= 0 && x.Support() <= 1)
		if left > 0 {
			require.True(t, x.Confidence() >= x.Support() && x.Confidence() <= 1)
		}
		y := basket.Table{Both: x.Both, Left: x.Right, Right: x.Left, N: x.N}
		near.Equal(t, x.Lift(), y.Lift(), 0, 0, "lift")
		if left > 0 && right > 0 {
			near.Equal(t, x.Confidence()/(float64(right)/float64(x.N)), x.Lift(), 1e-14, 0, "lift of confidence")
		}
	})
}

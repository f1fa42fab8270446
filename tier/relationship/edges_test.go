package relationship_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/relationship"
)

// six returns one indicator for each contrast, all the same.
func six(in relationship.Indicator) map[relationship.Contrast]relationship.Indicator {
	indicators := map[relationship.Contrast]relationship.Indicator{}
	for _, c := range []relationship.Contrast{
		relationship.RetentionFocus, relationship.CustomerValueFocus, relationship.LongTermFocus,
		relationship.ServiceLevel, relationship.ContactIntensity, relationship.QualityByEveryone,
	} {
		indicators[c] = in
	}
	return indicators
}

// The ends of a contrast are within it, in either direction.
func TestEndsAreNotClamped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, low, high, index float64
		clamped                 int
	}{
		{0, 0, 10, 0, 0},
		{10, 0, 10, 100, 0},
		{10, 10, 0, 0, 0},
		{0, 10, 0, 100, 0},
		{math.Nextafter(0, -1), 0, 10, 0, 6},
		{math.Nextafter(10, 11), 0, 10, 100, 6},
		{math.Nextafter(10, 11), 10, 0, 0, 6},
	} {
		o, err := relationship.OrientationPolicy{}.Orientation(six(relationship.Indicator{Value: c.value, Low: c.low, High: c.high, Weight: 1}))
		require.NoError(t, err)
		near.Equal(t, c.index, o.Index, 1e-12, 0)
		assert.Len(t, o.Clamped, c.clamped, "%+v", c)
	}
}

// The largest weights that are accepted still have a finite index.
func TestWeightsHaveRoomForTheirSum(t *testing.T) {
	t.Parallel()
	hundredth, contrasts, qualities := math.MaxFloat64/100, 6.0, 5.0
	most := hundredth / contrasts
	o, err := relationship.OrientationPolicy{}.Orientation(six(relationship.Indicator{Value: 5, High: 10, Weight: most}))
	require.NoError(t, err)
	near.Equal(t, 50, o.Index, 1e-12, 0)
	_, err = relationship.OrientationPolicy{}.Orientation(six(relationship.Indicator{Value: 5, High: 10, Weight: math.Nextafter(most, math.Inf(1))}))
	require.ErrorIs(t, err, relmark.ErrInvalid)

	most = hundredth / qualities
	weights := map[relationship.Quality]float64{relationship.MutualBenefit: most, relationship.Cooperation: most}
	on := relmark.MustParseDate("2026-03-01")
	exchange := relationship.Exchange{On: on, Given: decimal.New(1, 0), Received: decimal.New(1, 0), Due: 2, Kept: 1}
	bond, err := relationship.BondPolicy{Weights: weights}.Bond([]relationship.Exchange{exchange}, on)
	require.NoError(t, err)
	near.Equal(t, 75, bond.Index, 1e-12, 0)
	weights[relationship.Cooperation] = math.Nextafter(most, math.Inf(1))
	require.ErrorIs(t, relationship.BondPolicy{Weights: weights}.Validate(), relmark.ErrInvalid)
}

// A balance counts how even an exchange is, however small: 0.50 for 0.25 is as even as
// 50 for 25.
func TestBalanceOfSmallAmounts(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	for _, exponent := range []int32{-6, -2, 0, 6} {
		exchange := relationship.Exchange{On: on, Given: decimal.New(50, exponent), Received: decimal.New(25, exponent)}
		bond, err := relationship.BondPolicy{}.Bond([]relationship.Exchange{exchange}, on)
		require.NoError(t, err)
		near.Equal(t, 200.0/3, bond.Scores[relationship.MutualBenefit], 1e-12, 0)
	}
}

// Weights are shares of their sum, however small that is.
func TestWeightsMayBeSmall(t *testing.T) {
	t.Parallel()
	o, err := relationship.OrientationPolicy{}.Orientation(six(relationship.Indicator{Value: 5, High: 10, Weight: 0.1}))
	require.NoError(t, err)
	near.Equal(t, 50, o.Index, 1e-12, 0)
	require.NoError(t, relationship.BondPolicy{Weights: map[relationship.Quality]float64{relationship.Improvement: 0.1}}.Validate())
	_, err = relationship.OrientationPolicy{}.Orientation(six(relationship.Indicator{Value: 5, High: 10}))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorIs(t, relationship.BondPolicy{Weights: map[relationship.Quality]float64{}}.Validate(), relmark.ErrInvalid)
}

// A weighted mean of 100s is 100, also with weights for which floats make it more.
func TestIndexIsAtMostAHundred(t *testing.T) {
	t.Parallel()
	indicators := six(relationship.Indicator{Value: 1, High: 1})
	for i, c := range []relationship.Contrast{
		relationship.RetentionFocus, relationship.CustomerValueFocus, relationship.LongTermFocus,
		relationship.ServiceLevel, relationship.ContactIntensity, relationship.QualityByEveryone,
	} {
		in := indicators[c]
		in.Weight = []float64{2.5, 2.5, 0.1, 2.3, 1.5, 0.9}[i] // sum of 100·w over sum of w: 100.00000000000001
		indicators[c] = in
	}
	for _, rule := range []relationship.MissingRule{relationship.Renormalise, relationship.CountAsZero, relationship.FailMissing} {
		o, err := relationship.OrientationPolicy{Missing: rule}.Orientation(indicators)
		require.NoError(t, err)
		near.Equal(t, 100, o.Index, 0, 0)
	}
	on := relmark.MustParseDate("2026-03-01")
	one := decimal.New(1, 0)
	best := relationship.Exchange{On: on, Given: one, Received: one, Ours: 1, Theirs: 1, Due: 1, Kept: 1, Answers: []float64{5}, Made: 1, Adopted: 1}
	weights := map[relationship.Quality]float64{ // 100.00000000000003
		relationship.MutualBenefit: 2.9, relationship.TwoWayCommunication: 1.1, relationship.Cooperation: 0.1,
		relationship.EmotionalTie: 0.1, relationship.Improvement: 0.1,
	}
	bond, err := relationship.BondPolicy{Weights: weights}.Bond([]relationship.Exchange{best}, on)
	require.NoError(t, err)
	near.Equal(t, 100, bond.Index, 0, 0)
}

// What is given and received is below 9.2e12, to six digits.
func TestWorthHasItsRange(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	for units, ok := range map[int64]bool{9_223_372_036_854: true, 9_223_372_036_855: false} {
		exchange := relationship.Exchange{On: on, Given: decimal.New(units, 0), Received: decimal.New(1, -6)}
		_, err := relationship.BondPolicy{}.Bond([]relationship.Exchange{exchange}, on)
		require.Equal(t, ok, err == nil, units)
	}
}

package servqual_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// As many as planned reach the half width, by Student's t but for a few percent, and one
// fewer would not by the formula.
func TestPlanMeanReachesItsPrecision(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sd, level := rapid.Float64Range(0.5, 3).Draw(t, "sd"), rapid.Float64Range(0.8, 0.99).Draw(t, "level")
		p := servqual.Precision{HalfWidth: sd / rapid.Float64Range(5, 50).Draw(t, "parts"), Level: level}
		plan, err := servqual.PlanMean(sd, p)
		require.NoError(t, err)
		assert.True(t, float64(plan.N) >= plan.Unrounded-1e-6 && float64(plan.N) < plan.Unrounded+1)
		s, err := servqual.NewStat(servqual.StatParams{N: plan.N, SD: sd})
		require.NoError(t, err)
		_, high, err := s.Interval(level)
		require.NoError(t, err)
		near.Equal(t, p.HalfWidth, high, 0.1, 0)
		population := plan.N * 3
		p.Population = &population
		finite, err := servqual.PlanMean(sd, p)
		require.NoError(t, err)
		assert.Less(t, finite.N, plan.N)
		share, err := servqual.PlanShare(0.5, servqual.Precision{HalfWidth: p.HalfWidth, Level: level})
		require.NoError(t, err)
		near.Equal(t, plan.Unrounded/(4*sd*sd), share.Unrounded, 1e-9, 0)
	})
}

// A power of a half asks for what the level alone does, and everybody of a small
// population is enough for any precision.
func TestPlansAtTheirEnds(t *testing.T) {
	t.Parallel()
	d, err := servqual.PlanMeans(1, 1, servqual.Detection{Level: 0.95, Power: 0.5})
	require.NoError(t, err)
	near.Equal(t, 2*1.959963984540054*1.959963984540054, d.Unrounded, 1e-12, 0)
	minus, err := servqual.PlanMeans(1, -1, servqual.Detection{Level: 0.95, Power: 0.5})
	require.NoError(t, err)
	assert.Equal(t, d, minus)
	one := int64(1)
	p, err := servqual.PlanMean(1, servqual.Precision{HalfWidth: 1e-6, Level: 0.95, Population: &one})
	require.NoError(t, err)
	assert.EqualValues(t, 1, p.N)
	p, err = servqual.PlanMean(1e-9, servqual.Precision{HalfWidth: 1, Level: 0.95})
	require.NoError(t, err)
	assert.EqualValues(t, 1, p.N)
}

func TestPlansRefuse(t *testing.T) {
	t.Parallel()
	ok, find := servqual.Precision{HalfWidth: 0.1, Level: 0.95}, servqual.Detection{Level: 0.95, Power: 0.8}
	none := int64(0)
	for _, c := range []struct {
		plan func() (servqual.Planned, error)
		want []string
	}{
		{func() (servqual.Planned, error) { return servqual.PlanMean(0, ok) }, []string{"SD"}},
		{func() (servqual.Planned, error) { return servqual.PlanMean(math.NaN(), ok) }, []string{"SD"}},
		{func() (servqual.Planned, error) { return servqual.PlanMean(1, servqual.Precision{}) }, []string{"HalfWidth", "Level"}},
		{func() (servqual.Planned, error) {
			return servqual.PlanMean(1, servqual.Precision{HalfWidth: 1, Level: 0.9, Population: &none})
		}, []string{"Population"}},
		{func() (servqual.Planned, error) {
			return servqual.PlanMean(1, servqual.Precision{HalfWidth: 1e-9, Level: 0.9})
		}, []string{"N"}},
		{func() (servqual.Planned, error) { return servqual.PlanShare(1, ok) }, []string{"Share"}},
		{func() (servqual.Planned, error) { return servqual.PlanMeans(inf(), 0, find) }, []string{"SD", "Difference"}},
		{func() (servqual.Planned, error) {
			return servqual.PlanMeans(1, 1, servqual.Detection{Level: 0.95, Power: 1})
		}, []string{"Power"}},
		{func() (servqual.Planned, error) { return servqual.PlanShares(0.4, 0.4, find) }, []string{"Q"}},
		{func() (servqual.Planned, error) { return servqual.PlanShares(-0.4, 1.4, find) }, []string{"P", "Q"}},
	} {
		_, err := c.plan()
		assert.Equal(t, c.want, fields(err))
	}
}

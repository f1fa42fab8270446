package servqual_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual"
)

// NewStat agrees with Validate, and what it makes has intervals on its scale.
func FuzzNewStat(f *testing.F) {
	f.Add(int64(9), 6.6, 0.9, 1.0, 7.0, true)
	f.Add(int64(0), 0.0, 0.0, 0.0, 0.0, false)
	f.Add(int64(2), 4.0, 3*math.Sqrt2, 1.0, 7.0, true)
	f.Fuzz(func(t *testing.T, n int64, mean, sd, low, high float64, bounded bool) {
		p := servqual.StatParams{N: n, Mean: mean, SD: sd}
		if bounded {
			p.Low, p.High = &low, &high
		}
		s, err := servqual.NewStat(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		assert.Equal(t, n, s.N())
		a, b, err := s.Interval(0.99)
		require.Equal(t, n >= 2, err == nil)
		if err == nil {
			assert.False(t, !(a <= mean && mean <= b) || bounded && (a < low || b > high))
			c, err := s.Change(s, 0.9)
			require.NoError(t, err)
			assert.False(t, math.IsNaN(c.Low+c.High+c.P+c.Degrees+c.T))
		}
	})
}

// Points are refused or add to 100.
func FuzzPoints(f *testing.F) {
	f.Add(33.3, 33.3, 33.3)
	f.Add(0.0, -1.0, math.NaN())
	f.Add(1e308, 1e308, 5e-324)
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		for _, rule := range []servqual.PointsRule{servqual.RefusePoints, servqual.RescalePoints, servqual.DropPoints} {
			points, err := servqual.Points([]float64{a, b, c}, rule)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				continue
			}
			sum := 0
			for _, p := range points {
				assert.GreaterOrEqual(t, p, int8(0))
				sum += int(p)
			}
			assert.True(t, sum == 100 || points == nil && rule == servqual.DropPoints)
		}
	})
}

// A plan is refused or a number of respondents.
func FuzzPlans(f *testing.F) {
	f.Add(1.4, 0.1, 0.95, 0.8, int64(400))
	f.Add(math.Inf(1), 0.0, 1.0, 0.4, int64(0))
	f.Fuzz(func(t *testing.T, a, b, level, power float64, population int64) {
		p := servqual.Precision{HalfWidth: b, Level: level, Population: &population}
		d := servqual.Detection{Level: level, Power: power}
		for _, plan := range []func() (servqual.Planned, error){
			func() (servqual.Planned, error) { return servqual.PlanMean(a, p) },
			func() (servqual.Planned, error) { return servqual.PlanShare(a, p) },
			func() (servqual.Planned, error) { return servqual.PlanMeans(a, b, d) },
			func() (servqual.Planned, error) { return servqual.PlanShares(a, b, d) },
		} {
			got, err := plan()
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				continue
			}
			assert.True(t, got.N >= 1 && got.Unrounded >= 0 && float64(got.N) >= got.Unrounded*(1-1e-13))
		}
	})
}

// NewStudy agrees with Validate, and takes answers on the scales only.
func FuzzNewStudy(f *testing.F) {
	f.Add("expected", 1, 7, "perceived", 1, 7, int8(3), int8(-128))
	f.Add("gap", 1, 7, "", 5, 5, int8(0), int8(0))
	f.Fuzz(func(t *testing.T, a string, lowA, highA int, b string, lowB, highB int, x, y int8) {
		p := servqual.StudyParams{Columns: []servqual.Column{{Name: a, Low: lowA, High: highA}, {Name: b, Low: lowB, High: highB}}}
		s, err := servqual.NewStudy(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		on := func(v int8, c servqual.Column) bool {
			return v == servqual.Blank || int(v) >= c.Low && int(v) <= c.High
		}
		require.Equal(t, on(x, p.Columns[0]) && on(y, p.Columns[1]), s.Add([]int8{x, y}) == nil)
		usableStudy(t, s)
	})
}

// NewFiveGaps refuses, or answers with numbers that add up.
func FuzzNewFiveGaps(f *testing.F) {
	f.Add(5.0, 6.0, 5.5, 4.0, 4.5, 5.0, 6.0, 3.0)
	f.Add(math.NaN(), 6.0, 5.5, 4.0, 4.5, 5.0, math.NaN(), 3.0)
	f.Add(8.0, 6.0, math.Inf(1), 4.0, 4.5, 5.0, 6.0, 3.0)
	who := customers(f, [2]int8{6, 4}, [2]int8{7, 5}, [2]int8{7, blank})
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64) {
		gaps, err := servqual.NewFiveGaps(who, servqual.Provider{
			Believed: []float64{a, b}, Standard: []float64{c, d}, Delivered: []float64{e, g}, Promised: []float64{h, i},
		}, 0.95)
		if err != nil {
			assert.True(t, relmarkError(err))
			return
		}
		sum := gaps.Knowledge.Difference + gaps.Standards.Difference + gaps.Delivery.Difference + gaps.Residual.Difference
		tight(t, gaps.Customer.Difference, sum, "sum")
		for _, change := range []servqual.Change{gaps.Knowledge, gaps.Standards, gaps.Communication, gaps.Residual} {
			assert.False(t, math.IsNaN(change.Low+change.High+change.P) || change.Low < -6 || change.High > 6)
		}
	})
}

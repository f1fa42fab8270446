package priority_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/priority"
)

func add(t require.TestingT, d *priority.Drivers, list []customer) {
	for _, c := range list {
		require.NoError(t, d.Add(c.ratings, c.overall))
	}
}

// An overall rating that is made of penalties and rewards: 5, less 2 for bad staff, 1 more
// for good staff, and half of one more for good speed.
func TestPenaltyRewardByHand(t *testing.T) {
	t.Parallel()
	d := drivers(t, twoAttributes())
	for staff := int8(1); staff <= 5; staff++ {
		for speed := int8(1); speed <= 5; speed++ {
			overall := 50
			if staff <= 2 {
				overall -= 20
			}
			if staff >= 4 {
				overall += 10
			}
			if speed >= 4 {
				overall += 5
			}
			require.NoError(t, d.Add([]int8{staff, speed}, &overall))
		}
	}
	list, fit, err := d.PenaltyReward(0.95)
	require.NoError(t, err)
	near.Equal(t, 5, fit.Intercept.B, 1e-12, 0)
	near.Equal(t, 1, fit.R2, 0, 0)
	near.Equal(t, 0, fit.Sigma+fit.F, 0, 0)
	near.Equal(t, -2, list[0].Penalty.B, 1e-12, 0)
	assert.Equal(t, priority.Coefficient{B: list[0].Penalty.B, Low: list[0].Penalty.B, High: list[0].Penalty.B}, list[0].Penalty, "certain")
	near.Equal(t, 1, list[0].Reward.B, 1e-12, 0)
	near.Equal(t, -1./3, list[0].Asymmetry, 1e-12, 0)
	near.Equal(t, 3, list[0].Range, 1e-12, 0)
	assert.Equal(t, priority.PerformanceFactor, list[0].Role)
	near.Equal(t, 0, list[1].Penalty.B, 0, 1e-12)
	near.Equal(t, 0.5, list[1].Reward.B, 1e-12, 0)
	assert.Equal(t, "speed", list[1].Attribute)
}

// Roles are those of the truth, where there are enough customers.
func TestRoles(t *testing.T) {
	t.Parallel()
	p := twoAttributes()
	p.Attributes = []string{"basic", "performance", "excitement", "none"}
	d := drivers(t, p)
	for i, c := range customers(5, 4000, 4) {
		overall := 50 + i*7919%21 // noise
		for a, effect := range [][2]int{{-20, 0}, {-15, 15}, {0, 20}, {0, 0}} {
			if r := c.ratings[a]; r != blank && r <= 2 {
				overall += effect[0]
			} else if r >= 4 {
				overall += effect[1]
			}
		}
		require.NoError(t, d.Add(c.ratings, &overall))
	}
	list, fit, err := d.PenaltyReward(0.999)
	require.NoError(t, err)
	var roles []priority.Role
	for _, m := range list {
		roles = append(roles, m.Role)
	}
	assert.Equal(t, []priority.Role{priority.BasicFactor, priority.PerformanceFactor, priority.ExcitementFactor, priority.NoFactor}, roles)
	assert.Greater(t, fit.R2, 0.8)
	assert.Equal(t, d.Complete()-9, fit.Degrees)
	assert.Less(t, d.Complete(), d.N())
}

func TestDriversRefuse(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(p *priority.DriverParams){
		"Attributes = 0":  func(p *priority.DriverParams) { p.Attributes = nil },
		"Attributes = 17": func(p *priority.DriverParams) { p.Attributes = make([]string, 17) },
		"Attributes[1]":   func(p *priority.DriverParams) { p.Attributes = []string{"a", "a"} },
		"High = 1":        func(p *priority.DriverParams) { p.High = 1 },
		"Low = -128":      func(p *priority.DriverParams) { p.Low = -128 },
		"Penalty = 0":     func(p *priority.DriverParams) { p.Penalty = 0 },
		"Penalty = 5":     func(p *priority.DriverParams) { p.Penalty = 5 },
		"Reward = 2":      func(p *priority.DriverParams) { p.Reward = 2 },
		"Reward = 6":      func(p *priority.DriverParams) { p.Reward = 6 },
		"Unit = 0":        func(p *priority.DriverParams) { p.Unit = 0 },
		"Unit = 1001":     func(p *priority.DriverParams) { p.Unit = 1001 },
	} {
		p := twoAttributes()
		change(&p)
		_, err := priority.NewDrivers(p)
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, field)
	}
	d := drivers(t, twoAttributes())
	fine, beyond := 50, 1_000_000_001
	require.ErrorContains(t, d.Add([]int8{1}, &fine), "Ratings = 1")
	require.ErrorContains(t, d.Add([]int8{1, 6}, &fine), "Ratings[1] = 6")
	require.ErrorContains(t, d.Add([]int8{1, 5}, &beyond), "Overall")
	require.NoError(t, d.Add([]int8{1, 5}, nil))
	require.NoError(t, d.Add([]int8{1, blank}, &fine))
	assert.EqualValues(t, 2, d.N())
	assert.Zero(t, d.Complete())
	var zero priority.Drivers
	require.ErrorIs(t, zero.Add([]int8{1}, &fine), relmark.ErrInvalid)
	assert.Zero(t, zero.Complete())
	_, _, err := zero.Shapley(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.NoError(t, d.Merge(&zero))
	require.NoError(t, d.Merge(nil))
	require.NoError(t, zero.Merge(d))
	assert.Equal(t, encoded(t, d), encoded(t, &zero))
	p := twoAttributes()
	p.Unit = 1
	require.ErrorIs(t, d.Merge(drivers(t, p)), relmark.ErrInvalid)
}

func TestRegressionsRefuse(t *testing.T) {
	t.Parallel()
	both := func(d *priority.Drivers, level float64) [2]error {
		_, _, a := d.PenaltyReward(level)
		_, _, b := d.Shapley(level)
		return [2]error{a, b}
	}
	d := drivers(t, twoAttributes())
	for _, err := range both(d, 0.95) {
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	for _, err := range both(d, math.NaN()) {
		require.ErrorContains(t, err, "Level")
	}
	add(t, d, customers(1, 3, 2))
	for _, err := range both(d, 0.95) {
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	overall := 50
	same := drivers(t, twoAttributes())
	for _, c := range customers(1, 50, 2) {
		require.NoError(t, same.Add(c.ratings, &overall))
	}
	for _, err := range both(same, 0.95) {
		require.ErrorContains(t, err, "Overall: must vary")
	}
	// The second attribute is never bad, then nothing but its opposite.
	for _, c := range []struct {
		second           func(a int8) int8
		contrast, driver string
	}{
		{func(a int8) int8 { return max(a, 3) }, "Attributes[1]: must have bad ratings", ""},
		{func(int8) int8 { return 3 }, "Attributes[1]: must have bad ratings", "Attributes[1]: must have ratings that vary"},
		{func(a int8) int8 { return 6 - a }, "Attributes[", "Attributes[1]: must have ratings that vary"},
		{func(a int8) int8 { return min(a, 3) }, "Attributes[1]: must have good", ""},
	} {
		d := drivers(t, twoAttributes())
		for i, a := range customers(3, 60, 1) {
			if a.ratings[0] == blank {
				continue
			}
			second, overall := c.second(int8(i*i%5+1)), 40+i%7
			if c.driver != "" && c.contrast == "Attributes[" {
				second = c.second(a.ratings[0])
			}
			require.NoError(t, d.Add([]int8{a.ratings[0], second}, &overall))
		}
		err := both(d, 0.95)
		require.ErrorContains(t, err[0], c.contrast)
		if c.driver != "" {
			require.ErrorContains(t, err[1], c.driver)
		} else {
			require.NoError(t, err[1])
		}
	}
}

// Parts merge to the whole to the last bit; shares add to R²; the unit of the overall
// rating scales slopes and leaves shares.
func TestDriversProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := customers(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(40, 80).Draw(t, "n"), 3)
		p := twoAttributes()
		p.Attributes = append(p.Attributes, "clean")
		whole, a, b := drivers(t, p), drivers(t, p), drivers(t, p)
		p.Unit = 1
		tenths := drivers(t, p)
		add(t, whole, list)
		add(t, tenths, list)
		at := rapid.IntRange(0, len(list)).Draw(t, "split")
		add(t, a, list[:at])
		add(t, b, list[at:])
		require.NoError(t, b.Merge(a))
		require.Equal(t, encoded(t, whole), encoded(t, b))
		got, fit, err := whole.Shapley(0.95)
		require.NoError(t, err)
		other, again, err := tenths.Shapley(0.95)
		require.NoError(t, err)
		sum := 0.0
		for i, d := range got {
			sum += d.Share
			near.Equal(t, 10*d.Slope.B, other[i].Slope.B, 1e-9, 1e-12)
			near.Equal(t, d.Share, other[i].Share, 1e-9, 1e-12)
			require.True(t, d.Slope.Low <= d.Slope.B && d.Slope.B <= d.Slope.High)
			require.True(t, d.Share > -1e-9 && math.Abs(d.Correlation) <= 1)
		}
		near.Equal(t, fit.R2, sum, 1e-9, 1e-12)
		near.Equal(t, fit.R2, again.R2, 1e-9, 1e-12)
	})
}

func BenchmarkDriversAdd6(b *testing.B) {
	p := twoAttributes()
	p.Attributes = []string{"a", "b", "c", "d", "e", "f"}
	d, list := drivers(b, p), customers(1, 1000, 6)
	b.ReportAllocs()
	for b.Loop() {
		add(b, d, list)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/customer")
}

func BenchmarkShapley12(b *testing.B) { benchmarkShapley(b, 12) }
func BenchmarkShapley16(b *testing.B) { benchmarkShapley(b, 16) }

func benchmarkShapley(b *testing.B, attributes int) {
	b.Helper()
	p := twoAttributes()
	p.Attributes = nil
	for i := range attributes {
		p.Attributes = append(p.Attributes, string(rune('a'+i)))
	}
	d := drivers(b, p)
	add(b, d, customers(1, 2000, attributes))
	b.ReportAllocs()
	for b.Loop() {
		_, _, err := d.Shapley(0.95)
		require.NoError(b, err)
	}
}

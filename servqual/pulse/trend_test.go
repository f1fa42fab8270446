package pulse_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/pulse"
)

func points(se float64, values ...float64) []pulse.Point {
	list := make([]pulse.Point, len(values))
	for i, v := range values {
		list[i] = pulse.Point{At: float64(i), Estimate: pulse.Estimate{N: 100, Value: v, SE: se}}
	}
	return list
}

// Four waves of equal error, by hand: Sxx = 5, Sxy = 7.5.
func TestTrendByHand(t *testing.T) {
	t.Parallel()
	line, err := pulse.Trend(points(2, 1, 2, 5, 5))
	require.NoError(t, err)
	near.Equal(t, 1.5, line.Slope.Value, 1e-14, 0)
	near.Equal(t, 2/math.Sqrt(5), line.Slope.SE, 1e-14, 0)
	near.Equal(t, 1.5, line.At, 1e-14, 0)
	near.Equal(t, 3.25, line.Level.Value, 1e-14, 0)
	near.Equal(t, 1, line.Level.SE, 1e-14, 0)
	// about the line: 0, −0.5, 1, −0.5 and their squares, 1.5, over 4
	near.Equal(t, 0.375, line.Lack, 1e-13, 0)
	assert.Equal(t, 2, line.DF)
	near.Equal(t, math.Exp(-0.375/2), line.PLack, 1e-12, 0) // chi-square of two degrees
	near.Equal(t, math.Erfc(1.5*math.Sqrt(5)/2/math.Sqrt2), line.P, 1e-12, 0)
}

// Two waves: the slope is their difference, and no line misses them.
func TestTrendOfTwoIsTheirChange(t *testing.T) {
	t.Parallel()
	a, b := pulse.Net{Detractors: 109, Passives: 151, Promoters: 144}, pulse.Net{Detractors: 62, Passives: 137, Promoters: 157}
	c, err := a.Change(b, 0.95)
	require.NoError(t, err)
	list := make([]pulse.Point, 2)
	for i, n := range []pulse.Net{a, b} {
		e, err := n.Estimate(pulse.Wald)
		require.NoError(t, err)
		list[i] = pulse.Point{At: 2026 + float64(i), Estimate: e}
	}
	line, err := pulse.Trend(list)
	require.NoError(t, err)
	near.Equal(t, c.Difference, line.Slope.Value, 1e-10, 0)
	near.Equal(t, c.SE, line.Slope.SE, 1e-10, 0)
	near.Equal(t, c.P, line.P, 1e-8, 0)
	near.Equal(t, 0, line.Lack, 0, 1e-18)
	assert.Equal(t, 1.0, line.PLack) //nolint:testifylint // by definition
}

// Times and scores on another scale give the same line on that scale.
func TestTrendIsAffine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		list, moved := make([]pulse.Point, n), make([]pulse.Point, n)
		a, b := rapid.Float64Range(0.5, 5).Draw(t, "a"), rapid.Float64Range(-20, 20).Draw(t, "b")
		for i := range list {
			se := rapid.Float64Range(0.5, 5).Draw(t, "se")
			v := rapid.Float64Range(-100, 100).Draw(t, "v")
			list[i] = pulse.Point{At: float64(i), Estimate: pulse.Estimate{Value: v, SE: se}}
			moved[i] = pulse.Point{At: a*float64(i) + b, Estimate: pulse.Estimate{Value: 3*v - 7, SE: 3 * se}}
		}
		x, err := pulse.Trend(list)
		require.NoError(t, err)
		y, err := pulse.Trend(moved)
		require.NoError(t, err)
		near.Equal(t, 3*x.Slope.Value/a, y.Slope.Value, 1e-9, 1e-9)
		near.Equal(t, 3*x.Slope.SE/a, y.Slope.SE, 1e-9, 0)
		near.Equal(t, x.Lack, y.Lack, 1e-8, 1e-8)
		near.Equal(t, 3*x.Level.Value-7, y.Level.Value, 1e-9, 1e-9)
	})
}

func TestTrendRefuses(t *testing.T) {
	t.Parallel()
	for _, list := range [][]pulse.Point{nil, points(1, 5), {points(1, 5)[0], points(1, 7)[0]}} {
		_, err := pulse.Trend(list)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	for want, change := range map[string]func(p *pulse.Point){
		"[1].At":    func(p *pulse.Point) { p.At = math.NaN() },
		"[1].Value": func(p *pulse.Point) { p.Value = math.Inf(1) },
		"[1].SE":    func(p *pulse.Point) { p.SE = 0 },
	} {
		list := points(1, 1, 2, 3)
		change(&list[1])
		_, err := pulse.Trend(list)
		assert.Equal(t, want, field(err))
	}
	line, err := pulse.Trend([]pulse.Point{{At: 0, Estimate: pulse.Estimate{SE: 1e-100}}, {At: 1e100, Estimate: pulse.Estimate{Value: 1, SE: 1e100}}})
	if err == nil {
		assert.False(t, math.IsNaN(line.Slope.Value) || math.IsNaN(line.P))
	}
}

package stat_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// Means 2 and 4 of three values each, variances 1: t = √6 with 4 degrees of freedom,
// whose tail has the closed form below.
func TestWelchByHand(t *testing.T) {
	t.Parallel()
	se := 1 / math.Sqrt(3)
	d := stat.Welch(stat.Sample{N: 3, Mean: 2, SE: se}, stat.Sample{N: 3, Mean: 4, SE: se})
	near.Equal(t, 2, d.Value, 0, 0)
	near.Equal(t, math.Sqrt(6), d.T, 1e-14, 0)
	near.Equal(t, 4, d.Degrees, 1e-14, 0)
	x := d.T / math.Sqrt(4+d.T*d.T) // P of 4 degrees: 1 − 3/2·(x − x³/3)
	near.Equal(t, 1-1.5*(x-x*x*x/3), d.P, 1e-13, 0)
	low, high := d.Interval(0.95)
	near.Equal(t, 2-2.7764451051977987*d.SE, low, 1e-12, 0)
	near.Equal(t, 2+2.7764451051977987*d.SE, high, 1e-12, 0)
}

func TestWelchWithoutSpread(t *testing.T) {
	t.Parallel()
	d := stat.Welch(stat.Sample{N: 3, Mean: 2}, stat.Sample{N: 2, Mean: 2})
	assert.Equal(t, stat.Difference{Degrees: 3, P: 1}, d)
	d = stat.Welch(stat.Sample{N: 3, Mean: 2}, stat.Sample{N: 2, Mean: 5})
	assert.Equal(t, stat.Difference{Value: 3, Degrees: 3}, d)
	low, high := d.Interval(0.9)
	assert.Equal(t, [2]float64{3, 3}, [2]float64{low, high})
}

// Both ways round the test says the same, and its degrees lie between those of the
// smaller sample and of both.
func TestWelchProperties(t *testing.T) {
	t.Parallel()
	sample := rapid.Custom(func(t *rapid.T) stat.Sample {
		return stat.Sample{
			N: rapid.Int64Range(2, 1e9).Draw(t, "n"), Mean: rapid.Float64Range(-10, 10).Draw(t, "mean"),
			SE: math.Pow(10, rapid.Float64Range(-8, 2).Draw(t, "se")),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := sample.Draw(t, "a"), sample.Draw(t, "b")
		d, back := stat.Welch(a, b), stat.Welch(b, a)
		assert.Equal(t, [2]float64{-d.Value, d.SE}, [2]float64{back.Value, back.SE})
		assert.True(t, d.P >= 0 && d.P <= 1)
		assert.True(t, d.Degrees >= float64(min(a.N, b.N)-1)*(1-1e-9) && d.Degrees <= float64(a.N+b.N-2)*(1+1e-9), "%v", d)
	})
}

// R. G. Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3.
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		count, n  int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {20, 20, 0.8389, 1}} {
		low, high := stat.Wilson(c.count, c.n, 0.95)
		near.Equal(t, c.low, low, 0, 5e-5)
		near.Equal(t, c.high, high, 0, 5e-5)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, math.MaxUint32).Draw(t, "n")
		count := rapid.Int64Range(0, n).Draw(t, "count")
		p := float64(count) / float64(n)
		low, high := stat.Wilson(count, n, 0.95)
		assert.True(t, 0 <= low && low <= p && p <= high && high <= 1 && low < high)
	})
}

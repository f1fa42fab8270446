package stat_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

func float(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return x
}

// Quantiles of 20 digits, from 1 to 4,294,967,294 degrees of freedom, within the 1e-13
// that the package comment promises.
func TestStudentT(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/student_t.csv")
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 100)
	worst := 0.0
	for _, row := range rows[1:] {
		level, degrees, want := float(t, row[0]), float(t, row[1]), float(t, row[2])
		got := stat.StudentT(level, degrees)
		near.Equal(t, want, got, 1e-13, 0, "level %v, %v degrees", level, degrees)
		worst = max(worst, near.Error(want, got))
	}
	t.Logf("worst relative error: %.2g", worst)
}

func TestNormal(t *testing.T) {
	t.Parallel()
	for level, want := range map[float64]float64{ // mpmath, √2·erfinv of the float64
		0.5: 0.67448975019608174320, 0.9: 1.6448536269514728225, 0.95: 1.9599639845400538556,
		0.99: 2.5758293035489004539, 0.9999: 3.8905918864131206894,
	} {
		near.Equal(t, want, stat.Normal(level), 1e-15, 0, "level %v", level)
		near.Equal(t, want, stat.StudentT(level, math.Inf(1)), 1e-15, 0, "level %v", level)
	}
}

func TestQuantilesOutsideTheirDomain(t *testing.T) {
	t.Parallel()
	for _, level := range []float64{0, 1, -0.5, 1.5, math.NaN(), math.Inf(1)} {
		assert.True(t, math.IsNaN(stat.Normal(level)))
		assert.True(t, math.IsNaN(stat.StudentT(level, 5)))
		assert.True(t, math.IsNaN(stat.StudentT(level, 500)))
	}
	for _, degrees := range []float64{0, 0.99, -1, math.NaN(), math.Inf(-1)} {
		assert.True(t, math.IsNaN(stat.StudentT(0.95, degrees)))
	}
}

// The quantile falls with the degrees of freedom, also where the method changes.
func TestStudentTAcrossMethods(t *testing.T) {
	t.Parallel()
	for n := 50.0; n < 160; n++ {
		assert.Greater(t, stat.StudentT(0.95, n), stat.StudentT(0.95, n+1), "%v", n)
	}
}

// add returns the moments of scores.
func add(scores ...uint64) (m stat.Moments) {
	for _, x := range scores {
		m.Add(x)
	}
	return m
}

func TestSummaryByHand(t *testing.T) {
	t.Parallel()
	s := add(2, 4, 4, 10).Summary(2, -1) // 1, 2, 2, 5 less 1
	mean, ok := s.Mean()
	assert.True(t, ok)
	near.Equal(t, 1.5, mean, 0, 0)
	sd, ok := s.SD()
	assert.True(t, ok)
	near.Equal(t, math.Sqrt(3), sd, 0, 0) // squares about 2.5: 2.25 + .25 + .25 + 6.25 = 9, over 3
	se, ok := s.SE()
	assert.True(t, ok)
	near.Equal(t, math.Sqrt(3)/2, se, 1e-16, 0)
	assert.EqualValues(t, 4, s.N())
	low, high, ok := s.Interval(0.95)
	assert.True(t, ok)
	half := 3.1824463052837084 * math.Sqrt(3) / 2 // t at 3 degrees
	near.Equal(t, 1.5-half, low, 1e-14, 0)
	near.Equal(t, 1.5+half, high, 1e-14, 0)
}

func TestWhatDoesNotExistForSoFew(t *testing.T) {
	t.Parallel()
	none, one := stat.Moments{}.Summary(3, 7), add(9).Summary(3, 7)
	_, ok := none.Mean()
	assert.False(t, ok)
	assert.Equal(t, stat.Summary{}, none)
	mean, ok := one.Mean()
	assert.True(t, ok)
	near.Equal(t, 10, mean, 0, 0)
	for _, s := range []stat.Summary{none, one} {
		_, ok = s.SD()
		assert.False(t, ok)
		_, ok = s.SE()
		assert.False(t, ok)
		_, _, ok = s.Interval(0.95)
		assert.False(t, ok)
	}
	for _, level := range []float64{0, 1, math.NaN(), -1, 95} {
		_, _, ok = add(1, 2).Summary(1, 0).Interval(level)
		assert.False(t, ok)
	}
	low, high, ok := one.Interval(0.95)
	assert.False(t, ok)
	assert.Equal(t, [2]float64{}, [2]float64{low, high})
	sd, ok := add(1, 3).Summary(1, 0).SD() // two are enough
	assert.True(t, ok)
	near.Equal(t, math.Sqrt2, sd, 0, 0)
	low, high, ok = add(4, 4, 4).Summary(1, 0).Interval(0.99)
	assert.True(t, ok)
	assert.Equal(t, [2]float64{4, 4}, [2]float64{low, high}, "a point where all are equal")
}

// scores draws some, small and large ones.
func scores(largest uint64) *rapid.Generator[[]uint64] {
	return rapid.SliceOfN(rapid.OneOf(rapid.Uint64Range(0, min(9, largest)), rapid.Uint64Range(0, largest)), 0, 20)
}

// Moments are those of exact arithmetic, and those of parts merge to those of the whole.
func TestMomentsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const largest = 1 << 58
		list := scores(largest).Draw(t, "scores")
		times := rapid.Uint64Range(0, 5).Draw(t, "times")
		var m, part, counted stat.Moments
		sum, square := new(big.Int), new(big.Int)
		at := rapid.IntRange(0, len(list)).Draw(t, "split")
		for i, x := range list {
			m.Add(x)
			if i >= at {
				part.Add(x)
			}
			counted.AddTimes(x, times)
			v := new(big.Int).SetUint64(x)
			sum.Add(sum, v)
			square.Add(square, new(big.Int).Mul(v, v))
		}
		first := add(list[:at]...)
		first.Merge(part)
		require.Equal(t, m, first)
		part.Merge(add(list[:at]...))
		require.Equal(t, m, part)
		var again stat.Moments
		for range times {
			again.Merge(m)
		}
		require.Equal(t, again, counted)
		require.EqualValues(t, len(list), m.N())
		w := m.Words()
		require.Equal(t, m, stat.FromWords(w))
		require.Equal(t, sum, joined(w[1], w[2]))
		require.Equal(t, square, joined(w[3], w[4]))
		require.True(t, m.Possible(largest))
		if len(list) == 0 {
			return
		}
		unit, shift := rapid.Uint64Range(1, 1000).Draw(t, "unit"), rapid.Int64Range(-1000, 1000).Draw(t, "shift")
		mean, _ := m.Summary(unit, shift).Mean()
		exact := new(big.Rat).SetFrac(sum, new(big.Int).SetUint64(uint64(len(list))*unit))
		want, _ := exact.Add(exact, new(big.Rat).SetInt64(shift)).Float64()
		near.Equal(t, want, mean, 0, 0, "mean")
	})
}

func joined(hi, lo uint64) *big.Int {
	x := new(big.Int).SetUint64(hi)
	return x.Add(x.Lsh(x, 64), new(big.Int).SetUint64(lo))
}

// Possible says yes to what some scores have, and to little else: small cases are
// searched through.
func TestPossible(t *testing.T) {
	t.Parallel()
	const n, largest = 4, 5
	there := map[[2]uint64]bool{}
	var walk func(left, sum, square uint64)
	walk = func(left, sum, square uint64) {
		if left == 0 {
			there[[2]uint64{sum, square}] = true
			return
		}
		for x := range uint64(largest + 1) {
			walk(left-1, sum+x, square+x*x)
		}
	}
	walk(n, 0, 0)
	wrong := 0
	for sum := range uint64(n*largest + 3) {
		for square := range uint64(n*largest*largest + 3) {
			possible := stat.FromWords([5]uint64{n, 0, sum, 0, square}).Possible(largest)
			if there[[2]uint64{sum, square}] {
				assert.True(t, possible, "Σx = %d, Σx² = %d", sum, square)
			} else if possible {
				wrong++
			}
		}
	}
	t.Logf("%d sums are there, %d more pass", len(there), wrong)
	assert.Less(t, wrong, len(there)/3)
	for _, w := range [][5]uint64{
		{0, 0, 1, 0, 1},
		{0, 0, 0, 0, 1},
		{1, 0, 2, 0, 3},
		{2, 0, 11, 0, 61},
		{1, 1, 0, 0, 0},
		{3, 0, 3, 1, 3},
		{2, 0, 2, 0, 0},
		{2, 0, 5, 0, 26},
	} {
		assert.False(t, stat.FromWords(w).Possible(5), "%v", w)
	}
	assert.True(t, stat.FromWords([5]uint64{7, 0, 0, 0, 0}).Possible(0))
	assert.False(t, stat.FromWords([5]uint64{7, 0, 1, 0, 1}).Possible(0))
	assert.True(t, stat.Moments{}.Possible(5))
}

func FuzzMoments(f *testing.F) {
	f.Add(uint64(2), uint64(0), uint64(7), uint64(0), uint64(25), uint64(5), 0.95)
	f.Add(uint64(0), uint64(0), uint64(0), uint64(0), uint64(0), uint64(0), 0.5)
	f.Add(uint64(math.MaxInt64), uint64(1), uint64(7), uint64(3), uint64(25), uint64(1<<40), 1e-300)
	f.Fuzz(func(t *testing.T, n, a, b, c, d, largest uint64, level float64) {
		m := stat.FromWords([5]uint64{n, a, b, c, d})
		if n > math.MaxInt64 || !m.Possible(largest) {
			return
		}
		s := m.Summary(1, 0)
		mean, ok := s.Mean()
		if ok != (n > 0) || !(mean >= 0 && mean <= float64(largest)) {
			t.Errorf("mean %v, %v", mean, ok)
		}
		if sd, _ := s.SD(); !(sd >= 0 && sd <= float64(largest)) {
			t.Errorf("SD %v", sd)
		}
		if low, high, ok := s.Interval(level); ok && !(low <= high) {
			t.Errorf("%v to %v", low, high)
		}
	})
}

func FuzzQuantiles(f *testing.F) {
	f.Add(0.95, 4.0)
	f.Add(1-1e-16, 1.0)
	f.Add(5e-324, 99.0)
	f.Add(0.5, 1e300)
	f.Fuzz(func(t *testing.T, level, degrees float64) {
		z, q := stat.Normal(level), stat.StudentT(level, degrees)
		in := level > 0 && level < 1
		if in != (z >= 0) || (in && degrees >= 1) != (q >= 0) {
			t.Errorf("z %v, t %v at level %v, %v degrees", z, q, level, degrees)
		}
	})
}

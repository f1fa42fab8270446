package special_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
)

// exactTails returns P(cell ≥ A) and P(cell < A) as fractions of whole numbers.
func exactTails(t special.Fourfold) (atLeast, below, same *big.Rat) {
	row, column, all := t.A+t.B, t.A+t.C, t.A+t.B+t.C+t.D
	upper, lower, here := new(big.Int), new(big.Int), new(big.Int)
	for k := max(0, row+column-all); k <= min(row, column); k++ {
		ways := new(big.Int).Binomial(column, k)
		ways.Mul(ways, new(big.Int).Binomial(all-column, row-k))
		switch {
		case k > t.A:
			upper.Add(upper, ways)
		case k == t.A:
			upper.Add(upper, ways)
			here = ways
		default:
			lower.Add(lower, ways)
		}
	}
	total := new(big.Int).Binomial(all, row)
	return new(big.Rat).SetFrac(upper, total), new(big.Rat).SetFrac(lower, total), new(big.Rat).SetFrac(here, total)
}

// logRat returns the logarithm of a fraction of any size.
func logRat(r *big.Rat) float64 {
	if r.Sign() == 0 {
		return math.Inf(-1)
	}
	mantissa := new(big.Float)
	exponent := new(big.Float).SetPrec(200).SetRat(r).MantExp(mantissa)
	m, _ := mantissa.Float64()
	if exponent == 0 || exponent == 1 { // near 1, where the logarithm is small
		less, _ := new(big.Rat).Sub(r, big.NewRat(1, 1)).Float64()
		return math.Log1p(less)
	}
	return math.Log(m) + float64(exponent)*math.Ln2
}

func checkTails(t near.TB, table special.Fourfold) {
	atLeast, below, same := exactTails(table)
	gotAtLeast, gotBelow := table.LogTails()
	near.Equal(t, logRat(same), table.LogProb(), 2e-14, 2e-14, "probability of %v", table)
	near.Equal(t, logRat(atLeast), gotAtLeast, 2e-14, 1e-13, "at least, %v", table)
	near.Equal(t, logRat(below), gotBelow, 2e-14, 1e-13, "below, %v", table)
}

func TestFourfoldAgreesWithExactArithmetic(t *testing.T) {
	t.Parallel()
	for _, table := range []special.Fourfold{
		{},
		{1, 0, 0, 0},
		{0, 1, 0, 0},
		{0, 1, 1, 0},
		{1, 0, 0, 1},
		{3, 1, 1, 3},
		{0, 5, 5, 0},
		{5, 0, 0, 5},
		{1, 9, 11, 3},
		{194, 322, 1709, 7610}, // beef and other vegetables
		{208, 114, 125, 19326},
		{0, 300, 300, 9000},
		{10, 300, 300, 9000},
		{9, 300, 300, 9000},
		{2000, 10, 10, 2000},
		{10, 2000, 2000, 10},
		{1000, 1000, 1000, 1000},
		{999, 1001, 1001, 999},
	} {
		checkTails(t, table)
	}
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.Custom(func(t *rapid.T) int64 {
			return rapid.Int64Range(0, rapid.SampledFrom([]int64{0, 3, 12, 100, 500}).Draw(t, "scale")).Draw(t, "cell")
		})
		checkTails(t, special.Fourfold{cell.Draw(t, "a"), cell.Draw(t, "b"), cell.Draw(t, "c"), cell.Draw(t, "d")})
	})
}

// Far below the least float64: the probability of one table of binomial coefficients,
// 1/C(2n, n), and the tail that is that table alone.
func TestFourfoldBelowEveryFloat(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{500, 5000, 100_000} {
		table := special.Fourfold{n, 0, 0, n}
		want := -logRat(new(big.Rat).SetInt(new(big.Int).Binomial(2*n, n)))
		near.Equal(t, want, table.LogProb(), 1e-14, 0, "n = %d", n)
		atLeast, below := table.LogTails()
		near.Equal(t, want, atLeast, 1e-14, 0, "n = %d", n)
		near.Equal(t, 0, below, 0, 1e-299)
	}
}

// Where the tail is an area, it agrees with the sum of all its terms.
func TestFourfoldAreaAgreesWithSum(t *testing.T) {
	t.Parallel()
	for _, table := range []special.Fourfold{
		{6_000_000, 6_000_000, 6_000_000, 6_000_000}, // σ = 1,225
		{6_001_000, 5_999_000, 5_999_000, 6_001_000},
		{6_005_000, 5_995_000, 5_995_000, 6_005_000},
		{5_999_000, 6_001_000, 6_001_000, 5_999_000},
		{1_156_000, 40_000_000, 40_300_000, 1_400_000_000},
		{1_118_000, 40_000_000, 40_300_000, 1_400_000_000},
	} {
		upper, lower := 1.0, 0.0
		a, b, c, d := float64(table.A), float64(table.B), float64(table.C), float64(table.D)
		for term := 1.0; term > 1e-22*upper; upper += term {
			term *= b * c / ((a + 1) * (d + 1))
			a, b, c, d = a+1, b-1, c-1, d+1
		}
		a, b, c, d = float64(table.A), float64(table.B), float64(table.C), float64(table.D)
		for term := 1.0; term > 1e-22*lower; lower += term {
			term *= a * d / ((b + 1) * (c + 1))
			a, b, c, d = a-1, b+1, c+1, d-1
		}
		atLeast, below := table.LogTails()
		near.Equal(t, math.Log(upper/(upper+lower)), atLeast, 0, 2e-11, "at least, %v", table)
		near.Equal(t, math.Log(lower/(upper+lower)), below, 0, 2e-11, "below, %v", table)
	}
}

// Tables of any size are answered at once, and what is symmetric stays so.
func TestFourfoldOfAnySize(t *testing.T) {
	t.Parallel()
	const q = 1 << 61 // four of them are 2^63, one too many
	for _, table := range []special.Fourfold{
		{q - 1, q, q, q}, {q, q - 1, q, q}, {1, q, q, q}, {0, q, q, q}, {3 * q, 1, 1, 1}, {math.MaxInt64, 0, 0, 0}, {q / 2, q, q, q},
	} {
		atLeast, below := table.LogTails()
		require.LessOrEqual(t, atLeast, 0.0, "%v", table)
		near.Equal(t, 1, math.Exp(atLeast)+math.Exp(below), 1e-9, 0, "%v", table)
		turned, _ := special.Fourfold{table.A, table.C, table.B, table.D}.LogTails()
		near.Equal(t, atLeast, turned, 1e-9, 1e-12, "%v", table)
	}
}

func TestDeterminant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var x [4]uint64
		for i := range x {
			x[i] = rapid.Uint64().Draw(t, "x")
		}
		if rapid.Bool().Draw(t, "near") { // where the difference is small
			x[2], x[3] = x[0]+uint64(rapid.IntRange(0, 2).Draw(t, "up")), x[1]-uint64(rapid.IntRange(0, 2).Draw(t, "down"))
		}
		whole := func(a uint64) *big.Int { return new(big.Int).SetUint64(a) }
		ad, bc := new(big.Int).Mul(whole(x[0]), whole(x[3])), new(big.Int).Mul(whole(x[1]), whole(x[2]))
		want, _ := new(big.Float).SetInt(ad.Sub(ad, bc)).Float64()
		near.Equal(t, want, special.Determinant(x[0], x[1], x[2], x[3]), 0, 0)
	})
}

func TestDeviance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, e := rapid.Float64Range(1e-3, 1e6).Draw(t, "x"), rapid.Float64Range(1e-3, 1e6).Draw(t, "e")
		if rapid.Bool().Draw(t, "near") {
			e = x * rapid.Float64Range(0.85, 1.18).Draw(t, "ratio")
		}
		ratio := float(new(big.Float).Quo(number(x), number(e)))
		if math.Abs(ratio-1) > 0.2 {
			near.Equal(t, x*math.Log(ratio)-(x-e), special.Deviance(x, e, x-e), 1e-12, 0)
			return
		}
		// Σ_{k≥2} e·(−u)^k/(k(k−1)), u = x/e − 1
		u := (x - e) / e
		sum, power := 0.0, u
		for k := 2.0; k < 60; k++ {
			power *= -u
			sum -= e * power / (k * (k - 1))
		}
		near.Equal(t, sum, special.Deviance(x, e, x-e), 1e-13, 0)
	})
	near.Equal(t, 3, special.Deviance(0, 3, -3), 0, 0)
}

func BenchmarkFourfoldLogTails(b *testing.B) {
	for name, table := range map[string]special.Fourfold{
		"beef":         {A: 194, B: 322, C: 1709, D: 7610},
		"independent":  {A: 832, B: 540, C: 49843, D: 36947},
		"sigma=300000": {A: 1 << 40, B: 1 << 40, C: 1 << 40, D: 1 << 40},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.LogTails()
			}
		})
	}
}

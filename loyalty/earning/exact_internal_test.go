package earning

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

// drawExact draws a fraction, often too large for int64, and the same as a big one.
func drawExact(t *rapid.T, least int64) (exact, *big.Rat) {
	part := func(least int64) int64 {
		return rapid.OneOf(rapid.Int64Range(least, 1000), rapid.Int64Range(least, 1<<62)).Draw(t, "part")
	}
	num, den := part(least), part(1)
	if rapid.Bool().Draw(t, "negative") && least < 0 {
		num = -num
	}
	x, b := exact{num: num, den: den}, big.NewRat(num, den)
	if rapid.Bool().Draw(t, "big") {
		x, b = rat(new(big.Rat).Mul(b, b)), new(big.Rat).Mul(b, b)
	}
	return x, b
}

func same(t require.TestingT, want *big.Rat, got exact) {
	require.Equal(t, want.RatString(), got.rat().RatString())
	require.Equal(t, want.Sign(), got.sign())
}

// Exact fractions are what big ones are.
func TestExactAgreesWithBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, a := drawExact(t, -1000)
		y, b := drawExact(t, 1)
		same(t, new(big.Rat).Add(a, b), x.plus(y))
		same(t, a, x.plus(exact{}))
		same(t, a, exact{}.plus(x))
		same(t, new(big.Rat).Mul(a, b), x.product(y))
		same(t, new(big.Rat).Quo(a, b), x.over(y))
		n, d := rapid.Int64Range(-1<<62, 1<<62).Draw(t, "num"), rapid.Int64Range(1, 1<<62).Draw(t, "den")
		same(t, new(big.Rat).Mul(a, big.NewRat(n, d)), x.times(n, d))
		same(t, new(big.Rat).Mul(big.NewRat(n, 1), big.NewRat(d, d)), fraction(n, d, d))
		if num, den := x.lowest(); den != 0 {
			require.Equal(t, a.RatString(), big.NewRat(num, den).RatString())
			require.Equal(t, a.Num().Int64(), num)
		}
		whole := new(big.Int).Quo(b.Num(), b.Denom())
		same(t, new(big.Rat).SetInt(whole), y.down())
		for _, mode := range []money.Rounding{money.Floor, money.Ceiling, money.HalfUp, money.HalfEven} {
			got, ok := y.round(mode)
			up := new(big.Rat).Sub(b, new(big.Rat).SetInt(whole)).Cmp(big.NewRat(1, 2))
			want := new(big.Int).Set(whole)
			if !b.IsInt() && (mode == money.Ceiling || mode == money.HalfUp && up >= 0 || mode == money.HalfEven && (up > 0 || up == 0 && whole.Bit(0) == 1)) {
				want.Add(want, big.NewInt(1))
			}
			fits := want.Cmp(big.NewInt(maxPoints)) <= 0
			require.Equal(t, fits, ok)
			if fits {
				require.Equal(t, want.Int64(), got)
			}
		}
	})
}

// Zero is nothing, wherever it comes from.
func TestExactZero(t *testing.T) {
	t.Parallel()
	zero := exact{}
	same(t, new(big.Rat), zero.times(5, 3))
	same(t, new(big.Rat), zero.down())
	same(t, new(big.Rat), exact{den: 7}.times(1<<62, 1<<62-1))
	n, ok := zero.round(money.Ceiling)
	require.True(t, ok)
	require.Zero(t, n)
	num, den := zero.lowest()
	require.Equal(t, []int64{0, 1}, []int64{num, den})
}

// Weights of any size are shared as big fractions say.
func TestApportionAgreesWithBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.SampledFrom([]int64{0, -1000}).Draw(t, "least")
		var weights []exact
		negative := false
		for range rapid.IntRange(0, 40).Draw(t, "weights") {
			w, _ := drawExact(t, least)
			weights, negative = append(weights, w), negative || w.sign() < 0
		}
		n := rapid.Int64Range(0, maxPoints).Draw(t, "points")
		got, want := apportion(nil, n, weights), apportionBig(nil, n, weights)
		require.Equal(t, want, got)
		sum := int64(0)
		for i, share := range got {
			sum += share
			require.True(t, negative || share >= 0 && (weights[i].sign() != 0 || share == 0))
		}
		require.True(t, sum == n || sum == 0)
	})
}

// wideOf returns a number and the same as a big one.
func wideOf(t *rapid.T, words int) (x wide, b *big.Int) {
	x.set(rapid.Uint64().Draw(t, "word"))
	b = new(big.Int).SetUint64(x.words[0])
	for range rapid.IntRange(0, words-1).Draw(t, "words") {
		v := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, 1<<64 - 1, 1 << 63})).Draw(t, "word")
		require.True(t, x.mul(1<<63) && x.mul(2) || x.n == len(x.words))
		y := wide{}
		y.set(v)
		x.add(&y)
		b.Add(b.Lsh(b, 64), new(big.Int).SetUint64(v))
	}
	return x, b
}

func bigOf(x *wide) *big.Int {
	b := new(big.Int)
	for i := x.n - 1; i >= 0; i-- {
		b.Add(b.Lsh(b, 64), new(big.Int).SetUint64(x.words[i]))
	}
	return b
}

// Wide numbers are what big ones are, and say when they have too many bits.
func TestWideAgreesWithBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		y, b := wideOf(t, 13)
		require.Equal(t, b.BitLen(), y.size())
		require.Zero(t, b.Cmp(bigOf(&y)))
		z, c := wideOf(t, 13)
		require.Equal(t, b.Cmp(c), y.cmp(&z))
		sum := y
		require.True(t, sum.add(&z))
		require.Zero(t, new(big.Int).Add(b, c).Cmp(bigOf(&sum)))
		if b.Sign() == 0 {
			return
		}
		// q·y + r, r < y
		q := rapid.Uint64Range(0, 1<<63-1).Draw(t, "quotient")
		x, r := y, z
		if z.cmp(&y) >= 0 {
			r = wide{}
		}
		require.True(t, x.mul(q) && x.add(&r))
		require.Equal(t, q, x.quo(&y))
		require.Zero(t, r.cmp(&x))
	})
	// An estimate that is one too much.
	y := wide{n: 2, words: [16]uint64{1<<64 - 1, 1 << 63}}
	x, one := y, wide{}
	one.set(1)
	require.True(t, x.mul(1<<62))
	x.sub(&one)
	require.Equal(t, uint64(1<<62-1), x.quo(&y))
	y.sub(&one)
	require.Zero(t, x.cmp(&y), "what is left is y - 1")
	full := wide{n: 16}
	for i := range full.words {
		full.words[i] = 1<<64 - 1
	}
	one = full
	require.False(t, one.mul(2))
	one = full
	require.False(t, one.add(&full))
}

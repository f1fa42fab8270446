package money_test

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

func TestAllocate(t *testing.T) {
	t.Parallel()
	const most = math.MaxInt64
	cases := []struct {
		name    string
		total   int64
		weights []int64
		want    []int64
	}{
		// Shares by hand: 100/3 = 33 rest 1, so the first of the equal remainders gains.
		{"tie goes to the lower index", 100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{"two units left over", 5, []int64{1, 1, 1}, []int64{2, 2, 1}},
		{"largest remainder first", 10, []int64{1, 2, 4}, []int64{1, 3, 6}}, // 1.43, 2.86, 5.71
		{"negative total is mirrored", -10, []int64{1, 2, 4}, []int64{-1, -3, -6}},
		{"zero weights get zero", 7, []int64{0, 3, 0, 3}, []int64{0, 4, 0, 3}},
		{"nothing to divide", 0, []int64{2, 0}, []int64{0, 0}},
		{"fewer units than shares", 1, []int64{1, 1, 2}, []int64{0, 0, 1}},
		{"one share", math.MinInt64, []int64{3}, []int64{math.MinInt64}},
		{"weights past 64 bits", 10, []int64{most, most, most, most}, []int64{3, 3, 2, 2}},
		{"least total, huge weights", math.MinInt64, []int64{most, most, most, most}, []int64{-1 << 61, -1 << 61, -1 << 61, -1 << 61}},
	}
	for _, c := range cases {
		got, err := money.Allocate(c.total, c.weights)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.want, got, c.name)
	}
	for _, weights := range [][]int64{nil, {}, {0}, {0, 0}, {1, -1, 1}, {math.MinInt64, 1}} {
		dst := []int64{42}
		got, err := money.AppendAllocate(dst, 5, weights)
		require.ErrorIs(t, err, money.ErrWeights, "weights %v", weights)
		assert.Equal(t, dst, got)
	}
}

// weightLists draws lists of up to 40 weights with a positive sum, which is now
// and then past 64 bits.
func weightLists() *rapid.Generator[[]int64] {
	one := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1e6),
		rapid.Int64Range(0, math.MaxInt64), rapid.Just[int64](math.MaxInt64))
	return rapid.SliceOfN(one, 1, 40).Filter(func(ws []int64) bool { return slices.Max(ws) > 0 })
}

// I14: shares sum to the total, each within a unit of the exact one, by the definition
// in exact fractions.
func TestAllocateAgreesWithDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, weights := int64s().Draw(t, "total"), weightLists().Draw(t, "weights")
		got, err := money.Allocate(total, weights)
		require.NoError(t, err)
		require.Equal(t, allocateBig(total, weights), got)

		left, sum := total, new(big.Int)
		for _, w := range weights {
			sum.Add(sum, big.NewInt(w))
		}
		for i, share := range got {
			left -= share
			exact := ratio(new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])), sum)
			off := exact.Sub(exact, new(big.Rat).SetInt64(share))
			require.Negative(t, off.Abs(off).Cmp(big.NewRat(1, 1)), "share %d is within one unit", i)
			require.True(t, weights[i] != 0 || share == 0, "zero weight, zero share")
		}
		require.Zero(t, left, "shares add up")

		if total != math.MinInt64 {
			mirrored, err := money.Allocate(-total, weights)
			require.NoError(t, err)
			for i := range got {
				require.Equal(t, -got[i], mirrored[i])
			}
		}
	})
}

// allocateBig is the definition in big integers: floors, then one unit at a time
// to the best claim that is left.
func allocateBig(total int64, weights []int64) []int64 {
	t, sum := new(big.Int).Abs(big.NewInt(total)), new(big.Int)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(w))
	}
	type claim struct {
		index int
		rest  *big.Int
	}
	shares, claims, left := make([]*big.Int, len(weights)), make([]claim, len(weights)), new(big.Int).Set(t)
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(t, big.NewInt(w)), sum, new(big.Int))
		shares[i], claims[i] = q, claim{i, r}
		left.Sub(left, q)
	}
	slices.SortStableFunc(claims, func(a, b claim) int { return b.rest.Cmp(a.rest) })
	for _, c := range claims[:left.Int64()] {
		shares[c.index].Add(shares[c.index], big.NewInt(1))
	}
	result := make([]int64, len(weights))
	for i, s := range shares {
		result[i] = s.Mul(s, big.NewInt(int64(cmp.Compare(total, 0)))).Int64()
	}
	return result
}

// I14: a larger weight never gets less, and of equal weights the later ones get the
// same or one unit less.
func TestAllocateIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, weights := rapid.Int64Range(0, math.MaxInt64).Draw(t, "total"), weightLists().Draw(t, "weights")
		shares, err := money.Allocate(total, weights)
		require.NoError(t, err)
		for i := range shares {
			for j := range shares {
				switch {
				case weights[i] > weights[j]:
					require.GreaterOrEqual(t, shares[i], shares[j])
				case weights[i] == weights[j] && i < j:
					require.Contains(t, []int64{shares[j], shares[j] + 1}, shares[i])
				}
			}
		}
	})
}

func TestAppendAllocateAppends(t *testing.T) {
	t.Parallel()
	got, err := money.AppendAllocate([]int64{9}, 3, []int64{1, 1})
	require.NoError(t, err)
	assert.Equal(t, []int64{9, 2, 1}, got)
}

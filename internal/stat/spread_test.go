package stat_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "n")
		sum := rapid.Int64Range(-1<<50, 1<<50).Draw(t, "sum")
		squares := rapid.Int64Range(0, 1<<60).Draw(t, "squares")
		want := new(big.Int).Mul(big.NewInt(n), big.NewInt(squares))
		want.Sub(want, new(big.Int).Mul(big.NewInt(sum), big.NewInt(sum)))
		got, ok := stat.Spread(n, sum, squares)
		require.Equal(t, want.Sign() >= 0, ok)
		if ok {
			f, _ := new(big.Float).SetInt(want).Float64()
			near.Equal(t, f, got, 4e-16, 0)
		}
	})
}

package rfm_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/tier/rfm"
)

// Decimals that only decimal.New can make, on which a sum or a text takes for ever,
// are answered at once: as the zero that they are, or with an error.
func TestHostileDecimals(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	for _, coefficient := range []int64{0, 1, -1} {
		for _, exponent := range []int32{math.MaxInt32, math.MinInt32} {
			var h rfm.History
			var err error
			hostile.Ends(t, "adding", func() { err = h.Add(on, decimal.New(coefficient, exponent)) })
			require.Equal(t, coefficient == 0, err == nil)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				require.Zero(t, h.Len())
			}
		}
	}
}

package relationship_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/tier/relationship"
)

// Decimals that only decimal.New can make, on which a sum or a text takes for ever,
// are answered at once: as the zero that they are, or with an error.
func TestHostileDecimals(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	for _, coefficient := range []int64{0, 1, -1} {
		for _, exponent := range []int32{math.MaxInt32, math.MinInt32} {
			d := decimal.New(coefficient, exponent)
			var err error
			hostile.Ends(t, "a bond", func() {
				_, err = relationship.BondPolicy{}.Bond([]relationship.Exchange{{On: on, Given: d, Received: d}}, on)
			})
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				require.Less(t, len(err.Error()), 300)
			}
		}
	}
}

// However many exchanges are wrong, the error stays short.
func TestErrorsAreShort(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	_, err := relationship.BondPolicy{}.Bond(make([]relationship.Exchange, 10_000), on)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.Less(t, len(err.Error()), 2000)
	_, err = relationship.StandardPolicy().Classify(relationship.Evidence{Purchases: make([]relmark.Date, 10_000)}, on)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.Less(t, len(err.Error()), 2000)
}

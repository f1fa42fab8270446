package tier_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// Refunds of what was carried through dozens of periods, by turns of the oldest and of
// any, against the textbook model; and again with the state closed half way.
func TestRefundsOfLongCarriedPeriodsAgreeWithNaive(t *testing.T) {
	t.Parallel()
	joined := relmark.MustParseDate("2015-01-01")
	start := joined.Start(time.UTC)
	const months = 75
	seeds := uint64(8)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 3))
		p := simple()
		p.Window = tier.Window{Kind: tier.FixedMonths, Months: 1, Anchor: joined}
		p.Validity, p.Reversal = tier.Validity{Kind: tier.EndOfNextPeriod}, tier.Recheck
		p.Rollover = &tier.Rollover{Metric: "nights", Periods: []int{1, 2, 7, 100}[seed%4]}
		if seed%3 == 2 {
			most := decimal.NewFromInt(6)
			p.Rollover.Cap = &most
		}
		var list []tier.Event
		for i := range months {
			list = append(list, tier.Event{ID: fmt.Sprintf("s%03d", i), At: start.AddDate(0, i, rng.IntN(25)), Amounts: nights(20 + int64(rng.IntN(9))*int64(seed%2))})
		}
		for i := range 40 {
			of := i
			if i%2 == 1 {
				of = rng.IntN(months)
			}
			list = append(list, tier.Event{ID: fmt.Sprintf("r%03d", i), At: start.AddDate(0, months-30+i, rng.IntN(25)), Reverse: fmt.Sprintf("s%03d", of), Amounts: nights(int64(1 + rng.IntN(8)))})
		}
		end := start.AddDate(0, months+15, 0)
		agrees(t, p, joined, list, end)

		pr := ladder(t, p)
		whole := state(t, pr, joined, list...)
		closed := whole.Clone()
		on := joined.AddMonths(months - 20)
		require.NoError(t, closed.Close(on))
		for i := range 30 {
			at := on.AddMonths(i).Start(time.UTC)
			want, err := pr.Decide(whole, at)
			require.NoError(t, err)
			got, err := pr.Decide(closed, at)
			require.NoError(t, err)
			require.Equal(t, want, got, "seed %d, %v", seed, at)
		}
	}
}

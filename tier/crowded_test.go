package tier_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// Members with dozens of overrides that overlap, end, wait and are taken back, and
// with refunds early and late, against the textbook model; and again with the state
// closed half way, which the model does not know.
func TestCrowdedHistoriesAgreeWithNaive(t *testing.T) {
	t.Parallel()
	joined := relmark.MustParseDate("2024-01-01")
	start := joined.Start(time.UTC)
	for seed := range uint64(16) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := simple()
		if seed%2 == 1 {
			p.Window, p.Validity = tier.Window{Kind: tier.RollingDays, N: 30}, tier.Validity{Kind: tier.MonthsFromEntry, Months: 7}
			p.Reversal = tier.Recheck
		}
		day := func(most int) time.Time { return start.Add(time.Duration(rng.IntN(most*4)) * 6 * time.Hour) }
		var list []tier.Event
		for i := range 80 {
			e := tier.Event{ID: fmt.Sprintf("e%02d", i), At: day(400)}
			switch kind := rng.IntN(10); {
			case kind < 3:
				e.Amounts = nights(int64(rng.IntN(9)))
			case kind < 6:
				e.Reverse = fmt.Sprintf("e%02d", (i+1+rng.IntN(79))%80)
			default:
				e.Override = &tier.Override{Level: p.Levels[rng.IntN(len(p.Levels))].Code, Mode: []tier.OverrideMode{tier.Floor, tier.Pin}[rng.IntN(2)], Priority: rng.IntN(3)}
				if rng.IntN(2) == 0 {
					e.Override.From = day(500)
				}
				if rng.IntN(4) > 0 {
					from := e.At
					if !e.Override.From.IsZero() {
						from = e.Override.From
					}
					e.Override.Until = from.Add(time.Duration(1+rng.IntN(100)) * 24 * time.Hour)
				}
			}
			list = append(list, e)
		}
		end := joined.AddDays(700).Start(time.UTC)
		agrees(t, p, joined, list, end)

		pr := ladder(t, p)
		whole := state(t, pr, joined, list...)
		closed := whole.Clone()
		on := joined.AddDays(100 + rng.IntN(300))
		require.NoError(t, closed.Close(on))
		data, err := closed.MarshalBinary()
		require.NoError(t, err)
		closed, err = pr.DecodeMembership(data)
		require.NoError(t, err)
		for days := 0; days < 300; days += 20 {
			at := on.AddDays(days).Start(time.UTC)
			want, err := pr.Explain(whole, at)
			require.NoError(t, err)
			got, err := pr.Explain(closed, at)
			require.NoError(t, err)
			require.Equal(t, want, got, "seed %d, %v", seed, at)
		}
	}
}

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

// Floors over a level that rests on dozens of dates of a rolling window, some of
// them refunded, against the textbook model: what backs the level is what lasts longest.
func TestFloorsOverManyDatesAgreeWithNaive(t *testing.T) {
	t.Parallel()
	joined := relmark.MustParseDate("2024-01-01")
	start := joined.Start(time.UTC)
	sources := map[tier.Source]int{}
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 4))
		p := simple()
		p.Window, p.Validity = tier.Window{Kind: tier.RollingDays, N: 60 + int(seed)}, tier.Validity{Kind: tier.WhileHolds}
		if seed == 2 {
			p.Window = tier.Window{Kind: tier.RollingMonths, N: 2}
		}
		day := func(i int) time.Time { return start.AddDate(0, 0, i).Add(time.Duration(rng.IntN(24)) * time.Hour) }
		var list []tier.Event
		for i := range 90 {
			e := tier.Event{ID: fmt.Sprintf("e%03d", i), At: day(i), Amounts: nights(int64(rng.IntN(3)))}
			switch {
			case i%7 == 3:
				e.Amounts, e.Override = nil, &tier.Override{Level: p.Levels[1+rng.IntN(len(p.Levels)-1)].Code, Mode: tier.Floor, Until: day(i + 5 + rng.IntN(60))}
			case i%5 == 2:
				e.Amounts, e.Reverse = nil, fmt.Sprintf("e%03d", rng.IntN(i))
			}
			list = append(list, e)
		}
		agrees(t, p, joined, list, start.AddDate(0, 0, 170))
		pr := ladder(t, p)
		s := state(t, pr, joined, list...)
		for i := 40; i < 130; i += 8 {
			n := &naive{ps: []tier.Policy{p}, joined: joined, events: list}
			at := start.AddDate(0, 0, i)
			n.run(at)
			got, err := pr.Decide(s, at)
			require.NoError(t, err)
			want := n.decide()
			want.NextCheck, want.Policy = got.NextCheck, got.Policy
			require.Equal(t, want.Standing, got.Standing, "seed %d, day %d", seed, i)
			sources[got.Source]++
		}
	}
	require.Positive(t, sources[tier.SourceComputed])
	require.Positive(t, sources[tier.SourceOverride])
}

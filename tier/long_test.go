package tier_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// monthly is a policy with one level that lasts a number of months, is entered with
// a night, and is kept by doing nothing.
func monthly(months int, round tier.RoundUp) tier.Policy {
	p := simple()
	p.Levels = []tier.Level{{Code: "base"}, {Code: "silver", Enter: tier.AtLeastInt("nights", 1), Keep: tier.AtLeastInt("nights", 0)}}
	p.Validity = tier.Validity{Kind: tier.MonthsFromEntry, Months: months, Round: round}
	return p
}

// A level renewed every month or every few, for all the years that there are: the
// end of each term is looked for near the present, not from the entry on, which would
// take a hundred times as long here. Dates by hand: December 9998 is 119963 months
// after the entry, 17137 terms of 7 months end in August 9998, one more in March 9999.
func TestRenewedForTenThousandYears(t *testing.T) {
	t.Parallel()
	stay := tier.Event{ID: "a", At: instant(t, "0002-01-31T12:00:00Z"), Amounts: nights(1)}
	asked := instant(t, "9998-12-31T12:00:00Z")
	for _, c := range []struct {
		months int
		round  tier.RoundUp
		want   string
	}{
		{1, tier.RoundNone, "9999-01-01T00:00:00Z"},
		{1, tier.RoundMonth, "9999-01-01T00:00:00Z"},
		{1, tier.RoundPeriod, "9999-01-01T00:00:00Z"},
		{7, tier.RoundNone, "9999-04-01T00:00:00Z"},
		{7, tier.RoundMonth, "9999-04-01T00:00:00Z"},
		{7, tier.RoundPeriod, "9999-01-01T00:00:00Z"},
	} {
		pr := ladder(t, monthly(c.months, c.round))
		d, err := pr.Decide(state(t, pr, relmark.MustParseDate("0002-01-01"), stay), asked)
		require.NoError(t, err)
		assert.Equal(t, "silver", d.Level)
		assert.Equal(t, instant(t, c.want), d.Until, "%d months, round %v", c.months, c.round)
	}
}

// Renewals over decades, on grids finer and coarser than the terms, and across the
// date that the Philippines skipped, 31 December 1844.
func TestLongRenewalsAgreeWithNaive(t *testing.T) {
	t.Parallel()
	manila, err := time.LoadLocation("Asia/Manila")
	require.NoError(t, err)
	joined, first := relmark.MustParseDate("1840-01-31"), relmark.MustParseDate("1845-01-01")
	stay := tier.Event{ID: "a", At: instant(t, "1840-03-31T12:00:00Z"), Amounts: nights(1)}
	for _, window := range []tier.Window{{Kind: tier.CalendarYear}, {Kind: tier.FixedMonths, Months: 1, Anchor: first}, {Kind: tier.Anniversary, Months: 30}} {
		for _, months := range []int{1, 3, 19} {
			for _, round := range []tier.RoundUp{tier.RoundNone, tier.RoundMonth, tier.RoundPeriod} {
				p := monthly(months, round)
				p.Window, p.Zone = window, manila
				n := &naive{ps: []tier.Policy{p}, joined: joined, events: []tier.Event{stay}}
				for _, on := range []relmark.Date{first.AddDays(-2), first.AddDays(-1), first, first.AddMonths(130)} {
					n.run(on.Start(manila).UTC())
					pr := ladder(t, p)
					got, err := pr.Decide(state(t, pr, joined, stay), on.Start(manila))
					require.NoError(t, err)
					assert.Equal(t, n.decide().Until, got.Until, "%v, %d months, %v, %v", window, months, round, on)
				}
			}
		}
	}
}

// strays is a state with a reversal of a reversal, which waits for ever, and n stays
// whose ids run against time, so that each is to be put before all others.
func strays(t testing.TB, p *tier.Ladder, n int) *tier.Membership {
	t.Helper()
	joined := relmark.MustParseDate("2025-01-01")
	at := joined.Start(time.UTC)
	s := state(t, p, joined, tier.Event{ID: "r", At: at, Reverse: "none"}, tier.Event{ID: "q", At: at, Reverse: "r"})
	for i := range n {
		require.NoError(t, s.Add(tier.Event{ID: fmt.Sprintf("%06d", n-i), At: at.Add(time.Duration(i) * time.Second), Amounts: nights(1)}))
	}
	return s
}

// Reversals that wait for ever cost later events nothing: with a look at every event
// for each one that comes, this would take half a minute.
func TestReversalsThatWaitForEver(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	s := strays(t, p, 100_000)
	assert.Equal(t, []string{"q", "r"}, s.Waiting())
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	decoded, err := p.DecodeMembership(data)
	require.NoError(t, err)
	assert.Equal(t, []string{"q", "r"}, decoded.Waiting())
	again, err := decoded.MarshalBinary()
	require.NoError(t, err)
	assert.True(t, bytes.Equal(data, again))
}

// Whoever waits for one id does not disturb those who wait for another, in a state
// that was added to, decoded, cloned or merged.
func TestEachReversalFindsItsOriginal(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	joined, at := relmark.MustParseDate("2025-01-01"), instant(t, "2025-03-01T10:00:00Z")
	s := state(t, p, joined,
		tier.Event{ID: "r3", At: at, Reverse: "b", Amounts: nights(1)},
		tier.Event{ID: "r1", At: at, Reverse: "b", Amounts: nights(2)},
		tier.Event{ID: "r2", At: at, Reverse: "a"},
		tier.Event{ID: "r4", At: at, Reverse: "c"},
		tier.Event{ID: "r5", At: at, Reverse: "r1"})
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	decoded, err := p.DecodeMembership(data)
	require.NoError(t, err)
	merged := state(t, p, joined)
	require.NoError(t, merged.Merge(s))
	for _, s := range []*tier.Membership{s.Clone(), decoded, merged, s} {
		assert.Equal(t, []string{"r1", "r2", "r3", "r4", "r5"}, s.Waiting())
		require.NoError(t, s.Add(tier.Event{ID: "b", At: at, Amounts: nights(10)}))
		assert.Equal(t, []string{"r2", "r4", "r5"}, s.Waiting())
		require.NoError(t, s.Add(tier.Event{ID: "c", At: at, Amounts: nights(50)}))
		assert.Equal(t, []string{"r2", "r5"}, s.Waiting())
		x, err := p.Explain(s, at)
		require.NoError(t, err)
		assert.True(t, x.Sums[0].Lifetime.Equal(d("7")))
	}
}

// What a decision costs after renewals every month for a number of years. It grows
// with the years, not with their square.
func BenchmarkRenewals(b *testing.B) {
	p := ladder(b, monthly(1, tier.RoundNone))
	for _, years := range []int{100, 1000} {
		b.Run(fmt.Sprint(years, "years"), func(b *testing.B) {
			joined := relmark.MustParseDate("2000-01-31")
			s := state(b, p, joined, tier.Event{ID: "a", At: joined.Start(time.UTC), Amounts: nights(1)})
			r, at := p.Runner(), joined.AddMonths(12*years).Start(time.UTC)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Decide(s, at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What decoding costs while a reversal waits for ever and ids run against time.
func BenchmarkDecodeStrays(b *testing.B) {
	p := ladder(b, simple())
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data, err := strays(b, p, n).MarshalBinary()
			require.NoError(b, err)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.DecodeMembership(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

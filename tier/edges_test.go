package tier_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// rereads requires that a state comes back from its encoding.
func rereads(t *testing.T, p *tier.Ladder, s *tier.Membership, what ...any) {
	t.Helper()
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	back, err := p.DecodeMembership(data)
	require.NoError(t, err, what...)
	again, err := back.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, data, again)
}

// In Samoa there was no 30 December 2011: that date and the next one start at the same
// instant. To close on the one what began on the other changes nothing.
func TestCloseOnDatesThatStartTogether(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Pacific/Apia")
	require.NoError(t, err)
	skipped, next := relmark.MustParseDate("2011-12-30"), relmark.MustParseDate("2011-12-31")
	asked := relmark.MustParseDate("2012-06-01").Start(zone)
	for _, window := range []tier.Window{
		{Kind: tier.Anniversary, Months: 1},
		{Kind: tier.FixedMonths, Months: 1, Anchor: skipped},
		{Kind: tier.FixedMonths, Months: 1, Anchor: next},
		{Kind: tier.CalendarYear},
		{Kind: tier.RollingDays, N: 3},
	} {
		policy := simple()
		policy.Zone, policy.Window, policy.Validity = zone, window, tier.Validity{Kind: tier.WhileHolds}
		p := ladder(t, policy)
		for _, joined := range []relmark.Date{relmark.MustParseDate("2011-11-30"), skipped} {
			s := state(t, p, joined, tier.Event{ID: "a", At: next.Start(zone), Amounts: nights(20)})
			want, err := p.Decide(s, asked)
			require.NoError(t, err)
			for _, on := range []relmark.Date{skipped, next} {
				if !on.After(joined) {
					continue
				}
				require.NoError(t, s.Close(on))
				got, err := p.Decide(s, asked)
				require.NoError(t, err, "%v, closed on %v", window, on)
				require.Equal(t, want, got)
				rereads(t, p, s, "%v, closed on %v", window, on)
			}
			opened, err := p.Open(joined, tier.Opening{On: next})
			require.NoError(t, err)
			rereads(t, p, opened, "%v, opened", window)
		}
	}
}

// Whatever a period has carried of sums near the limit, a closed state comes back.
func TestClosedWithLargeLots(t *testing.T) {
	t.Parallel()
	policy := simple()
	policy.Rollover = &tier.Rollover{Metric: "nights", Periods: 2}
	p := ladder(t, policy)
	joined := relmark.MustParseDate("2020-01-01")
	s := state(t, p, joined, tier.Event{ID: "a", At: joined.Start(time.UTC), Amounts: tier.Amounts{"nights": decimal.NewFromInt(9e18)}})
	for years := 1; years < 8; years++ {
		require.NoError(t, s.Close(joined.AddMonths(12*years)))
		rereads(t, p, s, "after %d years", years)
	}
}

// Where grace reaches past the calendar, a level is never dropped.
func TestGracePastTheCalendar(t *testing.T) {
	t.Parallel()
	for _, kind := range []tier.ValidityKind{tier.EndOfNextPeriod, tier.WhileHolds} {
		policy := simple()
		policy.GraceDays, policy.Validity = 36500, tier.Validity{Kind: kind}
		p := ladder(t, policy)
		joined := relmark.MustParseDate("9990-01-01")
		s := state(t, p, joined, tier.Event{ID: "a", At: joined.Start(time.UTC), Amounts: nights(20)})
		require.NoError(t, s.Close(relmark.MustParseDate("9998-01-01")))
		got, err := p.Decide(s, relmark.MustParseDate("9998-02-01").Start(time.UTC))
		require.NoError(t, err)
		require.Equal(t, "silver", got.Level)
		rereads(t, p, s, kind)
	}
}

// Overrides end in years that JSON can tell.
func TestOverrideEndsInTheCalendar(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	at := instant(t, "2025-03-01T10:00:00Z")
	s := state(t, p, relmark.MustParseDate("2025-01-01"))
	event := func(until time.Time) tier.Event {
		return tier.Event{ID: "o", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, Until: until}}
	}
	for _, until := range []time.Time{
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1<<60, 0),
	} {
		require.ErrorIs(t, s.Add(event(until)), relmark.ErrInvalid)
	}
	last := time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	require.NoError(t, s.Add(event(last)))
	rereads(t, p, s)
	got, err := p.Decide(s, at)
	require.NoError(t, err)
	require.Equal(t, last, got.Until)
}

package structural_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

// sizes are numbers of events; the largest takes its time.
func sizes(t *testing.T) []int {
	t.Helper()
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// A life is a ledger with a history that some host has, one event after the other.
type life struct {
	*structural.Ledger
	e  *structural.Entitlement
	t  *testing.T
	at time.Time
	n  int // events so far
}

func (x *life) do(d structural.Decision, err error) string {
	require.NoError(x.t, err)
	require.NoError(x.t, x.Apply(d.Event))
	x.n++
	return d.Event.Key
}

func (x *life) key() string { return fmt.Sprint(x.n) }

func (x *life) give(n int64, until time.Time) string {
	return x.do(x.e.Give(x.Ledger, structural.Gift{x.key(), n, x.at, until, x.at}))
}

func (x *life) use(n int64) string {
	return x.do(x.e.Consume(x.Ledger, structural.Consumption{x.key(), n, x.at}))
}

func (x *life) hold(n int64, ttl time.Duration) string {
	return x.do(x.e.Reserve(x.Ledger, structural.Reservation{x.key(), n, ttl, x.at}))
}

// What one event costs does not grow with the lots, uses and reservations that there were,
// nor with the life of the ledger, whatever a host makes of it.
func TestGrowthOfALedger(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]func(x *life, events int){
		"service minutes by the day, used as they come": func(x *life, events int) {
			for x.n < events-2 {
				day, err := relmark.DateOf(x.at, berlin)
				require.NoError(x.t, err)
				x.do(x.e.Grant(x.Ledger, structural.Grant{x.key(), day, x.at}))
				x.use(1)
				x.use(1)
				x.at = x.at.Add(24 * time.Hour)
			}
		},
		"never used": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(time.Hour)
				x.give(3, x.at.Add(30*24*time.Hour))
			}
		},
		"booked and committed": func(x *life, events int) {
			x.give(int64(events), time.Time{})
			for x.n < events-2 {
				x.at = x.at.Add(time.Hour)
				h := x.hold(2, 1000*24*time.Hour)
				x.do(x.e.Commit(x.Ledger, structural.Commitment{x.key(), h, 1, x.at}))
			}
		},
		"booked and forgotten": func(x *life, events int) {
			x.give(int64(events), time.Time{})
			for x.n < events {
				x.at = x.at.Add(time.Hour)
				x.hold(2, 50*time.Hour)
			}
		},
		"booked for years": func(x *life, events int) {
			x.give(int64(events), time.Time{})
			for x.n < events {
				x.at = x.at.Add(time.Hour)
				x.hold(1, time.Duration(1+x.n*7919%500)*24*time.Hour)
			}
		},
		"one use over all, reversed one by one": func(x *life, events int) {
			for x.n < events/2 {
				x.give(1, time.Time{})
			}
			u := x.use(int64(x.n))
			for x.n < events {
				x.do(x.e.Reverse(x.Ledger, structural.Reversal{x.key(), u, 1, x.at}))
			}
		},
		"given and revoked": func(x *life, events int) {
			for x.n < events-1 {
				x.at = x.at.Add(time.Hour)
				g := x.give(1, time.Time{})
				x.do(x.e.Revoke(x.Ledger, structural.Revocation{x.key(), g, x.at}))
			}
		},
		"closed every month": func(x *life, events int) {
			for x.n < events-3 {
				x.at = x.at.Add(7 * time.Hour)
				x.give(2, x.at.Add(100*time.Hour))
				x.use(1)
				if x.n%200 < 2 {
					day, err := relmark.DateOf(x.at, berlin)
					require.NoError(x.t, err)
					x.do(x.e.Close(x.Ledger, structural.Closing{x.key(), day.AddDays(-9), x.at}))
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 2, Days: 1, Periods: 2, Rollover: 1})
			require.NoError(t, err)
			for _, n := range sizes(t) {
				x := &life{Ledger: new(structural.Ledger), e: e, t: t, at: when("1990-01-01T10:00:00Z")}
				structural.CountSteps(x.Ledger)
				start := time.Now()
				live(x, n)
				t.Logf("%7d events: %5.1f steps, %6d ns an event", x.n, float64(structural.Steps(x.Ledger))/float64(x.n), time.Since(start).Nanoseconds()/int64(x.n))
				assert.Less(t, structural.Steps(x.Ledger), 300*x.n)
			}
		})
	}
}

// Reservations that hold for a century and are committed at once leave nothing behind once
// their period is closed: neither lots nor timers, and the ledger goes on as its snapshot does.
func TestGrowthOfTimers(t *testing.T) {
	t.Parallel()
	e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 2, Days: 1, Periods: 2, Rollover: 1})
	require.NoError(t, err)
	x := &life{Ledger: new(structural.Ledger), e: e, t: t, at: when("1990-01-01T10:00:00Z")}
	x.give(100_000, time.Time{})
	open := x.hold(1, 36_500*24*time.Hour)
	for range 20 {
		for range 100 {
			x.at = x.at.Add(time.Hour)
			h := x.hold(1, 36_500*24*time.Hour)
			x.do(x.e.Commit(x.Ledger, structural.Commitment{x.key(), h, 1, x.at}))
		}
		day, err := relmark.DateOf(x.at, berlin)
		require.NoError(t, err)
		x.do(x.e.Close(x.Ledger, structural.Closing{x.key(), day, x.at}))
		require.Equal(t, 1, structural.Timers(x.Ledger), "the reservation that is open")
	}
	data, err := x.AppendBinary(nil)
	require.NoError(t, err)
	var back structural.Ledger
	require.NoError(t, back.UnmarshalBinary(data))
	for _, l := range []*structural.Ledger{x.Ledger, &back} {
		b, err := l.Balance(x.at)
		require.NoError(t, err)
		require.Equal(t, int64(1), b.Held)
		b, err = l.Balance(when("2090-01-01T10:00:00Z"))
		require.NoError(t, err)
		require.Zero(t, b.Held)
	}
	x.do(x.e.Release(x.Ledger, structural.Release{x.key(), open, x.at}))
}

package structural_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

func TestClosedPeriods(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	d, err := e.Reserve(l, structural.Reservation{"open", 1, 100 * 24 * time.Hour, began})
	do(t, l, d, err)
	d, err = e.Reserve(l, structural.Reservation{"late", 1, time.Hour, began})
	do(t, l, d, err)
	d, err = e.Consume(l, structural.Consumption{"visit", 1, began})
	do(t, l, d, err)
	at := when("2025-03-10T10:00:00Z")
	before := balance(t, l, at.AddDate(0, 1, 0))
	d, err = e.Close(l, structural.Closing{"close", date("2025-03-01"), at})
	do(t, l, d, err)
	l = reloaded(t, l)
	require.Equal(t, before, balance(t, l, at.AddDate(0, 1, 0)))
	for key, err := range map[string]error{
		"a command of the time before": second(e.Consume(l, structural.Consumption{"visit", 1, began})),
		"a use that is forgotten":      second(e.Reverse(l, structural.Reversal{"k", "visit", 1, at})),
		"a hold that is forgotten":     second(e.Release(l, structural.Release{"k", "late", at})),
		"a grant that never was":       second(e.Revoke(l, structural.Revocation{"k", "other", at})),
		"an earlier closing":           second(e.Close(l, structural.Closing{"k", date("2025-02-28"), at})),
	} {
		require.Equal(t, structural.PeriodClosed, reason(err), key)
	}
	_, err = e.Consume(l, structural.Consumption{"grant", 1, at})
	require.Equal(t, structural.KeyConflict, reason(err), "a grant that goes on keeps its name")
	d, err = e.Commit(l, structural.Commitment{"commit", "open", 1, at})
	do(t, l, d, err)
	d, err = e.Revoke(l, structural.Revocation{"end", "grant", at})
	do(t, l, d, err)
	d, err = e.Close(l, structural.Closing{"all", date("2026-01-01"), at.AddDate(1, 0, 0)})
	do(t, l, d, err)
	l = reloaded(t, l)
	b := balance(t, l, at.AddDate(2, 0, 0))
	require.Equal(t, structural.Balance{Used: 2, Expired: 6, Granted: 8, Rolled: 2}, b)
	d, err = e.Give(l, structural.Gift{Key: "new", Units: 1, From: at.AddDate(1, 0, 0), At: at.AddDate(1, 0, 0)})
	do(t, l, d, err)
	reloaded(t, l)
}

// A ledger whose books are closed now and then has the balances of one whose books never
// are, and decides as it does about what is not forgotten.
func TestClosingChangesNoBalance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, open, shut := new(twin), new(structural.Ledger), new(structural.Ledger)
		e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 1, Days: 1, Periods: 1})
		require.NoError(t, err)
		now := when("2025-01-20T23:00:00Z")
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 24, 200, 700}).Draw(t, "hours")) * time.Hour)
			c, ask := drawCommand(t, x, now)
			d, err := ask(open, now)
			ev := d.Event
			if ev.Seq = shut.Version() + 1; err == nil && shut.Apply(ev) == nil {
				ev.Seq = open.Version() + 1
				require.NoError(t, open.Apply(ev))
				x.commands = append(x.commands, c)
			}
			if rapid.IntRange(0, 3).Draw(t, "close") == 0 {
				day, err := relmark.DateOf(now, berlin)
				require.NoError(t, err)
				day = day.AddDays(-rapid.IntRange(0, 30).Draw(t, "days"))
				d, err := e.Close(shut, structural.Closing{"close " + now.String() + day.String(), day, now})
				if err == nil && !d.Replayed {
					require.NoError(t, shut.Apply(d.Event))
				}
				shut = reloaded(t, shut)
			}
			for _, asOf := range []time.Time{now, now.AddDate(0, 1, 3), now.AddDate(1, 0, 0)} {
				require.Equal(t, balance(t, open, asOf), balance(t, shut, asOf))
				want, err := open.Expiries(asOf)
				require.NoError(t, err)
				got, err := shut.Expiries(asOf)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
		}
	})
}

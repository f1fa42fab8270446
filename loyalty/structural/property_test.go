package structural_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/structural"
)

// Grants that are recorded at one instant may come in any order: the balance, and what ends
// when, is the same for ever.
func TestGrantsOfOneInstantCommute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := new(twin)
		var asks []command
		for len(asks) < 4 {
			if c, ask := drawCommand(t, x, began); c.kind == "grant" {
				asks = append(asks, ask)
				x.commands = append(x.commands, c)
			}
		}
		one, other := new(structural.Ledger), new(structural.Ledger)
		for i := range asks {
			d, err := asks[i](one, began)
			do(t, one, d, err)
			d, err = asks[len(asks)-1-i](other, began)
			do(t, other, d, err)
		}
		for _, days := range []int{0, 1, 20, 40, 100, 400} {
			at := began.AddDate(0, 0, days)
			require.Equal(t, balance(t, one, at), balance(t, other, at))
			want, err := one.Expiries(at)
			require.NoError(t, err)
			got, err := other.Expiries(at)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}

// To reserve and commit is to consume, where no period ends between.
func TestTwoPhasesAreOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 5, Months: 1, Periods: 6, Rollover: int64(rapid.IntRange(0, 6).Draw(t, "cap"))})
		require.NoError(t, err)
		one, two := new(structural.Ledger), new(structural.Ledger)
		for _, l := range []*structural.Ledger{one, two} {
			d, err := e.Grant(l, structural.Grant{"grant", date("2025-02-05"), began})
			do(t, l, d, err)
		}
		at := began
		for i := range rapid.IntRange(1, 12).Draw(t, "visits") {
			at = at.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "days"))
			key, n := fmt.Sprint(i), int64(rapid.IntRange(1, 4).Draw(t, "n"))
			d, err := e.Consume(one, structural.Consumption{key, n, at})
			h, herr := e.Reserve(two, structural.Reservation{key, n + int64(rapid.IntRange(0, 1).Draw(t, "more")), time.Hour, at})
			if err != nil || herr != nil {
				continue
			}
			do(t, one, d, err)
			do(t, two, h, herr)
			c, err := e.Commit(two, structural.Commitment{"commit " + key, key, n, at.Add(time.Minute)})
			used := do(t, two, c, err)
			require.Equal(t, d.Event.Parts, used.Parts)
			require.Equal(t, balance(t, one, at.AddDate(0, 2, 0)), balance(t, two, at.AddDate(0, 2, 0)))
		}
	})
}

// A ledger that was folded to any of its events, and on from a snapshot, is the whole.
func TestFoldsCanBeSplit(t *testing.T) {
	t.Parallel()
	whole, events := history(t)
	for i := range events {
		l := new(structural.Ledger)
		require.NoError(t, l.Fold(stream(events[:i])))
		l = reloaded(t, l)
		require.NoError(t, l.Fold(stream(slices.Clone(events[i:]))))
		require.Equal(t, snapshot(t, whole), snapshot(t, l))
	}
}

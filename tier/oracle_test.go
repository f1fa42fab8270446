package tier_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// Every decision and every history is that of the second implementation, which
// also stops at instants where nothing is due.
func TestAgreesWithNaive(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		n := &naive{ps: d.policies, joined: d.joined, events: d.events}
		var others []time.Time
		for range rapid.IntRange(0, 4).Draw(t, "stops") {
			others = append(others, drawInstant(t, d.policies[0].Zone, d.joined, 2200))
		}
		n.run(d.at.UTC(), others...)
		s := d.state(t, d.events)
		r := d.ladder.Runner()
		history, err := r.AppendReplay(nil, s, d.at)
		if err != nil {
			t.Fatal(err)
		}
		if len(history) != len(n.history) {
			t.Fatalf("history: want %v, got %v", n.history, history)
		}
		for i := range history {
			if history[i] != n.history[i] {
				t.Fatalf("history[%d]: want %v, got %v", i, n.history[i], history[i])
			}
		}
		got, err := r.Decide(s, d.at)
		if err != nil {
			t.Fatal(err)
		}
		same(t, n.decide(), got)
	})
}

// same compares decisions, NextCheck and Policy aside.
func same(t *rapid.T, want, got tier.Decision) {
	want.NextCheck, want.Policy = got.NextCheck, got.Policy
	if want.Standing != got.Standing {
		t.Fatalf("standing:\nwant %+v\n got %+v", want.Standing, got.Standing)
	}
	for _, pair := range [][2]*tier.Shortfall{{want.Next, got.Next}, {want.Keep, got.Keep}} {
		w, g := pair[0], pair[1]
		if (w == nil) != (g == nil) || w != nil && (w.Level != g.Level || !w.By.Equal(g.By) || !sameAmounts(w.Alternatives, g.Alternatives)) {
			t.Fatalf("goal:\nwant %+v\n got %+v", w, g)
		}
	}
}

// Two stays a day for 110 days in a rolling week: the window moves on many times
// over. And a member of the last years that there are dates for.
func TestLongHistoriesAgreeWithNaive(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Window, p.Validity = tier.Window{Kind: tier.RollingDays, N: 7}, tier.Validity{Kind: tier.WhileHolds}
	joined := relmark.MustParseDate("2025-01-01")
	var list []tier.Event
	for i := range 220 {
		at := joined.AddDays(i / 2).Start(time.UTC).Add(time.Duration(i%2) * 5 * time.Hour)
		list = append(list, tier.Event{ID: fmt.Sprintf("%03d", i), At: at, Amounts: nights(int64(i % 29 / 9))})
	}
	agrees(t, p, joined, list, joined.AddDays(120).Start(time.UTC))
	for _, window := range []tier.Window{{Kind: tier.CalendarYear}, {Kind: tier.Anniversary, Months: 600}, {Kind: tier.RollingMonths, N: 1200}} {
		p = simple()
		p.Window, p.Validity = window, tier.Validity{Kind: tier.MonthsFromEntry, Months: 1200}
		joined = relmark.MustParseDate("9990-02-03")
		late := tier.Event{ID: "late", At: instant(t, "9991-01-01T00:00:00Z"), Amounts: nights(12)}
		s := state(t, ladder(t, p), joined, late)
		d, err := ladder(t, p).Decide(s, instant(t, "9998-12-31T00:00:00Z"))
		require.NoError(t, err)
		assert.Equal(t, "silver", d.Level)
		assert.True(t, d.Until.IsZero(), "no date is left")
		assert.Empty(t, d.Keep.Alternatives)
	}
}

func agrees(t *testing.T, p tier.Policy, joined relmark.Date, list []tier.Event, at time.Time) {
	t.Helper()
	n := &naive{ps: []tier.Policy{p}, joined: joined, events: list}
	n.run(at)
	history, err := ladder(t, p).Replay(state(t, ladder(t, p), joined, list...), at)
	require.NoError(t, err)
	assert.NotEmpty(t, history)
	assert.Equal(t, n.history, history)
}

// Saved within grace, by hand: silver through 2025, nothing done in 2025, a drop
// pending from 1 January to 31 January 2026, and 12 nights on the tenth. The new term
// rests on 2026 and lasts through 2027. Without them silver is lost on the 31st.
func TestSavedWithinGrace(t *testing.T) {
	t.Parallel()
	p := simple()
	p.GraceDays = 30
	pr := ladder(t, p)
	s := state(t, pr, relmark.MustParseDate("2024-01-01"), tier.Event{ID: "a", At: instant(t, "2024-05-01T00:00:00Z"), Amounts: nights(12)})
	saved := s.Clone()
	require.NoError(t, saved.Add(tier.Event{ID: "b", At: instant(t, "2026-01-10T00:00:00Z"), Amounts: nights(12)}))
	d, err := pr.Decide(saved, instant(t, "2026-01-09T00:00:00Z"))
	require.NoError(t, err)
	assert.True(t, d.Grace)
	assert.Equal(t, instant(t, "2026-01-31T00:00:00Z"), d.Until)
	d, err = pr.Decide(saved, instant(t, "2026-01-10T00:00:00Z"))
	require.NoError(t, err)
	assert.False(t, d.Grace)
	assert.Equal(t, instant(t, "2028-01-01T00:00:00Z"), d.Until)
	assert.Equal(t, instant(t, "2024-05-01T00:00:00Z"), d.Since)
	history, err := pr.Replay(s, instant(t, "2027-01-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, tier.Change{At: instant(t, "2026-01-31T00:00:00Z"), From: "silver", To: "base", Reason: tier.ReasonExpired}, history[1])
}

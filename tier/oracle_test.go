package tier_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

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
		r := d.program.Runner()
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

// same compares decisions, Check and Policy aside.
func same(t *rapid.T, want, got tier.Decision) {
	want.Check, want.Policy = got.Check, got.Policy
	if want.Standing != got.Standing {
		t.Fatalf("standing:\nwant %+v\n got %+v", want.Standing, got.Standing)
	}
	for _, pair := range [][2]*tier.Goal{{want.Next, got.Next}, {want.Keep, got.Keep}} {
		w, g := pair[0], pair[1]
		if (w == nil) != (g == nil) || w != nil && (w.Level != g.Level || !w.By.Equal(g.By) || !sameAmounts(w.Alternatives, g.Alternatives)) {
			t.Fatalf("goal:\nwant %+v\n got %+v", w, g)
		}
	}
}

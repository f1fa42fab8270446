package tier_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// hotel is the policy of a hotel chain: calendar years, silver at 10 nights, gold
// at a number of nights, or 5000 spent with half of them.
func hotel(t testing.TB, gold int64, window tier.Window, validity tier.Validity) *tier.Ladder {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	p, err := tier.New(tier.Policy{
		Version: "v1", Zone: zone,
		Metrics: map[string]tier.MetricKind{"nights": tier.Integer, "spend": tier.Decimal},
		Levels: []tier.Level{
			{Code: "base"},
			{Code: "silver", Enter: tier.AtLeastInt("nights", 10)},
			{
				Code: "gold", Keep: tier.AtLeastInt("nights", gold-10),
				Enter: tier.Any(tier.AtLeastInt("nights", gold), tier.All(tier.AtLeastInt("nights", gold/2), tier.AtLeastInt("spend", 5000))),
			},
		},
		Window: window, Validity: validity, Depth: tier.OneStep, Reversal: tier.Recheck,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// guests are members with a number of stays each over five years, one in twenty
// refunded in part.
func guests(t testing.TB, p *tier.Ladder, members, stays int) []*tier.Membership {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 11))
	out := make([]*tier.Membership, members)
	for i := range out {
		out[i] = guest(t, p, rng, stays)
	}
	return out
}

func guest(t testing.TB, p *tier.Ladder, rng *rand.Rand, stays int) *tier.Membership {
	t.Helper()
	joined := relmark.MustParseDate("2020-01-01")
	s, err := p.Join(joined.AddDays(rng.IntN(300)))
	if err != nil {
		t.Fatal(err)
	}
	first := joined.AddDays(300).Start(time.UTC)
	gap := 5 * 365 * 24 * time.Hour / time.Duration(stays+1)
	for k := range stays {
		e := tier.Event{ID: fmt.Sprintf("s%04d", k), At: first.Add(time.Duration(k)*gap + time.Duration(rng.Int64N(int64(gap))))}
		e.Amounts = tier.Amounts{"nights": decimal.NewFromInt(1 + rng.Int64N(6)), "spend": decimal.New(5000+rng.Int64N(100000), -2)}
		if k > 0 && rng.IntN(20) == 0 {
			e.Reverse, e.Amounts = fmt.Sprintf("s%04d", k-1), tier.Amounts{"spend": decimal.New(1000, -2)}
		}
		if err := s.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// cases are the windows and validities whose folds differ most.
func cases() map[string]func(testing.TB) *tier.Ladder {
	with := func(w tier.Window, v tier.Validity) func(testing.TB) *tier.Ladder {
		return func(t testing.TB) *tier.Ladder { t.Helper(); return hotel(t, 40, w, v) }
	}
	return map[string]func(testing.TB) *tier.Ladder{
		"calendar":    with(tier.Window{Kind: tier.CalendarYear}, tier.Validity{Kind: tier.EndOfNextPeriod, PlusMonths: 2}),
		"anniversary": with(tier.Window{Kind: tier.Anniversary}, tier.Validity{Kind: tier.EndOfNextPeriod}),
		"rolling":     with(tier.Window{Kind: tier.RollingMonths, N: 12}, tier.Validity{Kind: tier.WhileHolds}),
		"entry":       with(tier.Window{Kind: tier.RollingDays, N: 365}, tier.Validity{Kind: tier.MonthsFromEntry, Months: 12}),
	}
}

var asOf = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// What a full replay of members costs, by kind of window; and per event.
func BenchmarkReplay(b *testing.B) {
	for name, ladder := range cases() {
		for _, stays := range []int{20, 200} {
			b.Run(fmt.Sprintf("%s/stays=%d", name, stays), func(b *testing.B) {
				p := ladder(b)
				base := guests(b, p, 200, stays)
				r := p.Runner()
				for _, s := range base { // a runner allocates until it has seen the largest member
					if _, err := r.Standing(s, asOf); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				b.ResetTimer()
				i := 0
				for b.Loop() {
					if _, err := r.Standing(base[i%len(base)], asOf); err != nil {
						b.Fatal(err)
					}
					i++
				}
				b.ReportMetric(float64(i*stays)/b.Elapsed().Seconds()/1e6, "Mevents/s")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(i), "ns/member")
			})
		}
	}
}

// What one decision with everything that is missing costs.
func BenchmarkDecide20(b *testing.B) {
	p := cases()["calendar"](b)
	base := guests(b, p, 200, 20)
	r := p.Runner()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := r.Decide(base[i%len(base)], asOf); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// What it costs to take in an event: 200 of them, in order of time.
func BenchmarkAdd200(b *testing.B) {
	p := cases()["calendar"](b)
	joined := relmark.MustParseDate("2020-01-01")
	events := make([]tier.Event, 200)
	for i := range events {
		events[i] = tier.Event{
			ID: fmt.Sprintf("s%04d", i), At: joined.AddDays(i).Start(time.UTC).Add(12 * time.Hour),
			Amounts: tier.Amounts{"nights": decimal.NewFromInt(2), "spend": decimal.New(25050, -2)},
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s, err := p.Join(joined)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range events {
			if err := s.Add(e); err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

// What it costs to judge a base by a new policy beside the old one. A base of a
// million members takes a million times ns/member.
func BenchmarkCompare10000x20(b *testing.B) {
	before, after := cases()["calendar"](b), hotel(b, 50, tier.Window{Kind: tier.CalendarYear}, tier.Validity{Kind: tier.EndOfNextPeriod, PlusMonths: 2})
	base := guests(b, before, 10000, 20)
	from := relmark.MustParseDate("2022-01-01")
	study := tier.Study{From: from, To: from.AddMonths(36), Benefits: []tier.Benefit{{Name: "lounge", Level: "gold", PerDay: decimal.NewFromInt(1)}}}
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for b.Loop() {
		trial, err := tier.NewPairedSimulation(before, after, study)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range base {
			if err := trial.Add(s); err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/member")
}

func BenchmarkDecodeState20(b *testing.B) {
	p := cases()["calendar"](b)
	data, err := guests(b, p, 1, 20)[0].MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.DecodeMembership(data); err != nil {
			b.Fatal(err)
		}
	}
}

// Replaying, and adding members to a study, allocate nothing in the long run.
func TestReplayAllocatesNothing(t *testing.T) {
	for name, ladder := range cases() {
		p := ladder(t)
		base := guests(t, p, 20, 60)
		r := p.Runner()
		from := relmark.MustParseDate("2022-01-01")
		sim, err := p.Simulation(tier.Study{From: from, To: from.AddMonths(24)})
		if err != nil {
			t.Fatal(err)
		}
		var list []tier.Change
		run := func() {
			for _, s := range base {
				if _, err := r.Standing(s, asOf); err != nil {
					t.Fatal(err)
				}
				if list, err = r.AppendReplay(list[:0], s, asOf); err != nil {
					t.Fatal(err)
				}
				if err := sim.Add(s); err != nil {
					t.Fatal(err)
				}
			}
		}
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

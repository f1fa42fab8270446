package tier_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// worstMembers are members made to cost a fold as much as n events can.
func worstMembers() map[string]func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
	start := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	one := tier.Amounts{"nights": decimal.NewFromInt(1)}
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	id := func(prefix string, i int) string { return fmt.Sprintf("%s%07d", prefix, i) }
	year := tier.Window{Kind: tier.CalendarYear}
	return map[string]func(t testing.TB, n int) (*tier.Ladder, []tier.Event){
		"refunds_before_stays": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("r", i), At: at(i), Reverse: id("s", i)}, tier.Event{ID: id("s", i), At: at(n + i), Amounts: one})
			}
			return hotel(t, 40, year, tier.Validity{Kind: tier.EndOfNextPeriod}), list
		},
		"open_overrides": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			for i := range n {
				list = append(list, tier.Event{ID: id("o", i), At: at(i), Override: &tier.Override{Level: "silver", Mode: tier.Floor, Priority: -i}})
			}
			return hotel(t, 40, year, tier.Validity{Kind: tier.EndOfNextPeriod}), list
		},
		"overrides_ended": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("o", i), At: at(i), Override: &tier.Override{Level: "silver", Mode: tier.Floor, From: at(i + n), Until: at(2*n + i)}},
					tier.Event{ID: id("r", i), At: at(n/2 + i), Reverse: id("o", i)})
			}
			return hotel(t, 40, year, tier.Validity{Kind: tier.EndOfNextPeriod}), list
		},
		"refunds_of_a_rolling_basis": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("s", i), At: at(i), Amounts: one})
			}
			late := start.AddDate(0, 3, 0)
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("r", i), At: late.Add(time.Duration(i) * time.Minute), Reverse: id("s", n/2-1-i)})
			}
			return hotel(t, 20, tier.Window{Kind: tier.RollingDays, N: 80}, tier.Validity{Kind: tier.MonthsFromEntry, Months: 1200}), list
		},
		"refunds_of_a_long_window": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			day := func(i int) time.Time { return start.Add(time.Duration(i) * 8 * time.Hour) }
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("s", i), At: day(i), Amounts: one},
					tier.Event{ID: id("r", i), At: day(n/2 + i), Reverse: id("s", i)})
			}
			return hotel(t, 20, tier.Window{Kind: tier.RollingDays, N: 36500}, tier.Validity{Kind: tier.WhileHolds}), list
		},
		"refunds_of_carried_periods": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			anchor := relmark.MustParseDate("2020-01-01")
			p := hotel(t, 20, tier.Window{Kind: tier.FixedMonths, Months: 1, Anchor: anchor}, tier.Validity{Kind: tier.EndOfNextPeriod}).Policies()[0]
			p.Rollover = &tier.Rollover{Metric: "nights", Periods: 100}
			twenty := tier.Amounts{"nights": decimal.NewFromInt(20)}
			var list []tier.Event
			months := n / 2
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("s", i), At: start.AddDate(0, i%months, 0), Amounts: twenty})
			}
			for i := range n / 2 {
				list = append(list, tier.Event{ID: id("r", i), At: start.AddDate(0, months, 0).Add(time.Duration(i) * time.Second), Reverse: id("s", i), Amounts: one})
			}
			return ladder(t, p), list
		},
		"refunds_of_the_month_before": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			p := hotel(t, 20, tier.Window{Kind: tier.FixedMonths, Months: 1, Anchor: relmark.MustParseDate("2020-01-01")}, tier.Validity{Kind: tier.EndOfNextPeriod}).Policies()[0]
			p.Rollover = &tier.Rollover{Metric: "nights", Periods: 2}
			var list []tier.Event
			for i := range n / 2 {
				on := start.AddDate(0, 0, 10*i)
				list = append(list, tier.Event{ID: id("s", i), At: on, Amounts: tier.Amounts{"nights": decimal.NewFromInt(int64(5 + i%7))}},
					tier.Event{ID: id("r", i), At: on.AddDate(0, 0, 35), Reverse: id("s", i), Amounts: one})
			}
			return ladder(t, p), list
		},
		"floors_over_a_rolling_level": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			for i := range n {
				e := tier.Event{ID: id("s", i), At: start.Add(time.Duration(i) * 8 * time.Hour), Amounts: one}
				if i%4 == 0 {
					e.Amounts, e.Override = nil, &tier.Override{Level: "gold", Mode: tier.Floor, Until: e.At.AddDate(3, 0, i)}
				}
				list = append(list, e)
			}
			return hotel(t, 20, tier.Window{Kind: tier.RollingDays, N: 36500}, tier.Validity{Kind: tier.WhileHolds}), list
		},
		"pins_that_take_turns": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			var list []tier.Event
			for i := range n {
				list = append(list, tier.Event{ID: id("o", n-i), At: at(i), Override: &tier.Override{Level: []string{"silver", "gold"}[i%2], Mode: tier.Pin, Priority: i % 5, Until: at(2*n + i*7%n)}})
			}
			return hotel(t, 40, year, tier.Validity{Kind: tier.EndOfNextPeriod}), list
		},
		"grace_and_dwell": func(t testing.TB, n int) (*tier.Ladder, []tier.Event) {
			t.Helper()
			p := hotel(t, 20, tier.Window{Kind: tier.RollingDays, N: 90}, tier.Validity{Kind: tier.WhileHolds}).Policies()[0]
			p.GraceDays, p.DwellDays = 7, 11
			var list []tier.Event
			for i := range n {
				on := start.Add(time.Duration(i) * 24 * time.Hour)
				if list = append(list, tier.Event{ID: id("s", i), At: on, Amounts: one}); i%30 > 15 {
					list[i] = tier.Event{ID: id("r", i), At: on, Reverse: id("s", i-16)}
				}
			}
			return ladder(t, p), list
		},
	}
}

// BenchmarkHostile reports what an event of a hostile member costs: it should hardly
// depend on their number.
func BenchmarkHostile(b *testing.B) {
	for name, member := range worstMembers() {
		for _, n := range []int{1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				p, list := member(b, n)
				s := state(b, p, relmark.MustParseDate("2020-01-01"), list...)
				last, _ := s.Last()
				r := p.Runner()
				b.ReportAllocs()
				for b.Loop() {
					if _, err := r.Standing(s, last); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
			})
		}
	}
}

package relmark_test

import (
	"fmt"
	"iter"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// What do I show a member who asks where the points went? The events of the account
// make a statement: what happened when, of what kind, and the running balance.
func Example_eventsToStatement() {
	events, err := pointsHistory()
	if err != nil {
		fmt.Println(err)
		return
	}
	from, to := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC)
	s, err := points.NewStatement(stored(events), from, to, 90*24*time.Hour)
	if err != nil {
		fmt.Println(err)
		return
	}
	balance := s.Opening.Available
	fmt.Printf("%s %-9s %5s %5d\n", from.Format(time.DateOnly), "brought", "", balance)
	for _, e := range s.Entries {
		change := available(e.Postings)
		balance += change
		fmt.Printf("%s %-9s %+5d %5d\n", e.At.Format(time.DateOnly), kind(e), change, balance)
	}
	for _, lot := range s.Expiring {
		fmt.Printf("%d of them expire on %s\n", lot.Points, lot.ExpiresAt.Format(time.DateOnly))
	}
	// Output:
	// 2026-01-01 brought           300
	// 2026-02-03 earned     +120   420
	// 2026-02-09 refunded    -40   380
	// 2026-05-16 redeemed   -200   180
	// 2026-12-31 expired    -100    80
	// 80 of them expire on 2027-02-04
}

// kind names an entry: after its event, or after what fell due by itself.
func kind(e points.Entry) string {
	if e.Event != nil {
		return e.Event.Kind()
	}
	return string(e.Postings[0].To) // expired, or available again
}

// available returns what postings add to the points that can be spent.
func available(postings []points.Posting) (change int64) {
	for _, p := range postings {
		if p.To == points.AtAvailable {
			change += p.Points
		}
		if p.From == points.AtAvailable {
			change -= p.Points
		}
	}
	return change
}

// stored yields events as a query of the host does, by sequence number.
func stored(events []points.Event) iter.Seq2[points.Event, error] {
	return func(yield func(points.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// pointsHistory is what two orders, a return, a reward and some idle time have left.
func pointsHistory() ([]points.Event, error) {
	engine, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.NewFromInt(1)}}}},
		},
		Expiry: points.Expiry{Kind: points.Months, N: 12},
	})
	if err != nil {
		return nil, err
	}
	var account points.Account
	var events []points.Event
	for i, c := range []struct {
		on string
		do points.Action
	}{
		{"2025-11-20", points.Earn{Order: "A", Amount: decimal.NewFromInt(300)}},
		{"2026-02-03", points.Earn{Order: "B", Amount: decimal.NewFromInt(120)}},
		{"2026-02-09", points.Refund{Order: "B", Amount: decimal.NewFromInt(40)}},
		{"2026-05-16", points.Redeem{Points: 200}},
	} {
		at, err := time.ParseInLocation(time.DateOnly, c.on, time.UTC)
		if err != nil {
			return nil, err
		}
		d, err := engine.Decide(&account, points.Command{Key: fmt.Sprint(i), At: at, Do: c.do})
		if err != nil {
			return nil, err
		}
		if err := account.Apply(d.Event); err != nil {
			return nil, err
		}
		events = append(events, d.Event)
	}
	return events, nil
}

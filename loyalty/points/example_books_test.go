package points_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// How do I refund an order of a year whose books are closed?
func ExampleRecall() {
	engine, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(1, -2),
			Versions:   []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}}}},
		},
	})
	if err != nil {
		panic(err)
	}
	var account points.Account
	var events []points.Event
	do := func(c points.Command) points.Event {
		d, err := engine.Decide(&account, c)
		if err != nil {
			panic(err)
		}
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
		events = append(events, d.Event)
		return d.Event
	}
	ask := func(key string, month time.Month, do points.Action) points.Command {
		return points.Command{Key: key, At: time.Date(2026, month, 10, 12, 0, 0, 0, time.UTC), Do: do}
	}
	april, err := relmark.NewDate(2026, time.April, 1)
	if err != nil {
		panic(err)
	}
	do(ask("order", 2, points.Earn{Order: "1001", Amount: decimal.New(80, 0)}))
	do(ask("close", 4, points.Close{Before: april}))

	_, err = engine.Decide(&account, ask("refund", 5, points.Refund{Order: "1001", Amount: decimal.New(20, 0)}))
	fmt.Println(err)

	order, err := points.Recall(stored(events), "1001") // events as the database has them
	if err != nil {
		panic(err)
	}
	ev := do(ask("refund", 5, points.LateRefund{Recalled: order, Amount: decimal.New(20, 0), Suspense: "first quarter"}))
	for _, p := range points.Journal(ev) {
		fmt.Printf("%s -> %s: %d\n", p.From, p.To, p.Points)
	}
	// Output:
	// points: period_closed
	// available -> suspense: first quarter: 20
}

// How do all members share 100 points a month?
func ExampleEvent_Granted() {
	engine, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{
				Rates:   []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
				Budgets: []earning.Cap{{Per: earning.PerMonth, Points: 100}},
			}},
		},
	})
	if err != nil {
		panic(err)
	}
	var usage earning.Usage // of the whole programme
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, member := range []string{"anna", "bert"} {
		d, err := engine.Decide(new(points.Account), points.Command{Key: "1", At: at, Do: points.Earn{
			Order: "1", Amount: decimal.New(70, 0), Budget: engine.Earning().BudgetLeft(&usage, at),
		}})
		if err != nil {
			panic(err)
		}
		if err := usage.Add(d.Event.Granted()); err != nil {
			panic(err)
		}
		fmt.Println(member, d.Event.Body.(*points.Earned).Award.Grants)
	}
	fmt.Println("left:", *engine.Earning().BudgetLeft(&usage, at))
	// Output:
	// anna [{base 70 []}]
	// bert [{base 70 []} {cap -40 []}]
	// left: 0
}

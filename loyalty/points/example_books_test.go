package points_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// How do I refund an order of a year whose books are closed?
func ExampleRecall() {
	engine, err := points.Compile(points.Program{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(1, -2),
		Versions: []points.Version{{Rates: []points.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}}}},
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
	head := func(key string, month time.Month) points.Head {
		return points.Head{Key: key, At: time.Date(2026, month, 10, 12, 0, 0, 0, time.UTC)}
	}
	april, err := relmark.NewDate(2026, time.April, 1)
	if err != nil {
		panic(err)
	}
	do(points.Earn{Head: head("order", 2), Order: "1001", Amount: decimal.New(80, 0)})
	do(points.Close{Head: head("close", 4), Before: april})

	_, err = engine.Decide(&account, points.Refund{Head: head("refund", 5), Order: "1001", Amount: decimal.New(20, 0)})
	fmt.Println(err)

	order, err := points.Recall(stored(events), "1001") // events as the database has them
	if err != nil {
		panic(err)
	}
	ev := do(points.LateRefund{Head: head("refund", 5), Recalled: order, Amount: decimal.New(20, 0), Suspense: "first quarter"})
	for _, p := range points.Journal(ev) {
		fmt.Printf("%s -> %s: %d\n", p.From, p.To, p.Points)
	}
	// Output:
	// points: period_closed
	// available -> suspense: first quarter: 20
}

// How do all members share 100 points a month?
func ExampleUsage() {
	engine, err := points.Compile(points.Program{
		Currency: "EUR", Digits: 2,
		Versions: []points.Version{{
			Rates:   []points.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			Budgets: []points.Cap{{Per: points.PerMonth, Points: 100}},
		}},
	})
	if err != nil {
		panic(err)
	}
	var usage points.Usage // of the whole programme
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, member := range []string{"anna", "bert"} {
		d, err := engine.Decide(new(points.Account), points.Earn{
			Head: points.Head{Key: "1", At: at}, Order: "1", Amount: decimal.New(70, 0), Budget: engine.Left(&usage, at),
		})
		if err != nil {
			panic(err)
		}
		if err := usage.Add(&d.Event); err != nil {
			panic(err)
		}
		fmt.Println(member, d.Event.Body.(*points.Earned).Price.Grants)
	}
	fmt.Println("left:", *engine.Left(&usage, at))
	// Output:
	// anna [{base 70 []}]
	// bert [{base 70 []} {cap -40 []}]
	// left: 0
}

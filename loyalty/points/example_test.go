package points_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A programme of a shop: a point for each euro, double points for gold members on
// weekends, points valid for a year.
func shop() *points.Engine {
	e, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(1, -2),
			Versions: []earning.Version{{
				Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
				Multipliers: []earning.Multiplier{{Rule: "gold weekend", Factor: decimal.New(2, 0), When: earning.Condition{
					Tiers: []string{"gold"}, Weekdays: []time.Weekday{time.Saturday, time.Sunday},
				}}},
			}},
		},
		Expiry: points.Expiry{Kind: points.Months, N: 12},
	})
	if err != nil {
		panic(err)
	}
	return e
}

func on(day int) time.Time { return time.Date(2025, 3, day, 12, 0, 0, 0, time.UTC) }

// What does a purchase earn, and what is left after spending?
func Example() {
	e := shop()
	var account points.Account
	for _, c := range []points.Command{
		{Key: "order-1001", At: on(1), Do: points.Earn{Order: "1001", Amount: decimal.New(4999, -2), Tier: "gold"}},
		{Key: "spend-1", At: on(5), Do: points.Redeem{Points: 40}},
	} {
		d, err := e.Decide(&account, c)
		if err != nil {
			panic(err)
		}
		if d.Replayed {
			continue // it has been stored and applied before
		}
		// The host stores d.Event in the transaction of the order.
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
	}
	b := account.Balance(on(5))
	fmt.Println(b.Available, "points;", b.NextExpiring, "expire on", b.NextExpiry.Format(time.DateOnly))
	fmt.Println(account.Balance(on(5).AddDate(1, 0, 0)).Available, "a year later")
	// Output:
	// 59 points; 59 expire on 2026-03-02
	// 0 a year later
}

// What would the basket earn, for somebody who has not even logged in?
func ExampleEngine_Earning() {
	basket := earning.Order{At: on(1), Amount: decimal.New(4999, -2), Tier: "gold"}
	award, err := shop().Earning().Quote(&basket)
	if err != nil {
		panic(err)
	}
	fmt.Println(award.Granted, "points")
	award, err = shop().Earning().Explain(&basket)
	if err != nil {
		panic(err)
	}
	for _, g := range award.Grants {
		fmt.Println(g.Points, g.Rule)
	}
	// Output:
	// 99 points
	// 50 base
	// 49 gold weekend
}

// How is an account folded from stored bytes, with next to no garbage?
func ExampleDecoder() {
	e := shop()
	var account points.Account
	d, err := e.Decide(&account, points.Command{Key: "order-1001", At: on(1), Do: points.Earn{Order: "1001", Amount: decimal.New(4999, -2)}})
	if err != nil {
		panic(err)
	}
	stored, err := d.Event.AppendBinary(nil)
	if err != nil {
		panic(err)
	}
	decoder := points.Decoder{Reuse: true} // each event is applied before the next one is decoded
	var event points.Event
	for _, data := range [][]byte{stored} {
		if err := decoder.DecodeBinary(data, &event); err != nil {
			panic(err)
		}
		if err := account.Apply(event); err != nil {
			panic(err)
		}
	}
	fmt.Println(account.Balance(on(2)).Available)
	// Output: 49
}

// Which rules of my programme can never do what they say?
func ExampleCompile() {
	e, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{
				Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
				Multipliers: []earning.Multiplier{
					{Rule: "always triple", Factor: decimal.New(3, 0), Exclusive: true, Priority: 9},
					{Rule: "double", Factor: decimal.New(2, 0)},
				},
				Bonuses: []earning.Bonus{{Rule: "jackpot", Points: 1000}},
				Caps:    []earning.Cap{{Per: earning.PerOrder, Points: 500}},
			}},
		},
	})
	if err != nil {
		panic(err)
	}
	for _, w := range e.Earning().Warnings() {
		fmt.Println(w.Rule, w.Kind, w.By)
	}
	// Output:
	// double shadowed always triple
	// jackpot always_capped
}

// Why did this order earn 99 points?
func ExampleEngine_Decide() {
	var account points.Account
	d, err := shop().Decide(&account, points.Command{Key: "order-1001", At: on(1), Do: points.Earn{
		Order: "1001", Amount: decimal.New(4999, -2), Tier: "gold",
	}})
	if err != nil {
		panic(err)
	}
	earned := d.Event.Body.(*points.Earned)
	for _, g := range earned.Award.Grants {
		fmt.Println(g.Rule, g.Points)
	}
	fmt.Println("granted", earned.Award.Granted, "counting towards a tier", earned.Award.Qualifying)
	// Output:
	// base 50
	// gold weekend 49
	// granted 99 counting towards a tier 49
}

// The customer wants to spend more than she has: what do I tell her?
func ExampleCommandError() {
	var account points.Account
	_, err := shop().Decide(&account, points.Command{Key: "spend-1", At: on(5), Do: points.Redeem{Points: 40}})
	var refusal *points.CommandError
	if errors.As(err, &refusal) && refusal.Reason == points.Insufficient {
		fmt.Println("you have", refusal.Available, "points and", refusal.Pending, "on the way")
	}
	// Output: you have 0 points and 0 on the way
}

// What happens to the points when an order paid with points comes back in part?
func ExampleRefund() {
	e := shop()
	var account points.Account
	for _, c := range []points.Command{
		{Key: "welcome", At: on(3), Do: points.Adjust{Points: 1000, Reason: "welcome"}},
		{Key: "order-7", At: on(4), Do: points.Earn{Order: "7", Amount: decimal.New(30, 0), PayPoints: 1000}},
		{Key: "return-7", At: on(6), Do: points.Refund{Order: "7", Amount: decimal.New(12, 0)}},
	} {
		d, err := e.Decide(&account, c)
		if err != nil {
			panic(err)
		}
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
		if back, ok := d.Event.Body.(*points.Refunded); ok {
			fmt.Println("restored", back.Given(), "taken back", back.Taken(), "cash", decimal.New(back.Cash, -2).StringFixed(2))
		}
	}
	fmt.Println(account.Balance(on(6)).Available, "points")
	// Output:
	// restored 400 taken back 8 cash 8.00
	// 412 points
}

// A guest sends one of three nights back, and half of the spa: which points are those?
func ExampleRefund_lines() {
	p := shop().Program()
	p.Versions = []earning.Version{{
		Rates:       []earning.Rate{{Rule: "stay", Points: 1, Per: decimal.New(1, 0)}},
		Multipliers: []earning.Multiplier{{Rule: "spa", Factor: decimal.New(3, 0), Lines: earning.Selector{Categories: []string{"spa"}}}},
	}}
	e, err := points.Compile(p)
	if err != nil {
		panic(err)
	}
	nights, half := decimal.New(3, 0), decimal.New(25, 0)
	var account points.Account
	for _, c := range []points.Command{
		{Key: "bill-7", At: on(4), Do: points.Earn{Order: "7", Amount: decimal.New(320, 0), Lines: []earning.OrderLine{
			{ID: "nights", Amount: decimal.New(270, 0), Quantity: &nights}, {ID: "spa", Amount: decimal.New(50, 0), Category: "spa"},
		}}},
		{Key: "return-7", At: on(6), Do: points.Refund{Order: "7", Lines: []points.RefundLine{
			{ID: "nights", Quantity: new(decimal.New(1, 0))}, {ID: "spa", Amount: &half},
		}}},
	} {
		d, err := e.Decide(&account, c)
		if err != nil {
			panic(err)
		}
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
		switch b := d.Event.Body.(type) {
		case *points.Earned:
			fmt.Println("earned", b.Award.ByLine)
		case *points.Refunded:
			fmt.Println("taken back", b.Taken(), "cash", decimal.New(b.Cash, -2).StringFixed(2))
		}
	}
	// Output:
	// earned [270 150]
	// taken back 165 cash 115.00
}

// A customer has written a review: how do I thank her, and only once for each?
func ExampleAct() {
	p := shop().Program()
	p.Versions[0].Activities = []earning.ActivityRule{{Rule: "review", Kind: "review", Points: new(int64(25)), Once: earning.PerDay}}
	e, err := points.Compile(p)
	if err != nil {
		panic(err)
	}
	var account points.Account
	for i, c := range []points.Act{{Kind: "review", Source: "book-1"}, {Kind: "review", Source: "book-1"}, {Kind: "review", Source: "book-2"}} {
		d, err := e.Decide(&account, points.Command{Key: fmt.Sprint("review-", i), At: on(5), Do: c})
		if err != nil {
			fmt.Println(err)
			continue
		}
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
		fmt.Println(account.Balance(on(5)).Issued, "points")
	}
	// Output:
	// 25 points
	// points: duplicate_source
	// points: limit_reached
}

// How do I keep points for a basket until it is paid?
func ExampleReserve() {
	e := shop()
	var account points.Account
	for _, c := range []points.Command{
		{Key: "welcome", At: on(3), Do: points.Adjust{Points: 500}},
		{Key: "basket", At: on(4), Do: points.Reserve{Reservation: "basket-1", Points: 300, TTL: 15 * time.Minute}},
	} {
		d, err := e.Decide(&account, c)
		if err != nil {
			panic(err)
		}
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
	}
	now, later := account.Balance(on(4)), account.Balance(on(4).Add(15*time.Minute))
	fmt.Println(now.Available, now.Held)
	fmt.Println(later.Available, later.Held)
	// Output:
	// 200 300
	// 500 0
}

// What would the last year have cost under other rules?
func ExampleWhatIf() {
	double := shop().Program()
	double.Versions = []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 2, Per: decimal.New(1, 0)}}}}
	alternative, err := points.Compile(double)
	if err != nil {
		panic(err)
	}
	run, err := points.NewWhatIf(shop(), alternative)
	if err != nil {
		panic(err)
	}
	for member := range 3 {
		d, err := shop().Decide(new(points.Account), points.Command{Key: "k", At: on(4), Do: points.Earn{
			Order: "o", Amount: decimal.New(int64(10+member), 0),
		}})
		if err != nil {
			panic(err)
		}
		if err := run.Event(&d.Event); err != nil {
			panic(err)
		}
		if err := run.Member(on(31)); err != nil {
			panic(err)
		}
	}
	for _, s := range run.Summaries() {
		fmt.Println(s.Accounts, "members", s.Outstanding(), "points outstanding")
	}
	// Output:
	// 3 members 33 points outstanding
	// 3 members 66 points outstanding
}

// Where did the points go, in the books?
func ExampleJournal() {
	var account points.Account
	d, err := shop().Decide(&account, points.Command{Key: "k", At: on(4), Do: points.Earn{Order: "o", Amount: decimal.New(25, 0)}})
	if err != nil {
		panic(err)
	}
	if err := account.Apply(d.Event); err != nil {
		panic(err)
	}
	for _, p := range append(points.Journal(d.Event), account.Due(on(4).AddDate(1, 0, 2))...) {
		fmt.Println(p.From, "->", p.To, p.Points)
	}
	// Output:
	// issued -> available 25
	// available -> expired 25
}

// How do I give a bonus for every third visit?
func ExampleAccount_Goals() {
	e, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{
				Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
				Goals: []earning.Goal{{Rule: "stamp card", Target: 3, Points: 25, Repeat: true}},
			}},
		},
	})
	if err != nil {
		panic(err)
	}
	var account points.Account
	for visit := 1; visit <= 4; visit++ {
		key := fmt.Sprint("visit-", visit)
		d, err := e.Decide(&account, points.Command{Key: key, At: on(visit), Do: points.Earn{Order: key, Amount: decimal.New(4, 0)}})
		if err != nil {
			panic(err)
		}
		if err := account.Apply(d.Event); err != nil {
			panic(err)
		}
		fmt.Println(d.Event.Body.(*points.Earned).Award.Granted, account.Goals()[0].Count, account.Goals()[0].Standing())
	}
	// Output:
	// 4 1 0
	// 4 2 0
	// 29 3 1
	// 4 4 1
}

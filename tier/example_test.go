package tier_test

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// policy is that of a hotel: calendar years, silver from 10 nights, gold from a
// number of nights, kept with ten fewer, valid through the next year and February.
func policy(gold int64) tier.Policy {
	return tier.Policy{
		Version: "2024", Zone: time.UTC,
		Metrics: map[string]tier.MetricKind{"nights": tier.Integer, "spend": tier.Decimal},
		Levels: []tier.Level{
			{Code: "member"},
			{Code: "silver", Enter: tier.AtLeastInt("nights", 10)},
			{Code: "gold", Enter: tier.AtLeastInt("nights", gold), Keep: tier.AtLeastInt("nights", gold-10)},
		},
		Validity: tier.Validity{Kind: tier.EndOfNextPeriod, PlusMonths: 2},
		Window:   tier.Window{Kind: tier.CalendarYear},
		Depth:    tier.OneStep,
	}
}

// noon returns noon of a date.
func noon(text string) time.Time {
	return relmark.MustParseDate(text).Start(time.UTC).Add(12 * time.Hour)
}

// stay is an event of some nights and what was spent.
func stay(id, on string, nights, spend int64) tier.Event {
	return tier.Event{ID: id, At: noon(on), Amounts: tier.Amounts{"nights": decimal.NewFromInt(nights), "spend": decimal.NewFromInt(spend)}}
}

// Which tier is this guest in, until when, and what is missing for the next?
func Example() {
	ladder, err := tier.New(policy(40))
	if err != nil {
		fmt.Println(err)
		return
	}
	guest, err := ladder.Join(relmark.MustParseDate("2025-01-10"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range []tier.Event{stay("a", "2025-03-01", 6, 800), stay("b", "2025-06-20", 7, 1200)} {
		if err := guest.Add(e); err != nil {
			fmt.Println(err)
			return
		}
	}
	d, err := ladder.Decide(guest, noon("2025-07-01"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s since %s, until %s, because %v\n", d.Level, d.Since.Format(time.DateOnly), d.Until.Format(time.DateOnly), d.Reason)
	fmt.Printf("%v nights to %s before %s\n", d.Next.Alternatives[0]["nights"], d.Next.Level, d.Next.By.Format(time.DateOnly))
	fmt.Printf("%v nights to keep %s before %s\n", d.Keep.Alternatives[0]["nights"], d.Keep.Level, d.Keep.By.Format(time.DateOnly))
	// Output:
	// silver since 2025-06-20, until 2027-03-01, because earned
	// 27 nights to gold before 2026-01-01
	// 10 nights to keep silver before 2027-01-01
}

// May our policy be stored like this, and is anything odd about it?
func ExampleNew() {
	p := policy(40)
	p.Levels[2].Keep = tier.AtLeastInt("nights", 60)
	fmt.Println(p.Warnings())
	p.Window = tier.Window{Kind: tier.RollingDays, N: 365}
	_, err := tier.New(p)
	fmt.Println(err)
	// Output:
	// [gold: keep_above_enter]
	// tier: Policies[0].Validity.Kind = end_of_next_period: must not ask for periods: the window rolls
}

// A stay is refunded: does the guest fall, and how far?
func ExampleLadder_Replay() {
	p := policy(40)
	p.Reversal, p.GraceDays = tier.Recheck, 14
	ladder, _ := tier.New(p)
	guest, _ := ladder.Join(relmark.MustParseDate("2025-01-10"))
	for _, e := range []tier.Event{
		stay("a", "2025-03-01", 25, 3000),
		stay("b", "2025-05-01", 15, 2000),
		{ID: "refund", At: noon("2025-05-20"), Reverse: "b"},
	} {
		if err := guest.Add(e); err != nil {
			fmt.Println(err)
		}
	}
	history, err := ladder.Replay(guest, noon("2025-12-31"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range history {
		fmt.Println(c.At.Format(time.DateOnly), c.From, "to", c.To, c.Reason)
	}
	// Output:
	// 2025-03-01 member to silver earned
	// 2025-05-01 silver to gold earned
	// 2025-06-03 gold to silver reversal
}

// Two shops and a web site each saw a part of what the guest did: what do they
// know together?
func ExampleMembership_Merge() {
	ladder, _ := tier.New(policy(40))
	shop, _ := ladder.Join(relmark.MustParseDate("2025-01-10"))
	web, _ := ladder.Join(relmark.MustParseDate("2025-01-10"))
	_ = shop.Add(stay("a", "2025-03-01", 6, 800))
	_ = web.Add(stay("a", "2025-03-01", 6, 800)) // seen by both
	_ = web.Add(stay("b", "2025-06-20", 7, 1200))
	if err := shop.Merge(web); err != nil {
		fmt.Println(err)
		return
	}
	d, _ := ladder.Decide(shop, noon("2025-07-01"))
	fmt.Println(shop.Len(), "stays,", d.Level)
	// Output: 2 stays, silver
}

// We keep guests for decades. What must we store of the years that are settled?
func ExampleMembership_Close() {
	ladder, _ := tier.New(policy(40))
	guest, _ := ladder.Join(relmark.MustParseDate("2015-01-10"))
	for year := 2015; year < 2026; year++ {
		for month := 1; month <= 12; month++ {
			on := fmt.Sprintf("%d-%02d-01", year, month)
			if on > "2015-01-10" {
				_ = guest.Add(stay(on, on, 1, 100))
			}
		}
	}
	before, _ := guest.MarshalBinary()
	if err := guest.Close(relmark.MustParseDate("2026-01-01")); err != nil {
		fmt.Println(err)
		return
	}
	after, _ := guest.MarshalBinary()
	fmt.Println(len(after) < len(before)/3)
	fmt.Println(guest.Add(stay("forgotten", "2020-05-05", 9, 900)))
	d, _ := ladder.Decide(guest, noon("2026-01-01"))
	fmt.Println(d.Level, "since", d.Since.Format(time.DateOnly))
	// Output:
	// true
	// tier: event before the closing date: refused in this state
	// silver since 2015-11-01
}

// We take over guests from another system. Where do they start?
func ExampleLadder_Open() {
	ladder, _ := tier.New(policy(40))
	guest, err := ladder.Open(relmark.MustParseDate("2019-05-05"), tier.Opening{
		On: relmark.MustParseDate("2026-07-01"), Level: "gold", Since: relmark.MustParseDate("2025-09-10"), Until: relmark.MustParseDate("2027-03-01"),
		Events: []tier.Event{stay("this spring", "2026-04-02", 12, 1500)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, _ := ladder.Decide(guest, noon("2026-07-01"))
	fmt.Println(d.Level, "until", d.Until.Format(time.DateOnly), "and", d.Keep.Alternatives[0]["nights"], "nights to keep it")
	// Output: gold until 2027-03-01 and 18 nights to keep it
}

// A rival's gold card earns a status match. What does the guest see when it ends?
func ExampleOverride() {
	ladder, _ := tier.New(policy(40))
	guest, _ := ladder.Join(relmark.MustParseDate("2026-01-10"))
	_ = guest.Add(stay("a", "2026-02-01", 12, 900))
	_ = guest.Add(tier.Event{ID: "match", At: noon("2026-03-01"), Override: &tier.Override{
		Level: "gold", Mode: tier.Floor, Reason: "status match", Until: noon("2026-09-01"),
	}})
	for _, on := range []string{"2026-06-01", "2026-09-02"} {
		d, _ := ladder.Decide(guest, noon(on))
		fmt.Printf("%s: %s by %v (%v), earned %s\n", on, d.Level, d.Source, d.Reason, d.Earned)
	}
	// Output:
	// 2026-06-01: gold by override (override), earned silver
	// 2026-09-02: silver by computed (override_end), earned silver
}

// How likely is it that the guest gets to gold this year, if a model says how many
// more nights to expect?
func ExampleShortfall_Chance() {
	ladder, _ := tier.New(policy(40))
	guest, _ := ladder.Join(relmark.MustParseDate("2026-01-10"))
	_ = guest.Add(stay("a", "2026-02-01", 37, 4000))
	d, _ := ladder.Decide(guest, noon("2026-10-01"))
	nights, err := tier.CountForecast("nights", decimal.NewFromInt(1), []float64{0.40, 0.22, 0.14, 0.10, 0.06}) // 0, 1, … 4, and 0.08 for more
	if err != nil {
		fmt.Println(err)
		return
	}
	chance, _ := d.Next.Chance(nights)
	fmt.Printf("%v nights to go, chance %.0f%%\n", d.Next.Alternatives[0]["nights"], 100*chance)
	// Output: 3 nights to go, chance 24%
}

// Why does the desk see silver, and what counts?
func ExampleLadder_Explain() {
	ladder, _ := tier.New(policy(40))
	guest, _ := ladder.Join(relmark.MustParseDate("2025-01-10"))
	_ = guest.Add(stay("a", "2025-06-20", 12, 1200))
	_ = guest.Add(stay("b", "2026-02-20", 4, 300))
	x, err := ladder.Explain(guest, noon("2026-03-01"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Level, x.Reason, x.Since.Format(time.DateOnly), "counting", x.From.Format(time.DateOnly), "to", x.To.Format(time.DateOnly))
	for _, sum := range x.Sums {
		fmt.Println(sum.Metric, sum.Counted, "of", sum.Lifetime)
	}
	// Output:
	// silver earned 2025-06-20 counting 2026-01-01 to 2027-01-01
	// nights 4 of 16
	// spend 300 of 1500
}

// base is 1000 guests who sleep between 0 and 59 nights a year.
func base(ladder *tier.Ladder) iter.Seq2[*tier.Membership, error] {
	return func(yield func(*tier.Membership, error) bool) {
		for i := range 1000 {
			guest, err := ladder.Join(relmark.MustParseDate("2022-01-01"))
			for year := 2022; year < 2026 && err == nil; year++ {
				nights := int64(i*37%60 + (i+year)%7 - 3)
				if nights > 0 {
					err = guest.Add(stay(fmt.Sprint(year), fmt.Sprintf("%d-06-01", year), nights, 120*nights))
				}
			}
			if !yield(guest, err) || err != nil {
				return
			}
		}
	}
}

// What if we raise gold to 50 nights? Who would have been gold, and what would the
// lounge have cost?
func ExampleCompare() {
	now, _ := tier.New(policy(40))
	raised, _ := tier.New(policy(50))
	c, err := tier.Compare(context.Background(), now, raised, base(now), tier.Study{
		From: relmark.MustParseDate("2024-01-01"), To: relmark.MustParseDate("2026-01-01"),
		Benefits: []tier.Benefit{
			{Name: "lounge", Level: "gold", PerDay: decimal.RequireFromString("0.80")},
			{Name: "welcome", Level: "silver", PerEntry: decimal.NewFromInt(15)},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, l := range c.Before.Levels {
		fmt.Printf("%-6s %4d guests at the end, then %4d\n", l.Level, l.After, c.After.Levels[i].After)
	}
	fmt.Println("gold guests by level then:", c.Cross[2])
	fmt.Println("changes of level:", c.Before.Changes(), "then", c.After.Changes())
	for i, b := range c.Before.Benefits {
		fmt.Println(b.Name, "for", b.Reach, "guests costs", b.Cost, "then", c.After.Benefits[i].Reach, "and", c.After.Benefits[i].Cost)
	}
	fmt.Println("better", c.Better, "same", c.Same, "worse", c.Worse, "saved", c.Saved)
	// Output:
	// member  155 guests at the end, then  155
	// silver  477 guests at the end, then  641
	// gold    368 guests at the end, then  204
	// gold guests by level then: [0 164 204]
	// changes of level: 76 then 78
	// lounge for 368 guests costs 210055.2 then 204 and 112735.2
	// welcome for 867 guests costs 375 then 867 and 375
	// better 0 same 836 worse 164 saved 97320
}

// How did guests move between levels in two years?
func ExampleLadder_Simulate() {
	ladder, _ := tier.New(policy(40))
	r, err := ladder.Simulate(context.Background(), base(ladder), tier.Study{From: relmark.MustParseDate("2024-01-01"), To: relmark.MustParseDate("2026-01-01")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, row := range r.Moves {
		fmt.Printf("%-6s %4d\n", r.Levels[i].Level, row)
	}
	// Output:
	// member [ 133   19    0]
	// silver [  22  458   23]
	// gold   [   0    0  345]
}

// Where do policies live between releases of our software?
func ExampleDecodePolicies() {
	data, err := tier.EncodePolicies(policy(40))
	if err != nil {
		fmt.Println(err)
		return
	}
	policies, err := tier.DecodePolicies(data, time.LoadLocation)
	if err != nil {
		fmt.Println(err)
		return
	}
	next := policies[0]
	next.Version, next.From = "2027", relmark.MustParseDate("2027-01-01")
	next.Levels[2].Enter = tier.AtLeastInt("nights", 50)
	ladder, err := tier.New(policies[0], next)
	fmt.Println(ladder.Levels(), err)
	// Output: [member silver gold] <nil>
}

package structural_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

// How many lounge visits has this member left, and until when?
func Example() {
	card, err := structural.NewEntitlement(structural.EntitlementTerms{
		Zone: time.UTC, Units: 4, Months: 1, Periods: 12, Rollover: 2, // four a month, two of which roll over
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var visits structural.Ledger
	do := func(d structural.Decision, err error) {
		if err == nil && !d.Replayed {
			err = visits.Apply(d.Event) // and store it
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	at := func(month time.Month, day int) time.Time { return time.Date(2025, month, day, 12, 0, 0, 0, time.UTC) }
	do(card.Grant(&visits, structural.Grant{Key: "card 2025", Start: relmark.MustParseDate("2025-01-31"), At: at(1, 31)}))
	do(card.Consume(&visits, structural.Consumption{Key: "visit 1", Units: 1, At: at(2, 10)}))
	do(card.Reserve(&visits, structural.Reservation{Key: "booking", Units: 1, TTL: 48 * time.Hour, At: at(3, 3)}))

	now := at(3, 4)
	b, err := visits.Balance(now)
	fmt.Println(b.Available, "left,", b.Held, "booked,", b.Used, "used,", b.Expired, "expired", err)
	list, err := visits.Expiries(now)
	for _, x := range list {
		fmt.Println(x.Units, "until", x.Until.Format(time.DateOnly)+", of which", x.Rolls, "roll over", err)
	}
	do(card.Consume(&visits, structural.Consumption{Key: "party", Units: 6, At: now}))
	// Output:
	// 5 left, 1 booked, 1 used, 1 expired <nil>
	// 5 until 2025-03-31, of which 2 roll over <nil>
	// structural: insufficient
}

// A guest books two free nights and stays for one: what comes back?
func ExampleEntitlement_Commit() {
	nights, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: time.UTC, Units: 3, Months: 12, Periods: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	var ledger structural.Ledger
	do := func(d structural.Decision, err error) structural.Event {
		if err == nil && !d.Replayed {
			err = ledger.Apply(d.Event)
		}
		if err != nil {
			fmt.Println(err)
		}
		return d.Event
	}
	noon := time.Date(2025, time.December, 30, 12, 0, 0, 0, time.UTC)
	do(nights.Grant(&ledger, structural.Grant{Key: "2025", Start: relmark.MustParseDate("2025-01-01"), At: noon}))
	do(nights.Reserve(&ledger, structural.Reservation{Key: "stay", Units: 2, TTL: 14 * 24 * time.Hour, At: noon}))
	left := noon.AddDate(0, 0, 4) // the year has ended, and with it the quota
	ev := do(nights.Commit(&ledger, structural.Commitment{Key: "bill", Reservation: "stay", Units: 1, At: left}))
	fmt.Println(ev.Units, "night used,", ev.Lapsed, "came back too late")
	// Output: 1 night used, 1 came back too late
}

// What had the member left on a day in the past?
func ExampleLedger_FoldUntil() {
	minutes, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: time.UTC, Units: 600, Months: 3, Periods: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	var ledger structural.Ledger
	var stored []structural.Event
	january := time.Date(2025, time.January, 1, 9, 0, 0, 0, time.UTC)
	d, err := minutes.Grant(&ledger, structural.Grant{Key: "support 2025", Start: relmark.MustParseDate("2025-01-01"), At: january})
	for i := 0; err == nil && i < 4; i++ {
		if err = ledger.Apply(d.Event); err == nil {
			stored = append(stored, d.Event)
			d, err = minutes.Consume(&ledger, structural.Consumption{Key: fmt.Sprint("call ", i), Units: 50, At: january.AddDate(0, i, 3)})
		}
	}
	events := func(yield func(structural.Event, error) bool) {
		for _, ev := range stored {
			if !yield(ev, nil) {
				return
			}
		}
	}
	var past structural.Ledger
	day := time.Date(2025, time.February, 20, 0, 0, 0, 0, time.UTC)
	if err == nil {
		err = past.FoldUntil(events, day)
	}
	b, berr := past.Balance(day)
	fmt.Println(b.Available, "of", b.Granted, "minutes", err, berr)
	next, ok, err := past.Opening(day)
	fmt.Println(next.Units, "more on", next.At.Format(time.DateOnly), ok, err)
	// Output:
	// 500 of 600 minutes <nil> <nil>
	// 600 more on 2025-04-01 true <nil>
}

// When must we renegotiate, and what would leaving cost them?
func ExampleContract_At() {
	hosting := structural.Contract[string]{
		ID: "hosting", Start: relmark.MustParseDate("2024-01-31"), Months: 24,
		Renewal: structural.Automatic, RenewalMonths: 12, NoticeMonths: 3,
	}
	s, err := hosting.At(relmark.MustParseDate("2025-09-01"))
	fmt.Println(s.State, "through", s.Through, "- notice by", s.DecideBy(), "or it renews on", s.Renews, err)
	cost, err := structural.Switching{
		Digits: 2, Years: 1, ExitFee: decimal.NewFromInt(400), SetupHours: decimal.NewFromInt(20),
		LearningHours: decimal.NewFromInt(15), HourRate: decimal.NewFromInt(60), Relational: decimal.NewFromInt(300),
		Offer: decimal.NewFromInt(500), Attitude: 0.4, AttitudeCut: 0.5, NegativeMin: decimal.RequireFromString("0.6"),
	}.Statement()
	fmt.Println("leaving costs", cost.Net, "- spurious loyalty:", cost.Spurious, err)
	// Output:
	// in_force through 2026-01-30 - notice by 2025-10-30 or it renews on 2026-01-31 <nil>
	// leaving costs 2300 - spurious loyalty: true <nil>
}

// Which contracts may we lose this quarter, and why?
func ExampleRegister_AtRisk() {
	var register structural.Register[string]
	day := relmark.MustParseDate
	for _, c := range []structural.Contract[string]{
		{ID: "Adler", Start: day("2024-01-01"), Months: 24, Renewal: structural.Automatic, RenewalMonths: 12, NoticeMonths: 3},
		{ID: "Brandt", Start: day("2024-11-01"), Months: 12, Renewal: structural.Manual},
		{
			ID: "Cramer", Start: day("2025-01-01"), Months: 36, Renewal: structural.Manual, Obligations: []structural.Obligation{
				{ID: "quarterly review", By: structural.Provider, Due: day("2025-03-31"), Months: 3, Kept: []structural.Fulfilment{{Due: day("2025-03-31"), On: day("2025-03-28")}}},
			},
		},
	} {
		if err := register.Add(c); err != nil {
			fmt.Println(err)
		}
	}
	risks, err := register.AtRisk(90, day("2025-09-01"))
	for _, r := range risks {
		fmt.Println(r.Contract, r.Reasons, "by", r.By, err)
	}
	// Output:
	// Cramer [in_breach] by 2025-09-01 <nil>
	// Adler [may_leave] by 2025-09-30 <nil>
	// Brandt [lapsing] by 2025-10-31 <nil>
}

// What do we owe our customers until the end of the month, and what are we late with?
func ExampleRegister_Due() {
	var register structural.Register[int]
	day := relmark.MustParseDate
	err := register.Add(structural.Contract[int]{
		ID: 7, Start: day("2025-01-01"), Months: 12, Renewal: structural.Manual, Obligations: []structural.Obligation{
			{ID: "report", By: structural.Provider, Due: day("2025-01-31"), Months: 1, Kept: []structural.Fulfilment{{Due: day("2025-01-31"), On: day("2025-01-31")}}},
			{ID: "forecast", By: structural.Customer, Due: day("2025-03-15")},
		},
	})
	if err != nil {
		fmt.Println(err)
	}
	duties, err := register.Due(day("2025-03-31"), day("2025-03-10"))
	for _, d := range duties {
		fmt.Println(d.Due, d.By, d.Obligation, d.State, err)
	}
	// Output:
	// 2025-02-28 provider report overdue <nil>
	// 2025-03-15 customer forecast open <nil>
	// 2025-03-31 provider report open <nil>
}

// How deeply are we built into this customer's processes, and which link holds most?
func ExampleIntegrate() {
	x, err := structural.Integrate([]structural.Link[string]{
		{ID: "orders by EDI", Weight: 0.6, Active: 15, Expected: 30},
		{ID: "shared stock", Weight: 0.3, Active: 10, Expected: 30},
		{ID: "billing", Weight: 0.8, Active: 27, Expected: 30},
	})
	fmt.Printf("depth %.4f %v\n", x.Depth, err)
	for _, l := range x.Links {
		fmt.Printf("%s: without it %.4f less, in full use %.4f more\n", l.ID, l.Loss, l.Gain)
	}
	// Output:
	// depth 0.8236 <nil>
	// orders by EDI: without it 0.0756 less, in full use 0.0756 more
	// shared stock: without it 0.0196 less, in full use 0.0392 more
	// billing: without it 0.4536 less, in full use 0.0504 more
}

// Is it benefits that keep this customer, or penalties?
func ExampleSwitching_Statement() {
	d := decimal.RequireFromString
	s, err := structural.Switching{
		Digits: 2, TierBenefits: d("180"), Years: 3, Discount: d("0.08"), Relational: d("50"),
		Points: d("12000"), PointValue: d("0.01"), Breakage: d("0.15"), PrepaidUnits: d("4"), PrepaidValue: d("12.50"),
		ExitFee: d("99"), SetupHours: d("2.5"), LearningHours: d("6"), HourRate: d("30"), Offer: d("100"),
		Attitude: 0.3, AttitudeCut: 0.5, NegativeMin: d("0.6"),
	}.Statement()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("staying gives", s.Positive, "- leaving destroys", s.Negative, "- net of the offer", s.Net)
	fmt.Println("procedural", s.ProceduralCost, "financial", s.FinancialCost, "relational", s.RelationalCost)
	fmt.Printf("%.1f %% negative, spurious: %v\n", 100**s.NegativeShare, s.Spurious)
	// Output:
	// staying gives 513.88 - leaving destroys 506 - net of the offer 919.88
	// procedural 255 financial 714.88 relational 50
	// 49.6 % negative, spurious: false
}

// How high do customers themselves think the hurdles are?
func ExamplePerceivedCosts() {
	p, err := structural.PerceivedCosts([]structural.Facet{
		{Name: "learning", Type: structural.Procedural, Items: []structural.Item{{Points: 4}, {Points: 5}, {Points: 2, Reversed: true}, {Points: 3}}},
		{Name: "monetary_loss", Type: structural.Financial, Items: []structural.Item{{Points: 2}, {Points: 1}}},
	})
	for _, f := range p.Facets {
		fmt.Println(f.Name, f.Index, err)
	}
	// Output:
	// learning 75 <nil>
	// monetary_loss 12.5 <nil>
}

// The service was down for a morning: what do we credit?
func ExampleSLA_Availability() {
	d := decimal.RequireFromString
	sla := structural.SLA{
		Zone: time.UTC, Digits: 2, Fee: d("1000"), Cap: new(d("50")),
		Bands: []structural.Band{{Below: d("99.9"), Credit: d("10")}, {Below: d("99"), Credit: d("25")}},
	}
	morning := time.Date(2025, time.March, 5, 8, 0, 0, 0, time.UTC)
	down := []structural.Interval{{From: morning, Until: morning.Add(3 * time.Hour)}, {From: morning.Add(2 * time.Hour), Until: morning.Add(5 * time.Hour)}}
	planned := []structural.Interval{{From: morning.Add(4 * time.Hour), Until: morning.Add(6 * time.Hour)}}
	c, err := sla.Availability(relmark.MustParseDate("2025-03-01"), relmark.MustParseDate("2025-03-31"), down, planned)
	fmt.Printf("%.2f %% of %v, %v down: %s %% or %s %v\n", c.Level, c.Measured, c.Down, c.Percent, c.Credit.StringFixed(2), err)
	// Output: 99.46 % of 742h0m0s, 4h0m0s down: 10 % or 100.00 <nil>
}

// We promised to answer 95 of 100 calls within a minute: what if we did not?
func ExampleSLA_Conformance() {
	d := decimal.RequireFromString
	sla := structural.SLA{Zone: time.UTC, Digits: 2, Fee: d("800"), Bands: []structural.Band{{Below: d("95"), Credit: d("12.5")}}}
	c, err := sla.Conformance(931, 1000)
	fmt.Println(c.Level, c.Breached, c.Credit, err)
	// Output: 93.1 true 100 <nil>
}

// Three bad months in a row, and we credit at most a quarter of any three months' fees: what
// is paid for each?
func ExampleSLA_Settle() {
	d := decimal.RequireFromString
	sla := structural.SLA{
		Zone: time.UTC, Digits: 2, Fee: d("800"), Bands: []structural.Band{{Below: d("95"), Credit: d("50")}},
		Total: &structural.CreditCap{Periods: 3, Percent: d("25")},
	}
	var months []structural.SLACredit
	for _, kept := range []int64{931, 940, 912, 990, 940} {
		c, err := sla.Conformance(kept, 1000)
		if err != nil {
			fmt.Println(err)
			return
		}
		months = append(months, c)
	}
	settled, err := sla.Settle(months)
	for _, c := range settled {
		fmt.Print(c.Credit, " and ", c.Cut, " cut; ")
	}
	fmt.Println(err)
	// Output: 400 and 0 cut; 200 and 200 cut; 0 and 400 cut; 0 and 0 cut; 400 and 0 cut; <nil>
}

// How does a host store the terms of a card?
func ExampleDecodeEntitlementTerms() {
	stored := []byte(`{"v":1,"zone":"Europe/Berlin","units":4,"months":1,"periods":12,"rollover":2}`)
	terms, err := structural.DecodeEntitlementTerms(stored, time.LoadLocation)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := json.Marshal(terms)
	fmt.Println(terms.Units, terms.Zone, string(text) == string(stored), err)
	// Output: 4 Europe/Berlin true <nil>
}

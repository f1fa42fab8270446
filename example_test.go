package relmark_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/tier/rfm"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

// What do we know of a guest, what do we owe her, how was it for her, and what do we
// offer her next? Each room answers its part with plain values, and the host passes
// them on.
func Example() {
	today := relmark.MustParseDate("2026-06-30")
	stays := []struct{ on, amount string }{{"2026-01-09", "310.00"}, {"2026-03-20", "275.50"}, {"2026-06-12", "402.25"}}

	// Who is she? Purchases make a history, a history a summary.
	var history rfm.History
	for _, stay := range stays {
		check(history.Add(relmark.MustParseDate(stay.on), decimal.RequireFromString(stay.amount)))
	}
	guest := must(history.Summary(today, rfm.Options{}))
	fmt.Printf("%d stays worth %s, the last %v days ago\n", guest.Purchases, guest.Total(), guest.SinceLast)

	// What do we owe her? The same purchases earn points that live for two years.
	programme := must(points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 2, Per: decimal.NewFromInt(1)}}}},
		},
		Expiry: points.Expiry{Kind: points.Months, N: 24},
	}))
	var account points.Account
	for i, stay := range stays {
		key := fmt.Sprint("stay ", i+1)
		d := must(programme.Decide(&account, points.Command{Key: key, At: relmark.MustParseDate(stay.on).Start(time.UTC), Do: points.Earn{
			Order: key, Amount: decimal.RequireFromString(stay.amount),
		}}))
		check(account.Apply(d.Event))
	}
	balance := account.Balance(today.Start(time.UTC))
	fmt.Printf("%d points, of which %d expire on %s\n", balance.Available, balance.NextExpiring, balance.NextExpiry.Format(time.DateOnly))

	// How was the service? She expected prompt answers and got slow ones.
	survey := must(servqual.NewInstrument(servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{
		{Name: "reliability", Items: []int{0}}, {Name: "responsiveness", Items: []int{1}},
	}})).NewSurvey()
	check(survey.Add(servqual.Response{Expected: []int8{6, 7}, Perceived: []int8{6, 4}}))
	slow := must(must(survey.Report(servqual.AllAnswered)).Dimension("responsiveness"))
	gap, _ := slow.Gap.Mean()
	fmt.Printf("gap in %s: %+.0f\n", slow.Name, gap)

	// How long did she wait at the desk, and what did it feel like?
	desk := must(queue.NewMMC(queue.MMCParams{Arrival: 24, Service: 15, Servers: 2, Unit: time.Hour}))
	wait := must(must(waiting.NewModel()).Experience(waiting.Situation{Stage: waiting.BeforeService}, 5))
	felt := must(wait.Under(desk))
	fmt.Printf("%.1f minutes in line that feel like %.1f\n", felt.MeanWait, felt.MeanFelt)

	// May we write to her, and with what? Not in quiet hours, and not what she has.
	policy := relmark.ContactPolicy{Zone: time.UTC, Quiet: []relmark.QuietHours{{From: 20 * time.Hour, To: 9 * time.Hour}}}
	facts := relmark.ContactFacts{Consents: []relmark.Consent{{Channel: "e-mail", Purpose: "offers"}}}
	contact := must(policy.Decide("e-mail", "offers", facts, today.Start(time.UTC).Add(21*time.Hour)))
	fmt.Println("write now:", contact.Allowed, contact.Breaches)
	contact = must(policy.Decide("e-mail", "offers", facts, contact.Next))
	offers := []crosssell.Candidate[string]{
		{Item: "spa", Channel: "e-mail", Purpose: "offers", Score: 0.30, Margin: 25},
		{Item: "late checkout", Channel: "e-mail", Purpose: "offers", Score: 0.55, Margin: 12},
	}
	offer := must(crosssell.Decide(crosssell.Policy{}, crosssell.Customer[string]{
		Contact:   []crosssell.ContactAnswer{{Channel: "e-mail", Purpose: "offers", Decision: contact}},
		Complaint: crosssell.NoComplaint,
		Owned:     []string{"spa"},
	}, offers))
	next := offer.Chosen[0]
	fmt.Printf("offer her %s, from %s on; %s is %s: %s\n", offers[next].Item, contact.Next.Format(time.TimeOnly),
		offers[0].Item, offer.Verdicts[0].Outcome, offer.Verdicts[0].Reasons[0].Code)
	// Output:
	// 3 stays worth 987.75, the last 18 days ago
	// 1975 points, of which 620 expire on 2028-01-10
	// gap in responsiveness: -3
	// 7.1 minutes in line that feel like 9.7
	// write now: false [quiet_hours]
	// offer her late checkout, from 09:00:00 on; spa is rejected: owned
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

package crosssell_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// What should we offer this customer next, and why not the rest?
func Example() {
	yes := relmark.ContactDecision{Allowed: true} // as relmark.ContactPolicy.Decide answers
	no := relmark.ContactDecision{Breaches: []relmark.ContactBreach{{Rule: relmark.RuleConsent}}}
	customer := crosssell.Customer[string]{
		Contact: []crosssell.ContactAnswer{
			{Channel: "email", Purpose: "offers", Decision: yes},
			{Channel: "call", Purpose: "offers", Decision: no},
		},
		Complaint:    crosssell.NoComplaint,
		Satisfaction: new(5.8), // surely at least
		Owned:        []string{"espresso machine"},
		Facts:        []crosssell.Fact{{Name: "tier", Number: 1}},
	}
	gold := []crosssell.Requirement{{Fact: "tier", Min: new(2.0)}}
	candidates := []crosssell.Candidate[string]{
		{Item: "espresso machine", Channel: "email", Purpose: "offers", Score: 0.30, Margin: 90},
		{Item: "grinder", Channel: "email", Purpose: "offers", Score: 0.12, Margin: 40},
		{Item: "beans", Channel: "email", Purpose: "offers", Score: 0.60, Margin: 4, Repeatable: true},
		{Item: "tasting", Channel: "email", Purpose: "offers", Score: 0.50, Margin: 5, Relationship: 2, Standing: gold},
		{Item: "service plan", Channel: "call", Purpose: "offers", Score: 0.10, Margin: 60},
	}
	policy := crosssell.Policy{Floor: 1, MinSatisfaction: new(5.0), Slots: 2}
	decision, err := crosssell.Decide(policy, customer, candidates)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, v := range decision.Verdicts {
		fmt.Printf("%s: %s, worth %.2f\n", candidates[i].Item, v.Outcome, v.Worth)
		for _, r := range v.Reasons {
			fmt.Println("  stopped by", r.Gate, r.Code, r.Fact, r.Value, r.Limit)
		}
	}
	// Output:
	// espresso machine: rejected, worth 27.00
	//   stopped by owned owned  0 0
	// grinder: chosen, worth 4.80
	// beans: chosen, worth 2.40
	// tasting: rejected, worth 4.50
	//   stopped by standing too_low tier 1 2
	// service plan: rejected, worth 6.00
	//   stopped by consent no_consent  0 0
}

// Whom should we leave alone? Those with a complaint, whatever the offer is worth; but
// call them to make it good.
func ExampleDecide_openComplaint() {
	customer := crosssell.Customer[string]{
		Contact: []crosssell.ContactAnswer{
			{Channel: "email", Purpose: "offers", Decision: relmark.ContactDecision{Allowed: true}},
			{Channel: "call", Purpose: "service", Decision: relmark.ContactDecision{Allowed: true}},
		},
		Complaint: crosssell.ComplaintOpen,
	}
	decision, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{
		{Item: "suite upgrade", Channel: "email", Purpose: "offers", Score: 0.9, Margin: 500},
		{Item: "manager's call", Kind: crosssell.Recovery, Channel: "call", Purpose: "service", Relationship: 80},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range decision.Verdicts {
		fmt.Println(v.Outcome, v.Reasons)
	}
	// Output:
	// rejected [{complaint open_complaint  0 0 0 0001-01-01 00:00:00 +0000 UTC}]
	// chosen []
}

// How do we measure what our offers do? Leave some customers alone, and keep what they
// would have got.
func ExampleDecide_controlGroup() {
	customer := crosssell.Customer[string]{
		Control:   true, // the host assigns who is
		Contact:   []crosssell.ContactAnswer{{Channel: "email", Purpose: "offers", Decision: relmark.ContactDecision{Allowed: true}}},
		Complaint: crosssell.NoComplaint,
	}
	decision, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{
		{Item: "spa", Channel: "email", Purpose: "offers", Score: 0.2, Margin: 30},
	})
	fmt.Println(decision.Chosen, decision.Withheld, decision.Verdicts[0].Outcome, err)
	// Output: [] [0] withheld <nil>
}

// Three places on the page: how do we avoid three of the same kind, and push the
// campaign without hiding that we do?
func ExamplePolicy() {
	customer := crosssell.Customer[string]{
		Contact:   []crosssell.ContactAnswer{{Channel: "web", Purpose: "offers", Decision: relmark.ContactDecision{Allowed: true}}},
		Complaint: crosssell.NoComplaint,
	}
	at := func(item, category string, margin, lever float64) crosssell.Candidate[string] {
		return crosssell.Candidate[string]{Item: item, Category: category, Channel: "web", Purpose: "offers", Score: 0.1, Margin: margin, Lever: lever}
	}
	candidates := []crosssell.Candidate[string]{
		at("red wine", "wine", 90, 0), at("white wine", "wine", 80, 0), at("rosé", "wine", 70, 0), at("cheese", "food", 50, 0), at("glasses", "kitchen", 30, 1.5),
	}
	policy := crosssell.Policy{Slots: 3, Variety: 0.4} // the second wine counts 60 %
	decision, err := crosssell.Decide(policy, customer, candidates)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range decision.Chosen {
		v := decision.Verdicts[i]
		fmt.Printf("%s: %.1f + %.1f = %.1f\n", candidates[i].Item, v.Worth, v.Lever, v.Final)
	}
	// Output:
	// red wine: 9.0 + 0.0 = 9.0
	// cheese: 5.0 + 0.0 = 5.0
	// white wine: 8.0 + 0.0 = 8.0
}

// A room suggests; what turns that into an offer?
func ExampleFrom() {
	suggestion := crosssell.Suggestion[string]{Item: "grinder", Score: 0.4, Because: []crosssell.Evidence[string]{{
		Source: crosssell.FromRule, Items: []string{"espresso machine"}, Weight: 0.4, Counts: &crosssell.Counts{Both: 551, Left: 1372, Right: 900, N: 9835},
	}}}
	c := crosssell.From(suggestion, "email", "offers", 40)
	e := c.Because[0]
	fmt.Printf("%s is worth %.0f: of %d who have the %s, %d bought one\n", c.Item, c.Worth(), e.Counts.Left, e.Items[0], e.Counts.Both)
	// Output: grinder is worth 16: of 1372 who have the espresso machine, 551 bought one
}

// May we make this offer now, at nine in the evening, and if not, when? The contact
// policy says so, and the record of the decision shows its reason.
func ExampleContactAnswer() {
	policy := relmark.ContactPolicy{
		Zone:  time.UTC,
		Quiet: []relmark.QuietHours{{From: 21 * time.Hour, To: 8 * time.Hour}},
	}
	facts := relmark.ContactFacts{Consents: []relmark.Consent{{Channel: "sms", Purpose: "offers"}}}
	for _, hour := range []int{20, 21} {
		asOf := time.Date(2025, 3, 1, hour, 0, 0, 0, time.UTC)
		contact, err := policy.Decide("sms", "offers", facts, asOf)
		if err != nil {
			fmt.Println(err)
			return
		}
		customer := crosssell.Customer[string]{
			Contact:   []crosssell.ContactAnswer{{Channel: "sms", Purpose: "offers", Decision: contact}},
			Complaint: crosssell.NoComplaint,
		}
		decision, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{
			{Item: "spa", Channel: "sms", Purpose: "offers", Score: 0.2, Margin: 30},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(hour, decision.Verdicts[0].Outcome)
		if next, ok := decision.Next(); ok {
			fmt.Println(decision.Verdicts[0].Reasons[0].Code, "until", next.Format(time.DateTime))
		}
	}
	// Output:
	// 20 chosen
	// 21 rejected
	// quiet_hours until 2025-03-02 08:00:00
}

// Is an offer without a purpose an offer? Consent is given for purposes.
func ExampleCandidate_Validate() {
	fmt.Println(crosssell.Candidate[string]{Item: "spa", Channel: "sms", Score: 0.2, Margin: 30}.Validate())
	// Output: crosssell: Purpose: must be UTF-8 text and not empty
}

// How tired is this customer of hearing from us?
func ExampleFatigue() {
	asOf := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	history := []relmark.Contact{{At: asOf.AddDate(0, 0, -7)}, {At: asOf.AddDate(0, 0, -14)}}
	fatigue, err := crosssell.Fatigue(history, 7*24*time.Hour, asOf)
	fmt.Println(fatigue, err)
	// Output: 0.75 <nil>
}

// We decide for a million customers a night: how do we spare memory?
func ExampleDecider() {
	decider, err := crosssell.NewDecider[string](crosssell.Policy{Floor: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	candidates := []crosssell.Candidate[string]{
		{Item: "spa", Channel: "sms", Purpose: "offers", Score: 0.2, Margin: 30},
		{Item: "late checkout", Channel: "sms", Purpose: "offers", Score: 0.5, Margin: 8},
	}
	for _, owned := range [][]string{nil, {"spa"}} {
		customer := crosssell.Customer[string]{
			Contact:   []crosssell.ContactAnswer{{Channel: "sms", Purpose: "offers", Decision: relmark.ContactDecision{Allowed: true}}},
			Complaint: crosssell.NoComplaint,
			Owned:     owned,
		}
		decision, err := decider.Decide(&customer, candidates) // good until the next one
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(candidates[decision.Chosen[0]].Item)
	}
	// Output:
	// spa
	// late checkout
}

// A new offer has hardly been tried: how does it get its chance, and how do we know
// afterwards what the others would have done?
func ExampleExplore() {
	known, fresh := crosssell.Belief{Alpha: 30, Beta: 70}, crosssell.Belief{Alpha: 1, Beta: 3}
	candidates := []crosssell.Candidate[string]{
		{Item: "late checkout", Channel: "app", Purpose: "offers", Score: known.Mean(), Belief: &known, Margin: 10},
		{Item: "yoga class", Channel: "app", Purpose: "offers", Score: fresh.Mean(), Belief: &fresh, Margin: 10},
	}
	customer := crosssell.Customer[string]{
		Contact:   []crosssell.ContactAnswer{{Channel: "app", Purpose: "offers", Decision: relmark.ContactDecision{Allowed: true}}},
		Complaint: crosssell.NoComplaint,
	}
	policy := crosssell.Policy{Explore: &crosssell.Exploration{Among: 10}}
	decision, err := crosssell.Explore(policy, customer, candidates, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, v := range decision.Verdicts {
		fmt.Printf("%s: %s, comes first with probability %.4f\n", candidates[i].Item, v.Outcome, v.Propensity)
	}
	// Output:
	// late checkout: chosen, comes first with probability 0.6526
	// yoga class: lower_value, comes first with probability 0.3474
}

// Two spa days, a budget for vouchers, three guests: who gets what, and why did the
// others not get it?
func ExampleAllocate() {
	problem := crosssell.Problem{
		Caps:   []int{1, 1, 1},
		Offers: []crosssell.Supply{{Stock: new(int64(1)), Cost: 3000}, {Cost: 1000}}, // a spa day, a voucher
		Budget: new(int64(4000)),                                                     // cents
		Pairs: []crosssell.Pair{
			{Customer: 0, Offer: 0, Value: 50},
			{Customer: 0, Offer: 1, Value: 15},
			{Customer: 1, Offer: 0, Value: 45},
			{Customer: 1, Offer: 1, Value: 5},
			{Customer: 2, Offer: 1, Value: 20},
		},
	}
	a, err := crosssell.Allocate(context.Background(), problem, crosssell.AllocateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("worth %.0f of at most %.0f, %d cents spent\n", a.Value, a.Bound, a.Spent)
	for i, pair := range problem.Pairs {
		why, err := a.Why(problem, i)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("guest %d, offer %d: %s (%.0f − %.1f for stock − %.1f for budget)\n",
			pair.Customer, pair.Offer, why.Outcome, why.Value, why.StockPrice, why.BudgetCharge)
	}
	// Output:
	// worth 70 of at most 70, 4000 cents spent
	// guest 0, offer 0: allocated (50 − 0.0 for stock − 48.0 for budget)
	// guest 0, offer 1: priced_out (15 − 0.0 for stock − 16.0 for budget)
	// guest 1, offer 0: priced_out (45 − 0.0 for stock − 48.0 for budget)
	// guest 1, offer 1: priced_out (5 − 0.0 for stock − 16.0 for budget)
	// guest 2, offer 1: allocated (20 − 0.0 for stock − 16.0 for budget)
}

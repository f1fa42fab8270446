package crosssell_test

import (
	"fmt"
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
		Owned: []string{"espresso machine"},
	}
	candidates := []crosssell.Candidate[string]{
		{Item: "espresso machine", Channel: "email", Purpose: "offers", Score: 0.30, Value: 90},
		{Item: "grinder", Channel: "email", Purpose: "offers", Score: 0.12, Value: 40},
		{Item: "beans", Channel: "email", Purpose: "offers", Score: 0.60, Value: 4, Repeatable: true},
		{Item: "service plan", Channel: "call", Purpose: "offers", Score: 0.10, Value: 60},
	}
	decision, err := crosssell.Decide(crosssell.Policy{Floor: 1}, customer, candidates)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, v := range decision.Verdicts {
		fmt.Printf("%s: %s %v, worth %.2f\n", candidates[i].Item, v.Outcome, v.Reasons, v.Worth)
	}
	// Output:
	// espresso machine: rejected [owned], worth 27.00
	// grinder: chosen [], worth 4.80
	// beans: lower_value [], worth 2.40
	// service plan: rejected [no_consent], worth 6.00
}

// Whom should we leave alone? Those with a complaint, whatever the offer is worth.
func ExampleDecide_openComplaint() {
	customer := crosssell.Customer[string]{
		Contact:       []crosssell.ContactAnswer{{Channel: "email", Purpose: "offers", Decision: relmark.ContactDecision{Allowed: true}}},
		OpenComplaint: true,
	}
	decision, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{
		{Item: "suite upgrade", Channel: "email", Purpose: "offers", Score: 0.9, Value: 500},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, ok := decision.Chosen()
	fmt.Println(ok, decision.Verdicts[0].Reasons)
	// Output: false [open_complaint]
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
			Contact: []crosssell.ContactAnswer{{Channel: "sms", Purpose: "offers", Decision: contact}},
		}
		decision, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{
			{Item: "spa", Channel: "sms", Purpose: "offers", Score: 0.2, Value: 30},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(hour, decision.Verdicts[0].Outcome, decision.Verdicts[0].Reasons)
		if next, ok := decision.Next(); ok {
			fmt.Println("decide again at", next.Format(time.DateTime))
		}
	}
	// Output:
	// 20 chosen []
	// 21 rejected [quiet_hours]
	// decide again at 2025-03-02 08:00:00
}

// Is an offer without a purpose an offer? Consent is given for purposes.
func ExampleCandidate_Validate() {
	fmt.Println(crosssell.Candidate[string]{Item: "spa", Channel: "sms", Score: 0.2, Value: 30}.Validate())
	// Output: crosssell: Purpose: must be UTF-8 text and not empty
}

package relmark_test

import (
	"encoding/json"
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/relmark/relmark"
)

// May we text this customer our weekend offer tonight, and if not, when?
func ExampleContactPolicy_Decide() {
	policy := relmark.ContactPolicy{
		Quiet:   []relmark.QuietHours{{From: 21 * time.Hour, To: 8 * time.Hour}},
		Caps:    []relmark.ContactCap{{Channel: "sms", Max: 2, Window: 7 * 24 * time.Hour}},
		MinGaps: []relmark.ContactGap{{Channel: relmark.AnyChannel, Least: 24 * time.Hour}},
		Exempt:  []relmark.Purpose{"service"},
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	customer := relmark.ContactFacts{
		Zone:     berlin,
		Consents: []relmark.Consent{{Channel: "sms", Purpose: "offers"}},
		History: []relmark.Contact{
			{At: time.Date(2025, 3, 24, 10, 0, 0, 0, time.UTC), Channel: "sms", Purpose: "offers"},
			{At: time.Date(2025, 3, 28, 22, 0, 0, 0, time.UTC), Channel: "email", Purpose: "newsletter"},
		},
	}
	tonight := time.Date(2025, 3, 29, 21, 30, 0, 0, berlin)
	decision, err := policy.Decide("sms", "offers", customer, tonight)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("allowed:", decision.Allowed)
	fmt.Println("in the way:", decision.Breaches)
	fmt.Println("ask again:", decision.Next.In(berlin)) // the clocks go forward that night
	// Output:
	// allowed: false
	// in the way: [quiet_hours min_gap:0]
	// ask again: 2025-03-30 08:00:00 +0200 CEST
}

// Which contact rules did we keep in the database, and are they sound?
func ExampleDecodeContactPolicy() {
	stored := `{"v":1,"zone":"Europe/Berlin","quiet":[{"from":"21:00","to":"08:00"}],"caps":[{"channel":"*","max":4,"window":"720h"}]}`
	policy, err := relmark.DecodeContactPolicy([]byte(stored), time.LoadLocation)
	fmt.Println(policy.Quiet[0].From, policy.Caps[0].Max, policy.Zone, err)

	_, err = relmark.DecodeContactPolicy([]byte(`{"v":1,"caps":[{"channel":"*","max":0,"window":"720h"}]}`), nil)
	fmt.Println(err)
	// Output:
	// 21h0m0s 4 Europe/Berlin <nil>
	// relmark: contact policy: Caps[0].Max = 0: must be 1 or more
}

// How do we store the rules so that next year's program still reads them?
func ExampleContactPolicy_MarshalJSON() {
	text, err := json.Marshal(relmark.ContactPolicy{
		Quiet:   []relmark.QuietHours{{To: 24 * time.Hour, Days: []time.Weekday{time.Sunday}, Channels: []relmark.Channel{"call"}}},
		MinGaps: []relmark.ContactGap{{Channel: "call", Least: 72 * time.Hour}},
	})
	fmt.Println(string(text), err)
	// Output:
	// {"v":1,"quiet":[{"from":"00:00","to":"24:00","days":[7],"channels":["call"]}],"min_gaps":[{"channel":"call","least":"72h0m0s"}]} <nil>
}

// Is this set of contact rules sound before it goes live?
func ExampleContactPolicy_Validate() {
	err := relmark.ContactPolicy{
		Quiet: []relmark.QuietHours{{From: 8 * time.Hour, To: 8 * time.Hour}},
	}.Validate()
	fmt.Println(err)
	// Output:
	// relmark: contact policy: Quiet[0].To = 8h0m0s: must be whole minutes, at least 0, at most 24h and not equal to From
}

package social_test

import (
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

// Whom should we call, about what, and how well have we kept in touch?
func Example() {
	now := time.Date(2025, 6, 11, 10, 0, 0, 0, time.UTC)
	model, err := social.NewHealthModel(social.HealthParams{
		HalfLife: 45, Fatigue: 0.2, Channels: map[relmark.Channel]float64{"call": 1, "mail": 0.4},
		Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	contacts := []social.Interaction{
		{At: now.AddDate(0, 0, -90), Channel: "call", Direction: social.Inbound, Quality: 1},
		{At: now.AddDate(0, 0, -45), Channel: "call", Direction: social.Outbound, Answered: true, Quality: 1},
		{At: now.AddDate(0, 0, -10), Channel: "mail", Direction: social.Outbound}, // no answer
	}
	var health social.Health // one per customer, 72 bytes for ever
	for _, contact := range contacts {
		if err := model.Add(&health, contact); err != nil {
			fmt.Println(err)
			return
		}
	}
	report, err := model.Report(health, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("contact kept to %.0f %%, %.0f %% of it begun by the customer\n", 100*report.Health, 100**report.Reciprocity)

	desk, err := social.NewDesk(social.DeskParams{Policy: relmark.ContactPolicy{
		Caps: []relmark.ContactCap{{Channel: "mail", Max: 1, Window: 14 * 24 * time.Hour}},
	}, Lambda: dec("1")})
	if err != nil {
		fmt.Println(err)
		return
	}
	customer := social.Case{
		Treatments: []social.Treatment{
			{ID: "review", Kind: "review", Channel: "call", Purpose: "care", Value: dec("12"), Cost: dec("4")},
			{ID: "upgrade", Kind: "upgrade", Channel: "mail", Purpose: "offers", Value: dec("20"), Cost: dec("1")},
			{ID: "insurance", Kind: "insurance", Channel: "call", Purpose: "offers", Value: dec("30"), Cost: dec("4")},
		},
		Facts: relmark.ContactFacts{
			Zone:     time.UTC,
			Consents: []relmark.Consent{{Channel: "call", Purpose: "care"}, {Channel: "mail", Purpose: "offers"}},
			History:  []relmark.Contact{{At: contacts[2].At, Channel: "mail", Purpose: "offers"}},
		},
	}
	var choice social.Choice
	if err := desk.Choose(&choice, &customer, now); err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range choice.Verdicts {
		fmt.Println(v.ID, v.Chosen, v.Reason, v.Contact.Next.Format(time.DateOnly))
	}
	// Output:
	// contact kept to 25 %, 16 % of it begun by the customer
	// review true  2025-06-11
	// upgrade false not_now 2025-06-15
	// insurance false no_consent 0001-01-01
}

// Is it true that a call a month, with half-life 45 days, comes to 2.7 calls?
func ExampleHealthModel_SteadyFactor() {
	model, err := social.NewHealthModel(social.HealthParams{
		HalfLife: 45, Channels: map[relmark.Channel]float64{"call": 1}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30},
	})
	fmt.Printf("%.3f %v\n", model.SteadyFactor(), err)
	// Output: 2.702 <nil>
}

// Has this customer been silent for longer than usual, and when should we call?
func ExampleCadence_Report() {
	segment := []time.Duration{7 * day, 14 * day, 21 * day, 28 * day, 60 * day}
	cadence, err := social.NewCadence(social.CadenceParams{Shrinkage: 4, DueLevel: 0.8}, segment)
	if err != nil {
		fmt.Println(err)
		return
	}
	contacts := []time.Time{when("2025-01-01T00:00:00Z"), when("2025-01-11T00:00:00Z"), when("2025-01-23T00:00:00Z"), when("2025-02-01T00:00:00Z"), when("2025-02-14T00:00:00Z")}
	r, err := cadence.Report(contacts, when("2025-02-25T00:00:00Z"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("silent for %.0f days, usually %.0f, score %.2f, due %s\n", r.GapDays, *r.MedianDays, r.Overdue, r.NextDue.Format(time.DateOnly))
	// Output: silent for 11 days, usually 11, score 0.35, due 2025-03-07
}

// Whom does the branch call on which day, if it has time for two calls a day?
func ExamplePlanFollowUp() {
	policy := social.FollowUpPolicy{
		Rules:    []social.FollowUpRule{{Class: "A", Every: 14, Channel: "call", Purpose: "care"}, {Class: "B", Every: 60, Channel: "call", Purpose: "care"}},
		Weekdays: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		PerDay:   new(2),
	}
	plan, err := social.PlanFollowUp(policy, []social.FollowUpCustomer[string]{
		{ID: "ada", Class: "A", Last: date("2025-05-20")},
		{ID: "ben", Class: "B", Last: date("2025-04-04")},
		{ID: "cleo", Class: "B"},
		{ID: "dan", Class: "D"},
	}, date("2025-06-06"), date("2025-06-20"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range plan.Visits {
		fmt.Println(v.Date, v.Customer, v.Class, "late by", v.Late)
	}
	for _, u := range plan.Unplanned {
		fmt.Println(u.Customer, u.Reason)
	}
	// Output:
	// 2025-06-06 ada A late by 0
	// 2025-06-06 ben B late by 0
	// 2025-06-09 cleo B late by 3
	// 2025-06-20 ada A late by 0
	// dan no_rule
}

// Which offers go out, with 8 to spend and one contact each, and why not the others?
func ExampleSelect() {
	treatment := func(id string, value, cost string) social.Treatment {
		return social.Treatment{ID: id, Kind: "call", Channel: "call", Purpose: "offers", Value: dec(value), Cost: dec(cost)}
	}
	allowed := relmark.ContactDecision{Allowed: true} // as the contact policy has answered
	selected, err := social.Select(social.Selection[string]{
		Candidates: []social.Candidate[string]{
			{Customer: "ada", Treatment: treatment("large", "16", "6"), Contact: allowed},
			{Customer: "ben", Treatment: treatment("small", "12", "4"), Contact: allowed},
			{Customer: "cleo", Treatment: treatment("other", "10", "4"), Contact: allowed},
			{Customer: "dan", Treatment: treatment("held", "50", "4"), Contact: allowed},
		},
		Control: []string{"dan"},
		Limits:  social.Limits[string]{PerCustomer: new(int64(1)), Budget: new(dec("8"))},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(selected.Chosen, "bring", selected.Net, "for", selected.Cost)
	for _, r := range selected.Rejected {
		fmt.Println(r.ID, r.Reasons)
	}
	// Output:
	// [other small] bring 22 for 8
	// held [control]
	// large [budget]
}

// Who is left alone this spring, so that we can measure what the calls bring?
func ExampleAssigner_Assign() {
	assigner, err := social.NewAssigner(social.Experiment{
		Salt: "relmark", Name: "spring", Arms: []social.Arm{{Name: "control", Share: dec("0.1")}, {Name: "treated", Share: dec("0.9")}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, member := range []string{"1", "m10", "m-000001"} {
		a, err := assigner.Assign(member)
		fmt.Printf("%s %s %.3f %v\n", member, a.Arm, a.Share, err)
	}
	// Output:
	// 1 treated 0.199 <nil>
	// m10 treated 0.380 <nil>
	// m-000001 treated 0.965 <nil>
}

// Whom do we congratulate this year, and on what?
func ExampleRecognition_Occasions() {
	recognition, err := social.NewRecognition(social.RecognitionRules{
		Zone: time.UTC, Feb29: social.Feb28, Birthdays: true, AnniversaryEvery: new(5), Purchases: []int{1, 10}, ReturnAfterDays: new(180), Upgrades: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	person := social.Person{
		Birthday: social.BirthdayOf(date("1992-02-29")), Joined: date("2015-03-01"),
		Orders: []social.Order{{ID: "o1", At: when("2024-09-30T10:00:00Z")}, {ID: "o2", At: when("2025-07-31T10:00:00Z")}},
		Tiers:  []social.TierChange{{At: when("2025-08-01T00:00:00Z"), Tier: "gold", Up: true}},
	}
	sent := []string{"anniversary:10"} // keys of what was sent already
	occasions, err := recognition.Occasions(person, date("2025-01-01"), date("2025-12-31"), sent)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range occasions {
		fmt.Println(o.Date, o.Key)
	}
	// Output:
	// 2025-02-28 birthday:2025
	// 2025-07-31 return:2025-07-31
	// 2025-08-01 upgrade:2025-08-01:gold
}

// What have her reviews earned, which badges does she hold, and how far is she in May's
// challenge?
func ExampleActivities() {
	var activities social.Activities
	for i, at := range []string{"2025-05-02T09:00:00Z", "2025-05-09T09:00:00Z", "2025-05-16T09:00:00Z"} {
		review := social.Activity{ID: fmt.Sprint("r", i+1), Kind: "review", At: when(at), Accepted: true, Quality: dec("1")}
		for range 2 { // the queue delivers twice
			if err := activities.Add(review); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	if err := activities.Remove("r1", when("2025-05-20T00:00:00Z")); err != nil {
		fmt.Println(err)
		return
	}
	asOf := when("2025-05-21T00:00:00Z")
	credit, err := social.CreditPolicy{Base: dec("100"), Ratio: dec("0.5"), Window: 30 * day}.Statement(&activities, asOf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(credit.Granted, "granted,", credit.Reversed, "reversed,", credit.Balance, "left")
	badges, err := social.BadgePolicy{Rules: []social.BadgeRule{{Name: "critic", Kind: "review", Count: 2, ValidDays: new(90)}}}.Badges(&activities, asOf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(badges[0].Name, badges[0].State, "until", badges[0].Until.Format(time.DateOnly), "for", badges[0].Because)
	challenge := social.Challenge{Name: "may", Steps: []social.Step{{Kind: "review", Count: 3}}, From: when("2025-05-01T00:00:00Z"), Until: when("2025-06-01T00:00:00Z")}
	progress, err := challenge.Progress(&activities, asOf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(progress.State, progress.Steps[0].Have, "of", progress.Steps[0].Need)
	// Output:
	// 175 granted, 100 reversed, 75 left
	// critic held until 2025-08-14 for [r2 r3]
	// open 2 of 3
}

// Whose record do we ask about first, and for which field?
func ExampleRankRecords() {
	policy := social.RecordPolicy{Classes: map[string][]social.FieldRule{
		"A": {{Field: "phone", Weight: 2, HalfLife: 365}, {Field: "mail", Weight: 1, HalfLife: 730}},
	}}
	now := when("2025-06-01T00:00:00Z")
	report, err := social.RankRecords(policy, []social.Record[string]{
		{Customer: "ada", Class: "A", Value: 900, Fields: map[string]time.Time{"phone": now.AddDate(0, 0, -365), "mail": now}},
		{Customer: "ben", Class: "A", Value: 600, Fields: map[string]time.Time{"mail": now.AddDate(0, 0, -730)}},
	}, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range report.Ranked {
		fmt.Printf("%s: %.0f at stake, %.0f %% complete, ask for %s (%s)\n", r.Customer, r.Priority, 100*r.Completeness, r.Fields[0].Field, r.Fields[0].State)
	}
	// Output:
	// ben: 500 at stake, 33 % complete, ask for phone (missing)
	// ada: 300 at stake, 100 % complete, ask for phone (aged)
}

// A member brings a friend: who is rewarded, when, and what if the friend returns the goods?
func ExampleReferralProgram_Apply() {
	program, err := social.NewReferralProgram(social.ReferralPolicy{
		Join: 30 * day, Qualify: 60 * day, MinNet: dec("50"), Maturity: 14 * day, Clawback: 90 * day, Referrer: 500, Friend: 250,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var referrals social.Referrals
	for _, e := range []social.ReferralEvent{
		{Key: "1", At: when("2025-01-01T00:00:00Z"), Type: social.Invited, Code: "ADA-7", Referrer: "ada"},
		{Key: "2", At: when("2025-01-04T00:00:00Z"), Type: social.Joined, Code: "ADA-7", Member: "ben"},
		{Key: "3", At: when("2025-01-05T00:00:00Z"), Type: social.Paid, Member: "ben", Order: "o1", Amount: dec("60")},
		{Key: "3", At: when("2025-01-05T00:00:00Z"), Type: social.Paid, Member: "ben", Order: "o1", Amount: dec("60")}, // delivered again
		{Key: "4", At: when("2025-02-01T00:00:00Z"), Type: social.Refunded, Member: "ben", Order: "o1", Amount: dec("20")},
	} {
		outcome, err := program.Apply(&referrals, e)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, p := range outcome.Postings {
			fmt.Println(p.At.Format(time.DateOnly), p.Member, p.Points)
		}
	}
	r, _ := referrals.Referral("ADA-7")
	fmt.Println(r.State, r.NetPaid)
	// Output:
	// 2025-01-19 ada 500
	// 2025-01-19 ben 250
	// 2025-02-01 ada -500
	// 2025-02-01 ben -250
	// reversed 40
}

// What is the word of mouth of each member worth, friends of friends counted half?
func ExampleNewReferralTree() {
	edge := func(referrer, friend string, class social.Attribution, years float64) social.ReferralEdge[string] {
		return social.ReferralEdge[string]{Referrer: referrer, Friend: friend, Class: class, Value: 100, AcquisitionSaved: 20, RewardCost: 10, Years: years}
	}
	tree, err := social.NewReferralTree(social.ReferralValueParams{Discount: 0.1, Indirect: 0.5}, []social.ReferralEdge[string]{
		edge("ada", "ben", social.Caused, 1), edge("ada", "cleo", social.Anyway, 1), edge("ben", "dan", social.Caused, 2),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range tree.Best(2) {
		fmt.Printf("%s %.2f + %.2f\n", r.Member, r.Value.Direct, r.Value.Indirect)
	}
	// Output:
	// ada 109.09 + 45.45
	// ben 90.91 + 0.00
}

// How do we keep the state of referrals small over the years, and still know who came by
// whom?
func ExampleReferralProgram_Apply_closing() {
	program, err := social.NewReferralProgram(social.ReferralPolicy{
		Join: 30 * 24 * time.Hour, Qualify: 60 * 24 * time.Hour, MinNet: dec("50"), Maturity: 14 * 24 * time.Hour, Clawback: 90 * 24 * time.Hour, Referrer: 500, Friend: 250,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var referrals social.Referrals
	for _, e := range []social.ReferralEvent{
		{Key: "1", At: when("2025-01-01T00:00:00Z"), Type: social.Invited, Code: "c1", Referrer: "ada"},
		{Key: "2", At: when("2025-01-04T00:00:00Z"), Type: social.Joined, Code: "c1", Member: "ben"},
		{Key: "3", At: when("2025-01-05T00:00:00Z"), Type: social.Paid, Member: "ben", Order: "o1", Amount: dec("80")},
		{Key: "4", At: when("2026-01-02T00:00:00Z"), Type: social.Closed, Before: when("2026-01-01T00:00:00Z")},
		{Key: "5", At: when("2026-01-03T00:00:00Z"), Type: social.Invited, Code: "c2", Referrer: "ben"},
		{Key: "6", At: when("2026-01-04T00:00:00Z"), Type: social.Joined, Code: "c2", Member: "ada"},
	} {
		if _, err := program.Apply(&referrals, e); err != nil {
			fmt.Println(err)
			return
		}
		if e.Type == social.Closed {
			fmt.Println("kept:", referrals.Len())
		}
	}
	r, _ := referrals.Referral("c2")
	fmt.Println(r.State, r.Reason)
	// Output:
	// kept: 0
	// rejected cycle
}

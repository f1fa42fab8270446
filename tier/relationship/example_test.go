package relationship_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/relationship"
)

// Which of our guests want to hear from us, and which only want to know that
// somebody is there?
func ExamplePolicy_Classify() {
	on := relmark.MustParseDate
	guests := []relationship.Evidence{
		{FirmContacts: 8, Responses: 5, CustomerContacts: 4, Purchases: []relmark.Date{on("2025-01-10"), on("2025-04-12"), on("2025-07-09"), on("2025-10-11")}},
		{FirmContacts: 8, Purchases: []relmark.Date{on("2025-02-01"), on("2025-05-03"), on("2025-08-02"), on("2025-11-01")}},
		{FirmContacts: 8, Purchases: []relmark.Date{on("2025-02-01"), on("2025-02-03"), on("2025-02-09"), on("2025-11-01")}},
		{FirmContacts: 2, Purchases: []relmark.Date{on("2025-02-01")}},
	}
	for _, g := range guests {
		v, err := relationship.StandardPolicy().Classify(g, on("2025-12-31"))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v %v\n", v.Type, v.Reasons)
	}
	// Output:
	// active [initiates responds regular]
	// passive [regular]
	// transactional []
	// undetermined [few_purchases few_contacts]
}

// Does our hotel still sell nights, or does it keep guests?
func ExampleOrientationPolicy_Orientation() {
	scale := relationship.OrientationPolicy{MinCoverage: 0.6, TransactionalMax: 40, RelationalMin: 60}
	o, err := scale.Orientation(map[relationship.Contrast]relationship.Indicator{
		relationship.RetentionFocus:     {Value: 0.7, High: 1, Weight: 2},    // share of budget for guests we have
		relationship.CustomerValueFocus: {Value: 0.5, High: 1, Weight: 1},    // share of offers made to measure
		relationship.LongTermFocus:      {Value: 30, High: 36, Weight: 1},    // months that a plan looks ahead
		relationship.ServiceLevel:       {Value: 0.9, High: 1, Weight: 1},    // wishes met at the first request
		relationship.ContactIntensity:   {Value: 3, High: 6, Weight: 1},      // contacts a year
		relationship.QualityByEveryone:  {Missing: true, High: 1, Weight: 1}, // not measured yet
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v: %.1f, measured %.0f%%, not measured %v\n", o.Stance, o.Index, 100*o.Coverage, o.Missing)
	// Output: relational: 68.9, measured 86%, not measured [quality_by_everyone]
}

// How has it gone with the laundry since spring, and what should we mend first?
func ExampleBondPolicy_Series() {
	on := relmark.MustParseDate
	laundry := []relationship.Exchange{
		{On: on("2025-03-31"), Given: decimal.NewFromInt(9000), Received: decimal.NewFromInt(9000), Ours: 6, Theirs: 6, Due: 10, Kept: 10, Answers: []float64{4, 5}, Made: 2, Adopted: 1},
		{On: on("2025-09-30"), Given: decimal.NewFromInt(9000), Received: decimal.NewFromInt(7000), Ours: 9, Theirs: 1, Due: 10, Kept: 6, Answers: []float64{3}},
	}
	bonds, err := relationship.BondPolicy{HalfLife: 90}.Series(laundry, on("2025-06-30"), on("2025-12-31"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range bonds {
		weakest, _ := b.Weakest()
		fmt.Printf("%v: %.0f, weakest %v at %.0f\n", b.AsOf, b.Index, weakest, b.Scores[weakest])
	}
	// Output:
	// 2025-06-30: 88, weakest improvement at 50
	// 2025-12-31: 62, weakest two_way_communication at 38
}

// What kind of relationship is it, in one call?
func Example() {
	v, _ := relationship.StandardPolicy().Classify(relationship.Evidence{FirmContacts: 1}, relmark.MustParseDate("2026-01-01"))
	fmt.Println(v.Type)
	// Output: undetermined
}

package loyalty_test

import (
	"context"
	"fmt"

	"github.com/relmark/relmark/loyalty"
)

// Which bonds does our programme tie, what does each level cost, and where do we do
// nothing?
func Example() {
	programme := loyalty.Programme{Elements: []loyalty.Element{
		{Name: "points", Tactic: loyalty.VolumeRewards, Cost: 420_000_00},
		{Name: "gold prices", Tactic: loyalty.StablePricing, Cost: 80_000_00},
		{Name: "personal adviser", Tactic: loyalty.PersonalContact, Cost: 110_000_00},
		{Name: "booking system at the client", Tactic: loyalty.SharedSystems, Cost: 40_000_00},
	}}
	coverage, err := programme.Coverage()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range coverage.Levels {
		fmt.Printf("%-13s sets us apart: %-6s  %2.0f %% of cost  without: %v\n", l.Level, l.Lead, 100**l.Share, l.Missing)
	}
	fmt.Println("nothing at all:", coverage.Gaps)
	// Output:
	// financial     sets us apart: low     77 % of cost  without: [bundling]
	// social        sets us apart: medium  17 % of cost  without: [steady_contact customer_bonds]
	// customisation sets us apart: medium   0 % of cost  without: [intimacy mass_custom anticipation]
	// structural    sets us apart: high     6 % of cost  without: [shared_processes joint_investment]
	// nothing at all: [customisation]
}

// How strongly is this customer bound, on each level, and how much do we know of it?
func ExampleProfilePolicy_Profile() {
	component := func(name string, level loyalty.Level, enough float64) loyalty.Component {
		return loyalty.Component{Indicator: loyalty.Indicator{Name: name, High: 1, Weight: 1}, Level: level, Enough: enough}
	}
	policy := loyalty.ProfilePolicy{Components: []loyalty.Component{
		component("visits with points", loyalty.Financial, 10),
		component("contact health", loyalty.Social, 5),
		component("integration depth", loyalty.Structural, 1),
	}}
	profile, err := policy.Profile(map[string]*loyalty.Sign{
		"visits with points": {Value: 0.9, N: 30},
		"contact health":     {Value: 0.25, N: 5}, // social.Health
		"integration depth":  nil,                 // not measured yet
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range profile.Levels {
		if b.Score == nil {
			fmt.Printf("%s: not known\n", b.Level)
			continue
		}
		fmt.Printf("%s: %.0f of 100, reliability %.2f\n", b.Level, *b.Score, *b.Reliability)
	}
	fmt.Println(profile.Weakest())
	// Output:
	// financial: 90 of 100, reliability 0.75
	// social: 25 of 100, reliability 0.50
	// customisation: not known
	// structural: not known
	// social true
}

// From which retention on does a programme pay that costs 10 a year for each customer
// who stays?
func ExampleRetention_WithProgramme() {
	guests := loyalty.Retention{Margin: 100, Retention: 0.70, Discount: 0.10}
	p, err := guests.WithProgramme(10, new(0.75))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("worth %.0f; pays from %.4f on; at 0.75 it gains %.2f a customer\n", p.Value, *p.BreakEven, *p.Gain)
	// Output: worth 175; pays from 0.7264 on; at 0.75 it gains 17.86 a customer
}

// What did the social level earn, beside those who by lot did not get it?
func ExampleUplifts() {
	uplifts, err := loyalty.Uplifts(loyalty.Random, 0.95, []loyalty.Trial{{
		Level: loyalty.Social, Treated: loyalty.Group{N: 2000, Retained: 1500}, Control: loyalty.Group{N: 200, Retained: 130},
		MarginPerRetained: 40, RewardCost: 400, OperatingCost: 1000, Breakage: 200,
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	u := uplifts[0]
	fmt.Printf("%+.0f points (%.1f to %.1f), profit %.0f (%.0f to %.0f)\n",
		100*u.Uplift, 100*u.Interval.Low, 100*u.Interval.High, u.Profit, u.ProfitInterval.Low, u.ProfitInterval.High)
	fmt.Printf("%.2f for each customer who stayed because of it; pays from %+.1f points on\n", *u.CostPerRetained, 100**u.BreakEvenUplift)

	_, err = loyalty.Uplifts(loyalty.SelfSelected, 0.95, nil) // members beside others
	fmt.Println(err)
	// Output:
	// +10 points (3.1 to 16.9), profit 6800 (1298 to 12302)
	// 6.00 for each customer who stayed because of it; pays from +1.5 points on
	// loyalty: Assignment = self_selected: must be random: members against others is no uplift
}

// Did spending of the treated rise more than that of the control group?
func ExampleChanges() {
	e, err := loyalty.Changes([]float64{5, 8, -2, 12, 7}, []float64{1, 3, -4, 2}, 0.90)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f more, %.1f to %.1f; no evidence: %v\n", e.Effect, e.Interval.Low, e.Interval.High, e.NoEvidence)
	// Output: 5.5 more, 0.9 to 10.1; no evidence: false
}

// How many customers must go without, so that we see whether the programme keeps five
// points more of them?
func ExampleHope_ControlOf() {
	hope := loyalty.Hope{Base: 0.70, Uplift: 0.05, Confidence: 0.95, Power: 0.80}
	plan, err := hope.ControlOf(20_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of 20,000, found with probability %.2f\n", plan.Control, plan.Power)
	_, err = hope.ControlOf(2_000)
	fmt.Println(err)
	// Output:
	// 681 of 20,000, found with probability 0.80
	// loyalty: customers = 2000: 2494 would be enough: not enough data
}

// Does this customer stay for love or for lack of a choice?
func ExampleStateOf() {
	s, err := loyalty.StateOf(
		loyalty.Measurement{Value: 3.4, SE: 0.6, Cut: 4}, // attitude against competitors, 1 to 7
		loyalty.Measurement{Value: 0.8, SE: 0.1, Cut: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: true %.2f, latent %.2f, spurious %.2f, none %.2f\n", s.State, s.True, s.Latent, s.Spurious, s.None)
	// Output: spurious: true 0.16, latent 0.00, spurious 0.84, none 0.00
}

// What do customers miss in the relationship, and what would give it to them?
func ExampleBenefitGaps() {
	scale := loyalty.AnswerScale{Low: 1, High: 7}
	var confidence, special loyalty.BenefitTally
	for _, r := range [][2]int{{7, 5}, {6, 6}, {7, 4}, {5, 5}} { // importance, receipt
		if err := confidence.Add(scale, &r[0], &r[1]); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, r := range [][2]int{{6, 2}, {5, 3}, {6, 3}} {
		if err := special.Add(scale, &r[0], &r[1]); err != nil {
			fmt.Println(err)
			return
		}
	}
	report, err := loyalty.BenefitGaps(scale, []loyalty.BenefitAnswer{{loyalty.Confidence, confidence}, {loyalty.SpecialTreatment, special}})
	if err != nil {
		fmt.Println(err)
		return
	}
	first := report.Priority[0]
	fmt.Printf("mend %s first, gap %.1f, by %v\n", first, report.Benefits[1].Gap, first.Tactics())
	// Output: mend special_treatment first, gap 3.0, by [volume_rewards bundling mass_custom anticipation]
}

// How well do we practise relationship marketing, where one thing was not measured?
func ExampleAudit_Score() {
	score, err := loyalty.PracticeAudit().Score(map[string]*float64{
		"fair_competition": new(0.8), "one_to_one": nil, "open_channels": new(0.9),
		"two_way": new(0.3), "organisation": new(0.6), "service_augmentation": new(0.7),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f of 100, of %.0f %% of the weight\n", *score.Index, 100*score.Coverage)
	// Output: 66 of 100, of 83 % of the weight
}

// After how many years has an investment in a level come back?
func ExamplePaybackOf() {
	p, err := loyalty.PaybackOf(250, 0.1, []float64{100, 110, 121, 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("in year %d, after %.2f\n", *p.Periods, *p.Interpolated)
	// Output: in year 3, after 2.75
}

// What does a point of satisfaction bring, and where does it bring most?
func ExampleFitResponse() {
	counts := []loyalty.ScoreCount{
		{Score: 2, N: 40, Loyal: 5}, {Score: 4, N: 90, Loyal: 20}, {Score: 6, N: 120, Loyal: 55}, {Score: 8, N: 160, Loyal: 118}, {Score: 10, N: 90, Loyal: 80},
	}
	curve, err := loyalty.FitResponse(context.Background(), loyalty.Logistic, counts)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, score := range []float64{3, 6.5, 9} {
		i, _ := curve.ShareInterval(score, 0.95)
		fmt.Printf("%.1f: %.0f %% stay (%.0f to %.0f), one point more brings %.1f\n", score, 100*curve.Share(score), 100*i.Low, 100*i.High, 100*curve.Gain(score))
	}
	// Output:
	// 3.0: 15 % stay (10 to 21), one point more brings 6.9
	// 6.5: 54 % stay (49 to 59), one point more brings 13.5
	// 9.0: 82 % stay (77 to 86), one point more brings 8.0
}

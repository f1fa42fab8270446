package recovery_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/recovery"
)

// frontDesk is open on workdays, with a break at noon, but for Labour Day.
func frontDesk() recovery.Hours {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return recovery.Hours{
		Zone:     berlin,
		Week:     recovery.Workdays(recovery.Opening{From: 9 * time.Hour, To: 12 * time.Hour}, recovery.Opening{From: 13 * time.Hour, To: 17 * time.Hour}),
		Holidays: []relmark.Date{relmark.MustParseDate("2026-05-01")},
	}
}

// Where does this complaint stand, and by when do we owe what?
func Example() {
	calendar, err := recovery.NewCalendar(frontDesk())
	if err != nil {
		panic(err)
	}
	policy := recovery.Policy{
		Targets: recovery.Targets{Reply: 4 * time.Hour, Resolution: 14 * time.Hour}, Reopened: 7 * time.Hour, ReopenDays: 14,
		Escalation: []recovery.Escalation{{Level: 1, Percent: decimal.NewFromInt(50)}, {Level: 2, Percent: decimal.NewFromInt(100)}},
	}
	desk, err := recovery.NewDesk(policy, calendar)
	if err != nil {
		panic(err)
	}
	thursday := time.Date(2026, 4, 30, 14, 0, 0, 0, frontDesk().Zone)
	events := []recovery.Event{
		{Type: recovery.Receive, At: thursday, Topic: "room"},
		{Type: recovery.Acknowledge, At: thursday.Add(30 * time.Minute)},
		{Type: recovery.Resolve, At: thursday.Add(40 * time.Minute)}, // nobody has looked for the cause
		{Type: recovery.Diagnose, At: thursday.Add(time.Hour), Cause: "boiler"},
	}
	standing, refused, err := desk.Follow(events, thursday.AddDate(0, 0, 4)) // Monday at two
	if err != nil {
		panic(err)
	}
	clock := standing.Clocks[0]
	fmt.Println(standing.State, "- refused:", refused[0].Reason)
	fmt.Println("replied in", standing.Reply.Used, "- late:", standing.Reply.Breached)
	fmt.Println("used", clock.Used, "of", clock.Budget, "- due", clock.Due.In(frontDesk().Zone).Format("Monday 15:04"))
	fmt.Println("next", standing.Next.In(frontDesk().Zone).Format("Monday 15:04"))
	// Output:
	// diagnosed - refused: transition
	// replied in 30m0s - late: false
	// used 7h0m0s of 14h0m0s - due Tuesday 14:00
	// next Tuesday 14:00
}

// When is a promise of eight working hours due that is made on the eve of a holiday?
func ExampleNewCalendar() {
	calendar, err := recovery.NewCalendar(frontDesk())
	if err != nil {
		panic(err)
	}
	eve := time.Date(2026, 4, 30, 16, 0, 0, 0, frontDesk().Zone)
	due, err := calendar.Due(eve, 8*time.Hour)
	if err != nil {
		panic(err)
	}
	fmt.Println(due.In(frontDesk().Zone).Format("Monday, 2 January, 15:04"))
	open, err := calendar.Between(eve, due)
	fmt.Println(open, err)
	// Output:
	// Monday, 4 May, 17:00
	// 8h0m0s <nil>
}

// Which open complaints are oldest, which have used up their time?
func ExampleRegister() {
	calendar, err := recovery.NewCalendar(frontDesk())
	if err != nil {
		panic(err)
	}
	policy := recovery.Policy{Targets: recovery.Targets{Reply: 4 * time.Hour, Resolution: 14 * time.Hour}, Reopened: 7 * time.Hour}
	desk, err := recovery.NewDesk(policy, calendar)
	if err != nil {
		panic(err)
	}
	register, err := recovery.NewRegister[string](policy)
	if err != nil {
		panic(err)
	}
	monday := time.Date(2026, 5, 4, 9, 0, 0, 0, frontDesk().Zone)
	for id, days := range map[string]int{"c-17": 0, "c-18": 1, "c-19": 3} {
		if err := register.Add(id, recovery.Event{Type: recovery.Receive, At: monday.AddDate(0, 0, days), Topic: "room"}); err != nil {
			panic(err)
		}
	}
	ageing, err := register.Ageing(desk, monday.AddDate(0, 0, 3).Add(2*time.Hour), recovery.AgeingOptions{
		Ages: []time.Duration{24 * time.Hour, 72 * time.Hour}, Used: []int{100}, Worst: 2,
	})
	if err != nil {
		panic(err)
	}
	for _, band := range ageing.ByAge {
		fmt.Println("from", band.From, band.Count)
	}
	for _, worst := range ageing.Worst {
		fmt.Printf("%s has used %.0f %%\n", worst.Complaint, 100*worst.Used)
	}
	// Output:
	// from 0s 1
	// from 24h0m0s 1
	// from 72h0m0s 1
	// c-17 has used 164 %
	// c-18 has used 114 %
}

// How urgent is a public complaint of somebody who has complained before?
func ExampleTriage() {
	triage := recovery.Triage{RepeatFrom: 2}
	for i, hours := range []time.Duration{1, 2, 4, 8, 16} {
		triage.Targets[i] = recovery.Targets{Reply: hours * time.Hour, Resolution: 4 * hours * time.Hour}
	}
	decision, err := triage.Decide(recovery.Facts{Impact: 2, Urgency: 3, Earlier: 2, Public: true})
	if err != nil {
		panic(err)
	}
	fmt.Println(decision.Priority, decision.Reasons, decision.Targets.Reply)
	// Output:
	// 2 [matrix:4 repeat public] 2h0m0s
}

// What handling time may we promise, when some complaints are still open?
func ExampleHandling() {
	var history recovery.Handling
	for _, days := range []int{1, 1, 2, 2, 3, 3, 4, 5, 8} {
		if err := history.Add("room", time.Duration(days)*24*time.Hour, false); err != nil {
			panic(err)
		}
	}
	for _, days := range []int{4, 6, 9} {
		if err := history.Add("room", time.Duration(days)*24*time.Hour, true); err != nil {
			panic(err)
		}
	}
	promise, err := history.Promise("room", 0.8, 0.95)
	if err != nil {
		panic(err)
	}
	kept, err := history.Kept("room", 5*24*time.Hour, 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Println("eight of ten within", promise.Time.Hours()/24, "days")
	fmt.Println("a promise of five days:", kept.Kept, "kept,", kept.Broken, "broken,", kept.Pending, "still open")
	// Output:
	// eight of ten within 8 days
	// a promise of five days: 8 kept, 3 broken, 1 still open
}

// What do we owe a guest for a cold room?
func ExampleCompensation() {
	var policy recovery.Compensation
	if err := json.Unmarshal([]byte(`{"v":1,"exponent":"0.5","cap":"1.5","full_frequency":3,"digits":2}`), &policy); err != nil {
		panic(err)
	}
	award, err := policy.Due(recovery.Failure{
		Severity: decimal.New(8, -1), Responsibility: decimal.New(6, -1), Failures: 1, Price: decimal.New(4990, -2), AlreadyGiven: decimal.New(10, 0),
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("due", award.Due, "- still to pay", award.Pay)
	// Output:
	// due 29.94 - still to pay 19.94
}

// What do customers cost who say nothing, and what is one complaint more worth?
func ExampleNewIceberg() {
	iceberg, err := recovery.NewIceberg(recovery.IcebergParams{
		Complaints: 50, ComplaintRate: recovery.TARPComplaintRate, ResolvedShare: 0.6,
		DefectSilent: 0.63, DefectResolved: 0.18, DefectUnresolved: 0.54, Tellers: recovery.TARPTellers, Conversion: 0.002, CustomerValue: 350,
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.0f say nothing, %.0f leave, %.0f hear of it: %.0f lost\n", iceberg.Silent, iceberg.Lost, iceberg.Told, iceberg.Loss)
	fmt.Printf("one complaint more is worth %.2f, one resolution more %.2f\n", iceberg.OneComplaint, iceberg.OneResolved)
	// Output:
	// 1200 say nothing, 772 leave, 12200 hear of it: 278810 lost
	// one complaint more is worth 111.30, one resolution more 133.00
}

// Which causes should be mended first, and did it help?
func ExampleCauses() {
	causes, err := recovery.NewCauses(2)
	if err != nil {
		panic(err)
	}
	for cause, cost := range map[string]int64{"boiler": 8000, "booking": 2500, "noise": 500, "": 900} {
		if err := causes.Add(cause, decimal.New(cost, -2)); err != nil {
			panic(err)
		}
	}
	report, err := causes.Report(decimal.New(8, -1))
	if err != nil {
		panic(err)
	}
	for _, row := range report.ByCost {
		fmt.Printf("%-7s %5s %3.0f %% %t\n", row.Cause, row.Amount, 100**row.Cumulative, row.Vital)
	}
	mending, err := recovery.Mend(recovery.Period{Complaints: 40, Exposure: 2000}, recovery.Period{Complaints: 11, Exposure: 1800}, 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Printf("rate down to %.0f %% (%.0f to %.0f), %.0f complaints prevented\n", 100**mending.Ratio, 100**mending.Low, 100**mending.High, mending.Prevented)
	// Output:
	// boiler     80  73 % true
	// booking    25  95 % true
	// noise       5 100 % false
	// rate down to 31 % (14 to 61), 25 complaints prevented
}

// What do customers want most when something went wrong: money, speed, respect or words?
func ExampleJustice() {
	justice, err := recovery.NewJustice(1)
	if err != nil {
		panic(err)
	}
	for i := range int32(64) { // a made-up survey
		e := recovery.Experience{Distributive: i % 7, Procedural: i % 5, Interpersonal: i % 4, Informational: i % 3, Severity: i * i % 7}
		e.Satisfaction = 10 + 2*e.Distributive + e.Interpersonal - e.Severity + i%2
		e.Loyalty = e.Satisfaction + i%3
		if err := justice.Add(e); err != nil {
			panic(err)
		}
	}
	model, err := justice.Model(0.95)
	if err != nil {
		panic(err)
	}
	for _, c := range model.Coefficients[1:] {
		if c.P < 0.05 {
			fmt.Printf("%-13s %+.1f (%+.1f to %+.1f)\n", c.Name, c.B, c.Low, c.High)
		}
	}
	// Output:
	// distributive  +2.0 (+1.9 to +2.1)
	// interpersonal +1.2 (+1.1 to +1.3)
	// severity      -1.0 (-1.1 to -0.9)
}

// Are guests whom we recovered well more content than those to whom nothing happened?
func ExampleGroups() {
	groups, err := recovery.NewGroups(1)
	if err != nil {
		panic(err)
	}
	for i := range int32(30) { // a made-up survey
		if err := groups.Add("recovered", 5+i%3, 4+i%3); err != nil {
			panic(err)
		}
		if err := groups.Add("no_failure", 4+i%3, 4+i*2%3); err != nil {
			panic(err)
		}
	}
	paradox, err := groups.Paradox("recovered", "no_failure", 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Printf("satisfaction %+.1f, sure: %t\n", paradox.Satisfaction.Difference, paradox.InSatisfaction)
	fmt.Printf("loyalty %+.1f, sure: %t\n", paradox.Loyalty.Difference, paradox.InLoyalty)
	// Output:
	// satisfaction +1.0, sure: true
	// loyalty +0.0, sure: false
}

package spc_test

import (
	"fmt"
	"log"

	"github.com/relmark/relmark/servqual/spc"
)

// Calls take five minutes, give or take. Is Thursday out of the ordinary, or noise?
func Example() {
	seconds := spc.Readings(301, 312, 295, 308, 299, 305, 290, 303, 310, 298)
	chart, err := spc.XmR(seconds, spc.XmROptions{})
	if err != nil {
		log.Fatal(err)
	}
	band := chart.Limits.At(1)
	fmt.Printf("ordinary days: %.0f to %.0f s\n", band.Lower, band.Upper)
	monitor, err := spc.NewMonitor(chart.Limits, spc.Nelson()) // limits frozen
	if err != nil {
		log.Fatal(err)
	}
	for _, day := range []float64{307, 296, 302, 345} {
		verdict, err := monitor.Add(day, 1)
		if err != nil {
			log.Fatal(err)
		}
		for rule := range verdict.Fired.All() {
			fmt.Printf("%.0f s: %s, %.1f σ from the centre\n", day, spc.Nelson()[rule].Name, verdict.Z)
		}
	}
	// Output:
	// ordinary days: 272 to 333 s
	// 345 s: nelson_1, 4.2 σ from the centre
}

// Fewer calls were resolved at once on Friday. Worse, or just few calls?
func ExampleP() {
	chart, err := spc.P([]spc.Sample{{Count: 412, Size: 500}, {Count: 398, Size: 480}, {Count: 427, Size: 515}, {Count: 47, Size: 64}, {Count: 405, Size: 490}})
	if err != nil {
		log.Fatal(err)
	}
	friday := chart.Points[3]
	fmt.Printf("%.2f, and %.2f to %.2f is ordinary for so few\n", friday.Value, friday.Lower, friday.Upper)
	// Output: 0.73, and 0.68 to 0.97 is ordinary for so few
}

// Every chart of large samples is full of signals. Are the limits too narrow?
func ExampleChart_Laney() {
	chart, err := spc.P([]spc.Sample{{Count: 8150, Size: 10000}, {Count: 8310, Size: 10000}, {Count: 8090, Size: 10000}, {Count: 8270, Size: 10000}, {Count: 8180, Size: 10000}, {Count: 8330, Size: 10000}})
	if err != nil {
		log.Fatal(err)
	}
	before, err := chart.Judge(spc.WesternElectric())
	if err != nil {
		log.Fatal(err)
	}
	wider, err := chart.Laney()
	if err != nil {
		log.Fatal(err)
	}
	after, err := wider.Judge(spc.WesternElectric())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("days vary %.1f times as much as chance alone; signals %d, then %d\n", wider.Limits.Sigma, len(before), len(after))
	// Output: days vary 3.7 times as much as chance alone; signals 1, then 0
}

// Lost luggage is rare. After how many stays without it is the new handling better?
func ExampleG() {
	stays := spc.Readings(120, 340, 55, 210, 480, 90, 160, 305)
	chart, err := spc.G(stays)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("after %.0f stays without one\n", chart.Points[0].Upper)
	// Output: after 881 stays without one
}

// Which chart sees a drift of half a σ first, and how often does each cry wolf?
func ExampleCUSUM_RunLength() {
	cusum := spc.CUSUM{K: 0.25, H: 8}
	for _, shift := range []float64{0, 0.5} {
		single, err := spc.RunLength(spc.Nelson()[:1], shift)
		if err != nil {
			log.Fatal(err)
		}
		sums, err := cusum.RunLength(shift)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("shift %.1f: single values %.0f points, sums %.0f\n", shift, single, sums)
	}
	// Output:
	// shift 0.0: single values 370 points, sums 368
	// shift 0.5: single values 155 points, sums 29
}

// The queue got a second counter in May. Did that help?
func ExampleCompare() {
	before := spc.Readings(9.1, 11.6, 10.2, 12.8, 10.9, 11.7, 9.8, 12.1, 11.3, 10.4)
	after := spc.Readings(8.2, 7.9, 9.0, 8.4, 7.6, 8.8, 8.1, 8.5)
	effect, err := spc.Compare(before, after, 0.95, spc.XmROptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f minutes (%.1f to %.1f), %.1f σ of before, p = %.1g\n", effect.Difference, effect.Low, effect.High, effect.InSigma, effect.P)
	// Output: -2.7 minutes (-3.5 to -1.8), -1.8 σ of before, p = 2e-05
}

// We promise an answer within 20 seconds for 80 % of calls. Do we keep it, and could
// we on every day?
func ExampleStandard() {
	promise := spc.Standard{Measure: "seconds_to_answer", Target: 20, Direction: spc.AtMost, Share: 0.8}
	calls := spc.Readings(8, 14, 31, 12, 19, 22, 9, 17, 11, 16, 25, 13, 18, 10, 15, 12, 40, 9, 14, 16)
	kept, err := promise.Conformance(calls, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	chart, err := spc.XmR(calls, spc.XmROptions{})
	if err != nil {
		log.Fatal(err)
	}
	assured, err := promise.Assurance(chart.Limits, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d, %.0f to %.0f %%: %s; met %s\n", kept.Met, kept.N, 100*kept.Low, 100*kept.High, kept.Finding, assured)
	// Output: 16 of 20, 58 to 92 %: open; met by_chance
}

// 12,000 new members this year, and most join in summer. Are we on course in May?
func ExamplePlan() {
	plan := spc.Plan{Target: 12000, Season: []int64{5, 5, 7, 8, 10, 13, 14, 13, 9, 7, 5, 4}}
	year, err := plan.Project([]int64{560, 610, 850, 930, 1190}, 0.9)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d due; %.0f expected, %.0f to %.0f; reached with probability %.2f\n",
		year.Done, year.Due, year.Total, year.Low, year.High, year.ProbReach)
	// Output: 4140 of 4200 due; 11829 expected, 11548 to 12109; reached with probability 0.13
}

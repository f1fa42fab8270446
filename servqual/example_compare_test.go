package servqual_test

import (
	"fmt"

	"github.com/relmark/relmark/servqual"
)

// reported returns a score of 1 to 7 that another system reports.
func reported(n int64, mean, sd float64) servqual.Stat {
	low, high := 1.0, 7.0
	s, err := servqual.NewStat(servqual.StatParams{N: n, Mean: mean, SD: sd, Low: &low, High: &high})
	if err != nil {
		fmt.Println(err)
	}
	return s
}

// All we have of last year's study is n, mean and standard deviation. How sure was it?
func ExampleNewStat() {
	low, high, err := reported(9, 6.6, 0.9).Interval(0.95)
	fmt.Printf("%.2f to %.2f %v\n", low, high, err) // cut at 7, the end of the scale
	// Output:
	// 5.91 to 7.00 <nil>
}

// Are guests happier than last year, or is it chance?
func ExampleStat_Change() {
	c, err := reported(120, 5.1, 1.3).Change(reported(140, 5.5, 1.2), 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%+.2f (%+.2f to %+.2f), p = %.3f\n", c.Difference, c.Low, c.High, c.P)
	// Output:
	// +0.40 (+0.09 to +0.71), p = 0.011
}

// Do our branches differ at all?
func ExampleCompareGroups() {
	c, err := servqual.CompareGroups([]servqual.Stat{reported(43, 5.4, 1.1), reported(50, 5.3, 1.2), reported(57, 4.6, 1.6)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("Welch's F = %.2f on %.0f and %.1f degrees of freedom, p = %.3f\n", c.Welch.F, c.Welch.Above, c.Welch.Below, c.Welch.P)
	// Output:
	// Welch's F = 4.82 on 2 and 97.7 degrees of freedom, p = 0.010
}

// The score fell. Did service get worse, or do we now ask other guests?
func ExampleSplitChange() {
	s, err := servqual.SplitChange(
		[]servqual.Stat{reported(160, 5.8, 1), reported(40, 4.2, 1)}, // regulars, first visits
		[]servqual.Stat{reported(90, 5.9, 1), reported(110, 4.3, 1)},
		0.95,
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f to %.2f: %+.2f, of which the mix %+.2f and service itself %+.2f (%+.2f to %+.2f)\n",
		s.Earlier, s.Later, s.Difference.Value, s.Mix.Value, s.Within.Value, s.Within.Low, s.Within.High)
	// Output:
	// 5.48 to 5.02: -0.46, of which the mix -0.56 and service itself +0.10 (-0.11 to +0.31)
}

// Young guests hardly answer. What would the score be if all had answered alike?
func ExamplePostStratify() {
	s, err := servqual.PostStratify([]servqual.Stratum{
		{Score: reported(40, 4.4, 1.2), Population: 45}, // percent of all guests
		{Score: reported(260, 5.6, 1.0), Population: 55},
	}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f (%.2f to %.2f), as sure as %.0f answers of %d would be: design effect %.2f\n",
		s.Value, s.Low, s.High, s.Effective, s.N, s.DesignEffect)
	// Output:
	// 5.06 (4.88 to 5.24), as sure as 161 answers of 300 would be: design effect 1.87
}

// Expectations come from a study of prospects, perceptions from guests. What is the gap?
func ExampleUnpaired() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	prospects, stayed := instrument.NewSurvey(), instrument.NewSurvey()
	for _, r := range guests("station") {
		if err := prospects.Add(servqual.Response{Expected: r.Expected}); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, r := range guests("harbour") {
		if err := stayed.Add(servqual.Response{Perceived: r.Perceived}); err != nil {
			fmt.Println(err)
			return
		}
	}
	gaps, err := servqual.Unpaired(prospects, stayed, servqual.HalfAnswered, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range gaps.Dimensions {
		fmt.Printf("%-8s  %+.2f (%+.2f to %+.2f)\n", d.Name, d.Gap.Difference, d.Gap.Low, d.Gap.High)
	}
	// Output:
	// rooms     -0.50 (-1.63 to +0.63)
	// speed     -2.17 (-3.19 to -1.14)
	// courtesy  +0.17 (-1.39 to +1.73)
}

// A guest gave 33.3 points to each of three dimensions. Do we lose the answer?
func ExamplePoints() {
	given := []float64{33.3, 33.3, 33.3}
	_, err := servqual.Points(given, servqual.RefusePoints)
	fmt.Println(err)
	points, err := servqual.Points(given, servqual.RescalePoints)
	fmt.Println(points, err)
	// Output:
	// servqual: Importance[0] = 33.3: must be whole, 0 to 100
	// [34 33 33] <nil>
}

// How many guests must we ask?
func ExamplePlanMean() {
	n, err := servqual.PlanMean(1.4, servqual.Precision{HalfWidth: 0.1, Level: 0.95})
	fmt.Println(n.N, err, "for a mean within 0.1 points")
	small := int64(400)
	n, err = servqual.PlanMean(1.4, servqual.Precision{HalfWidth: 0.1, Level: 0.95, Population: &small})
	fmt.Println(n.N, err, "where there are only 400 to ask")
	// Output:
	// 753 <nil> for a mean within 0.1 points
	// 262 <nil> where there are only 400 to ask
}

// How many must be satisfied or not for a share within 3 points?
func ExamplePlanShare() {
	n, err := servqual.PlanShare(0.5, servqual.Precision{HalfWidth: 0.03, Level: 0.95})
	fmt.Println(n.N, err)
	// Output:
	// 1068 <nil>
}

// How many guests of each hotel show a difference of 0.4 points, if there is one?
func ExamplePlanMeans() {
	n, err := servqual.PlanMeans(1.5, 0.4, servqual.Detection{Level: 0.95, Power: 0.8})
	fmt.Println(n.N, err)
	// Output:
	// 221 <nil>
}

// And that 47 % are satisfied instead of 40?
func ExamplePlanShares() {
	n, err := servqual.PlanShares(0.4, 0.47, servqual.Detection{Level: 0.95, Power: 0.9})
	fmt.Println(n.N, err)
	// Output:
	// 1049 <nil>
}

// How many guests does the front desk disappoint?
func ExampleDisconfirmation_WorseShare() {
	s, err := servqual.Disconfirmation{Worse: 18, Equal: 60, Better: 22}.WorseShare(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% (%.1f to %.1f %%)\n", 100*s.Value, 100*s.Low, 100*s.High)
	// Output:
	// 18 % (11.7 to 26.7 %)
}

package servqual_test

import (
	"fmt"

	"github.com/relmark/relmark/servqual"
)

// frontDesk asks six questions about a hotel's front desk, answered from 1 to 7.
func frontDesk() servqual.InstrumentParams {
	return servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{
		{Name: "rooms", Items: []int{0, 1}},
		{Name: "speed", Items: []int{2, 3}},
		{Name: "courtesy", Items: []int{4, 5}},
	}}
}

// guests returns what guests of two hotels answered, and the points they gave to
// rooms, speed and courtesy.
func guests(hotel string) []servqual.Response {
	const no = servqual.Blank
	if hotel == "harbour" {
		return []servqual.Response{
			{Expected: []int8{5, 6, 7, 7, 6, 6}, Perceived: []int8{6, 6, 4, 5, 6, 7}, Importance: []int8{20, 60, 20}},
			{Expected: []int8{6, 6, 6, 7, 5, 6}, Perceived: []int8{5, 6, 5, 4, 6, 6}, Importance: []int8{30, 50, 20}},
			{Expected: []int8{4, 5, 7, 6, 6, 5}, Perceived: []int8{5, no, 3, 5, 5, 6}, Importance: []int8{25, 50, 25}},
		}
	}
	return []servqual.Response{
		{Expected: []int8{6, 7, 6, 6, 7, 6}, Perceived: []int8{5, 6, 6, 6, 7, 6}, Importance: []int8{40, 30, 30}},
		{Expected: []int8{6, 6, 7, 6, 6, 6}, Perceived: []int8{6, 5, 5, 6, 6, 6}},
		{Expected: []int8{5, 6, 7, 7, 5, no}, Perceived: []int8{5, 6, 6, 5, 6, 6}, Importance: []int8{30, 40, 30}},
	}
}

// Where does our service fall short of what guests expect, and could it be chance?
func Example() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	for _, hotel := range []string{"harbour", "station"} {
		for _, guest := range guests(hotel) {
			if err := survey.Add(guest); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range report.Dimensions {
		gap, _ := d.Gap.Mean()
		low, high, err := d.Gap.Interval(0.95)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-8s  gap %+.2f (%+.2f to %+.2f), %d of %d guests disappointed\n",
			d.Name, gap, low, high, d.Worse, d.Gaps())
	}
	gap, _ := report.Gap.Weighted.Mean()
	fmt.Printf("overall, by what matters to each of %d guests: %+.2f\n", report.Gap.Weighted.N(), gap)
	// Output:
	// rooms     gap -0.08 (-0.86 to +0.69), 3 of 6 guests disappointed
	// speed     gap -1.58 (-2.60 to -0.56), 5 of 6 guests disappointed
	// courtesy  gap +0.33 (-0.10 to +0.76), 0 of 6 guests disappointed
	// overall, by what matters to each of 5 guests: -0.81
}

// How do I start from the published questionnaire and ask it on a scale of 1 to 5?
func ExampleStandard() {
	instrument, err := servqual.NewInstrument(servqual.Standard(1, 5))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range instrument.Params().Dimensions {
		fmt.Println(len(d.Items), d.Name)
	}
	// Output:
	// 4 tangibles
	// 5 reliability
	// 4 responsiveness
	// 4 assurance
	// 5 empathy
}

// What is wrong with the questionnaire my colleague drew up?
func ExampleInstrumentParams_Validate() {
	fmt.Println(servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{
		{Name: "speed", Items: []int{0, 1, 3}},
		{Name: "tone", Items: []int{3}},
		{Name: "tone"},
	}}.Validate())
	// Output:
	// servqual: Dimensions[2].Name: must be unique; Dimensions[1].Items[0] = 3: must be listed once; Dimensions[2].Items = 0: must number 1 to 24; Items = 2: must belong to a dimension
}

// One of our questions is worded negatively. How do I keep it from cancelling the
// others?
func ExampleNewInstrument() {
	p := frontDesk()
	p.Reversed = []int{3} // "I had to ask twice"
	instrument, err := servqual.NewInstrument(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	if err := survey.Add(servqual.Response{Perceived: []int8{5, 5, 6, 2, 6, 6}}); err != nil {
		fmt.Println(err)
		return
	}
	report, err := survey.Report(servqual.AllAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	speed, err := report.Dimension("speed")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(speed.Perceived.Mean())
	// Output: 6 true
}

// What happens to a form that was filled in wrongly?
func ExampleSurvey_Add() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	fmt.Println(survey.Add(servqual.Response{Perceived: []int8{5, 5, 8, 2, 6, 6}}))
	fmt.Println(survey.Add(servqual.Response{Perceived: []int8{5, 5, 7, 2, 6, 6}, Importance: []int8{30, 30, 30}}))
	fmt.Println(survey.Respondents(), "respondents")
	// Output:
	// servqual: Perceived[2] = 8: must be 1 to 7 or Blank
	// servqual: Importance = 90: must add to 100
	// 0 respondents
}

// Which of our hotels keeps guests waiting, and what do all hotels come to? Each
// hotel collects its own survey and sends it as bytes.
func ExampleSurvey_Merge() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	chain := instrument.NewSurvey()
	for _, hotel := range []string{"harbour", "station"} {
		received := instrument.NewSurvey()
		if err := received.UnmarshalBinary(collected(instrument, hotel)); err != nil {
			fmt.Println(err)
			return
		}
		printSpeed(hotel, received)
		if err := chain.Merge(received); err != nil {
			fmt.Println(err)
			return
		}
	}
	printSpeed("chain", chain)
	// Output:
	// harbour  speed -2.33
	// station  speed -0.83
	// chain    speed -1.58
}

// collected is what a hotel sends.
func collected(instrument servqual.Instrument, hotel string) []byte {
	survey := instrument.NewSurvey()
	for _, guest := range guests(hotel) {
		if err := survey.Add(guest); err != nil {
			return nil
		}
	}
	b, err := survey.MarshalBinary()
	if err != nil {
		return nil
	}
	return b
}

func printSpeed(name string, survey *servqual.Survey) {
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	speed, err := report.Dimension("speed")
	if err != nil {
		fmt.Println(err)
		return
	}
	gap, _ := speed.Gap.Mean()
	fmt.Printf("%-8s speed %+.2f\n", name, gap)
}

// How many answers do we lose if a score needs every item, or only one?
func ExampleSurvey_Report() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	if err := survey.UnmarshalBinary(collected(instrument, "harbour")); err != nil {
		fmt.Println(err)
		return
	}
	for _, rule := range []struct {
		name    string
		missing servqual.Missing
	}{{"all", servqual.AllAnswered}, {"half", servqual.HalfAnswered}, {"any", servqual.AnyAnswered}} {
		report, err := survey.Report(rule.missing)
		if err != nil {
			fmt.Println(err)
			return
		}
		gap, _ := report.Gap.Unweighted.Mean()
		fmt.Printf("%-4s  %d guests, gap %+.2f\n", rule.name, report.Gap.Unweighted.N(), gap)
	}
	// Output:
	// all   2 guests, gap -0.58
	// half  3 guests, gap -0.56
	// any   3 guests, gap -0.56
}

// Management has decided that speed counts half. What is the score then, and what
// with the weights that guests give?
func ExampleOverall_OfMeansWeighted() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	if err := survey.UnmarshalBinary(collected(instrument, "harbour")); err != nil {
		fmt.Println(err)
		return
	}
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	alike, err := report.Gap.OfMeans()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("all the same  %+.2f\n", alike)
	guests, _ := report.MeanImportance()
	for _, importance := range [][]float64{{25, 50, 25}, guests} {
		gap, err := report.Gap.OfMeansWeighted(importance)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.1f  %+.2f\n", importance, gap)
	}
	// Output:
	// all the same  -0.56
	// [25.0 50.0 25.0]  -1.00
	// [25.0 53.3 21.7]  -1.09
}

// Do perceptions alone tell the same story as gaps?
func ExampleReport() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	if err := survey.UnmarshalBinary(collected(instrument, "station")); err != nil {
		fmt.Println(err)
		return
	}
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range report.Dimensions {
		perceived, _ := d.Perceived.Mean()
		gap, _ := d.Gap.Mean()
		fmt.Printf("%-8s  SERVPERF %.2f  SERVQUAL %+.2f\n", d.Name, perceived, gap)
	}
	// Output:
	// rooms     SERVPERF 5.50  SERVQUAL -0.50
	// speed     SERVPERF 5.67  SERVQUAL -0.83
	// courtesy  SERVPERF 6.17  SERVQUAL +0.33
}

// How sure are we of the gap?
func ExampleStat_Interval() {
	instrument, err := servqual.NewInstrument(servqual.InstrumentParams{
		Low: 1, High: 7, Dimensions: []servqual.Dimension{{Name: "speed", Items: []int{0}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	for _, perceived := range []int8{3, 4, 4, 5, 2, 4} {
		if err := survey.Add(servqual.Response{Expected: []int8{6}, Perceived: []int8{perceived}}); err != nil {
			fmt.Println(err)
			return
		}
	}
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	gap := report.Dimensions[0].Gap
	mean, _ := gap.Mean()
	low, high, err := gap.Interval(0.95)
	fmt.Printf("gap %.2f, with 95 %% confidence %.2f to %.2f, error %v\n", mean, low, high, err)
	// Output: gap -2.33, with 95 % confidence -3.42 to -1.25, error <nil>
}

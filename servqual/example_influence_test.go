package servqual_test

import (
	"fmt"

	"github.com/relmark/relmark/servqual"
)

// Do managers know what customers expect, and does the counter deliver what they set?
func ExampleNewFiveGaps() {
	instrument, err := servqual.NewInstrument(frontDesk())
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewSurvey()
	for _, guest := range append(guests("harbour"), guests("station")...) {
		if err := survey.Add(guest); err != nil {
			fmt.Println(err)
			return
		}
	}
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
	gaps, err := servqual.NewFiveGaps(speed.Scores, servqual.Provider{
		Believed: []float64{6, 5.5, 6}, Standard: []float64{5.5, 5, 6}, // by manager
		Delivered: []float64{5.5, 5.5, 5, 5}, Promised: []float64{4.5, 5, 5, 4}, // by employee
	}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("1 knowledge      %+.2f (%+.2f to %+.2f)\n", gaps.Knowledge.Difference, gaps.Knowledge.Low, gaps.Knowledge.High)
	fmt.Printf("2 standards      %+.2f\n", gaps.Standards.Difference)
	fmt.Printf("3 delivery       %+.2f\n", gaps.Delivery.Difference)
	fmt.Printf("4 communication  %+.2f\n", gaps.Communication.Difference)
	fmt.Printf("5 customer       %+.2f, of which 1 to 3 leave %+.2f unexplained\n", gaps.Customer.Difference, gaps.Residual.Difference)
	// Output:
	// 1 knowledge      -0.75 (-1.32 to -0.18)
	// 2 standards      -0.33
	// 3 delivery       -0.25
	// 4 communication  -0.62
	// 5 customer       -1.58, of which 1 to 3 leave -0.25 unexplained
}

// Across our branches, which of the provider's gaps does the customer feel?
func ExampleExplainGap5() {
	r, err := servqual.ExplainGap5([]servqual.UnitGaps{
		{Knowledge: -0.3, Standards: -0.4, Delivery: -0.9, Communication: -0.5, Customer: -1.5},
		{Knowledge: -0.5, Standards: -0.2, Delivery: -0.3, Communication: -0.2, Customer: -0.8},
		{Knowledge: -0.1, Standards: -0.5, Delivery: 0.1, Communication: -0.4, Customer: -0.4},
		{Knowledge: -0.2, Standards: -0.9, Delivery: -0.6, Communication: -0.1, Customer: -1.4},
		{Knowledge: -0.4, Standards: -0.3, Delivery: 0.0, Communication: -0.3, Customer: -0.7},
		{Knowledge: -0.6, Standards: -0.6, Delivery: -0.2, Communication: -0.6, Customer: -1.3},
		{Knowledge: 0.0, Standards: -0.1, Delivery: -0.5, Communication: -0.3, Customer: -0.5},
		{Knowledge: -0.3, Standards: 0.1, Delivery: -0.7, Communication: -0.5, Customer: -0.9},
	}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range r.Coefficients[1:] {
		fmt.Printf("%-13s %+.2f (%+.2f to %+.2f)\n", c.Name, c.B, c.Low, c.High)
	}
	// Output:
	// knowledge     +0.95 (+0.50 to +1.40)
	// standards     +0.82 (+0.54 to +1.10)
	// delivery      +0.91 (+0.67 to +1.16)
	// communication +0.33 (-0.22 to +0.88)
}

// visits is a study of some visits on scales of 1 to 7; satisfaction is of 0 to 10.
func visits() (*servqual.Study, error) {
	names := []string{
		servqual.ColumnPromised, servqual.ColumnImage, servqual.ColumnWordOfMouth, servqual.ColumnNeeds,
		servqual.ColumnExpected, servqual.ColumnPerceived, servqual.ColumnEmotion, servqual.ColumnAttribution, servqual.ColumnFairness,
	}
	var p servqual.StudyParams
	for _, name := range names {
		p.Columns = append(p.Columns, servqual.Column{Name: name, Low: 1, High: 7})
	}
	p.Columns = append(p.Columns, servqual.Column{Name: servqual.ColumnSatisfaction, Low: 0, High: 10})
	study, err := servqual.NewStudy(p)
	if err != nil {
		return nil, err
	}
	const no = servqual.Blank
	for _, visit := range [][]int8{
		{6, 5, 4, 5, 6, 4, 3, 4, 4, 4},
		{7, 5, 5, 6, 7, 5, 4, 5, 4, 5},
		{5, 4, 4, 4, 5, 5, 5, 3, 5, 7},
		{4, 4, 3, 5, 4, 5, 5, 4, 6, 8},
		{6, 6, 5, 4, 6, 3, 2, 5, 3, 2},
		{3, 4, 4, 3, 3, 4, 4, 2, 5, 7},
		{7, 6, 6, 5, 7, 5, 4, 4, 5, 6},
		{5, 5, 4, 6, 6, 6, 6, 3, 6, 9},
		{4, 5, 5, 4, 5, 4, 3, 4, 4, 5},
		{6, 4, 5, 5, 5, 4, 4, no, 4, 5},
		{5, 6, 4, 4, 5, 6, 5, 3, 5, 8},
		{3, 3, 4, 4, 3, 5, 6, 2, 6, 9},
		{7, 5, 4, 6, 6, 4, 3, 5, 4, 3},
		{5, 5, 6, 5, 6, 5, 5, 4, 4, 6},
	} {
		if err := study.Add(visit); err != nil {
			return nil, err
		}
	}
	return study, nil
}

// What do customers take their expectations from, and do we promise too much?
func ExampleStudy_Drivers() {
	study, err := visits()
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := study.Drivers(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, c := range d.Regression.Coefficients[1:] {
		fmt.Printf("%-13s %+.2f (%+.2f to %+.2f), %2.0f %% of the variance\n", c.Name, c.B, c.Low, c.High, 100*d.Shares[i])
	}
	fmt.Printf("promised less perceived: %+.2f (%+.2f to %+.2f), over-promise: %v\n",
		d.Excess.Difference, d.Excess.Low, d.Excess.High, d.OverPromise)
	// Output:
	// promised      +0.33 (+0.00 to +0.65), 35 % of the variance
	// image         +0.50 (+0.13 to +0.87), 24 % of the variance
	// word_of_mouth +0.33 (-0.00 to +0.66), 13 % of the variance
	// needs         +0.48 (+0.09 to +0.86), 21 % of the variance
	// promised less perceived: +0.57 (-0.41 to +1.55), over-promise: false
}

// Who was disappointed is dissatisfied. How much of it is mood, blame and fairness?
func ExampleStudy_Disconfirmation() {
	study, err := visits()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := study.Disconfirmation(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("the gap alone explains %.0f %%, with the three influences %.0f %% (p = %.4f)\n",
		100*m.Gap.R2, 100*m.Influenced.R2, m.Influences.P)
	for _, s := range []struct {
		state string
		of    servqual.StateScore
	}{{"worse", m.Worse}, {"as expected", m.Equal}, {"better", m.Better}} {
		fmt.Printf("%-11s  %d customers, satisfied %.1f, adjusted %.1f (%.1f to %.1f)\n", s.state,
			s.of.Satisfaction.N, s.of.Satisfaction.Value, s.of.Adjusted.Value, s.of.Adjusted.Low, s.of.Adjusted.High)
	}
	// Output:
	// the gap alone explains 78 %, with the three influences 97 % (p = 0.0014)
	// worse        7 customers, satisfied 4.4, adjusted 5.8 (5.1 to 6.5)
	// as expected  2 customers, satisfied 8.0, adjusted 6.2 (5.4 to 6.9)
	// better       4 customers, satisfied 8.0, adjusted 6.5 (5.5 to 7.6)
}

// What counts more for quality: what the customer gets, or how?
func ExampleStudy_OutcomeProcess() {
	study, err := servqual.NewStudy(servqual.StudyParams{Columns: []servqual.Column{
		{Name: servqual.ColumnOutcome, Low: 1, High: 7}, {Name: servqual.ColumnProcess, Low: 1, High: 7}, {Name: servqual.ColumnOverall, Low: 0, High: 10},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, visit := range [][]int8{{5, 6, 8}, {3, 4, 4}, {6, 3, 7}, {4, 6, 7}, {7, 5, 9}, {2, 5, 4}, {6, 6, 9}, {5, 2, 5}, {4, 4, 6}, {3, 7, 6}} {
		if err := study.Add(visit); err != nil {
			fmt.Println(err)
			return
		}
	}
	o, err := study.OutcomeProcess(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("outcome has %.0f %% of the weight (%.0f to %.0f %%)\n", 100*o.OutcomeShare.Value, 100*o.OutcomeShare.Low, 100*o.OutcomeShare.High)
	// Output:
	// outcome has 62 % of the weight (55 to 69 %)
}

// Which dimensions of quality drive satisfaction?
func ExampleRelations() {
	instrument, err := servqual.NewInstrument(servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{
		{Name: "speed", Items: []int{0, 1}}, {Name: "courtesy", Items: []int{2}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	relations, err := instrument.NewRelations(servqual.RelationParams{
		Measures: []servqual.Measure{servqual.MeasurePerceived},
		Outcomes: []servqual.Column{{Name: "satisfaction", Low: 0, High: 10}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, guest := range [][]int8{{5, 6, 6, 8}, {3, 2, 5, 3}, {6, 6, 4, 7}, {4, 5, 6, 6}, {7, 6, 5, 9}, {2, 3, 4, 3}, {5, 5, 3, 5}} {
		if err := relations.Add(servqual.Response{Perceived: guest[:3]}, guest[3:]); err != nil {
			fmt.Println(err)
			return
		}
	}
	r, err := relations.Regress("satisfaction", []string{
		servqual.ScoreName(servqual.MeasurePerceived, "speed"), servqual.ScoreName(servqual.MeasurePerceived, "courtesy"),
	}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range r.Coefficients[1:] {
		fmt.Printf("%-18s  %+.2f (%+.2f to %+.2f)\n", c.Name, c.B, c.Low, c.High)
	}
	// Output:
	// perceived speed     +1.34 (+1.02 to +1.67)
	// perceived courtesy  +0.63 (+0.16 to +1.10)
}

// We keep ten million answers in columns and want the gaps only. Which way is quickest?
func ExampleGapSurvey_AddColumns() {
	instrument, err := servqual.NewInstrument(servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{
		{Name: "speed", Items: []int{0, 1}}, {Name: "courtesy", Items: []int{2}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	const no = servqual.Blank
	survey := instrument.NewGapSurvey()
	if err := survey.AddColumns(servqual.Columns{
		Expected:  [][]int8{{6, 7, 6, no}, {6, 6, 7, 6}, {5, 6, 6, 5}}, // by question
		Perceived: [][]int8{{4, 5, 6, 5}, {5, 4, no, 6}, {6, 6, 7, 5}},
	}); err != nil {
		fmt.Println(err)
		return
	}
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range report.Dimensions {
		gap, _ := d.Gap.Mean()
		fmt.Printf("%-8s  %+.2f of %d, %d disappointed\n", d.Name, gap, d.Gap.N(), d.Worse)
	}
	// Output:
	// speed     -0.88 of 4, 2 disappointed
	// courtesy  +0.50 of 4, 0 disappointed
}

// Besides how we serve, what do customers take home?
func ExampleTechnical() {
	instrument, err := servqual.NewInstrument(servqual.Technical(1, 7, 3))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range instrument.Params().Dimensions {
		fmt.Println(d.Name, d.Items)
	}
	// Output:
	// safety [0 1 2]
	// suitability [3 4 5]
	// effectiveness [6 7 8]
	// economy [9 10 11]
}

package servqual_test

import (
	"fmt"

	"github.com/relmark/relmark/servqual"
)

// Is our service merely adequate, or what guests would wish for?
func ExampleZoneSurvey() {
	instrument, err := servqual.NewInstrument(servqual.InstrumentParams{Low: 1, High: 9, Dimensions: []servqual.Dimension{
		{Name: "speed", Items: []int{0, 1}},
		{Name: "courtesy", Items: []int{2}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewZoneSurvey()
	for _, guest := range []servqual.ZoneResponse{
		{Adequate: []int8{6, 5, 5}, Desired: []int8{8, 8, 7}, Perceived: []int8{5, 5, 8}},
		{Adequate: []int8{5, 6, 4}, Desired: []int8{8, 7, 6}, Perceived: []int8{6, 6, 7}},
		{Adequate: []int8{6, 6, 6}, Desired: []int8{9, 8, 8}, Perceived: []int8{5, 4, 8}},
	} {
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
	for _, d := range report.Dimensions {
		status, _ := d.Status()
		position, _ := d.Position()
		adequacy, _ := d.Adequacy.Mean()
		fmt.Printf("%-8s  %s, MSA %+.2f, at %.0f %% of the zone; %d of %d guests below it\n",
			d.Name, status, adequacy, 100*position, d.Below, d.Adequacy.N())
	}
	// Output:
	// speed     below, MSA -0.50, at -21 % of the zone; 2 of 3 guests below it
	// courtesy  above, MSA +2.67, at 133 % of the zone; 0 of 3 guests below it
}

// How sure are we of where we stand in the zone?
func ExampleZoneScores_PositionInterval() {
	instrument, err := servqual.NewInstrument(servqual.InstrumentParams{Low: 1, High: 9, Dimensions: []servqual.Dimension{{Name: "speed", Items: []int{0}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	survey := instrument.NewZoneSurvey()
	for i := range int8(20) {
		guest := servqual.ZoneResponse{Adequate: []int8{5 + i%2}, Desired: []int8{8}, Perceived: []int8{5 + i%4}}
		if err := survey.Add(guest); err != nil {
			fmt.Println(err)
			return
		}
	}
	report, err := survey.Report(servqual.AllAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	low, high, err := report.Overall.PositionInterval(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	below, err := report.Overall.Share(servqual.ZoneBelow, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f to %.0f %% of the way from adequate to desired\n", 100*low, 100*high)
	fmt.Printf("%.0f %% of guests find it not adequate (%.0f to %.0f %%)\n", 100*below.Value, 100*below.Low, 100*below.High)
	// Output:
	// 21 to 60 % of the way from adequate to desired
	// 0 % of guests find it not adequate (0 to 16 %)
}

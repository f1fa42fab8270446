package pulse_test

import (
	"fmt"
	"log"

	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/pulse"
)

// Would guests recommend us, how surely do we know, and is that better than last
// quarter?
func Example() {
	last := pulse.Net{Detractors: 109, Passives: 151, Promoters: 144}
	now, err := pulse.NewTally(pulse.Recommend())
	if err != nil {
		log.Fatal(err)
	}
	for answer, people := range []int64{0, 0, 2, 4, 9, 19, 28, 60, 77, 90, 67} {
		if err := now.AddTimes(answer, people); err != nil {
			log.Fatal(err)
		}
	}
	groups, err := now.NPS()
	if err != nil {
		log.Fatal(err)
	}
	score, _ := groups.Score()
	low, high, err := groups.Interval(0.95, pulse.AdjustedWald)
	if err != nil {
		log.Fatal(err)
	}
	change, err := last.Change(groups, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("NPS %.0f of %d answers, %.0f to %.0f\n", score, groups.N(), low, high)
	fmt.Printf("%+.0f points since last quarter, %.0f to %.0f, p = %.3f\n", change.Difference, change.Low, change.High, change.P)
	// Output:
	// NPS 27 of 356 answers, 19 to 34
	// +18 points since last quarter, 7 to 29, p = 0.001
}

// How many customers are satisfied, if 41 of 50 ticked 4 or 5?
func ExampleTally_TopBox() {
	csat, err := pulse.NewTally(pulse.Scale{Low: 1, High: 5})
	if err != nil {
		log.Fatal(err)
	}
	for answer, people := range map[int]int64{1: 2, 2: 2, 3: 5, 4: 21, 5: 20} {
		if err := csat.AddTimes(answer, people); err != nil {
			log.Fatal(err)
		}
	}
	top, err := csat.TopBox(4)
	if err != nil {
		log.Fatal(err)
	}
	share, _ := top.Share()
	low, high, err := top.Interval(0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f %%, %.0f to %.0f\n", 100*share, 100*low, 100*high)
	// Output: 82 %, 69 to 90
}

// How hard was it to get the problem solved, from 1 (easy) to 7?
func ExampleTally_Mean() {
	effort, err := pulse.NewTally(pulse.Scale{Low: 1, High: 7})
	if err != nil {
		log.Fatal(err)
	}
	for _, answer := range []int{2, 1, 3, 2, 5, 1, 2, 2, 4, 6} {
		if err := effort.Add(answer); err != nil {
			log.Fatal(err)
		}
	}
	mean, _ := effort.Mean().Value()
	low, high, err := effort.Mean().Interval(0.9)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("effort %.1f, %.1f to %.1f\n", mean, low, high)
	// Output: effort 2.8, 1.8 to 3.8
}

// Business guests answered half as often as they should have: what is the score of
// all guests?
func ExampleWeighted() {
	w, err := pulse.NewWeighted(pulse.Recommend())
	if err != nil {
		log.Fatal(err)
	}
	for _, guest := range []struct {
		answer int
		weight float64
	}{{10, 1}, {9, 1}, {8, 1}, {10, 1}, {4, 2}, {9, 2}} {
		if err := w.Add(guest.answer, guest.weight); err != nil {
			log.Fatal(err)
		}
	}
	score, err := w.NPS()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("NPS %.1f ± %.1f, as surely as %.1f guests of equal weight\n", score.Value, score.SE, w.EffectiveN())
	// Output: NPS 37.5 ± 40.4, as surely as 5.3 guests of equal weight
}

// Are we getting better, wave after wave?
func ExampleTrend() {
	var points []pulse.Point
	for month, n := range []pulse.Net{{60, 80, 60}, {55, 80, 65}, {52, 76, 72}, {45, 80, 75}} {
		score, err := n.Estimate(pulse.AdjustedWald)
		if err != nil {
			log.Fatal(err)
		}
		points = append(points, pulse.Point{At: float64(month), Estimate: score})
	}
	line, err := pulse.Trend(points)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+.1f points a month, p = %.3f; a line fits: p = %.2f\n", line.Slope.Value, line.P, line.PLack)
	// Output: +4.9 points a month, p = 0.041; a line fits: p = 1.00
}

// How many answers do we need to know our NPS within five points, if it stays as it was?
func ExampleNet_SD() {
	sd, _ := pulse.Net{Detractors: 40, Passives: 60, Promoters: 100}.SD() // of the last wave
	plan, err := servqual.PlanMean(sd, servqual.Precision{HalfWidth: 5, Level: 0.95})
	fmt.Println(plan.N, err)
	// Output: 938 <nil>
}

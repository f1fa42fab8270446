package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/relmark/relmark/servqual/encounter"
)

// checkIn is what happens at the counter of the simulated hotel.
func checkIn() encounter.Process {
	return encounter.Process{Steps: []string{"reservation found", "papers", "payment", "key"}}
}

// whatHappensAtTheCounter follows guests through the check-in, step by step.
func (s *story) whatHappensAtTheCounter(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("What happens at the counter?", "servqual/encounter")
	process := checkIn()
	tally, err := encounter.Walk(process, checkIns)
	if err != nil {
		return err
	}
	report, err := process.Report(tally, 0.95)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, step := range report.Steps {
		rows = append(rows, []string{
			step.Step, percent(step.AtOnce.Value), fmt.Sprintf("%.0f to %s", 100*step.AtOnce.Low, percent(step.AtOnce.High)),
			seconds(step.Work.Mean), count(int(step.Visits - step.Cases)), percent(step.Lost.Value),
		})
	}
	r.table([]string{"step", "done at once", "95 % interval", "takes", "done again", "leave here"}, rows)
	r.say("Of %s, %s pass all steps at once. Most time goes into doing again: %s; most guests are lost at: %s.",
		plural(int(report.Cases), "guest"), percent(*report.Throughput), process.Steps[*report.LosesTime], process.Steps[*report.LosesCases])
	return sayMoments(r)
}

// checkIns lets 150 guests check in. Papers are missing now and then, and who is sent
// back too often leaves.
func checkIns(yield func(encounter.Record[int], error) bool) {
	source, day := rand.New(rand.NewPCG(2026, 18)), time.Date(2025, time.December, 1, 15, 0, 0, 0, time.UTC)
	again, lost := [...]float64{0.04, 0.16, 0.09, 0.02}, [...]float64{0, 0.02, 0.03, 0}
	for guest := range 150 {
		at := day.Add(time.Duration(guest) * 3 * time.Minute)
		for step := 0; step < len(again); {
			visit := encounter.Record[int]{Case: guest, Step: step, Start: at, End: at.Add(time.Duration(20+source.IntN(70)) * time.Second), Outcome: encounter.Passed}
			switch chance := source.Float64(); {
			case chance < lost[step]:
				visit.Outcome = encounter.Lost
			case chance < lost[step]+again[step]:
				visit.Outcome = encounter.Redo
			}
			if !yield(visit, nil) {
				return
			}
			switch visit.Outcome {
			case encounter.Passed:
				step++
			case encounter.Lost:
				step = len(again)
			case encounter.Redo: // the same step once more
			}
			at = visit.End.Add(10 * time.Second)
		}
	}
}

// sayMoments says which contact point costs most satisfaction, by what guests told.
func sayMoments(r *report) error {
	names := []string{"the desk", "the restaurant", "the room"}
	told := [][3][]int{ // how satisfied in all, 0 to 10, were those with a bad, a plain, a good moment there
		{{3, 5, 4, 2, 6, 4, 3, 5}, {7, 6, 8, 7, 7, 6, 8, 7, 5, 7}, {8, 9, 8, 7}},
		{{6, 5, 7}, {7, 6, 8, 7, 6, 7, 8}, {8, 9, 9, 8, 10, 8, 7}},
		{{4, 3}, {7, 7, 6, 8, 7, 8, 6, 7, 7}, {9, 8, 8, 9, 9, 8}},
	}
	var reports []encounter.PointReport
	for _, point := range told {
		var tally encounter.PointTally
		for i, moment := range []encounter.Moment{encounter.Bad, encounter.Plain, encounter.Good} {
			for _, overall := range point[i] {
				if err := tally.Add(moment, overall); err != nil {
					return err
				}
			}
		}
		report, err := tally.Report(0.95)
		if err != nil {
			return err
		}
		reports = append(reports, report)
	}
	worst, ok := encounter.WorstPoint(reports)
	if !ok {
		return nil
	}
	w := reports[worst]
	r.say("Begin with %s: %s of the moments there are bad, and one costs %.1f points of satisfaction out of 10 (%.1f to %.1f); a good one earns %.1f.",
		names[worst], percent(w.Bad.Value), w.Penalty.Value, w.Penalty.Interval.Low, w.Penalty.Interval.High, w.Reward.Value)
	return nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.0f s", d.Seconds()) }

package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/pulse"
	"github.com/relmark/relmark/servqual/spc"
)

// A week is what the reception wrote down in one: answers to "would you recommend
// us?" from 0 to 10, and the minutes that a check-in took on average.
type week struct {
	from    relmark.Date
	answers [11]int64
	minutes float64
}

// A change that the house has made: from this week on there is a clerk more.
const changedIn = 36

// whetherItHasChanged says if guests recommend the house more than half a year ago,
// and whether a change of the process did anything, or was noise.
func (s *story) whetherItHasChanged(r *report) error {
	r.heading("Do they recommend us, and has anything changed?", "servqual/pulse", "servqual/spc")
	if s.weeks == nil {
		r.say("Needs counts of answers from 0 to 10 and one measure of the process, week by week.")
		return nil
	}
	weeks, err := readWeeks(s.weeks)
	if err != nil {
		return err
	}
	if err := sayRecommendation(r, weeks[:len(weeks)/2], weeks[len(weeks)/2:]); err != nil {
		return err
	}
	return sayCheckIn(r, weeks)
}

func sayRecommendation(r *report, before, after []week) error {
	then, err := netOf(before)
	if err != nil {
		return err
	}
	now, err := netOf(after)
	if err != nil {
		return err
	}
	var rows [][]string
	for i, n := range []pulse.Net{then, now} {
		score, _ := n.Score()
		low, high, err := n.Interval(0.95, pulse.AdjustedWald)
		if err != nil {
			return err
		}
		rows = append(rows, []string{
			[]string{"first half", "second half"}[i], count(int(n.N())), fmt.Sprintf("%.0f", score), fmt.Sprintf("%.0f to %.0f", low, high),
		})
	}
	r.table([]string{"the year", "answers", "net promoters", "95 % interval"}, rows)
	c, err := then.Change(now, 0.95)
	if err != nil {
		return err
	}
	verdict := "which may be chance"
	if c.P < 0.05 {
		verdict = "more than chance would do"
	}
	r.say("That is a change of %+.0f points (%.0f to %.0f), %s.", c.Difference, c.Low, c.High, verdict)
	return nil
}

// netOf counts the answers of some weeks.
func netOf(weeks []week) (pulse.Net, error) {
	tally, err := pulse.NewTally(pulse.Recommend())
	if err != nil {
		return pulse.Net{}, err
	}
	for _, w := range weeks {
		for answer, people := range w.answers {
			if err := tally.AddTimes(answer, people); err != nil {
				return pulse.Net{}, err
			}
		}
	}
	return tally.NPS()
}

// sayCheckIn freezes the limits of the weeks before the change and judges by them
// what came after it.
func sayCheckIn(r *report, weeks []week) error {
	var minutes []float64
	for _, w := range weeks {
		minutes = append(minutes, w.minutes)
	}
	before, after := spc.Readings(minutes[:changedIn]...), spc.Readings(minutes[changedIn:]...)
	effect, err := spc.Compare(before, after, 0.95, spc.XmROptions{})
	if err != nil {
		return err
	}
	band := effect.Before.Limits.At(1)
	ordinary, err := effect.Before.Judge(spc.Nelson())
	if err != nil {
		return err
	}
	first, err := firstSignal(effect.Before.Limits, weeks[changedIn:])
	if err != nil {
		return err
	}
	r.say("A check-in took %.1f to %.1f minutes in an ordinary week, with %s in %d weeks. The week of %s brought one more clerk, and the chart called in the week of %s. The change is worth %.1f minutes (%.1f to %.1f), %.1f σ of a week.",
		band.Lower, band.Upper, plural(len(ordinary), "signal"), changedIn, weeks[changedIn].from, first, effect.Difference, effect.Low, effect.High, effect.InSigma)
	return nil
}

// firstSignal returns the week in which a monitor with frozen limits calls first.
func firstSignal(limits spc.Limits, weeks []week) (string, error) {
	monitor, err := spc.NewMonitor(limits, spc.Nelson())
	if err != nil {
		return "", err
	}
	for _, w := range weeks {
		verdict, err := monitor.Add(w.minutes, 1)
		if err != nil {
			return "", err
		}
		if verdict.Fired != 0 {
			return w.from.String(), nil
		}
	}
	return "none", nil
}

// readWeeks reads the first day, eleven counts and minutes.
func readWeeks(content []byte) ([]week, error) {
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, err
	}
	weeks := make([]week, len(lines))
	for i, line := range lines {
		if weeks[i], err = readWeek(line); err != nil {
			return nil, fmt.Errorf("weeks, line %d: %w", i+1, err)
		}
	}
	return weeks, nil
}

func readWeek(fields []string) (w week, err error) {
	if w.from, err = relmark.ParseDate(fields[0]); err != nil {
		return w, err
	}
	for i := range w.answers {
		if w.answers[i], err = strconv.ParseInt(fields[1+i], 10, 64); err != nil {
			return w, err
		}
	}
	w.minutes, err = strconv.ParseFloat(fields[len(fields)-1], 64)
	return w, err
}

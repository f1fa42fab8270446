package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/relmark/relmark/servqual"
)

// howServiceWas compares what guests expected with what they perceived.
func (s *story) howServiceWas(r *report) error {
	r.heading("How was the service?")
	if s.survey == nil {
		r.say("Needs answers: what customers expected and perceived, item by item, on a questionnaire such as servqual.Standard.")
		return nil
	}
	survey, err := readSurvey(s.survey)
	if err != nil {
		return err
	}
	report, err := survey.Report(servqual.HalfAnswered)
	if err != nil {
		return err
	}
	rows, worst, err := dimensionRows(report)
	if err != nil {
		return err
	}
	r.table([]string{"dimension", "expected", "perceived", "gap", "95 % interval", "points"}, rows)
	below, _ := worst.ShareWorse()
	r.say("%d guests answered. The house falls short in %s: %s of them got less there than they expected.",
		report.Respondents, worst.Name, percent(below))
	return nil
}

// dimensionRows writes a line for each dimension and finds the worst.
func dimensionRows(report servqual.Report) (rows [][]string, worst servqual.DimensionScores, err error) {
	least := 0.0
	for _, d := range report.Dimensions {
		low, high, err := d.Gap.Interval(0.95)
		if err != nil {
			return nil, worst, err
		}
		gap, _ := d.Gap.Mean()
		if worst.Name == "" || gap < least {
			worst, least = d, gap
		}
		rows = append(rows, []string{
			d.Name, mean(d.Expected), mean(d.Perceived), mean(d.Gap), fmt.Sprintf("%.2f to %.2f", low, high), mean(d.Importance),
		})
	}
	return rows, worst, nil
}

func mean(s servqual.Stat) string {
	m, ok := s.Mean()
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.2f", m)
}

// readSurvey reads guest, 22 expectations, 22 perceptions and 5 times points.
func readSurvey(content []byte) (*servqual.Survey, error) {
	instrument, err := servqual.NewInstrument(servqual.Standard(1, 7))
	if err != nil {
		return nil, err
	}
	survey, n := instrument.NewSurvey(), instrument.Items()
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, err
	}
	for i, line := range lines {
		answers, err := readAnswers(line[1:])
		if err == nil {
			err = survey.Add(servqual.Response{Expected: answers[:n], Perceived: answers[n : 2*n], Importance: answers[2*n:]})
		}
		if err != nil {
			return nil, fmt.Errorf("survey, line %d: %w", i+1, err)
		}
	}
	return survey, nil
}

func readAnswers(fields []string) ([]int8, error) {
	answers := make([]int8, len(fields))
	for i, field := range fields {
		if field == "" {
			answers[i] = servqual.Blank
			continue
		}
		v, err := strconv.ParseInt(field, 10, 8)
		if err != nil {
			return nil, err
		}
		answers[i] = int8(v)
	}
	return answers, nil
}

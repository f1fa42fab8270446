package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/scale"
)

// howServiceWas compares what guests expected with what they perceived.
func (s *story) howServiceWas(r *report) error {
	r.heading("How was the service?", "servqual", "servqual/scale")
	if s.survey == nil {
		r.say("Needs answers: what customers expected and perceived, item by item, on a questionnaire such as servqual.Standard.")
		return nil
	}
	answers, err := readAnswers(s.survey)
	if err != nil {
		return err
	}
	survey, err := surveyOf(answers)
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
	return sayHowSound(r, answers, report.Dimensions)
}

// sayHowSound says whether the items of a dimension measure one thing.
func sayHowSound(r *report, answers [][]int8, dimensions []servqual.DimensionScores) error {
	least, name, first := scale.Alpha{Raw: 2}, "", 0
	for d, items := range [...]int{4, 5, 4, 4, 5} { // of the standard questionnaire
		battery, err := scale.New(scale.Params{Items: upTo(items), Low: 1, High: 7})
		if err != nil {
			return err
		}
		perceived := battery.NewAnswers()
		for _, a := range answers {
			if err := perceived.Add(a[22+first : 22+first+items]); err != nil {
				return err
			}
		}
		c, err := perceived.Covariance(scale.Listwise)
		if err != nil {
			return err
		}
		alpha, err := c.Alpha(0.95)
		if err != nil {
			return err
		}
		if alpha.Raw < least.Raw {
			least, name = alpha, dimensions[d].Name
		}
		first += items
	}
	r.say("The questionnaire: of the five dimensions %s is measured least surely, alpha %.2f (%.2f to %.2f).", name, least.Raw, least.Feldt.Low, least.Feldt.High)
	return nil
}

func upTo(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
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

// surveyOf adds up 22 expectations, 22 perceptions and 5 times points of each guest.
func surveyOf(answers [][]int8) (*servqual.Survey, error) {
	instrument, err := servqual.NewInstrument(servqual.Standard(1, 7))
	if err != nil {
		return nil, err
	}
	survey, n := instrument.NewSurvey(), instrument.Items()
	for i, a := range answers {
		if err := survey.Add(servqual.Response{Expected: a[:n], Perceived: a[n : 2*n], Importance: a[2*n:]}); err != nil {
			return nil, fmt.Errorf("survey, line %d: %w", i+1, err)
		}
	}
	return survey, nil
}

// readAnswers reads lines of a guest and what the guest answered.
func readAnswers(content []byte) ([][]int8, error) {
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, err
	}
	answers := make([][]int8, len(lines))
	for i, line := range lines {
		if answers[i], err = readLine(line[1:]); err != nil {
			return nil, fmt.Errorf("survey, line %d: %w", i+1, err)
		}
	}
	return answers, nil
}

func readLine(fields []string) ([]int8, error) {
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

package servqual_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

// zoneFigures returns the tree of figures of a name, of columns a01 …, d01 … and p01 ….
func zoneFigures(t *testing.T, expected []byte, name string) any {
	t.Helper()
	var file struct {
		Meta struct {
			Dimensions json.RawMessage `json:"dimensions"`
		} `json:"meta"`
	}
	require.NoError(t, json.Unmarshal(expected, &file))
	p := servqual.InstrumentParams{Low: 127, High: -127, Dimensions: dimensions(t, file.Meta.Dimensions)}
	n := 0
	for _, d := range p.Dimensions {
		n += len(d.Items)
	}
	var list []servqual.ZoneResponse
	for _, row := range reference.InputRows(t, "servqual_zot.csv") {
		r := servqual.ZoneResponse{Adequate: answers(t, row, "a", n), Desired: answers(t, row, "d", n), Perceived: answers(t, row, "p", n)}
		for _, side := range [][]int8{r.Adequate, r.Desired, r.Perceived} {
			for _, a := range side {
				if a != servqual.Blank {
					p.Low, p.High = min(p.Low, int(a)), max(p.High, int(a))
				}
			}
		}
		list = append(list, r)
	}
	s := instrument(t, widened(p)).NewZoneSurvey()
	for _, r := range list {
		require.NoError(t, s.Add(r))
	}
	report, err := s.Report(servqual.HalfAnswered)
	require.NoError(t, err)
	switch name {
	case "items":
		return zoneItems(report)
	case "dimensions":
		tree := map[string]any{}
		for _, d := range report.Dimensions {
			tree[d.Name] = zoneDimension(d)
		}
		return tree
	}
	return nil
}

func zoneItems(r servqual.ZoneReport) (list []any) {
	for i, z := range r.Items {
		list = append(list, map[string]any{
			"item": int64(i + 1), "n": z.Perceived.N(), "adequate": defined(z.Adequate.Mean()),
			"desired": defined(z.Desired.Mean()), "perceived": defined(z.Perceived.Mean()),
			"msa": z.Adequacy, "mss": z.Superiority, "width": defined(z.Width.Mean()),
			"counts": map[string]any{"below": z.Below, "within": z.Within, "above": z.Above, "inverted": z.Inverted},
		})
	}
	return list
}

func zoneDimension(z servqual.ZoneDimension) any {
	status, _ := z.Status()
	return map[string]any{
		"rule": "half, triples complete", "msa": z.Adequacy, "mss": z.Superiority,
		"width": defined(z.Width.Mean()), "position_in_zone": defined(z.Position()), "status": string(status),
	}
}

// fiveGaps returns the tree of figures of a name, of customers by the half rule and of
// providers from columns with the first letters of a dimension.
func (q questionnaire) fiveGaps(t *testing.T, name string) any {
	t.Helper()
	switch name {
	case "convention":
		return "later minus earlier; negative = shortfall"
	case "dimensions":
	default:
		return nil
	}
	rows := reference.InputRows(t, "servqual_fivegaps_provider.csv")
	customers := report(t, collect(t, q.in, q.responses...), servqual.HalfAnswered)
	return byDimension(customers, func(d servqual.DimensionScores) any {
		var p servqual.Provider
		for _, row := range rows {
			of := func(question string) float64 { return number(t, row, initials(d.Name)+"_"+question) }
			if row["role"] == "manager" {
				p.Believed, p.Standard = append(p.Believed, of("believed_expectation")), append(p.Standard, of("standard"))
			} else {
				p.Delivered, p.Promised = append(p.Delivered, of("delivery")), append(p.Promised, of("promise_kept"))
			}
		}
		g, err := servqual.NewFiveGaps(d.Scores, p, 0.95)
		require.NoError(t, err)
		return map[string]any{
			"customer_expectation": g.Levels.Expected, "customer_perception": g.Levels.Perceived,
			"gap1_knowledge": g.Knowledge.Difference, "gap2_standards": g.Standards.Difference,
			"gap3_delivery": g.Delivery.Difference, "gap4_communication": g.Communication.Difference,
			"gap5_customer": g.Customer.Difference, "residual_gap5_minus_sum_1_3": g.Residual.Difference,
		}
	})
}

// number reads a cell, NaN if blank.
func number(t *testing.T, row map[string]string, column string) float64 {
	t.Helper()
	text, ok := row[column]
	require.True(t, ok, "no column %s", column)
	if text == "" {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return x
}

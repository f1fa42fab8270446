package servqual_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

const statTolerance = 1e-10 // of alpha, tests and regressions

// Every figure of the psychometrics of the survey under a key of this room: paired tests,
// regressions and correlations of scores on dimensions.
func TestReferenceSurveyPsychometrics(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual", "servqual_survey_psychometrics_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	rows := reference.InputRows(t, "servqual_survey.csv")
	q := readQuestionnaire(t, reference.Input(t, "servqual_arith_expected.json"), rows)
	r := q.relations(t, rows)
	for key, figures := range file {
		if !f.Owns(key) {
			continue
		}
		switch key {
		case "paired_t_half_rule":
			checkPaired(t, f, r, figures)
		case "regressions_half_rule":
			checkRegressions(t, f, r, figures)
		case "dimension_correlations":
			checkCorrelations(t, f, r, figures)
		default:
			t.Errorf("%s: a key this test does not know", key)
		}
	}
}

// relations relates all scores by the half rule to the outcomes osq and sat.
func (q questionnaire) relations(t *testing.T, rows []map[string]string) *servqual.Relations {
	t.Helper()
	p := servqual.RelationParams{
		Measures: []servqual.Measure{
			servqual.MeasureExpected, servqual.MeasurePerceived, servqual.MeasureGap,
			servqual.MeasureWeightedPerceived, servqual.MeasureWeightedGap,
		},
		Outcomes: []servqual.Column{{Name: "osq", Low: -127, High: 127}, {Name: "sat", Low: -127, High: 127}},
	}
	r, err := q.in.NewRelations(p)
	require.NoError(t, err)
	for i, response := range q.responses {
		require.NoError(t, r.Add(response, []int8{cell(t, rows[i], "osq"), cell(t, rows[i], "sat")}))
	}
	return r
}

func checkPaired(t *testing.T, f *reference.File, r *servqual.Relations, figures json.RawMessage) {
	t.Helper()
	var list []struct {
		Dimension string    `json:"dimension"`
		T         float64   `json:"t"`
		DF        int64     `json:"df"`
		P         float64   `json:"p"`
		Mean      float64   `json:"mean_diff"`
		CI        []float64 `json:"ci95"`
	}
	require.NoError(t, json.Unmarshal(figures, &list))
	for _, want := range list {
		got, err := r.Paired(
			servqual.ScoreName(servqual.MeasureExpected, want.Dimension),
			servqual.ScoreName(servqual.MeasurePerceived, want.Dimension), 0.95)
		require.NoError(t, err)
		f.Exact(want.DF, got.Later-1, "paired %s", want.Dimension)
		f.Near(want.Mean, got.Difference, statTolerance, 1, "paired %s", want.Dimension)
		f.Near(want.T, got.T, statTolerance, 1, "paired %s", want.Dimension)
		f.Near(want.P, got.P, statTolerance, 1, "paired %s", want.Dimension)
		f.Near(want.CI[0], got.Low, statTolerance, 1, "paired %s", want.Dimension)
		f.Near(want.CI[1], got.High, statTolerance, 1, "paired %s", want.Dimension)
	}
}

// A lm is what R says of a regression, its coefficients in their order.
type lm struct {
	N     int64           `json:"n"`
	Coef  json.RawMessage `json:"coef"`
	SE    []float64       `json:"se"`
	T     []float64       `json:"t"`
	P     []float64       `json:"p"`
	Low   []float64       `json:"ci95_lower"`
	High  []float64       `json:"ci95_upper"`
	R2    float64         `json:"r2"`
	AdjR2 float64         `json:"adj_r2"`
	Sigma float64         `json:"sigma"`
	F     []float64       `json:"f"`
}

func (w lm) compare(t *testing.T, f *reference.File, got servqual.Regression, name string) {
	t.Helper()
	f.Exact(w.N, got.N, "%s n", name)
	var coef []float64
	decoder := json.NewDecoder(strings.NewReader(string(w.Coef)))
	_, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		_, err := decoder.Token()
		require.NoError(t, err)
		var b float64
		require.NoError(t, decoder.Decode(&b))
		coef = append(coef, b)
	}
	require.Len(t, got.Coefficients, len(coef))
	for i, c := range got.Coefficients {
		for j, figure := range [][2]float64{{coef[i], c.B}, {w.SE[i], c.SE}, {w.T[i], c.T}, {w.P[i], c.P}, {w.Low[i], c.Low}, {w.High[i], c.High}} {
			f.Near(figure[0], figure[1], statTolerance, 1, "%s coefficient %d figure %d", name, i, j)
		}
	}
	for j, figure := range [][2]float64{
		{w.R2, got.R2},
		{w.AdjR2, got.Adjusted},
		{w.Sigma, got.Sigma},
		{w.F[0], got.Test.F},
		{w.F[1], got.Test.Above},
		{w.F[2], got.Test.Below},
	} {
		f.Near(figure[0], figure[1], statTolerance, 1, "%s figure %d", name, j)
	}
}

func checkRegressions(t *testing.T, f *reference.File, r *servqual.Relations, figures json.RawMessage) {
	t.Helper()
	var models map[string]lm
	require.NoError(t, json.Unmarshal(figures, &models))
	measures := map[string]servqual.Measure{
		"gaps": servqual.MeasureGap, "perceptions": servqual.MeasurePerceived,
		"weighted_gaps": servqual.MeasureWeightedGap, "weighted_perceptions": servqual.MeasureWeightedPerceived,
	}
	for name, want := range models {
		y, on, _ := strings.Cut(name, "_on_")
		m, known := measures[on]
		require.True(t, known, "%s: a model this test does not know", name)
		got, err := r.Regress(y, scoreNames(r, m), 0.95)
		require.NoError(t, err)
		want.compare(t, f, got, name)
	}
}

func scoreNames(r *servqual.Relations, m servqual.Measure) (names []string) {
	for _, d := range r.Instrument().Params().Dimensions {
		names = append(names, servqual.ScoreName(m, d.Name))
	}
	return names
}

// checkCorrelations compares matrices over the respondents with scores on all dimensions.
func checkCorrelations(t *testing.T, f *reference.File, r *servqual.Relations, figures json.RawMessage) {
	t.Helper()
	measures := map[string]servqual.Measure{"gap_row_major": servqual.MeasureGap, "perception_row_major": servqual.MeasurePerceived}
	for name, want := range object(t, figures) {
		m, known := measures[name]
		require.True(t, known, "%s: a matrix this test does not know", name)
		c, err := r.Correlate(scoreNames(r, m)...)
		require.NoError(t, err)
		for i, w := range want.([]any) {
			figure, err := w.(json.Number).Float64()
			require.NoError(t, err)
			f.Near(figure, c.Matrix[i/len(c.Columns)][i%len(c.Columns)], statTolerance, 1, "%s %d", name, i)
		}
	}
}

// Satisfaction on the perceptions of real customers, on a scale of 0 to 100.
func TestReferencePerceptionsOfRealCustomers(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual", "servqual_sq22_psychometrics_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	rows := reference.InputRows(t, "servqual_sq22.csv")
	in := instrument(t, servqual.Standard(0, 100))
	r, err := in.NewRelations(servqual.RelationParams{
		Measures: []servqual.Measure{servqual.MeasurePerceived}, Outcomes: []servqual.Column{{Name: "sat", Low: 0, High: 100}},
	})
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, r.Add(servqual.Response{Perceived: answers(t, row, "a", 22)}, []int8{cell(t, row, "sat")}))
	}
	for key, figures := range file {
		if !f.Owns(key) {
			continue
		}
		require.Equal(t, "sat_on_dimension_means", key, "a key this test does not know")
		var want lm
		require.NoError(t, json.Unmarshal(figures, &want))
		got, err := r.Regress("sat", scoreNames(r, servqual.MeasurePerceived), 0.95)
		require.NoError(t, err)
		want.compare(t, f, got, key)
	}
}

package servqual_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

// Every figure of the influence file under a key of this room.
func TestReferenceInfluence(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual", "servqual_influence_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	var meta struct {
		Level string `json:"level"`
	}
	require.NoError(t, json.Unmarshal(file["meta"], &meta))
	level, err := strconv.ParseFloat(meta.Level, 64)
	require.NoError(t, err)
	rows := reference.InputRows(t, "servqual_influence.csv")
	s := influenceStudy(t, rows)
	for key, figures := range file {
		if !f.Owns(key) {
			continue
		}
		if key == "sample_size" {
			checkSampleSizes(t, f, figures)
			continue
		}
		compare(t, f, key, any(object(t, figures)), influenceFigures(t, s, rows, key, level))
	}
}

func influenceStudy(t *testing.T, rows []map[string]string) *servqual.Study {
	t.Helper()
	var p servqual.StudyParams
	for _, name := range []string{
		"promised", "image", "word_of_mouth", "needs", "expected", "perceived",
		"emotion", "attribution", "fairness", "satisfaction", "outcome", "process",
	} {
		p.Columns = append(p.Columns, servqual.Column{Name: name, Low: -100, High: 100})
	}
	s, err := servqual.NewStudy(p)
	require.NoError(t, err)
	for _, row := range rows {
		var answers []int8
		for _, c := range p.Columns {
			answers = append(answers, cell(t, row, c.Name))
		}
		require.NoError(t, s.Add(answers))
	}
	return s
}

// quality is a study of the three columns of outcome and process.
func quality(t *testing.T, rows []map[string]string) *servqual.Study {
	t.Helper()
	names := []string{"outcome", "process", "overall"}
	var p servqual.StudyParams
	for _, name := range names {
		p.Columns = append(p.Columns, servqual.Column{Name: name, Low: -100, High: 100})
	}
	s, err := servqual.NewStudy(p)
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, s.Add([]int8{cell(t, row, names[0]), cell(t, row, names[1]), cell(t, row, names[2])}))
	}
	return s
}

func influenceFigures(t *testing.T, s *servqual.Study, rows []map[string]string, key string, level float64) any {
	t.Helper()
	switch key {
	case "drivers":
		d, err := s.Drivers(level)
		require.NoError(t, err)
		tree := ofRegression(d.Regression)
		shares := map[string]any{}
		for i, share := range d.Shares {
			shares[d.Regression.Coefficients[i+1].Name] = share
		}
		tree["lmg"] = shares
		return tree
	case "over_promise":
		d, err := s.Drivers(level)
		require.NoError(t, err)
		return map[string]any{
			"n": d.Excess.Later, "mean": d.Excess.Difference, "se": d.Excess.SE, "t": d.Excess.T,
			"p": d.Excess.P, "ci95": []any{d.Excess.Low, d.Excess.High}, "flag": d.OverPromise,
		}
	case "disconfirmation":
		m, err := s.Disconfirmation(level)
		require.NoError(t, err)
		state := func(s servqual.StateScore) any {
			return map[string]any{"n": s.Satisfaction.N, "mean": s.Satisfaction.Value, "adjusted": s.Adjusted.Value}
		}
		return map[string]any{
			"gap_only": ofRegression(m.Gap), "with_influences": ofRegression(m.Influenced), "influences_f": ofTest(&m.Influences),
			"states": map[string]any{"worse": state(m.Worse), "equal": state(m.Equal), "better": state(m.Better)},
		}
	case "outcome_process":
		o, err := quality(t, rows).OutcomeProcess(level)
		require.NoError(t, err)
		tree := ofRegression(o.Regression)
		if share := o.OutcomeShare; share != nil {
			tree["outcome_share"] = map[string]any{"value": share.Value, "se": share.SE, "ci95": []any{share.Low, share.High}}
		}
		return tree
	case "groups":
		return groupFigures(t, rows, level)
	case "waves":
		waves := gapsBy(t, rows, "wave")
		return ofChange(t, waves["1"], waves["2"], level)
	}
	t.Errorf("%s: a key this test does not know", key)
	return nil
}

func ofRegression(r servqual.Regression) map[string]any {
	coef, standard := map[string]any{}, map[string]any{}
	for i, c := range r.Coefficients {
		coef[c.Name] = map[string]any{"b": c.B, "se": c.SE, "t": c.T, "p": c.P, "ci95": []any{c.Low, c.High}}
		if i > 0 {
			standard[c.Name] = c.Standard
		}
	}
	return map[string]any{
		"n": r.N, "df": r.Degrees, "r2": r.R2, "r2_adj": r.Adjusted, "sigma": r.Sigma,
		"coef": coef, "f": ofTest(&r.Test), "standardized": standard,
	}
}

func ofTest(f *servqual.FTest) any {
	if f == nil {
		return nil
	}
	return []any{f.F, f.Above, f.Below, f.P}
}

// gapsBy returns the gap of one question, by the values of a column.
func gapsBy(t *testing.T, rows []map[string]string, column string) map[string]servqual.Stat {
	t.Helper()
	in := instrument(t, servqual.InstrumentParams{Low: -40, High: 60, Dimensions: []servqual.Dimension{{Name: "service", Items: []int{0}}}})
	surveys := map[string]*servqual.Survey{}
	for _, row := range rows {
		if surveys[row[column]] == nil {
			surveys[row[column]] = in.NewSurvey()
		}
		r := servqual.Response{Expected: []int8{cell(t, row, "expected")}, Perceived: []int8{cell(t, row, "perceived")}}
		require.NoError(t, surveys[row[column]].Add(r))
	}
	gaps := map[string]servqual.Stat{}
	for name, s := range surveys {
		gaps[name] = report(t, s, servqual.AnyAnswered).Items[0].Gap
	}
	return gaps
}

func groupFigures(t *testing.T, rows []map[string]string, level float64) any {
	t.Helper()
	groups := gapsBy(t, rows, "branch")
	var list []servqual.Stat
	means, sizes := map[string]any{}, map[string]any{}
	for name, s := range groups {
		list = append(list, s)
		means[name], sizes[name] = defined(s.Mean()), s.N()
	}
	c, err := servqual.CompareGroups(list)
	require.NoError(t, err)
	return map[string]any{
		"means": means, "n": sizes, "anova": ofTest(c.Classic), "welch_anova": ofTest(c.Welch),
		"a_minus_c": ofChange(t, groups["C"], groups["A"], level),
	}
}

// ofChange lists the later wave first, as the file does.
func ofChange(t *testing.T, earlier, later servqual.Stat, level float64) map[string]any {
	t.Helper()
	c, err := earlier.Change(later, level)
	require.NoError(t, err)
	return map[string]any{
		"n": []any{c.Later, c.Earlier}, "means": []any{defined(later.Mean()), defined(earlier.Mean())},
		"difference": c.Difference, "se": c.SE, "df": c.Degrees, "t": c.T, "p": c.P, "ci95": []any{c.Low, c.High},
	}
}

func checkSampleSizes(t *testing.T, f *reference.File, figures json.RawMessage) {
	t.Helper()
	var list []struct {
		Kind string `json:"kind"`
		In   struct {
			SD         float64 `json:"sd,string"`
			HalfWidth  float64 `json:"half_width,string"`
			Level      float64 `json:"level,string"`
			Power      float64 `json:"power,string"`
			Share      float64 `json:"share,string"`
			Share1     float64 `json:"share1,string"`
			Share2     float64 `json:"share2,string"`
			Difference float64 `json:"difference,string"`
			Population *int64  `json:"population"`
		} `json:"in"`
		N         int64   `json:"n"`
		Unrounded float64 `json:"unrounded"`
	}
	require.NoError(t, json.Unmarshal(figures, &list))
	for i, c := range list {
		var got servqual.Planned
		var err error
		p := servqual.Precision{HalfWidth: c.In.HalfWidth, Level: c.In.Level, Population: c.In.Population}
		d := servqual.Detection{Level: c.In.Level, Power: c.In.Power}
		switch c.Kind {
		case "mean":
			got, err = servqual.PlanMean(c.In.SD, p)
		case "share":
			got, err = servqual.PlanShare(c.In.Share, p)
		case "difference_of_means":
			got, err = servqual.PlanMeans(c.In.SD, c.In.Difference, d)
		case "difference_of_shares":
			got, err = servqual.PlanShares(c.In.Share1, c.In.Share2, d)
		default:
			t.Errorf("sample size %d: unknown kind %s", i, c.Kind)
		}
		require.NoError(t, err, "sample size %d", i)
		f.Exact(c.N, got.N, "sample size %d", i)
		f.Near(c.Unrounded, got.Unrounded, tolerance, 1, "sample size %d", i)
	}
}

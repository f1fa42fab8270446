package servqual_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

const tolerance = 1e-12 // relative, floor 1e-12 absolute

// Every figure under a key of this room is looked up by its path in a tree of
// what the room computes; a path that the tree lacks fails the test.
func TestReferenceArithmetic(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual", "servqual_arith_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	q := readQuestionnaire(t, f.Bytes(), reference.InputRows(t, "servqual_survey.csv"))
	trees := map[string]func(name string) any{
		"servqual":          func(name string) any { return q.figures(t, name) },
		"zone_of_tolerance": func(name string) any { return zoneFigures(t, f.Bytes(), name) },
		"five_gaps":         func(name string) any { return q.fiveGaps(t, name) },
	}
	for key, figures := range file {
		if !f.Owns(key) {
			continue
		}
		require.Contains(t, trees, key, "a key this test does not know")
		for name, figure := range object(t, figures) {
			compare(t, f, name, figure, trees[key](name))
		}
	}
}

// object decodes a JSON object and keeps its numbers as they are written.
func object(t *testing.T, data json.RawMessage) (tree map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&tree))
	return tree
}

// A questionnaire is what the files say of the instrument and the respondents.
type questionnaire struct {
	in        servqual.Instrument
	responses []servqual.Response
	branches  []string // of the responses
}

// readQuestionnaire takes dimensions and items from the meta data and answers
// from columns e01 …, p01 … and w_ with the first letters of a dimension. The scale
// is the one of the meta data or else the range of the answers, widened.
func readQuestionnaire(t *testing.T, expected []byte, rows []map[string]string) (q questionnaire) {
	t.Helper()
	var file struct {
		Meta struct {
			Dimensions json.RawMessage `json:"dimensions"`
			Scale      []int           `json:"scale"`
		} `json:"meta"`
	}
	require.NoError(t, json.Unmarshal(expected, &file))
	p := servqual.InstrumentParams{Low: 127, High: -127, Dimensions: dimensions(t, file.Meta.Dimensions)}
	items := 0
	for _, d := range p.Dimensions {
		items += len(d.Items)
	}
	for _, row := range rows {
		r := servqual.Response{Expected: answers(t, row, "e", items), Perceived: answers(t, row, "p", items)}
		for _, a := range append(append([]int8(nil), r.Expected...), r.Perceived...) {
			if a != servqual.Blank {
				p.Low, p.High = min(p.Low, int(a)), max(p.High, int(a))
			}
		}
		for _, d := range p.Dimensions {
			if points := cell(t, row, "w_"+initials(d.Name)); points != servqual.Blank {
				r.Importance = append(r.Importance, points)
			}
		}
		q.responses = append(q.responses, r)
		q.branches = append(q.branches, row["branch"])
	}
	if len(file.Meta.Scale) == 2 {
		p.Low, p.High = file.Meta.Scale[0], file.Meta.Scale[1]
	}
	q.in = instrument(t, widened(p))
	return q
}

// widened moves the ends of a scale away from the answers, so that no interval is cut
// there: those of the files are not.
func widened(p servqual.InstrumentParams) servqual.InstrumentParams {
	if p.Low > p.High { // nobody answered anything
		p.Low, p.High = 1, 7
	}
	margin := (100 - (p.High - p.Low)) / 2
	p.Low, p.High = max(p.Low-margin, -127), min(p.High+margin, 127)
	return p
}

// initials returns the first three letters of a name.
func initials(name string) string {
	letters := []rune(name)
	return string(letters[:min(3, len(letters))])
}

// dimensions reads an object of names and items, counted from 1, in its order.
func dimensions(t *testing.T, object json.RawMessage) (list []servqual.Dimension) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(object)))
	_, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		name, err := decoder.Token()
		require.NoError(t, err)
		d := servqual.Dimension{Name: fmt.Sprint(name)}
		require.NoError(t, decoder.Decode(&d.Items))
		for i := range d.Items {
			d.Items[i]--
		}
		list = append(list, d)
	}
	return list
}

func answers(t *testing.T, row map[string]string, side string, items int) (list []int8) {
	t.Helper()
	for item := range items {
		list = append(list, cell(t, row, fmt.Sprintf("%s%02d", side, item+1)))
	}
	return list
}

func cell(t *testing.T, row map[string]string, column string) int8 {
	t.Helper()
	text, ok := row[column]
	require.True(t, ok, "no column %s", column)
	if text == "" {
		return servqual.Blank
	}
	n, err := strconv.ParseInt(text, 10, 8)
	require.NoError(t, err)
	return int8(n)
}

// figures returns the tree of figures of a name.
func (q questionnaire) figures(t *testing.T, name string) any {
	t.Helper()
	whole := report(t, collect(t, q.in, q.responses...), servqual.HalfAnswered)
	switch name {
	case "items":
		return items(whole)
	case "pooled_item_gap":
		return byDimension(whole, func(d servqual.DimensionScores) any { return defined(d.PooledGap()) })
	case "complete_cases":
		return map[string]any{
			"n":                            whole.Totals.Gap.N(),
			"cronin_taylor_sum_gap":        defined(whole.Totals.Gap.Mean()),
			"cronin_taylor_sum_perception": defined(whole.Totals.Perceived.Mean()),
			"gap_share_negative":           defined(whole.Pairs.ShareWorse()),
		}
	case "disconfirmation_items":
		return map[string]any{"worse": whole.Pairs.Worse, "equal": whole.Pairs.Equal, "better": whole.Pairs.Better}
	}
	rules := map[string]servqual.Missing{"half": servqual.HalfAnswered, "all": servqual.AllAnswered, "any": servqual.AnyAnswered}
	if text, ok := strings.CutPrefix(name, "rule_"); ok {
		if rule, ok := rules[text]; ok {
			return ofRule(report(t, collect(t, q.in, q.responses...), rule))
		}
	}
	if text, ok := strings.CutPrefix(name, "by_branch_"); ok {
		if rule, ok := rules[strings.TrimSuffix(text, "_rule")]; ok {
			return q.byBranch(t, rule)
		}
	}
	return nil
}

func items(r servqual.Report) (list []any) {
	for i, item := range r.Items {
		list = append(list, map[string]any{
			"item": int64(i + 1), "n_e": item.Expected.N(), "n_p": item.Perceived.N(), "n_gap": item.Gap.N(),
			"mean_e": defined(item.Expected.Mean()), "mean_p": defined(item.Perceived.Mean()), "gap": item.Gap,
		})
	}
	return list
}

func ofRule(r servqual.Report) map[string]any {
	points, weighted := r.MeanImportance()
	var means any
	if weighted {
		var list []any
		for _, p := range points {
			list = append(list, p)
		}
		means = list
	}
	ofMeans := func(o servqual.Overall) any {
		score, err := o.OfMeans()
		return defined(score, err == nil)
	}
	ofWeights := func(o servqual.Overall) any {
		if !weighted {
			return nil
		}
		score, err := o.OfMeansWeighted(points)
		return defined(score, err == nil)
	}
	return map[string]any{
		"dimension_gap":                               byDimension(r, func(d servqual.DimensionScores) any { return d.Gap }),
		"dimension_perception":                        byDimension(r, func(d servqual.DimensionScores) any { return d.Perceived }),
		"dimension_expectation":                       byDimension(r, func(d servqual.DimensionScores) any { return d.Expected }),
		"unweighted_mean_of_dimension_means":          ofMeans(r.Gap),
		"servperf_mean_of_dimension_means":            ofMeans(r.Perceived),
		"unweighted_by_respondent":                    r.Gap.Unweighted,
		"servperf_by_respondent":                      r.Perceived.Unweighted,
		"weighted_by_respondent":                      r.Gap.Weighted,
		"weighted_servperf_by_respondent":             r.Perceived.Weighted,
		"mean_weights":                                means,
		"weighted_mean_weights_times_dimension_means": ofWeights(r.Gap),
		"weighted_servperf_mean_weights":              ofWeights(r.Perceived),
	}
}

// defined returns a figure, nil if it is not defined: null in the file.
func defined(x float64, ok bool) any {
	if !ok {
		return nil
	}
	return x
}

func byDimension(r servqual.Report, of func(servqual.DimensionScores) any) map[string]any {
	tree := map[string]any{}
	for _, d := range r.Dimensions {
		tree[d.Name] = of(d)
	}
	return tree
}

// byBranch collects each branch apart, and holds the merged surveys to the whole.
func (q questionnaire) byBranch(t *testing.T, rule servqual.Missing) map[string]any {
	t.Helper()
	surveys := map[string]*servqual.Survey{}
	for i, r := range q.responses {
		branch := q.branches[i]
		if surveys[branch] == nil {
			surveys[branch] = q.in.NewSurvey()
		}
		require.NoError(t, surveys[branch].Add(r))
	}
	tree, merged := map[string]any{}, q.in.NewSurvey()
	for branch, s := range surveys {
		tree[branch] = byDimension(report(t, s, rule), func(d servqual.DimensionScores) any {
			return map[string]any{"n": d.Gap.N(), "mean_gap": defined(d.Gap.Mean())}
		})
		require.NoError(t, merged.Merge(s))
	}
	require.Equal(t, encoded(t, collect(t, q.in, q.responses...)), encoded(t, merged))
	return tree
}

// compare holds each leaf of want to the one of got at the same path.
func compare(t *testing.T, f *reference.File, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		for name, w := range want {
			compare(t, f, path+"/"+name, w, child(got, name))
		}
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			t.Errorf("%s: %s: %d figures are not reproduced", f.Name, path, len(want))
			return
		}
		for i, w := range want {
			compare(t, f, fmt.Sprintf("%s/%d", path, i), w, list[i])
		}
	case json.Number:
		leaf(t, f, path, want, got)
	case string, bool:
		f.Exact(want, got, "%s", path)
	case nil:
		f.Exact(true, got == nil, "%s: not defined", path)
	default:
		t.Errorf("%s: %s is not reproduced", f.Name, path)
	}
}

func leaf(t *testing.T, f *reference.File, path string, want json.Number, got any) {
	t.Helper()
	switch got := got.(type) {
	case int64:
		f.Exact(want.String(), strconv.FormatInt(got, 10), "%s", path)
	case float64:
		w, err := want.Float64()
		require.NoError(t, err)
		f.Near(w, got, tolerance, 1, "%s", path)
	default:
		t.Errorf("%s: %s is not reproduced", f.Name, path)
	}
}

// child returns what a node holds under a name; nil if nothing.
func child(node any, name string) any {
	switch node := node.(type) {
	case map[string]any:
		return node[name]
	case servqual.Stat:
		return statistic(node, name)
	}
	return nil
}

// statistic returns a figure of a Stat; ci95 is the interval of level 0.95.
func statistic(s servqual.Stat, name string) any {
	switch name {
	case "n":
		return s.N()
	case "mean":
		return defined(s.Mean())
	case "sd":
		return defined(s.SD())
	case "se":
		return defined(s.SE())
	}
	percent, err := strconv.Atoi(strings.TrimPrefix(name, "ci"))
	if err != nil {
		return nil
	}
	low, high, err := s.Interval(float64(percent) / 100)
	if err != nil {
		return nil
	}
	return []any{low, high}
}

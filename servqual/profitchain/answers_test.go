package profitchain_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/profitchain"
	"github.com/relmark/relmark/servqual/scale"
)

func questions(t require.TestingT) profitchain.Questionnaire {
	q, err := profitchain.NewQuestionnaire(profitchain.QuestionnaireParams{Low: 1, High: 5, Facets: []profitchain.Facet{
		{Name: profitchain.Affective, Items: []int{0, 1, 2}, Reversed: []int{1}},
		{Name: profitchain.Trust, Items: []int{3}},
		{Name: profitchain.Belonging, Items: []int{2, 4, 5, 6}, Reversed: []int{6, 4}},
	}})
	require.NoError(t, err)
	return q
}

var options = profitchain.SurveyOptions{Level: 0.95, Least: 1}

func TestQuestionnaireRefuses(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(p *profitchain.QuestionnaireParams){
		"Low":                   func(p *profitchain.QuestionnaireParams) { p.Low = -128 },
		"High":                  func(p *profitchain.QuestionnaireParams) { p.High = 1 },
		"Facets":                func(p *profitchain.QuestionnaireParams) { p.Facets = nil },
		"Facets[1].Name":        func(p *profitchain.QuestionnaireParams) { p.Facets[1].Name = p.Facets[0].Name },
		"Facets[2].Name":        func(p *profitchain.QuestionnaireParams) { p.Facets[2].Name = "" },
		"Facets[1].Items":       func(p *profitchain.QuestionnaireParams) { p.Facets[1].Items = nil },
		"Facets[1].Items[0]":    func(p *profitchain.QuestionnaireParams) { p.Facets[1].Items = []int{-1} },
		"Facets[1].Items[1]":    func(p *profitchain.QuestionnaireParams) { p.Facets[1].Items = []int{1, 1} },
		"Facets[0].Reversed[0]": func(p *profitchain.QuestionnaireParams) { p.Facets[0].Reversed = []int{3} },
	} {
		p := questions(t).Params()
		change(&p)
		_, err := profitchain.NewQuestionnaire(p)
		invalid(t, err, field)
		_, err = json.Marshal(p)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// A unit takes 2³² − 1 employees and no more; answers may be merged with themselves.
func TestAnswersOfAsManyAsThereMayBe(t *testing.T) {
	t.Parallel()
	double, all := profitchain.NewAnswers[string](questions(t)), profitchain.NewAnswers[string](questions(t))
	row := []int8{5, 1, 5, 4, 1, 5, 1}
	require.NoError(t, double.Add("a", row))
	one := profitchain.NewAnswers[string](questions(t))
	require.NoError(t, one.Merge(double))
	for k := range 32 {
		require.NoError(t, all.Merge(double), k)
		if k < 31 {
			require.NoError(t, double.Merge(double), k)
		}
	}
	assert.Equal(t, int64(math.MaxUint32), all.Employees())
	require.ErrorIs(t, all.Add("a", row), relmark.ErrLimit)
	require.ErrorIs(t, all.Merge(one), relmark.ErrLimit)
	s, err := all.Survey(options)
	require.NoError(t, err)
	assert.Equal(t, int64(math.MaxUint32), s.Facets[0].N)
	near.Equal(t, 100, *s.Facets[0].Mean, 0, 0)
}

func TestReadyLists(t *testing.T) {
	t.Parallel()
	for _, list := range [][]string{profitchain.CultureLinks(), profitchain.ManagedCultureLinks()} {
		assert.Len(t, list, 6)
		p, err := profitchain.NewPanel[int](append(list, profitchain.ServiceGap, profitchain.CustomerSatisfaction)...)
		require.NoError(t, err)
		c, err := profitchain.NewChain(profitchain.Params{Links: profitchain.CultureChain(list...), Level: 0.95})
		require.NoError(t, err)
		_, err = profitchain.Estimate(c, p)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"direct", "bind", "unite", "motivate"}, profitchain.CultureFunctions())
	assert.Contains(t, profitchain.OuterFacets(), "pay")
	assert.NotContains(t, profitchain.InnerFacets(), "pay")
	q, err := profitchain.NewQuestionnaire(profitchain.AllenMeyer())
	require.NoError(t, err)
	assert.Equal(t, []string{"affective", "continuance", "normative"}, q.Facets())
	all := profitchain.AllenMeyer()
	all.Facets = append(all.Facets, profitchain.Union("commitment", all.Facets...))
	assert.Len(t, all.Facets[3].Items, 24)
	assert.Len(t, all.Facets[3].Reversed, 9)
	require.NoError(t, all.Validate())
	u := profitchain.Union("both", profitchain.Facet{Items: []int{3, 1}, Reversed: []int{3}}, profitchain.Facet{Items: []int{3, 2}, Reversed: []int{3, 2}})
	assert.Equal(t, profitchain.Facet{Name: "both", Items: []int{1, 2, 3}, Reversed: []int{2, 3}}, u)
}

func TestQuestionnaireJSON(t *testing.T) {
	t.Parallel()
	q := questions(t)
	data, err := json.Marshal(q)
	require.NoError(t, err)
	const want = `{"v":1,"model":"employees","low":1,"high":5,"facets":[{"name":"affective","items":[0,1,2],"reversed":[1]},` +
		`{"name":"trust","items":[3]},{"name":"belonging","items":[2,4,5,6],"reversed":[4,6]}]}`
	require.JSONEq(t, want, string(data))
	require.Len(t, data, len(want), "no spaces")
	var back profitchain.Questionnaire
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, q, back)
	require.ErrorIs(t, json.Unmarshal([]byte(strings.Replace(want, `"v":1`, `"v":9`, 1)), &back), relmark.ErrUnsupported)
	for old, bad := range map[string]string{`"employees"`: `"scale"`, `"low":1,`: ``, `"high":5`: `"high":0`, `"trust"`: `"affective"`} {
		require.ErrorIs(t, json.Unmarshal([]byte(strings.Replace(want, old, bad, 1)), &back), relmark.ErrInvalid, bad)
	}
	require.Equal(t, q, back)
	_, err = json.Marshal(profitchain.Questionnaire{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestAnswersRefuse(t *testing.T) {
	t.Parallel()
	a := profitchain.NewAnswers[string](questions(t))
	invalid(t, a.Add("x", []int8{1, 2, 3}), "Row")
	invalid(t, a.Add("x", []int8{1, 2, 6, 1, 1, 1, 1}), "Row[2]")
	invalid(t, a.Add(bad, []int8{1, 2, 3, 1, 1, 1, 1}), "Unit")
	invalid(t, new(profitchain.Answers[string]).Add("x", nil), "Questionnaire")
	invalid(t, profitchain.NewAnswers[string](profitchain.Questionnaire{}).Add("x", nil), "Questionnaire")
	require.Zero(t, a.Employees())
	_, err := a.Survey(options)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for field, o := range map[string]profitchain.SurveyOptions{
		"Level": {Least: 1}, "Least": {Level: 0.9}, "Missing": {Level: 0.9, Least: 1, Missing: "none"},
	} {
		_, err := a.Survey(o)
		invalid(t, err, field)
	}
	invalid(t, a.Merge(nil), "Answers")
	other, err := profitchain.NewQuestionnaire(profitchain.AllenMeyer())
	require.NoError(t, err)
	invalid(t, a.Merge(profitchain.NewAnswers[string](other)), "Questionnaire")
	require.Equal(t, []string{"affective", "trust", "belonging"}, a.Questionnaire().Facets())
	_, err = json.Marshal(a)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}

type employee struct {
	Unit string
	Row  []int8
}

func drawEmployees(t *rapid.T) []employee {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) employee {
		e := employee{name(rapid.IntRange(0, 2).Draw(t, "unit")), make([]int8, 7)}
		for i := range e.Row {
			e.Row[i] = int8(rapid.IntRange(0, 5).Draw(t, "answer"))
			if e.Row[i] == 0 {
				e.Row[i] = profitchain.Blank
			}
		}
		return e
	}), 1, 30).Draw(t, "employees")
}

// Scores and reliabilities are those of the room for scales, which has them from other sources.
func TestSurveyAgainstScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawEmployees(t)
		q := questions(t)
		a := profitchain.NewAnswers[string](q)
		for _, e := range list {
			require.NoError(t, a.Add(e.Unit, e.Row))
		}
		o := options
		o.Missing = rapid.SampledFrom([]servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered}).Draw(t, "rule")
		s, err := a.Survey(o)
		require.NoError(t, err)
		require.Equal(t, int64(len(list)), s.Employees)
		for i, f := range q.Params().Facets {
			compareFacet(t, f, list, o, s.Facets[i])
		}
		for _, u := range s.Units {
			var own []employee
			for _, e := range list {
				if e.Unit == u.Unit {
					own = append(own, e)
				}
			}
			require.Equal(t, int64(len(own)), u.Employees)
			for i, f := range q.Params().Facets {
				compareFacet(t, f, own, o, u.Facets[i])
			}
		}
	})
}

func compareFacet(t *rapid.T, f profitchain.Facet, list []employee, o profitchain.SurveyOptions, got profitchain.FacetScore) {
	require.Equal(t, f.Name, got.Facet)
	require.Equal(t, int64(len(list)), got.N+got.Short)
	if len(f.Items) < 2 {
		require.Nil(t, got.Reliability)
		return
	}
	b, err := scale.New(scale.Params{Items: f.Items, Low: 1, High: 5, Reversed: f.Reversed})
	require.NoError(t, err)
	all := b.NewAnswers()
	for _, e := range list {
		require.NoError(t, all.Add(e.Row))
	}
	if want, err := all.Scores(o.Missing); err == nil {
		require.Equal(t, want.N, got.N)
		near.Equal(t, want.Mean, *got.Mean, 1e-12, 1e-12)
		near.Equal(t, want.SD, *got.SD, 1e-12, 1e-12)
		interval, err := want.Interval(o.Level)
		require.NoError(t, err)
		near.Equal(t, interval.Low, got.Interval.Low, 1e-11, 1e-11)
		near.Equal(t, interval.High, got.Interval.High, 1e-11, 1e-11)
	} else {
		require.LessOrEqual(t, got.N, int64(1))
		require.Nil(t, got.SD)
	}
	c, err := all.Covariance(scale.Listwise)
	if err != nil {
		return // an item does not vary
	}
	want, err := c.Alpha(o.Level)
	if err != nil {
		require.Nil(t, got.Reliability)
		return
	}
	require.Equal(t, want.N, got.Reliability.N)
	near.Equal(t, want.Raw, got.Reliability.Alpha, 1e-11, 1e-11)
	near.Equal(t, want.Feldt.Low, got.Reliability.Interval.Low, 1e-10, 1e-10)
	near.Equal(t, want.Feldt.High, got.Reliability.Interval.High, 1e-10, 1e-10)
}

func TestAnswersMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawEmployees(t)
		q := questions(t)
		one := profitchain.NewAnswers[string](q)
		parts := []*profitchain.Answers[string]{profitchain.NewAnswers[string](q), profitchain.NewAnswers[string](q), profitchain.NewAnswers[string](q)}
		for _, e := range list {
			require.NoError(t, one.Add(e.Unit, e.Row))
			require.NoError(t, parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(e.Unit, e.Row))
		}
		var left, right, back profitchain.Answers[string]
		for _, i := range []int{0, 1, 2} {
			require.NoError(t, left.Merge(parts[i]))
		}
		require.NoError(t, back.Merge(parts[2]))
		require.NoError(t, back.Merge(parts[1]))
		require.NoError(t, right.Merge(parts[0]))
		require.NoError(t, right.Merge(&back))
		require.NoError(t, right.Merge(new(profitchain.Answers[string])))
		require.Equal(t, encoded(t, one), encoded(t, &left))
		require.Equal(t, encoded(t, one), encoded(t, &right))
		var again profitchain.Answers[string]
		require.NoError(t, again.UnmarshalBinary(encoded(t, one)))
		require.Equal(t, encoded(t, one), encoded(t, &again))
		a, err := one.Survey(options)
		require.NoError(t, err)
		b, err := again.Survey(options)
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

func TestSmallUnitsAreWithheld(t *testing.T) {
	t.Parallel()
	a := profitchain.NewAnswers[string](questions(t))
	for i := range 7 {
		require.NoError(t, a.Add("big", []int8{int8(i%5 + 1), 1, 3, 2, 2, 2, 2}))
	}
	require.NoError(t, a.Add("small", []int8{1, 1, 3, 2, 2, 2, 2}))
	o := options
	o.Least = 5
	s, err := a.Survey(o)
	require.NoError(t, err)
	assert.Equal(t, int64(8), s.Employees)
	assert.False(t, s.Units[0].Withheld)
	assert.True(t, s.Units[1].Withheld)
	assert.Empty(t, s.Units[1].Facets)
	assert.Nil(t, s.Facets[2].Reliability, "belonging does not vary")

	p, err := profitchain.NewPanel[string](profitchain.Belonging, "profit", profitchain.Affective, profitchain.Trust)
	require.NoError(t, err)
	require.NoError(t, a.AddTo(p, 3, o))
	require.Equal(t, 1, p.Len())
	for r := range p.Rows() {
		assert.Equal(t, "big", r.Unit)
		near.Equal(t, 25, *r.Values[3], 1e-14, 0)
		assert.Nil(t, r.Values[1])
	}
	invalid(t, a.AddTo(p, 3, o), "Values")
	invalid(t, a.AddTo(p, math.MaxInt32, o), "Period")
	invalid(t, a.AddTo(nil, 3, o), "Panel")
	invalid(t, a.AddTo(p, 3, profitchain.SurveyOptions{Level: 0.9}), "Least")
	lacks, err := profitchain.NewPanel[string](profitchain.Belonging)
	require.NoError(t, err)
	invalid(t, a.AddTo(lacks, 3, o), "Facets[0]")
	invalid(t, a.AddTo(new(profitchain.Panel[string]), 3, o), "Facets[0]")
}

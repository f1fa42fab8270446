package encounter_test

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/encounter"
)

func TestIncidentsRefuse(t *testing.T) {
	t.Parallel()
	good := encounter.Group{Count: 1, Exposure: 10}
	for name, g := range map[string]encounter.Group{
		"count": {Count: -1, Exposure: 1}, "exposure": {Count: 1}, "nan": {Count: 1, Exposure: math.NaN()}, "rate": {Count: 1, Exposure: 1e-320},
	} {
		_, err := encounter.IncidentRate(g, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = encounter.CompareRates(g, good, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = encounter.CompareRates(good, g, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := encounter.IncidentRate(good, 1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = encounter.CompareRates(encounter.Group{Count: 3, Exposure: 1e-300}, encounter.Group{Count: 3, Exposure: 1e300}, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Swapping the groups inverts the ratio and leaves the test as it is; limits hold the rate.
func TestRatesProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		group := rapid.Custom(func(t *rapid.T) encounter.Group {
			return encounter.Group{Count: rapid.Int64Range(0, 300).Draw(t, "count"), Exposure: rapid.Float64Range(1, 1e4).Draw(t, "exposure")}
		})
		a, b := group.Draw(t, "a"), group.Draw(t, "b")
		r, err := encounter.CompareRates(a, b, 0.95)
		require.NoError(t, err)
		require.LessOrEqual(t, r.First.Low, r.First.Rate)
		require.GreaterOrEqual(t, r.First.High, r.First.Rate)
		s, err := encounter.CompareRates(b, a, 0.95)
		require.NoError(t, err)
		if r.P != nil {
			near.Equal(t, *r.P, *s.P, 1e-9, 1e-12)
		}
		if r.Ratio != nil && s.Ratio != nil {
			near.Equal(t, 1 / *r.Ratio, *s.Ratio, 1e-12, 0)
			near.Equal(t, 1 / *r.Low, *s.High, 1e-8, 0)
		}
	})
}

// Each kind has the rate that its count alone has.
func TestTaxonomy(t *testing.T) {
	t.Parallel()
	rows, err := encounter.Taxonomy([]encounter.KindCount{{"coldness", 0}, {"rulebook", 10}, {"runaround", 3}}, 4000, 0.7, 0.95)
	require.NoError(t, err)
	pareto, err := encounter.Pareto([]encounter.KindCount{{"coldness", 0}, {"rulebook", 10}, {"runaround", 3}}, 0.7)
	require.NoError(t, err)
	require.Len(t, rows, 3)
	for i, r := range rows {
		assert.Equal(t, pareto[i], r.ParetoRow)
		rate, err := encounter.IncidentRate(encounter.Group{Count: r.Count, Exposure: 4000}, 0.95)
		require.NoError(t, err)
		assert.Equal(t, rate, r.Rate)
	}
	one := []encounter.KindCount{{"rulebook", 1}}
	for name, call := range map[string]func() error{
		"level":    func() error { _, err := encounter.Taxonomy(one, 1, 0.5, 1); return err },
		"exposure": func() error { _, err := encounter.Taxonomy(one, 0, 0.5, 0.9); return err },
		"nan":      func() error { _, err := encounter.Taxonomy(one, math.NaN(), 0.5, 0.9); return err },
		"rate":     func() error { _, err := encounter.Taxonomy(one, 1e-320, 0.5, 0.9); return err },
		"cut":      func() error { _, err := encounter.Taxonomy(one, 1, 0, 0.9); return err },
	} {
		require.ErrorIs(t, call(), relmark.ErrInvalid, name)
	}
	_, err = encounter.Taxonomy(nil, 1, 0.5, 0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func TestParetoByHand(t *testing.T) {
	t.Parallel()
	counts := []encounter.KindCount{{"rulebook", 5}, {"coldness", 45}, {"runaround", 35}, {"apathy", 5}, {"robotism", 10}}
	rows, err := encounter.Pareto(counts, 0.8)
	require.NoError(t, err)
	var order []string
	for _, r := range rows {
		order = append(order, r.Kind)
	}
	assert.Equal(t, []string{"coldness", "runaround", "robotism", "apathy", "rulebook"}, order)
	assert.Equal(t, []bool{true, true, false, false, false}, []bool{rows[0].Vital, rows[1].Vital, rows[2].Vital, rows[3].Vital, rows[4].Vital}, "80 of 100 are an exact hit")
	assert.Equal(t, []float64{0.45, 0.8}, []float64{*rows[0].Share, *rows[1].Cumulative})
	none, err := encounter.Pareto([]encounter.KindCount{{"apathy", 0}}, 0.8)
	require.NoError(t, err)
	assert.False(t, none[0].Vital)
	assert.Nil(t, none[0].Share)
	_, err = encounter.Pareto(nil, 0.8)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, c := range [][]encounter.KindCount{{{"", 1}}, {{"a", -1}}, {{"a", 1}, {"a", 1}}} {
		_, err = encounter.Pareto(c, 0.8)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = encounter.Pareto(counts, 0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Len(t, encounter.SevenSins(), 7)
}

// By hand: means 3, 6 and 8; of ten encounters two were bad, which cost 0.2·3 points.
func TestMomentsOfTruth(t *testing.T) {
	t.Parallel()
	var p, q encounter.PointTally
	for i, x := range []struct {
		m encounter.Moment
		s int
	}{
		{encounter.Bad, 2},
		{encounter.Bad, 4},
		{encounter.Plain, 5},
		{encounter.Plain, 7},
		{encounter.Plain, 6},
		{encounter.Plain, 6},
		{encounter.Good, 8},
		{encounter.Good, 7},
		{encounter.Good, 9},
		{encounter.Good, 8},
	} {
		to := &p
		if i%2 == 0 {
			to = &q
		}
		require.NoError(t, to.Add(x.m, x.s))
	}
	require.NoError(t, p.Merge(q))
	r, err := p.Report(0.95)
	require.NoError(t, err)
	assert.EqualValues(t, 10, r.N)
	near.Equal(t, 0.2, r.Bad.Value, 1e-15, 0)
	near.Equal(t, 3, r.Penalty.Value, 1e-15, 0)
	near.Equal(t, 2, r.Reward.Value, 1e-15, 0)
	near.Equal(t, 0.6, *r.Lost, 1e-15, 0)
	worst, ok := encounter.WorstPoint([]encounter.PointReport{{}, r})
	assert.True(t, ok)
	assert.Equal(t, 1, worst)
	_, ok = encounter.WorstPoint(nil)
	assert.False(t, ok)

	var few encounter.PointTally
	_, err = few.Report(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	require.NoError(t, few.Add(encounter.Good, 3))
	r, err = few.Report(0.95)
	require.NoError(t, err)
	assert.Nil(t, r.Penalty)
	assert.Nil(t, r.Lost)
	_, err = few.Report(0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorIs(t, few.Add("", 3), relmark.ErrInvalid)
	require.ErrorIs(t, few.Add(encounter.Good, 1001), relmark.ErrInvalid)
	full := encounter.PointTally{Plain: encounter.Scores{N: 1 << 32}}
	require.ErrorIs(t, full.Add(encounter.Plain, 3), relmark.ErrLimit)
	require.ErrorIs(t, full.Merge(full), relmark.ErrLimit)
	for _, bad := range []encounter.Scores{{N: -1}, {N: 1, Sum: 1001}, {N: 1, Sum: 5, Squares: 1}, {N: 2, Sum: 10, Squares: 49}} {
		_, err = encounter.PointTally{Bad: bad}.Report(0.9)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Newcombe (1998), example (a) of the square-and-add method: 56/70 less 48/80 is 0.2 with
// 0.0524 to 0.3339.
func TestConformance(t *testing.T) {
	t.Parallel()
	visits := []encounter.Visits{
		{Standard: "greeted within a minute", Unit: "desk", Announced: encounter.Checks{N: 70, Kept: 56}, Unannounced: encounter.Checks{N: 80, Kept: 48}},
		{Standard: "greeted within a minute", Unit: "bar", Unannounced: encounter.Checks{N: 10, Kept: 9}},
		{Standard: "bill in order", Unit: "bar"},
	}
	k, err := encounter.Conformance(visits, 0.95)
	require.NoError(t, err)
	near.Slice(t, []float64{0.2, 0.0524, 0.3339}, []float64{k[0].Show.Value, k[0].Show.Interval.Low, k[0].Show.Interval.High}, 0, 6e-5)
	assert.True(t, k[0].Show.Surely)
	assert.Nil(t, k[1].Announced)
	assert.Nil(t, k[1].Show)
	assert.Nil(t, k[2].Unannounced)
	p, err := encounter.PlanVisits(0.5, 0.1, 0.95, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 97, p.N)
	_, err = encounter.Conformance(nil, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for name, bad := range map[string][]encounter.Visits{
		"twice": {visits[1], visits[1]}, "name": {{Unit: "x"}}, "unit": {{Standard: "x"}},
		"kept": {{Standard: "x", Unit: "y", Announced: encounter.Checks{N: 1, Kept: 2}}}, "n": {{Standard: "x", Unit: "y", Unannounced: encounter.Checks{N: -1}}},
	} {
		_, err = encounter.Conformance(bad, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

func TestAppraisal(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	a := encounter.Appraisal{Qualities: []string{"knowledge", "manner"}, Low: 1, High: 5, Grades: [][][]*float64{
		table([]float64{5, 5, 4, 5}, []float64{3, 3, 3, 2}, []float64{2, 1, 1, 2}, []float64{nan, nan, nan, nan}),
		table([]float64{4, nan, nan, nan}, []float64{nan, nan, nan, nan}, []float64{nan, nan, nan, nan}, []float64{nan, nan, nan, nan}),
	}}
	r, err := a.Report(0.9)
	require.NoError(t, err)
	knowledge := r[0]
	near.Equal(t, (4.75+2.75+1.5)/3, knowledge.Mean, 1e-15, 0)
	assert.Greater(t, knowledge.Reliability.ICC, 0.9)
	assert.Greater(t, *knowledge.Alpha, 0.8)
	assert.Equal(t, []encounter.Standing{encounter.AboveMean, encounter.Unclear, encounter.BelowMean, encounter.Unclear},
		[]encounter.Standing{knowledge.Members[0].Standing, knowledge.Members[1].Standing, knowledge.Members[2].Standing, knowledge.Members[3].Standing})
	assert.Nil(t, knowledge.Members[3].Mean)
	assert.Nil(t, r[1].Reliability)
	assert.Nil(t, r[1].Alpha)
	assert.Nil(t, r[1].Members[0].Interval)
	assert.Len(t, encounter.StaffQualities(), 6)

	empty := encounter.Appraisal{Qualities: []string{"manner"}, Low: 1, High: 5, Grades: [][][]*float64{table([]float64{nan})}}
	_, err = empty.Report(0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for name, f := range map[string]func(a *encounter.Appraisal){
		"scale":   func(a *encounter.Appraisal) { a.High = 0 },
		"names":   func(a *encounter.Appraisal) { a.Qualities[1] = "knowledge" },
		"tables":  func(a *encounter.Appraisal) { a.Qualities = []string{"x"} },
		"grade":   func(a *encounter.Appraisal) { a.Grades = [][][]*float64{table([]float64{6}), table([]float64{6})} },
		"members": func(a *encounter.Appraisal) { a.Grades = [][][]*float64{a.Grades[0], a.Grades[1][:1]} },
		"raters": func(a *encounter.Appraisal) {
			a.Grades = [][][]*float64{table([]float64{1}, []float64{1, 2}), table([]float64{1}, []float64{1, 2})}
		},
	} {
		bad := encounter.Appraisal{Qualities: slices.Clone(a.Qualities), Low: a.Low, High: a.High, Grades: a.Grades}
		f(&bad)
		_, err = bad.Report(0.9)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err = a.Report(2)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestClassify(t *testing.T) {
	t.Parallel()
	facts := encounter.ServiceFacts{ContactTime: 45, TotalTime: 60, Variants: []int64{10, 10, 10, 10}, GoodsValue: 10, TotalValue: 100}
	c, err := encounter.Classify(facts, encounter.Cuts{})
	require.NoError(t, err)
	assert.Equal(t, encounter.ProfessionalService, c.Kind)
	near.Slice(t, []float64{0.75, 1, 0.9}, []float64{c.Contact, c.Customisation, c.Intangibility}, 1e-12, 0)
	assert.Equal(t, []encounter.Degree{"high", "high", "high"}, []encounter.Degree{c.ContactDegree, c.CustomisationDegree, c.IntangibilityDegree})
	assert.Equal(t, encounter.Weights{Tangibles: 9, Reliability: 30, Responsiveness: 19, Assurance: 21, Empathy: 21}, c.Points)

	facts = encounter.ServiceFacts{ContactTime: 10, TotalTime: 60, Variants: []int64{400}, GoodsValue: 60, TotalValue: 100}
	c, err = encounter.Classify(facts, encounter.Cuts{Medium: new(0.1)})
	require.NoError(t, err)
	assert.Equal(t, encounter.ServiceFactory, c.Kind)
	assert.Equal(t, []encounter.Degree{"medium", "low", "medium"}, []encounter.Degree{c.ContactDegree, c.CustomisationDegree, c.IntangibilityDegree})
	for _, k := range []struct {
		contact float64
		counts  []int64
		want    encounter.Kind
	}{{60, []int64{9, 0}, encounter.MassService}, {0, []int64{9, 9}, encounter.ServiceShop}} {
		facts.ContactTime, facts.Variants = k.contact, k.counts
		c, err = encounter.Classify(facts, encounter.Cuts{})
		require.NoError(t, err)
		assert.Equal(t, k.want, c.Kind)
	}
	for name, f := range map[string]func(f *encounter.ServiceFacts){
		"contact": func(f *encounter.ServiceFacts) { f.ContactTime = 61 }, "total": func(f *encounter.ServiceFacts) { f.TotalTime = math.NaN() },
		"goods": func(f *encounter.ServiceFacts) { f.GoodsValue = -1 }, "value": func(f *encounter.ServiceFacts) { f.TotalValue = math.Inf(1) },
		"variants": func(f *encounter.ServiceFacts) { f.Variants = []int64{0} }, "negative": func(f *encounter.ServiceFacts) { f.Variants = []int64{1, -1} },
	} {
		bad := facts
		f(&bad)
		_, err = encounter.Classify(bad, encounter.Cuts{})
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err = encounter.Classify(facts, encounter.Cuts{High: new(0.2)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestPointsAreAHundred(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := encounter.ServiceFacts{
			ContactTime: rapid.Float64Range(0, 1).Draw(t, "contact"), TotalTime: 1, GoodsValue: rapid.Float64Range(0, 1).Draw(t, "goods"), TotalValue: 1,
			Variants: rapid.SliceOfN(rapid.Int64Range(1, 99), 1, 6).Draw(t, "variants"),
		}
		c, err := encounter.Classify(f, encounter.Cuts{})
		require.NoError(t, err)
		w := c.Points
		require.Equal(t, 100, w.Tangibles+w.Reliability+w.Responsiveness+w.Assurance+w.Empathy)
		require.GreaterOrEqual(t, w.Reliability, max(w.Tangibles, w.Responsiveness, w.Assurance, w.Empathy))
		require.True(t, c.Customisation >= 0 && c.Customisation <= 1)
	})
}

func TestDesigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in      encounter.Contingencies
		want    encounter.Design
		against int
	}{
		{encounter.Contingencies{1, 1, 2, 4, 1}, encounter.ProductionLine, 1},
		{encounter.Contingencies{5, 5, 4, 4, 2}, encounter.Empowerment, 1},
		{encounter.Contingencies{3, 3, 3, 3, 3}, encounter.Involvement, 0},
	} {
		f, err := encounter.DesignFor(c.in)
		require.NoError(t, err)
		assert.Equal(t, c.want, f.Design)
		assert.Equal(t, c.against, f.Against)
	}
	_, err := encounter.DesignFor(encounter.Contingencies{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

type record = encounter.Record[int]

func at(minute int) time.Time { return time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC) }

func visit(id, step, start, end int, o encounter.Outcome) record {
	return record{Case: id, Step: step, Start: at(start), End: at(end), Outcome: o}
}

func stream(records ...record) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func loan() encounter.Process {
	return encounter.Process{Steps: []string{"application", "check", "decision"}}
}

// By hand: case 1 goes through, case 2 comes back from the check to the application and passes,
// case 3 is lost at the check, case 4 waits for it.
func TestStepsByHand(t *testing.T) {
	t.Parallel()
	tally, err := encounter.Walk(loan(), stream(
		visit(1, 0, 0, 10, encounter.Passed), visit(2, 0, 0, 6, encounter.Passed), visit(3, 0, 1, 9, encounter.Passed),
		visit(1, 1, 14, 20, encounter.Passed), visit(2, 1, 10, 14, encounter.Redo), visit(3, 1, 9, 11, encounter.Lost),
		visit(2, 0, 20, 24, encounter.Passed), visit(2, 1, 24, 30, encounter.Passed), visit(1, 2, 20, 21, encounter.Passed),
		visit(2, 2, 33, 34, encounter.Passed), visit(4, 0, 40, 41, encounter.Passed),
	))
	require.NoError(t, err)
	assert.Equal(t, []int64{4, 1}, []int64{tally.Cases, tally.Open})
	r, err := loan().Report(tally, 0.95)
	require.NoError(t, err)
	first, check := r.Steps[0], r.Steps[1]
	assert.Equal(t, []int64{4, 5, 3, 5}, []int64{first.Cases, first.Visits, first.AtOnce.Count, first.Pass.Count})
	assert.Equal(t, []int64{3, 4, 1, 1, 1}, []int64{check.Cases, check.Visits, check.AtOnce.Count, check.Lost.Count, check.Rework.Count})
	assert.Equal(t, time.Duration(float64(29*time.Minute)/5), first.Work.Mean)
	assert.Equal(t, 6*time.Minute, first.Wait.Mean, "case 2, from 14 to 20")
	assert.Equal(t, 2*time.Minute, check.Wait.Mean) // 4, 4, 0 and 0
	assert.Equal(t, 4500*time.Millisecond*60, check.ReworkTime)
	assert.Equal(t, 1, *r.LosesCases)
	assert.Equal(t, 0, *r.LosesTime)
	near.Equal(t, 0.75/3, *r.Throughput, 1e-15, 0)
}

func TestStepsOutOfOrder(t *testing.T) {
	t.Parallel()
	ok := visit(1, 0, 0, 10, encounter.Passed)
	for name, list := range map[string][]record{
		"begins late":  {visit(1, 1, 0, 1, encounter.Passed)},
		"leaves out":   {ok, visit(1, 2, 10, 11, encounter.Passed)},
		"after redo":   {visit(1, 0, 0, 1, encounter.Redo), visit(1, 1, 1, 2, encounter.Passed)},
		"after lost":   {visit(1, 0, 0, 1, encounter.Lost), visit(1, 0, 1, 2, encounter.Passed)},
		"overlaps":     {ok, visit(1, 1, 9, 11, encounter.Passed)},
		"ends before":  {visit(1, 0, 5, 4, encounter.Passed)},
		"no such step": {visit(1, 3, 0, 1, encounter.Passed)},
		"outcome":      {visit(1, 0, 0, 1, "")},
		"no times":     {{Case: 1, Outcome: encounter.Passed}},
		"too long":     {{Case: 1, Start: at(0), End: at(0).AddDate(11, 0, 0), Outcome: encounter.Passed}},
		"much later":   {ok, {Case: 1, Step: 1, Start: at(0).AddDate(11, 0, 0), End: at(0).AddDate(11, 0, 0), Outcome: encounter.Passed}},
	} {
		_, err := encounter.Walk(loan(), stream(list...))
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.ErrorContains(t, err, fmt.Sprintf("Records[%d]", len(list)-1), name)
	}
	_, err := encounter.Walk(encounter.Process{}, stream())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	broken := errors.New("broken")
	_, err = encounter.Walk(loan(), func(yield func(record, error) bool) { yield(record{}, broken) })
	require.ErrorIs(t, err, broken)
	tally, err := encounter.Walk(loan(), stream())
	require.NoError(t, err)
	_, err = loan().Report(tally, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = loan().Report(encounter.StepsTally{}, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	tally.Cases, tally.Steps[0].Cases = 1, 2
	_, err = loan().Report(tally, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	tally.Steps[0].Visits, tally.Steps[0].Work.Mean = 2, -1
	_, err = loan().Report(tally, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// The zero tally is the identity, and shares no memory with what is merged into it.
func TestMergeIntoTheZeroTally(t *testing.T) {
	t.Parallel()
	log, err := encounter.Walk(loan(), stream(visit(1, 0, 0, 10, encounter.Passed), visit(1, 1, 14, 20, encounter.Lost)))
	require.NoError(t, err)
	var all encounter.StepsTally
	require.NoError(t, all.Merge(encounter.StepsTally{}))
	require.NoError(t, all.Merge(log))
	assert.Equal(t, log, all)
	require.NoError(t, all.Merge(encounter.StepsTally{}))
	assert.Equal(t, log, all)
	require.NoError(t, all.Merge(log))
	assert.Equal(t, []int64{2, 1, 2, 1}, []int64{all.Cases, log.Cases, all.Steps[0].Visits, log.Steps[0].Visits})
}

// drawLog walks cases through a process of three steps at random.
func drawLog(t *rapid.T) []record {
	var log []record
	for id := range rapid.IntRange(1, 12).Draw(t, "cases") {
		step, minute := 0, rapid.IntRange(0, 100).Draw(t, "start")
		for range rapid.IntRange(1, 8).Draw(t, "visits") {
			end := minute + rapid.IntRange(0, 30).Draw(t, "work")
			o := rapid.SampledFrom([]encounter.Outcome{encounter.Passed, encounter.Passed, encounter.Redo, encounter.Lost}).Draw(t, "outcome")
			log = append(log, visit(id, step, minute, end, o))
			if o == encounter.Lost {
				break
			}
			furthest := step
			if o == encounter.Passed {
				furthest = min(step+1, 2)
			}
			step, minute = rapid.IntRange(0, furthest).Draw(t, "next"), end+rapid.IntRange(0, 20).Draw(t, "wait")
		}
	}
	return log
}

// Shards by case merge into the whole, whatever the order in which cases are mixed; counts
// agree with a count by hand.
func TestStepsMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		whole, err := encounter.Walk(loan(), stream(log...))
		require.NoError(t, err)
		var even, odd []record
		seen := map[[2]int]int{}
		visits, cases := 0, map[int]bool{}
		for _, r := range log {
			if r.Case%2 == 0 {
				even = append(even, r)
			} else {
				odd = append(odd, r)
			}
			seen[[2]int{r.Case, r.Step}]++
			visits++
			cases[r.Case] = true
		}
		a, err := encounter.Walk(loan(), stream(even...))
		require.NoError(t, err)
		b, err := encounter.Walk(loan(), stream(odd...))
		require.NoError(t, err)
		require.NoError(t, a.Merge(b))
		require.EqualValues(t, len(cases), whole.Cases)
		first := map[int]int64{}
		for k := range seen {
			first[k[1]]++
		}
		for i := range whole.Steps {
			x, y := whole.Steps[i], a.Steps[i]
			near.Equal(t, x.Work.Mean, y.Work.Mean, 1e-12, 1e-9)
			near.Equal(t, x.Work.M2, y.Work.M2, 1e-9, 1e-6)
			x.Work, y.Work, x.Wait, y.Wait = encounter.Times{}, encounter.Times{}, encounter.Times{}, encounter.Times{}
			require.Equal(t, x, y)
			require.Equal(t, first[i], x.Cases)
			visits -= int(x.Visits)
		}
		require.Zero(t, visits)
		r, err := loan().Report(whole, 0.9)
		require.NoError(t, err)
		for _, s := range r.Steps {
			if s.Work != nil {
				require.True(t, s.Work.Low <= s.Work.Mean && s.Work.Mean <= s.Work.High)
			}
		}
	})
}

func FuzzWalk(f *testing.F) {
	f.Add([]byte{0, 10, 1, 20})
	f.Fuzz(func(t *testing.T, data []byte) {
		var log []record
		for i := 0; i+1 < len(data); i += 2 {
			o := []encounter.Outcome{encounter.Passed, encounter.Redo, encounter.Lost}[data[i+1]%3]
			log = append(log, record{Case: int(data[i] >> 4), Step: int(data[i]&3) - 1, Start: at(i), End: at(i + int(data[i+1])%3), Outcome: o})
		}
		tally, err := encounter.Walk(loan(), stream(log...))
		if err == nil && tally.Cases > 0 {
			_, err = loan().Report(tally, 0.9)
			require.NoError(t, err)
		}
	})
}

package servqual_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual"
)

const blank = servqual.Blank

func TestAddRefusesAndChangesNothing(t *testing.T) {
	t.Parallel()
	in := small(t) // answers 1 to 5, items 0 and 2, item 1
	good := servqual.Response{Expected: []int8{5, 4, blank}, Perceived: []int8{3, 4, 1}, Importance: []int8{70, 30}}
	s := collect(t, in, good)
	before := encoded(t, s)
	for name, c := range map[string]struct {
		r     servqual.Response
		field string
	}{
		"nothing asked":         {servqual.Response{Importance: []int8{50, 50}}, "Response"},
		"too few answers":       {servqual.Response{Expected: []int8{1, 2}, Perceived: []int8{1, 2, 3}}, "Expected"},
		"too many answers":      {servqual.Response{Expected: []int8{1, 2, 3}, Perceived: []int8{1, 2, 3, 4}}, "Perceived"},
		"expected too high":     {servqual.Response{Expected: []int8{1, 6, 3}, Perceived: []int8{1, 2, 3}}, "Expected[1]"},
		"expected too low":      {servqual.Response{Expected: []int8{1, 2, 0}}, "Expected[2]"},
		"perceived too high":    {servqual.Response{Expected: []int8{1, 2, 3}, Perceived: []int8{1, 2, 127}}, "Perceived[2]"},
		"perceived too low":     {servqual.Response{Perceived: []int8{-1, 2, 3}}, "Perceived[0]"},
		"both off, one blank":   {servqual.Response{Expected: []int8{blank, 2, 9}, Perceived: []int8{1, 2, 9}}, "Expected[2]"},
		"points too few":        {servqual.Response{Perceived: []int8{1, 2, 3}, Importance: []int8{100}}, "Importance"},
		"points too many":       {servqual.Response{Perceived: []int8{1, 2, 3}, Importance: []int8{50, 25, 25}}, "Importance"},
		"points add to 99":      {servqual.Response{Perceived: []int8{1, 2, 3}, Importance: []int8{50, 49}}, "Importance"},
		"points add to 101":     {servqual.Response{Perceived: []int8{1, 2, 3}, Importance: []int8{51, 50}}, "Importance"},
		"a point negative":      {servqual.Response{Perceived: []int8{1, 2, 3}, Importance: []int8{101, -1}}, "Importance[1]"},
		"points good, answer 9": {servqual.Response{Perceived: []int8{1, 9, 3}, Importance: []int8{50, 50}}, "Perceived[1]"},
	} {
		err := s.Add(c.r)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Equal(t, []string{c.field}, fields(err), name)
		assert.Equal(t, before, encoded(t, s), name)
	}
	err := s.Add(servqual.Response{Perceived: []int8{1, 2, 9}})
	require.EqualError(t, err, "servqual: Perceived[2] = 9: must be 1 to 5 or Blank")
	err = s.Add(servqual.Response{Perceived: []int8{1}})
	require.EqualError(t, err, "servqual: Perceived = 1: must have 3 answers, one for each item")
	require.NoError(t, s.Add(good))
	assert.EqualValues(t, 2, s.Respondents())
}

// Hand calculation: one respondent, gaps −2 on item 0, none on item 2, 0 on item 1.
func TestReportOfOneRespondent(t *testing.T) {
	t.Parallel()
	s := collect(t, small(t), servqual.Response{
		Expected: []int8{5, 4, blank}, Perceived: []int8{3, 4, 1}, Importance: []int8{70, 30},
	})
	r := report(t, s, servqual.HalfAnswered)
	speed, err := r.Dimension("speed")
	require.NoError(t, err)
	exact(t, 5.0, mean(t, speed.Expected), "mean")
	exact(t, 2.0, mean(t, speed.Perceived), "mean")
	exact(t, -2.0, mean(t, speed.Gap), "mean")
	assert.Equal(t, servqual.Disconfirmation{Worse: 1}, speed.Disconfirmation)
	exact(t, 70.0, mean(t, speed.Importance), "mean")
	exact(t, -1.0, mean(t, r.Gap.Unweighted), "mean")
	exact(t, -1.4, mean(t, r.Gap.Weighted), "mean")
	exact(t, 3.0, mean(t, r.Perceived.Unweighted), "mean")
	assert.Equal(t, servqual.Disconfirmation{Worse: 1, Equal: 1}, r.Pairs)
	assert.Equal(t, 0, r.Items[2].Dimension)
	assert.Equal(t, 1, r.Items[1].Dimension)
	assert.Zero(t, r.Totals.Gap.N(), "not every item was answered twice")

	strict := report(t, s, servqual.AllAnswered)
	assert.Zero(t, strict.Dimensions[0].Gap.N())
	assert.EqualValues(t, 1, strict.Dimensions[0].Perceived.N())
	assert.EqualValues(t, 1, strict.Dimensions[1].Gap.N())
	assert.Zero(t, strict.Gap.Unweighted.N())
	assert.EqualValues(t, 1, strict.Perceived.Unweighted.N())
}

func TestHalfIsRoundedUp(t *testing.T) {
	t.Parallel()
	in := instrument(t, servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{{Name: "five", Items: []int{0, 1, 2, 3, 4}}}})
	for answered, want := range []struct{ half, all, any int64 }{{0, 0, 0}, {0, 0, 1}, {0, 0, 1}, {1, 0, 1}, {1, 0, 1}, {1, 1, 1}} {
		given := []int8{blank, blank, blank, blank, blank}
		for i := range answered {
			given[i] = 4
		}
		s := collect(t, in, servqual.Response{Perceived: given})
		for rule, n := range map[servqual.Missing]int64{servqual.HalfAnswered: want.half, servqual.AllAnswered: want.all, servqual.AnyAnswered: want.any} {
			r := report(t, s, rule)
			assert.Equal(t, n, r.Dimensions[0].Perceived.N(), "%d answered, rule %s", answered, rule)
			assert.Equal(t, n, r.Perceived.Unweighted.N(), "%d answered, rule %s", answered, rule)
			assert.Equal(t, rule, r.Missing)
		}
	}
}

func TestServperfAsksPerceptionsOnly(t *testing.T) {
	t.Parallel()
	s := collect(t, small(t), servqual.Response{Perceived: []int8{1, 2, 4}}, servqual.Response{Perceived: []int8{3, 3, 3}})
	r := report(t, s, servqual.HalfAnswered)
	exact(t, 2.625, mean(t, r.Perceived.Unweighted), "mean") // ((2.5 + 2)/2 + 3)/2
	for _, stat := range []servqual.Stat{r.Gap.Unweighted, r.Expected.Unweighted, r.Items[0].Gap, r.Dimensions[0].Expected, r.Perceived.Weighted} {
		_, ok := stat.Mean()
		assert.False(t, ok)
		assert.Zero(t, stat.N())
	}
	_, ok := r.MeanImportance()
	assert.False(t, ok)
	_, ok = r.Pairs.ShareWorse()
	assert.False(t, ok)
	_, ok = r.Dimensions[0].PooledGap()
	assert.False(t, ok)
	_, err := r.Gap.OfMeans()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	ofMeans, err := r.Perceived.OfMeans()
	require.NoError(t, err)
	exact(t, 2.625, ofMeans, "of means")
}

// A respondent who answered nothing counts, and changes no score.
func TestAllBlankCounts(t *testing.T) {
	t.Parallel()
	in := small(t)
	one := servqual.Response{Expected: []int8{5, 4, 3}, Perceived: []int8{3, 4, 1}}
	none := servqual.Response{Expected: []int8{blank, blank, blank}, Perceived: []int8{blank, blank, blank}}
	with, without := report(t, collect(t, in, one, none), servqual.AnyAnswered), report(t, collect(t, in, one), servqual.AnyAnswered)
	assert.EqualValues(t, 2, with.Respondents)
	with.Respondents = 1
	assert.Equal(t, without, with)
}

func TestStatsThatDoNotExist(t *testing.T) {
	t.Parallel()
	var none servqual.Stat
	one := report(t, collect(t, small(t), servqual.Response{Perceived: []int8{1, 2, 4}}), servqual.HalfAnswered).Items[2].Perceived
	exact(t, 4.0, mean(t, one), "mean")
	for _, s := range []servqual.Stat{none, one} {
		_, ok := s.SD()
		assert.False(t, ok)
		_, ok = s.SE()
		assert.False(t, ok)
		low, high, err := s.Interval(0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
		assert.Equal(t, [2]float64{}, [2]float64{low, high})
	}
	_, ok := none.Mean()
	assert.False(t, ok)
}

func TestReportRefuses(t *testing.T) {
	t.Parallel()
	s := small(t).NewSurvey()
	_, err := s.Report(servqual.HalfAnswered)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = s.Report(servqual.Missing("most"))
	assert.Equal(t, []string{"Missing"}, fields(err))

	require.NoError(t, s.Add(servqual.Response{Expected: []int8{1, 1, 1}, Perceived: []int8{2, 2, 2}}))
	r := report(t, s, servqual.HalfAnswered)
	_, err = r.Dimension("price")
	assert.Equal(t, []string{"Name"}, fields(err))
	require.EqualError(t, err, "servqual: Name: must be a dimension of the instrument")
	for _, points := range [][]float64{{100}, {50, 50, 0}, {50, 49.9}, {-1, 101}, {nan(), 100}, {inf(), 0}, {}, nil} {
		_, err := r.Gap.OfMeansWeighted(points)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%v", points)
	}
	_, err = servqual.Overall{}.OfMeans()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = servqual.Overall{}.OfMeansWeighted([]float64{100})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	weighted, err := r.Gap.OfMeansWeighted([]float64{12.5, 87.5})
	require.NoError(t, err)
	exact(t, 1.0, weighted, "of means")
}

func TestMergeRefusesAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := collect(t, small(t), servqual.Response{Perceived: []int8{1, 2, 4}})
	before := encoded(t, s)
	require.ErrorIs(t, s.Merge(nil), relmark.ErrInvalid)
	renamed := small(t).Params()
	renamed.Dimensions[0].Name = "pace"
	reversed := small(t).Params()
	reversed.Reversed = []int{1}
	wider := small(t).Params()
	wider.High = 7
	moved := small(t).Params()
	moved.Dimensions[0].Items, moved.Dimensions[1].Items = []int{0, 1}, []int{2}
	for _, p := range []servqual.InstrumentParams{renamed, reversed, wider, moved, servqual.Standard(1, 5)} {
		err := s.Merge(instrument(t, p).NewSurvey())
		assert.Equal(t, []string{"Instrument"}, fields(err))
	}
	assert.Equal(t, before, encoded(t, s))
}

// Surveys of 2^k equal respondents, by doubling, up to the most a survey takes.
func TestLimitOfRespondents(t *testing.T) {
	t.Parallel()
	s := collect(t, standard(t), full(1, 7, 20))
	all := standard(t).NewSurvey()
	for range 32 {
		require.NoError(t, all.Merge(s))
		if s.Respondents() < 1<<31 {
			require.NoError(t, s.Merge(s))
		}
	}
	require.Equal(t, int64(1<<32-1), all.Respondents())
	r := report(t, all, servqual.AllAnswered)
	exact(t, 6.0, mean(t, r.Gap.Weighted), "mean")
	exact(t, 132.0, mean(t, r.Totals.Gap), "mean")
	sd, ok := r.Gap.Weighted.SD()
	assert.True(t, ok)
	assert.Zero(t, sd)

	before := encoded(t, all)
	require.ErrorIs(t, all.Add(full(1, 7, 20)), relmark.ErrLimit)
	require.ErrorIs(t, all.Merge(collect(t, standard(t), full(7, 1, 20))), relmark.ErrLimit)
	assert.Equal(t, before, encoded(t, all))
	var back servqual.Survey
	require.NoError(t, back.UnmarshalBinary(before))
	assert.Equal(t, before, encoded(t, &back))
}

// full is a response to the standard instrument with the same answers throughout.
func full(expected, perceived, points int8) servqual.Response {
	r := servqual.Response{Expected: make([]int8, 22), Perceived: make([]int8, 22), Importance: make([]int8, 5)}
	for i := range 22 {
		r.Expected[i], r.Perceived[i] = expected, perceived
	}
	for d := range r.Importance {
		r.Importance[d] = points
	}
	return r
}

// widest returns the instrument with the largest sums and surveys.
func widest() servqual.InstrumentParams {
	p := servqual.InstrumentParams{Low: -100, High: 0}
	for d := range 77 {
		p.Dimensions = append(p.Dimensions, servqual.Dimension{Name: string(rune('a' + d)), Items: []int{d}})
	}
	p.Dimensions[0].Items = ascending(24)
	for d := range p.Dimensions[1:] {
		p.Dimensions[d+1].Items[0] = d + 24
	}
	return p
}

// The widest instrument at the limit of respondents keeps its sums in range: half
// of them have a gap of −100, half of +100.
func TestWidestInstrument(t *testing.T) {
	t.Parallel()
	in := instrument(t, widest())
	require.Equal(t, 100, in.Items())
	low, high := make([]int8, 100), make([]int8, 100)
	for i := range low {
		low[i] = -100
	}
	points := make([]int8, 77)
	points[0] = 100
	s := collect(t, in, servqual.Response{Expected: low, Perceived: high, Importance: points}, servqual.Response{Expected: high, Perceived: low, Importance: points})
	for range 30 {
		require.NoError(t, s.Merge(s))
	}
	r := report(t, s, servqual.AllAnswered)
	n := float64(s.Respondents())
	want := 10000 * n / (n - 1) // variance
	for _, stat := range []servqual.Stat{r.Gap.Unweighted, r.Gap.Weighted, r.Dimensions[0].Gap, r.Items[99].Gap} {
		assert.Zero(t, mean(t, stat))
		sd, ok := stat.SD()
		require.True(t, ok)
		equal(t, want, sd*sd, "variance")
	}
	sd, _ := r.Totals.Gap.SD()
	equal(t, want*1e4, sd*sd, "variance of totals")
	var back servqual.Survey
	require.NoError(t, back.UnmarshalBinary(encoded(t, s)))
}

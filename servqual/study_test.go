package servqual_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

// encounter is a study of an encounter, on scales of 1 to 7 but for the influences.
func encounter() servqual.StudyParams {
	return servqual.StudyParams{Columns: []servqual.Column{
		{Name: "expected", Low: 1, High: 7},
		{Name: "perceived", Low: 1, High: 7},
		{Name: "emotion", Low: -3, High: 3},
		{Name: "attribution", Low: 0, High: 4},
		{Name: "fairness", Low: 1, High: 7},
		{Name: "satisfaction", Low: 0, High: 10},
	}}
}

func study(t tb, p servqual.StudyParams, rows ...[]int8) *servqual.Study {
	t.Helper()
	s, err := servqual.NewStudy(p)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, s.Add(r))
	}
	return s
}

func encodedStudy(t tb, s *servqual.Study) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return b
}

// rowsOf draws what respondents to a study answer.
func rowsOf(p servqual.StudyParams, least, most int) *rapid.Generator[[][]int8] {
	row := rapid.Custom(func(t *rapid.T) []int8 {
		r := make([]int8, len(p.Columns))
		for i, c := range p.Columns {
			r[i] = int8(rapid.IntRange(c.Low, c.High).Draw(t, "answer"))
			if rapid.IntRange(0, 9).Draw(t, "blank") == 0 {
				r[i] = servqual.Blank
			}
		}
		return r
	})
	return rapid.SliceOfN(row, least, most)
}

// design returns y and the regressors with an intercept, of the complete rows.
func design(rows [][]int8, y int, x [][]int) (responses []float64, matrix *mat.Dense) {
	var data []float64
	for _, r := range rows {
		value := func(columns []int) float64 { // the first less the second, if there is one
			v := float64(r[columns[0]])
			if len(columns) > 1 {
				v -= float64(r[columns[1]])
			}
			return v
		}
		complete := r[y] != servqual.Blank
		for _, columns := range x {
			for _, c := range columns {
				complete = complete && r[c] != servqual.Blank
			}
		}
		if !complete {
			continue
		}
		responses = append(responses, float64(r[y]))
		data = append(data, 1)
		for _, columns := range x {
			data = append(data, value(columns))
		}
	}
	if len(responses) == 0 {
		return nil, nil
	}
	return responses, mat.NewDense(len(responses), len(x)+1, data)
}

// A regression is that of QR on the rows that answered all of its columns.
func TestStudyRegressIsLeastSquares(t *testing.T) {
	t.Parallel()
	p := encounter()
	rapid.Check(t, func(t *rapid.T) {
		rows := rowsOf(p, 15, 40).Draw(t, "rows")
		y, x := design(rows, 5, [][]int{{1, 0}, {2}, {4}})
		r, err := study(t, p, rows...).Regress("satisfaction", []string{"gap", "emotion", "fairness"}, 0.9)
		if err != nil {
			return
		}
		require.EqualValues(t, len(y), r.N)
		require.EqualValues(t, len(y)-4, r.Degrees)
		var b mat.VecDense
		require.NoError(t, b.SolveVec(x, mat.NewVecDense(len(y), y)))
		var gram, inverse mat.Dense
		gram.Mul(x.T(), x)
		if mat.Cond(&gram, 2) > 1e8 || inverse.Inverse(&gram) != nil {
			return // so ill conditioned that the comparison says nothing
		}
		var fitted mat.VecDense
		fitted.MulVec(x, &b)
		rest := 0.0
		for i := range y {
			rest += (y[i] - fitted.AtVec(i)) * (y[i] - fitted.AtVec(i))
		}
		near.Equal(t, math.Sqrt(rest/float64(r.Degrees)), r.Sigma, 1e-7, 1e-7)
		for i, c := range r.Coefficients {
			near.Equal(t, b.AtVec(i), c.B, 1e-7, 1e-7)
			near.Equal(t, r.Sigma*math.Sqrt(inverse.At(i, i)), c.SE, 1e-6, 1e-7)
			assert.True(t, c.Low <= c.B && c.B <= c.High && c.P >= 0 && c.P <= 1)
		}
		assert.True(t, r.R2 >= 0 && r.R2 <= 1 && r.Adjusted <= r.R2)
	})
}

// The adjusted satisfaction is a weighted sum of all answers on satisfaction; its
// standard error is σ times the root of the sum of the squared weights, which are found
// here from the projection on the regressors.
func TestAdjustedSatisfaction(t *testing.T) {
	t.Parallel()
	p := encounter()
	rapid.Check(t, func(t *rapid.T) {
		rows := rowsOf(p, 20, 40).Draw(t, "rows")
		m, err := study(t, p, rows...).Disconfirmation(0.95)
		if err != nil {
			return
		}
		y, x := design(rows, 5, [][]int{{1, 0}, {2}, {3}, {4}})
		var gram, inverse, slopes mat.Dense
		gram.Mul(x.T(), x)
		if mat.Cond(&gram, 2) > 1e8 || inverse.Inverse(&gram) != nil {
			return
		}
		slopes.Mul(&inverse, x.T())
		n := 0
		for sign, got := range []servqual.StateScore{m.Worse, m.Equal, m.Better} {
			n += int(got.Satisfaction.N)
			var in []int
			for i := range y {
				if gap := x.At(i, 1); gap < 0 && sign == 0 || gap == 0 && sign == 1 || gap > 0 && sign == 2 {
					in = append(in, i)
				}
			}
			require.EqualValues(t, len(in), got.Satisfaction.N)
			if len(in) == 0 {
				assert.Zero(t, got)
				continue
			}
			value, squares := 0.0, 0.0
			for i := range y {
				weight := 0.0
				for _, j := range in {
					if i == j {
						weight += 1 / float64(len(in))
					}
				}
				for k := 2; k < 5; k++ {
					weight -= slopes.At(k, i) * (meanOf(x, k, in) - meanOf(x, k, nil))
				}
				value += weight * y[i]
				squares += weight * weight
			}
			near.Equal(t, value, got.Adjusted.Value, 1e-7, 1e-7)
			near.Equal(t, m.Influenced.Sigma*math.Sqrt(squares), got.Adjusted.SE, 1e-6, 1e-7)
			assert.True(t, got.Adjusted.Low >= 0 && got.Adjusted.High <= 10, "on the scale")
			if len(in) == 1 {
				assert.Equal(t, []float64{0, 10, 0}, []float64{got.Satisfaction.Low, got.Satisfaction.High, got.Satisfaction.SE}, "one says nothing of the others")
			}
		}
		assert.EqualValues(t, m.Influenced.N, n)
	})
}

// meanOf returns the mean of a column over some rows; over all if there are none.
func meanOf(x *mat.Dense, column int, rows []int) (mean float64) {
	if rows == nil {
		n, _ := x.Dims()
		rows = ascending(n)
	}
	for _, i := range rows {
		mean += x.At(i, column) / float64(len(rows))
	}
	return mean
}

// Any split into 64 shards, merged in any order, equals one pass to the last bit.
func TestStudiesMerge(t *testing.T) {
	t.Parallel()
	p := encounter()
	rapid.Check(t, func(t *rapid.T) {
		rows := rowsOf(p, 0, 40).Draw(t, "rows")
		shards := make([]*servqual.Study, 64)
		for i := range shards {
			shards[i] = study(t, p)
		}
		for _, r := range rows {
			require.NoError(t, shards[rapid.IntRange(0, 63).Draw(t, "shard")].Add(r))
		}
		var merged servqual.Study
		for i := range shards {
			require.NoError(t, merged.Merge(shards[(i*29+11)%64]))
		}
		whole := encodedStudy(t, study(t, p, rows...))
		assert.Equal(t, whole, encodedStudy(t, &merged))
		require.NoError(t, merged.Merge(&servqual.Study{}))
		assert.EqualValues(t, len(rows), merged.Respondents())
		for _, back := range []*servqual.Study{{}, study(t, p)} {
			require.NoError(t, back.UnmarshalBinary(whole))
			assert.Equal(t, whole, encodedStudy(t, back))
			assert.Equal(t, p, back.Params())
		}
	})
}

// A score is of all who have it, whatever else they left blank.
func TestStudyScore(t *testing.T) {
	t.Parallel()
	p := encounter()
	rapid.Check(t, func(t *rapid.T) {
		rows := rowsOf(p, 0, 20).Draw(t, "rows")
		s := study(t, p, rows...)
		var gaps, emotions sample
		for _, r := range rows {
			emotions.add(answer(r[2]))
			if r[0] != servqual.Blank && r[1] != servqual.Blank {
				gaps.add(answer(r[1] - r[0]))
			}
		}
		for column, want := range map[string]sample{"gap": gaps, "emotion": emotions} {
			got, err := s.Score(column)
			require.NoError(t, err)
			want.same(t, got, column)
		}
	})
	gap, err := study(t, p).Score("gap")
	require.NoError(t, err)
	low, high, ok := gap.Scale()
	assert.Equal(t, []any{-6.0, 6.0, true}, []any{low, high, ok})
}

func TestStudyParamsValidate(t *testing.T) {
	t.Parallel()
	a, b := servqual.Column{Name: "a", Low: 1, High: 7}, servqual.Column{Name: "b", Low: 0, High: 1}
	for _, c := range []struct {
		columns []servqual.Column
		want    []string
	}{
		{nil, []string{"Columns"}},
		{[]servqual.Column{a}, []string{"Columns"}},
		{make([]servqual.Column, 13), []string{"Columns"}},
		{[]servqual.Column{a, a}, []string{"Columns[1].Name"}},
		{[]servqual.Column{a, {Name: "gap", Low: 1, High: 2}}, []string{"Columns[1].Name"}},
		{[]servqual.Column{a, {Name: "intercept", Low: 1, High: 2}}, []string{"Columns[1].Name"}},
		{[]servqual.Column{a, {Name: "", Low: 1, High: 2}}, []string{"Columns[1].Name"}},
		{[]servqual.Column{{Name: "x", Low: 2, High: 2}, b}, []string{"Columns[0].High"}},
		{[]servqual.Column{{Name: "x", Low: -128, High: 200}, b}, []string{"Columns[0].Low", "Columns[0].High"}},
	} {
		p := servqual.StudyParams{Columns: c.columns}
		assert.Equal(t, c.want, fields(p.Validate()))
		_, err := servqual.NewStudy(p)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	require.NoError(t, servqual.StudyParams{Columns: []servqual.Column{a, b}}.Validate())
}

func TestStudyRefuses(t *testing.T) {
	t.Parallel()
	s := study(t, encounter(), []int8{5, 4, 0, 1, 5, 7})
	before := encodedStudy(t, s)
	assert.Equal(t, []string{"Answers"}, fields(s.Add([]int8{1})))
	assert.Equal(t, []string{"Answers[2]"}, fields(s.Add([]int8{5, 4, 4, 1, 5, 7})))
	assert.Equal(t, []string{"Study"}, fields(new(servqual.Study).Add(nil)))
	assert.Equal(t, []string{"Study"}, fields(s.Merge(nil)))
	other := encounter()
	other.Columns[1].High = 6
	assert.Equal(t, []string{"Columns"}, fields(s.Merge(study(t, other))))
	assert.Equal(t, []string{"Columns"}, fields(s.UnmarshalBinary(encodedStudy(t, study(t, other)))))
	assert.Equal(t, []string{"Columns"}, fields(s.UnmarshalBinary(encodedStudy(t, &servqual.Study{}))))
	assert.Equal(t, before, encodedStudy(t, s))
	assert.Zero(t, new(servqual.Study).Params())

	regress := func(y string, x ...string) error {
		_, err := s.Regress(y, x, 0.95)
		return err
	}
	assert.Equal(t, []string{"Y"}, fields(regress("price", "gap")))
	assert.Equal(t, []string{"X[1]"}, fields(regress("satisfaction", "gap", "price")))
	assert.Equal(t, []string{"X[1]"}, fields(regress("satisfaction", "gap", "gap")))
	assert.Equal(t, []string{"X[0]"}, fields(regress("satisfaction", "satisfaction")))
	assert.Equal(t, []string{"X"}, fields(regress("satisfaction")))
	require.ErrorIs(t, regress("satisfaction", "gap"), relmark.ErrTooFew)
	_, err := s.Regress("satisfaction", []string{"gap"}, 95)
	assert.Equal(t, []string{"Level"}, fields(err))
	_, err = s.Score("price")
	assert.Equal(t, []string{"Column"}, fields(err))
	_, err = new(servqual.Study).Score("gap")
	assert.Equal(t, []string{"Column"}, fields(err))
	_, err = s.Drivers(0.95)
	assert.Equal(t, []string{"X[0]"}, fields(err), "nobody was asked what was promised")
	_, err = s.OutcomeProcess(0.95)
	assert.Equal(t, []string{"Y"}, fields(err))
	_, err = s.Disconfirmation(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// What does not vary, or follows from others, is named by its place.
func TestStudyNamesWhatDoesNotVary(t *testing.T) {
	t.Parallel()
	s := study(t, encounter(), []int8{5, 4, 0, 1, 5, 7}, []int8{5, 5, 0, 1, 3, 7}, []int8{5, 3, 0, 1, 2, 7}, []int8{5, 7, 0, 1, 7, 7}, []int8{5, 1, 0, 1, 1, 7})
	_, err := s.Regress("satisfaction", []string{"gap"}, 0.95)
	assert.Equal(t, []string{"Y"}, fields(err))
	_, err = s.Regress("fairness", []string{"gap", "emotion"}, 0.95)
	assert.Equal(t, []string{"X[1]"}, fields(err))
	_, err = s.Regress("fairness", []string{"perceived", "gap"}, 0.95)
	assert.Equal(t, []string{"X[1]"}, fields(err), "expectations are all 5")
}

// A line that misses nothing has no noise, and no statistic that would be infinite.
func TestRegressionWithoutNoise(t *testing.T) {
	t.Parallel()
	p := servqual.StudyParams{Columns: []servqual.Column{{Name: "outcome", Low: 0, High: 10}, {Name: "process", Low: 0, High: 10}, {Name: "overall", Low: 0, High: 100}}}
	s := study(t, p, []int8{1, 2, 15}, []int8{2, 1, 13}, []int8{5, 3, 27}, []int8{4, 8, 46}, []int8{9, 9, 59})
	o, err := s.OutcomeProcess(0.95) // 5 + 2·outcome + 4·process − what is below
	require.NoError(t, err)
	assert.Less(t, o.Regression.R2, 1.0)
	s = study(t, p, []int8{1, 2, 15}, []int8{2, 1, 13}, []int8{5, 3, 27}, []int8{4, 8, 45}, []int8{9, 9, 59})
	o, err = s.OutcomeProcess(0.95)
	require.NoError(t, err)
	r := o.Regression
	near.Slice(t, []float64{5, 2, 4}, []float64{r.Coefficients[0].B, r.Coefficients[1].B, r.Coefficients[2].B}, 1e-12, 0)
	assert.Equal(t, []float64{1, 1, 0, 0, 0}, []float64{r.R2, r.Adjusted, r.Sigma, r.Test.F, r.Test.P})
	for _, c := range r.Coefficients {
		assert.Equal(t, []float64{0, 0, 0, c.B, c.B}, []float64{c.SE, c.T, c.P, c.Low, c.High})
	}
	require.NotNil(t, o.OutcomeShare)
	near.Equal(t, 1.0/3, o.OutcomeShare.Value, 1e-12, 0)
	near.Equal(t, 0, o.OutcomeShare.SE, 0, 0)
}

// goldenStudy is the study of testdata/study.v1.hex.
func goldenStudy(t tb) *servqual.Study {
	t.Helper()
	return study(t, encounter(), []int8{5, 4, 0, 1, 5, 7}, []int8{5, blank, -3, 1, 5, 7}, []int8{4, 6, 3, 0, 7, 10}, []int8{5, 4, -1, 2, 4, 6},
		[]int8{blank, blank, blank, blank, blank, blank})
}

func TestStudyGolden(t *testing.T) {
	t.Parallel()
	reference.PinHex(t, "study.v1.hex", encodedStudy(t, goldenStudy(t)))
}

// What decodes encodes to the same bytes, and can be used as any other.
func FuzzStudyUnmarshalBinary(f *testing.F) {
	f.Add(encodedStudy(f, goldenStudy(f)))
	f.Add(encodedStudy(f, study(f, encounter())))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s servqual.Study
		if s.UnmarshalBinary(data) != nil {
			assert.Empty(t, s.Params().Columns)
			return
		}
		assert.Equal(t, data, encodedStudy(t, &s))
		usableStudy(t, &s)
	})
}

func usableStudy(t tb, s *servqual.Study) {
	t.Helper()
	for _, c := range s.Params().Columns {
		score, err := s.Score(c.Name)
		require.NoError(t, err)
		m, ok := score.Mean()
		assert.False(t, ok && !(m >= float64(c.Low) && m <= float64(c.High)))
	}
	if m, err := s.Disconfirmation(0.95); err == nil {
		assert.False(t, math.IsNaN(m.Influenced.R2+m.Influences.F+m.Worse.Adjusted.High))
	}
}

func TestStudyCorrupted(t *testing.T) {
	t.Parallel()
	good := encodedStudy(t, goldenStudy(t))
	accepted := 0
	for at := 3; at < len(good); at++ {
		for bit := range 8 {
			changed := append([]byte(nil), good...)
			changed[at] ^= 1 << bit
			changed = codec.Seal(changed)
			var s servqual.Study
			if s.UnmarshalBinary(changed) == nil {
				accepted++
				assert.Equal(t, changed, encodedStudy(t, &s))
				usableStudy(t, &s)
			}
		}
	}
	assert.Less(t, accepted, 2*len(good))
	for n := 2; n < len(good); n++ {
		require.ErrorIs(t, new(servqual.Study).UnmarshalBinary(codec.Seal(good[:n])), relmark.ErrInvalid)
	}
}

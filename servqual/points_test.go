package servqual_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual"
)

func TestPoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		given []float64
		want  []int8 // rescaled
		field string // of the error where refused; none if the points are kept
	}{
		{[]float64{10, 30, 25, 20, 15}, []int8{10, 30, 25, 20, 15}, ""},
		{[]float64{100, 0}, []int8{100, 0}, ""},
		{[]float64{30, 30, 30}, []int8{34, 33, 33}, "Importance"},
		{[]float64{12.5, 87.5}, []int8{13, 87}, "Importance[0]"},
		{[]float64{1, 1, 1, 1, 3}, []int8{15, 14, 14, 14, 43}, "Importance"}, // 4 of 14 2/7 and 42 6/7: 2 are left
		{[]float64{0, 200}, []int8{0, 100}, "Importance[1]"},
		{[]float64{math.MaxFloat64, math.MaxFloat64}, []int8{50, 50}, "Importance[0]"},
		{[]float64{5e-324, 0}, []int8{100, 0}, "Importance[0]"},
	} {
		got, err := servqual.Points(c.given, servqual.RescalePoints)
		require.NoError(t, err)
		assert.Equal(t, c.want, got)
		refused, err := servqual.Points(c.given, servqual.RefusePoints)
		dropped, errDropped := servqual.Points(c.given, servqual.DropPoints)
		require.NoError(t, errDropped)
		if c.field == "" {
			require.NoError(t, err)
			assert.Equal(t, c.want, refused)
			assert.Equal(t, c.want, dropped)
			continue
		}
		assert.Equal(t, []string{c.field}, fields(err))
		assert.Nil(t, dropped)
	}
}

func TestPointsRefuse(t *testing.T) {
	t.Parallel()
	for _, given := range [][]float64{{nan(), 50}, {inf(), 1}, {-1, 101}, {0, 0}, {}} {
		_, err := servqual.Points(given, servqual.RescalePoints)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = servqual.Points(given, servqual.RefusePoints)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		points, err := servqual.Points(given, servqual.DropPoints)
		require.NoError(t, err)
		assert.Nil(t, points)
	}
	_, err := servqual.Points([]float64{100}, "round")
	assert.Equal(t, []string{"Rule"}, fields(err))
}

// Rescaled points add to 100, are within one of their proportion, and keep its order;
// rescaling them again changes nothing, and a response takes them.
func TestRescaledPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOfN(rapid.Float64Range(0, 1000), 2, 12).Draw(t, "given")
		sum := 0.0
		for _, p := range given {
			sum += p
		}
		points, err := servqual.Points(given, servqual.RescalePoints)
		if sum == 0 {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		total := 0
		var whole []float64
		for d, p := range points {
			total += int(p)
			whole = append(whole, float64(p))
			assert.Less(t, math.Abs(float64(p)-given[d]/sum*100), 1+1e-9)
			for e := range d {
				assert.False(t, given[e] < given[d] && points[e] > p)
			}
		}
		assert.Equal(t, 100, total)
		again, err := servqual.Points(whole, servqual.RefusePoints)
		require.NoError(t, err)
		assert.Equal(t, points, again)
	})
}

// Two studies of different people: the gaps are differences of independent means.
func TestUnpaired(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		e, p := in.NewSurvey(), in.NewSurvey()
		for i, r := range list {
			if i%2 == 0 && r.Expected != nil {
				require.NoError(t, e.Add(servqual.Response{Expected: r.Expected}))
			} else if r.Perceived != nil {
				require.NoError(t, p.Add(servqual.Response{Perceived: r.Perceived}))
			}
		}
		g, err := servqual.Unpaired(e, p, servqual.HalfAnswered, 0.95)
		if e.Respondents() == 0 || p.Respondents() == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		er, pr := report(t, e, servqual.HalfAnswered), report(t, p, servqual.HalfAnswered)
		same := func(a, b servqual.Stat, got *servqual.Change) {
			if a.N() < 2 || b.N() < 2 {
				assert.Nil(t, got)
				return
			}
			want, err := a.Change(b, 0.95)
			require.NoError(t, err)
			assert.Equal(t, want, *got)
			tight(t, mean(t, b)-mean(t, a), got.Difference, "difference")
		}
		for i := range er.Items {
			same(er.Items[i].Expected, pr.Items[i].Perceived, g.Items[i])
		}
		for d := range er.Dimensions {
			assert.Equal(t, er.Dimensions[d].Name, g.Dimensions[d].Name)
			same(er.Dimensions[d].Expected, pr.Dimensions[d].Perceived, g.Dimensions[d].Gap)
		}
		same(er.Expected.Unweighted, pr.Perceived.Unweighted, g.Overall)
	})
}

func TestUnpairedRefuses(t *testing.T) {
	t.Parallel()
	s := collect(t, small(t), servqual.Response{Expected: []int8{1, 2, 3}, Perceived: []int8{1, 2, 3}})
	other := collect(t, standard(t), full(1, 7, 20))
	_, err := servqual.Unpaired(s, other, servqual.HalfAnswered, 0.95)
	assert.Equal(t, []string{"Instrument"}, fields(err))
	_, err = servqual.Unpaired(s, nil, servqual.HalfAnswered, 0.95)
	assert.Equal(t, []string{"Survey"}, fields(err))
	_, err = servqual.Unpaired(s, s, "most", 0.95)
	assert.Equal(t, []string{"Missing"}, fields(err))
	_, err = servqual.Unpaired(s, s, servqual.HalfAnswered, 95)
	assert.Equal(t, []string{"Level"}, fields(err))
	_, err = servqual.Unpaired(s, &servqual.Survey{}, servqual.HalfAnswered, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

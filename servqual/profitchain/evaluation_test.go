package profitchain_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/profitchain"
)

func outcomes() []profitchain.Outcome {
	return []profitchain.Outcome{
		{Name: "customer orientation", Level: profitchain.Strategic, Low: 1, High: 5},
		{Name: "errors", Level: profitchain.Strategic, Low: 10, High: 0},
		{Name: "knows the campaign", Level: profitchain.Tactical, Low: 0, High: 1},
		{Name: "trained", Level: profitchain.Strategic, Low: 0, High: 1},
	}
}

func drawWave(t *rapid.T, n int) [][]*float64 {
	rows := make([][]*float64, n)
	for i := range rows {
		rows[i] = make([]*float64, 4)
		for j, o := range outcomes() {
			if rapid.IntRange(0, 3).Draw(t, "there") > 0 {
				rows[i][j] = new(min(o.Low, o.High) + math.Abs(o.High-o.Low)*float64(rapid.IntRange(0, 4).Draw(t, "x"))/4)
			}
		}
	}
	return rows
}

// score is that of a row on some outcomes, by definition.
func score(row []*float64, columns ...int) (float64, bool) {
	n, sum := 0.0, 0.0
	for _, j := range columns {
		if row[j] != nil {
			o := outcomes()[j]
			n++
			sum += 100 * (*row[j] - o.Low) / (o.High - o.Low)
		}
	}
	return sum / n, n > 0 && n >= math.Ceil(float64(len(columns))/2)
}

func TestEvaluateAgainstLists(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 15).Draw(t, "n")
		o := profitchain.EvaluationOptions{Paired: rapid.Bool().Draw(t, "paired"), Level: 0.9}
		before := drawWave(t, n)
		if !o.Paired {
			n = rapid.IntRange(1, 15).Draw(t, "after")
		}
		after := drawWave(t, n)
		e, err := profitchain.Evaluate(outcomes(), before, after, o)
		require.NoError(t, err)
		require.Len(t, e.Outcomes, 4)
		require.Len(t, e.Levels, 2)
		for _, c := range []struct {
			got     profitchain.Change
			columns []int
		}{
			{e.Outcomes[0], []int{0}},
			{e.Outcomes[1], []int{1}},
			{e.Levels[0], []int{0, 1, 3}},
			{e.Levels[1], []int{2}},
			{e.All, []int{0, 1, 2, 3}},
		} {
			compareChange(t, before, after, o, c.got, c.columns)
		}
	})
}

func compareChange(t *rapid.T, before, after [][]*float64, o profitchain.EvaluationOptions, got profitchain.Change, columns []int) {
	var a, b, d []float64
	var na, nb int64
	for i, row := range before {
		x, ok := score(row, columns...)
		if ok {
			na++
			a = append(a, x)
		}
		if !o.Paired {
			continue
		}
		y, both := score(after[i], columns...)
		if ok && both {
			d = append(d, y-x)
		} else if ok {
			a = a[:len(a)-1]
		}
	}
	for i, row := range after {
		y, ok := score(row, columns...)
		if ok {
			nb++
		}
		_, both := score(before[min(i, len(before)-1)], columns...)
		if ok && (!o.Paired || both) {
			b = append(b, y)
		}
	}
	require.Equal(t, []int64{na, nb, int64(len(before)), int64(len(after))},
		[]int64{got.Before.N, got.After.N, got.Before.N + got.Before.Short, got.After.N + got.After.Short})
	require.Equal(t, int64(len(d)), got.Pairs)
	if len(a) == 0 || len(b) == 0 {
		require.Nil(t, got.Difference)
		return
	}
	if len(a) < 2 || len(b) < 2 {
		require.Equal(t, profitchain.TooFew, got.Difference.State)
		return
	}
	if o.Paired {
		s := stats(t, d)
		mean, _ := s.Mean()
		low, high, err := s.Interval(o.Level)
		require.NoError(t, err)
		near.Equal(t, mean, got.Difference.Value, 1e-10, 1e-10)
		near.Equal(t, low, got.Difference.Interval.Low, 1e-9, 1e-9)
		near.Equal(t, high, got.Difference.Interval.High, 1e-9, 1e-9)
		return
	}
	want, err := stats(t, a).Change(stats(t, b), o.Level)
	require.NoError(t, err)
	near.Equal(t, want.Difference, got.Difference.Value, 1e-10, 1e-10)
	near.Equal(t, want.Low, got.Difference.Interval.Low, 1e-9, 1e-9)
	near.Equal(t, want.P, *got.Difference.P, 1e-7, 1e-9)
}

func TestEvaluateRefuses(t *testing.T) {
	t.Parallel()
	rows := [][]*float64{values(3, 4, 0.5, 1)}
	o := profitchain.EvaluationOptions{Level: 0.95}
	_, err := profitchain.Evaluate(outcomes(), nil, rows, o)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for field, change := range map[string]func(x []profitchain.Outcome, o *profitchain.EvaluationOptions) (before, after [][]*float64){
		"Level": func(_ []profitchain.Outcome, o *profitchain.EvaluationOptions) (a, b [][]*float64) {
			o.Level = 0
			return rows, rows
		},
		"Outcomes[1]": func(x []profitchain.Outcome, _ *profitchain.EvaluationOptions) (a, b [][]*float64) {
			x[1].Name = x[0].Name
			return rows, rows
		},
		"Outcomes[1].Level": func(x []profitchain.Outcome, _ *profitchain.EvaluationOptions) (a, b [][]*float64) {
			x[1].Level = "operative"
			return rows, rows
		},
		"Outcomes[2].High": func(x []profitchain.Outcome, _ *profitchain.EvaluationOptions) (a, b [][]*float64) {
			x[2].High = 0
			return rows, rows
		},
		"After": func(_ []profitchain.Outcome, o *profitchain.EvaluationOptions) (a, b [][]*float64) {
			o.Paired = true
			return rows, append(rows, rows[0])
		},
		"Before[0]": func(_ []profitchain.Outcome, _ *profitchain.EvaluationOptions) (a, b [][]*float64) {
			return [][]*float64{values(1)}, rows
		},
		"After[0][1]": func(_ []profitchain.Outcome, _ *profitchain.EvaluationOptions) (a, b [][]*float64) {
			return rows, [][]*float64{values(1, 11, 0, 0)}
		},
		"After[0][2]": func(_ []profitchain.Outcome, _ *profitchain.EvaluationOptions) (a, b [][]*float64) {
			return rows, [][]*float64{values(1, 1, math.NaN(), 0)}
		},
	} {
		x, opts := outcomes(), o
		before, after := change(x, &opts)
		_, err := profitchain.Evaluate(x, before, after, opts)
		invalid(t, err, field)
	}
	_, err = profitchain.Evaluate(make([]profitchain.Outcome, 30), rows, rows, o)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = profitchain.Evaluate(outcomes(), make([][]*float64, 30), rows, o)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestEvaluateWhereNothingVaries(t *testing.T) {
	t.Parallel()
	same := [][]*float64{values(3, 4, 0.5, 1), values(3, 4, 0.5, 1)}
	e, err := profitchain.Evaluate(outcomes(), same, same, profitchain.EvaluationOptions{Level: 0.95, Paired: true})
	require.NoError(t, err)
	assert.Nil(t, e.All.Standardised)
	assert.Nil(t, e.All.Difference.T)
	assert.Equal(t, new(1.0), e.All.Difference.P)
	assert.Equal(t, profitchain.NoEvidence, e.All.Difference.State)
	data, err := json.Marshal(e)
	require.NoError(t, err)
	var back profitchain.Evaluation
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, e, back)
	e, err = profitchain.Evaluate(outcomes()[:2], [][]*float64{values(3, 4), values(3, 4)}, [][]*float64{values(4, 4), values(4, 4)}, profitchain.EvaluationOptions{Level: 0.95})
	require.NoError(t, err)
	require.Len(t, e.Levels, 1)
	assert.Equal(t, profitchain.Evidence, e.Outcomes[0].Difference.State)
	assert.Zero(t, *e.Outcomes[0].Difference.P)
	near.Equal(t, 25, e.Outcomes[0].Difference.Value, 1e-14, 0)
}

func TestNet(t *testing.T) {
	t.Parallel()
	o := profitchain.EvaluationOptions{Level: 0.95}
	x := outcomes()[:1]
	wave := func(xs ...float64) (rows [][]*float64) {
		for _, v := range xs {
			rows = append(rows, values(v))
		}
		return rows
	}
	reached, err := profitchain.Evaluate(x, wave(2, 3, 2, 3), wave(4, 5, 4, 4), o)
	require.NoError(t, err)
	others, err := profitchain.Evaluate(x, wave(2, 3, 3, 2, 3), wave(3, 3, 3, 2), o)
	require.NoError(t, err)
	a, b := reached.Outcomes[0], others.Outcomes[0]
	d, err := profitchain.Net(a, b, 0.95)
	require.NoError(t, err)
	near.Equal(t, a.Difference.Value-b.Difference.Value, d.Value, 1e-14, 0)
	near.Equal(t, math.Hypot(a.Difference.SE, b.Difference.SE), d.SE, 1e-14, 0)
	assert.Greater(t, d.Degrees, min(a.Difference.Degrees, b.Difference.Degrees))
	assert.Less(t, d.Degrees, a.Difference.Degrees+b.Difference.Degrees)
	assert.Equal(t, profitchain.Evidence, d.State)
	still, err := profitchain.Evaluate(x, wave(2, 2), wave(2, 2), o)
	require.NoError(t, err)
	alone, err := profitchain.Net(a, still.Outcomes[0], 0.95)
	require.NoError(t, err)
	near.Equal(t, a.Difference.Degrees, alone.Degrees, 1e-14, 0)
	near.Equal(t, *a.Difference.P, *alone.P, 1e-12, 0)
	same, err := profitchain.Net(still.Outcomes[0], still.Outcomes[0], 0.95)
	require.NoError(t, err)
	near.Equal(t, 1, *same.P, 0, 0)
	sure := profitchain.Change{Difference: &profitchain.Difference{Value: 1, SE: 5e-324, Degrees: 3, State: profitchain.Evidence}}
	none := profitchain.Change{Difference: &profitchain.Difference{Degrees: 3, State: profitchain.NoEvidence}}
	d, err = profitchain.Net(sure, none, 0.95)
	require.NoError(t, err)
	assert.Nil(t, d.T, "no number is so large")
	assert.Zero(t, *d.P)

	few, err := profitchain.Evaluate(x, wave(2), wave(2), o)
	require.NoError(t, err)
	_, err = profitchain.Net(a, few.Outcomes[0], 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = profitchain.Net(profitchain.Change{Name: a.Name, Level: a.Level}, a, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = profitchain.Net(a, b, 0)
	invalid(t, err, "Level")
	_, err = profitchain.Net(a, reached.All, 0.95)
	invalid(t, err, "Others")
	wrong := b
	wrong.Difference = &profitchain.Difference{SE: math.NaN()}
	_, err = profitchain.Net(a, wrong, 0.95)
	invalid(t, err, "Others.Difference")
}

package abc_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/abc"
)

func matrix(t testing.TB) abc.Matrix {
	t.Helper()
	m, err := abc.NewMatrix(scales())
	require.NoError(t, err)
	return m
}

func pyramid(t testing.TB) abc.Pyramid {
	t.Helper()
	p, err := abc.NewPyramid(abc.PyramidParams{LeadCost: decimal.New(95, -2)})
	require.NoError(t, err)
	return p
}

func scorer(t testing.TB) abc.Scorer {
	t.Helper()
	s, err := abc.NewScorer(prospectParams())
	require.NoError(t, err)
	return s
}

func streak(t testing.TB) abc.Streak {
	t.Helper()
	s, err := abc.NewStreak(abc.B)
	require.NoError(t, err)
	for _, v := range []string{"9", "7.50"} {
		s, _, err = s.Next(money(t, v), abc.StreakRule{})
		require.NoError(t, err)
	}
	return s
}

func criteria(t testing.TB) abc.Criteria {
	t.Helper()
	return abc.Criteria{MinCustomers: 100, MinResponse: new(0.02), MinValue: money(t, "-12.50"), MinGrowth: 0.03}
}

func TestJSONGolden(t *testing.T) {
	t.Parallel()
	reference.PinJSON(t, "matrix.v1.json", matrix(t), &abc.Matrix{})
	reference.PinJSON(t, "pyramid.v1.json", pyramid(t), &abc.Pyramid{})
	reference.PinJSON(t, "scorer.v1.json", scorer(t), &abc.Scorer{})
	reference.PinJSON(t, "criteria.v1.json", criteria(t), &abc.Criteria{})
	reference.PinJSON(t, "streak.v1.json", streak(t), &abc.Streak{})
}

func TestDecodedWorksAsBefore(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(streak(t))
	require.NoError(t, err)
	var s abc.Streak
	require.NoError(t, json.Unmarshal(data, &s))
	assert.Equal(t, 1, s.Falls())
	_, dropped, err := s.Next(money(t, "7.4"), abc.StreakRule{Falls: 2})
	require.NoError(t, err)
	assert.True(t, dropped)
	fresh, err := abc.NewStreak(abc.A)
	require.NoError(t, err)
	data, err = json.Marshal(fresh)
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"class":"a"}`, string(data))
	require.NoError(t, json.Unmarshal(data, &s))
	assert.Equal(t, fresh, s)

	data, err = json.Marshal(pyramid(t))
	require.NoError(t, err)
	var p abc.Pyramid
	require.NoError(t, json.Unmarshal(data, &p))
	_, err = abc.Stratify(p, func(func(int, abc.Trade) bool) {})
	require.NoError(t, err)
	data, err = json.Marshal(abc.Criteria{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1}`, string(data))
}

func TestJSONRefuses(t *testing.T) {
	t.Parallel()
	m, p, s, c, k := matrix(t), pyramid(t), scorer(t), criteria(t), streak(t)
	for name, x := range map[string]interface {
		UnmarshalJSON(data []byte) error
	}{"matrix": &m, "pyramid": &p, "scorer": &s, "criteria": &c, "streak": &k} {
		for text, want := range map[string]error{
			`{"v":2}`:                          relmark.ErrUnsupported,
			`{}`:                               relmark.ErrUnsupported,
			`"x"`:                              relmark.ErrInvalid,
			`{"v":1,"x":1}`:                    relmark.ErrInvalid,
			`{"v":1}{"v":1}`:                   relmark.ErrInvalid,
			`{"v":"secret"}`:                   relmark.ErrInvalid,
			`{"v":1,"v":1}`:                    relmark.ErrInvalid,
			`{"V":1}`:                          relmark.ErrInvalid,
			`{"v":1,"class":"a","class":"b"}`:  relmark.ErrInvalid,
			`{"v":1,"class":"a","Class":"b"}`:  relmark.ErrInvalid,
			`{"v":1,"class":"a","falls":1}`:    relmark.ErrInvalid,
			`{"v":1,"class":"a","last":"1e3"}`: relmark.ErrInvalid,
			`{"v":1,"class":"a","last":5}`:     relmark.ErrInvalid,
			`{"v":1,"class":"a","last":"1","falls":1000}`:       relmark.ErrInvalid,
			`{"v":1,"class":"a","last":"0.0000000001"}`:         relmark.ErrInvalid,
			`{"v":1,"min_value":"0.0000000001"}`:                relmark.ErrInvalid,
			`{"v":1,"sensitive":2}`:                             relmark.ErrInvalid,
			`{"v":1,"class":"a","fit":[],"table":"aab abc bc"}`: relmark.ErrInvalid,
		} {
			err := x.UnmarshalJSON([]byte(text))
			require.ErrorIs(t, err, want, "%s %s", name, text)
			require.NotContains(t, err.Error(), "secret")
		}
	}
	assert.Equal(t, matrix(t), m, "unchanged")
	assert.Equal(t, pyramid(t).Params().LeadCost.Rat(), p.Params().LeadCost.Rat(), "unchanged")
	assert.Equal(t, scorer(t), s, "unchanged")
	assert.Equal(t, criteria(t), c, "unchanged")
	assert.Equal(t, streak(t), k, "unchanged")
}

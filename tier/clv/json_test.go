package clv_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/clv"
)

// models are one of each, with an empty one to read into, and their JSON.
func models(t testing.TB) map[string][2]any {
	t.Helper()
	pareto, err := clv.NewParetoNBDRegression(clv.ParetoNBDRegressionParams{
		Base: clv.ParetoNBDParams{R: 1, Alpha: 2, S: 3, Beta: 4}, Purchase: []float64{0.5, -1}, Dropout: []float64{0, 2},
	})
	require.NoError(t, err)
	bg, err := clv.NewBGNBDRegression(clv.BGNBDRegressionParams{
		Base: clv.BGNBDParams{R: 1, Alpha: 2, A: 3, B: 4}, Purchase: []float64{0.5}, A: []float64{1}, B: []float64{2},
	})
	require.NoError(t, err)
	const four = `{"v":1,"model":"%","params":{"r":1,"alpha":2,"`
	return map[string][2]any{
		`{"v":1,"model":"bg_nbd","params":{"r":1,"alpha":2,"a":3,"b":4}}`:           {newBGNBD(t, 1, 2, 3, 4), &clv.BGNBD{}},
		`{"v":1,"model":"mbg_nbd","params":{"r":1,"alpha":2,"a":3,"b":4}}`:          {newMBGNBD(t, 1, 2, 3, 4), &clv.MBGNBD{}},
		`{"v":1,"model":"pareto_nbd","params":{"r":1,"alpha":2,"s":3,"beta":4}}`:    {newParetoNBD(t, 1, 2, 3, 4), &clv.ParetoNBD{}},
		`{"v":1,"model":"bg_bb","params":{"alpha":1,"beta":2,"gamma":3,"delta":4}}`: {newBGBB(t, 1, 2, 3, 4), &clv.BGBB{}},
		`{"v":1,"model":"sbg","params":{"alpha":1,"beta":2}}`:                       {newSBG(t, 1, 2), &clv.SBG{}},
		`{"v":1,"model":"gamma_gamma","params":{"p":1,"q":2,"v":3}}`:                {newGammaGamma(t, 1, 2, 3), &clv.GammaGamma{}},
		`{"v":1,"model":"pareto_nbd_regression","params":{"base":` + strings.Replace(four, "%", "pareto_nbd", 1) + `s":3,"beta":4}},"purchase":[0.5,-1],"dropout":[0,2]}}`: {pareto, &clv.ParetoNBDRegression{}},
		`{"v":1,"model":"bg_nbd_regression","params":{"base":` + strings.Replace(four, "%", "bg_nbd", 1) + `a":3,"b":4}},"purchase":[0.5],"a":[1],"b":[2]}}`:               {bg, &clv.BGNBDRegression{}},
	}
}

// What a model is written as comes back equal, and no other model reads it.
func TestModelsRoundTripAsThemselves(t *testing.T) {
	t.Parallel()
	all := models(t)
	for text, m := range all {
		data, err := json.Marshal(m[0])
		require.NoError(t, err)
		require.Equal(t, text, string(data))
		for other, n := range models(t) {
			err := json.Unmarshal(data, n[1])
			if other != text {
				require.ErrorIs(t, err, relmark.ErrInvalid, "%s as %T", text, n[1])
				continue
			}
			require.NoError(t, err)
			again, err := json.Marshal(n[1])
			require.NoError(t, err)
			require.Equal(t, text, string(again))
			require.EqualValues(t, m[0], deref(n[1]))
		}
	}
}

func deref(p any) any {
	switch p := p.(type) {
	case *clv.BGNBD:
		return *p
	case *clv.MBGNBD:
		return *p
	case *clv.ParetoNBD:
		return *p
	case *clv.BGBB:
		return *p
	case *clv.SBG:
		return *p
	case *clv.GammaGamma:
		return *p
	case *clv.ParetoNBDRegression:
		return *p
	case *clv.BGNBDRegression:
		return *p
	}
	return nil
}

// Parameters by themselves name their model as well.
func TestParamsOfOneModelAreNotAnothers(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(clv.BGNBDParams{R: 1, Alpha: 2, A: 3, B: 4})
	require.NoError(t, err)
	var p clv.BGNBDParams
	require.NoError(t, json.Unmarshal(data, &p))
	require.Equal(t, clv.BGNBDParams{R: 1, Alpha: 2, A: 3, B: 4}, p)
	before := clv.MBGNBDParams{R: 9, Alpha: 9, A: 9, B: 9}
	other := before
	require.ErrorIs(t, json.Unmarshal(data, &other), relmark.ErrInvalid)
	require.Equal(t, before, other, "unchanged")
}

func TestModelsRefuseWhatTheyAreNot(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"r":1,"alpha":2,"a":3,"b":4}`:                                         relmark.ErrInvalid,
		`{"model":"bg_nbd","params":{"r":1,"alpha":2,"a":3,"b":4}}`:             relmark.ErrUnsupported,
		`{"v":2,"model":"bg_nbd","params":{"r":1,"alpha":2,"a":3,"b":4}}`:       relmark.ErrUnsupported,
		`{"v":1,"model":"bg_nbd","params":{"r":1,"alpha":2,"a":3}}`:             relmark.ErrInvalid,
		`{"v":1,"model":"bg_nbd","params":{"r":1,"alpha":2,"a":3,"b":4,"c":5}}`: relmark.ErrInvalid,
		`{"v":1,"model":"bg_nbd","params":{"r":1,"alpha":2,"a":3,"b":1e60}}`:    relmark.ErrInvalid,
		`{"v":1,"model":"bg_nbd"}`:                                              relmark.ErrInvalid,
		`{"v":1,"model":"BG_NBD","params":{"r":1,"alpha":2,"a":3,"b":4}}`:       relmark.ErrInvalid,
		`null`: relmark.ErrInvalid,
		`{}`:   relmark.ErrUnsupported,
	} {
		m := newBGNBD(t, 5, 6, 7, 8)
		err := m.UnmarshalJSON([]byte(text))
		if strings.HasPrefix(text, `{"r"`) {
			want = relmark.ErrUnsupported // without "v"
		}
		require.ErrorIs(t, err, want, text)
		require.Equal(t, newBGNBD(t, 5, 6, 7, 8), m)
	}
	for _, zero := range []any{
		clv.BGNBD{},
		clv.MBGNBD{},
		clv.ParetoNBD{},
		clv.BGBB{},
		clv.SBG{},
		clv.GammaGamma{},
		clv.ParetoNBDRegression{},
		clv.BGNBDRegression{},
		clv.BGNBDParams{R: math.NaN()},
		clv.SBGParams{},
	} {
		_, err := json.Marshal(zero)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%T", zero)
	}
	// What has a binary encoding, or none, refuses instead of writing {}.
	for _, v := range []any{clv.Spend{}, &clv.Spend{}, clv.Tracking{}, clv.Fit[clv.BGNBD]{}, &clv.Valuer[clv.BGNBD]{}} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
	}
	require.ErrorIs(t, json.Unmarshal([]byte(`{}`), &clv.Spend{}), relmark.ErrUnsupported)
}

func FuzzModelJSON(f *testing.F) {
	for text := range models(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, m := range models(t) {
			if json.Unmarshal(data, m[1]) != nil {
				continue
			}
			again, err := json.Marshal(m[1])
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(again, m[1]))
			twice, err := json.Marshal(m[1])
			require.NoError(t, err)
			require.Equal(t, string(again), string(twice))
		}
	})
}

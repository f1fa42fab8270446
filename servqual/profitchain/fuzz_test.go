package profitchain_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/servqual/profitchain"
)

func FuzzDecode(f *testing.F) {
	for _, v := range goldens(f) {
		f.Add(encoded(f, v))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for name := range empty() {
			readsBack(t, name, data)
			if len(data) > 6 {
				readsBack(t, name, codec.Seal(append([]byte(nil), data...)))
			}
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, v := range []any{profitchain.Params{Links: profitchain.Heskett(), Level: 0.95}, profitchain.AllenMeyer()} {
		data, err := json.Marshal(v)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c profitchain.Chain
		if json.Unmarshal(data, &c) == nil {
			text, err := json.Marshal(c)
			require.NoError(t, err)
			var again profitchain.Chain
			require.NoError(t, json.Unmarshal(text, &again))
			require.Equal(t, c, again)
		}
		var q profitchain.Questionnaire
		if json.Unmarshal(data, &q) == nil {
			text, err := json.Marshal(q)
			require.NoError(t, err)
			var again profitchain.Questionnaire
			require.NoError(t, json.Unmarshal(text, &again))
			require.Equal(t, q, again)
		}
	})
}

// Whatever numbers units have, there is an answer without NaN, or an error.
func FuzzEstimate(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.5, 0.95, uint8(3), true)
	f.Add(1e50, -1e50, 1e-300, 0.0, 0.5, uint8(9), false)
	f.Add(1e50, 1e-50, 3.0, 3.0, 0.9999, uint8(4), false)
	f.Fuzz(func(t *testing.T, a, b, c, d, level float64, n uint8, within bool) {
		p, err := profitchain.NewPanel[int]("x", "y", "z")
		require.NoError(t, err)
		var pairs []profitchain.Pair[int]
		xs := []float64{a, b, c, d}
		for i := range int(n % 24) {
			v := values(xs[i%4], xs[(i/2)%4], xs[(i*i)%4])
			if i%5 == 4 {
				v[i%3] = nil
			}
			_ = p.Add(row{i / 3, i % 3, v})
			pairs = append(pairs, profitchain.Pair[int]{Unit: i, Employee: v[0], Customer: v[1], Size: v[2]})
		}
		for _, kind := range []profitchain.Errors{profitchain.Classic, profitchain.Clustered} {
			params := profitchain.Params{Links: []link{{From: "x", To: "y"}, {From: "x", To: "z"}, {From: "y", To: "z", Lag: 1}}, Level: level, Within: within, Errors: kind}
			chain, err := profitchain.NewChain(params)
			require.Equal(t, params.Validate() == nil, err == nil)
			if err != nil {
				return
			}
			fit, err := profitchain.Estimate(chain, p)
			require.NoError(t, err)
			whole(t, fit.Links)
			whole(t, fit.Equations)
			if e, err := fit.Effect("x", "z", a); err == nil {
				whole(t, e)
			}
			if r, err := fit.Resample(t.Context(), "x", "z", 1, profitchain.Resampling{Replicates: 5}, rng(1)); err == nil {
				whole(t, r)
			}
		}
		if m, err := profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: level, Size: within}); err == nil {
			whole(t, m)
		}
	})
}

// whole requires that a result can be stored: no NaN and no infinity is in it.
func whole(t require.TestingT, v any) {
	_, err := json.Marshal(v)
	require.NoError(t, err, "%+v", v)
}

func FuzzEvaluate(f *testing.F) {
	f.Add(1.0, 5.0, 2.0, 4.0, 0.95, true)
	f.Add(-1e50, 1e50, 0.0, 1e49, 0.6, false)
	f.Fuzz(func(t *testing.T, low, high, x, y, level float64, paired bool) {
		o := []profitchain.Outcome{{Name: "a", Level: profitchain.Tactical, Low: low, High: high}}
		before := [][]*float64{values(x), values(y), {nil}, values(math.Min(x, y))}
		after := [][]*float64{values(y), values(y), values(x), values(x)}
		e, err := profitchain.Evaluate(o, before, after, profitchain.EvaluationOptions{Level: level, Paired: paired})
		if err == nil {
			whole(t, e)
		}
		c, err := profitchain.Score(profitchain.Capability{Components: []profitchain.Component{{Name: "a", Low: low, High: high, Weight: 1}}},
			[]profitchain.UnitCapability[int]{{1, values(x)}, {2, values(y)}})
		if err == nil {
			whole(t, c)
		}
	})
}

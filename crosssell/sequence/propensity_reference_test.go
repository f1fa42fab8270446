package sequence_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/reference"
)

func float(t *testing.T, text string) float64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	require.True(t, ok, text)
	f, _ := r.Float64()
	return f
}

func TestReferenceRidgeLogistic(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "crosssell_evaluation_golden.json")
	for _, c := range f.Cases() {
		var in struct {
			X      [][]string
			Y      []int
			Lambda string
		}
		require.NoError(t, reference.Strict(c.In, &in), c.ID)
		fit, err := fitted(t, in.X, in.Y, float(t, in.Lambda))
		if kind, fails := c.Fails(); fails {
			roots := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}
			require.ErrorIs(t, err, roots[kind], c.ID)
			f.Exact(kind, kind, "%s: error", c.ID)
			continue
		}
		require.NoError(t, err, c.ID)
		got := map[string]any{
			"intercept": fit.Model.Params().Intercept, "coef": fit.Model.Params().Coef, "log_likelihood": fit.LogLik,
		}
		for key, want := range c.Expect {
			figures, known := got[key]
			require.True(t, known, "%s: %s", c.ID, key)
			if list, ok := want.([]any); ok {
				f.Exact(len(list), len(figures.([]float64)), "%s: %s", c.ID, key)
				for i := range list {
					f.Near(number(t, list[i]), figures.([]float64)[i], 1e-12, 1, "%s: %s[%d]", c.ID, key, i)
				}
				continue
			}
			f.Near(number(t, want), figures.(float64), 1e-12, 1, "%s: %s", c.ID, key)
		}
	}
}

func number(t *testing.T, v any) float64 {
	t.Helper()
	n, ok := v.(json.Number)
	require.True(t, ok, v)
	x, err := n.Float64()
	require.NoError(t, err)
	return x
}

func fitted(t *testing.T, x [][]string, y []int, lambda float64) (sequence.PropensityFit, error) {
	t.Helper()
	past := make([]sequence.Observation, len(y))
	var features []string
	for i := range past {
		for j, text := range x[i] {
			past[i].X = append(past[i].X, float(t, text))
			if i == 0 {
				features = append(features, fmt.Sprintf("x%d", j))
			}
		}
		past[i].Bought = y[i] == 1
	}
	return sequence.FitPropensity(t.Context(), features, past, sequence.PropensityOptions{Lambda: lambda})
}

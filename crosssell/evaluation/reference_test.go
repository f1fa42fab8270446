package evaluation_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/reference"
)

const room = "crosssell/evaluation"

// numbers are decimals written as texts or as numbers.
type numbers []float64

func (n *numbers) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil || list == nil {
		return err
	}
	*n = make(numbers, len(list))
	for i, raw := range list {
		x, err := numberOf(raw)
		if err != nil {
			return err
		}
		(*n)[i] = x
	}
	return nil
}

type number float64

func (n *number) UnmarshalJSON(data []byte) error {
	x, err := numberOf(data)
	*n = number(x)
	return err
}

func numberOf(data []byte) (float64, error) {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	return strconv.ParseFloat(text, 64)
}

// compare compares every leaf of what is wanted with what is got, brought to JSON: a null has
// to be absent, whole numbers are exact, others within 1e-12.
func compare(t *testing.T, f *reference.File, where string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		f.Exact(nil, got, "%s", where)
	case map[string]any:
		m, ok := got.(map[string]any)
		f.Exact(true, ok, "%s: is there", where)
		for key, v := range want {
			compare(t, f, where+"."+key, v, m[key])
		}
	case []any:
		list, _ := got.([]any)
		f.Exact(len(want), len(list), "%s: length", where)
		for i := range min(len(want), len(list)) {
			compare(t, f, fmt.Sprintf("%s[%d]", where, i), want[i], list[i])
		}
	case json.Number:
		g, _ := got.(json.Number)
		if w, err := strconv.ParseInt(want.String(), 10, 64); err == nil {
			x, err := g.Float64()
			require.NoError(t, err, where)
			f.Exact(float64(w), x, "%s", where)
			return
		}
		w, err := want.Float64()
		require.NoError(t, err, where)
		x, err := g.Float64()
		require.NoError(t, err, where)
		f.Near(w, x, 1e-12, 1, "%s", where)
	default:
		f.Exact(want, got, "%s", where)
	}
}

// rootOf returns the error of the root that a word of the file means.
func rootOf(t *testing.T, word string) error {
	t.Helper()
	root := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}[word]
	require.Error(t, root, word)
	return root
}

func TestReferenceEvaluation(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "crosssell_evaluation_golden.json")
	run := map[string]func(in json.RawMessage) (any, error){
		"uplift": uplift, "off_policy": offPolicy, "holdings": holdings, "probabilities": probabilities,
	}
	for _, c := range f.Cases() {
		require.Contains(t, run, c.Kind)
		got, err := run[c.Kind](c.In)
		if word, fails := c.Fails(); fails {
			f.Exact(true, errors.Is(err, rootOf(t, word)), "%s: %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		text, err := json.Marshal(got)
		require.NoError(t, err, c.ID)
		var plain any
		require.NoError(t, decode(text, &plain))
		compare(t, f, c.ID, c.Expect, plain)
	}
}

func trials(score, outcome []float64, treated []int) []evaluation.Trial {
	list := make([]evaluation.Trial, len(score))
	for i := range list {
		group := evaluation.Group(strconv.Itoa(treated[i]))
		switch treated[i] {
		case 0:
			group = evaluation.Control
		case 1:
			group = evaluation.Treated
		}
		list[i] = evaluation.Trial{Score: score[i], Group: group, Outcome: outcome[i]}
	}
	return list
}

func uplift(raw json.RawMessage) (any, error) {
	var in struct {
		Score, Outcome, Shares numbers
		Treated                []int
		Level                  number
	}
	if err := reference.Strict(raw, &in); err != nil {
		return nil, err
	}
	u, err := evaluation.NewUplift(trials(in.Score, in.Outcome, in.Treated))
	if err != nil {
		return nil, err
	}
	effect, err := u.Effect(float64(in.Level))
	if err != nil {
		return nil, err
	}
	qini, err := u.Area(evaluation.Qini)
	if err != nil {
		return nil, err
	}
	gain, err := u.Area(evaluation.Gain)
	if err != nil {
		return nil, err
	}
	top := make([]evaluation.Top, len(in.Shares))
	for i, share := range in.Shares {
		if top[i], err = u.Top(share); err != nil {
			return nil, err
		}
	}
	return map[string]any{
		"n_treated": effect.Treated, "n_control": effect.Control,
		"mean_treated": effect.MeanTreated, "mean_control": effect.MeanControl,
		"ate": effect.ATE.Value, "se": effect.ATE.SE, "low": effect.ATE.Low, "high": effect.ATE.High,
		"curve": u.Curve(), "top": top,
		"qini_area": qini.Area, "qini_normalised": qini.Normalised,
		"gain_area": gain.Area, "gain_normalised": gain.Normalised,
	}, nil
}

func offPolicy(raw json.RawMessage) (any, error) {
	var in struct {
		Propensity, Target, Reward numbers
		Clip                       *number
		Level                      number
		ModelTaken                 numbers `json:"model_taken"`
		ModelTarget                numbers `json:"model_target"`
	}
	if err := reference.Strict(raw, &in); err != nil {
		return nil, err
	}
	if (in.ModelTaken == nil) != (in.ModelTarget == nil) { // the type has both or none
		return nil, relmark.ErrInvalid
	}
	p, err := evaluation.NewOffPolicy((*float64)(in.Clip))
	if err != nil {
		return nil, err
	}
	for i := range in.Reward {
		o := evaluation.Logged{Propensity: in.Propensity[i], Target: in.Target[i], Reward: in.Reward[i]}
		if in.ModelTaken != nil {
			o.Model = &evaluation.Expected{Taken: in.ModelTaken[i], Target: in.ModelTarget[i]}
		}
		if err := p.Add(o); err != nil {
			return nil, err
		}
	}
	return p.Value(float64(in.Level))
}

func holdings(raw json.RawMessage) (any, error) {
	var in struct {
		Before, After []int
		Level         number
	}
	if err := reference.Strict(raw, &in); err != nil {
		return nil, err
	}
	var h evaluation.Holdings
	for i := range in.Before {
		if err := h.Add(in.Before[i], in.After[i]); err != nil {
			return nil, err
		}
	}
	return h.Report(float64(in.Level))
}

func probabilities(raw json.RawMessage) (any, error) {
	var in struct {
		P    numbers
		Y    []int
		Bins int
	}
	if err := reference.Strict(raw, &in); err != nil {
		return nil, err
	}
	return evaluation.Calibrate(func(yield func(evaluation.Forecast, error) bool) {
		for i, p := range in.P {
			var err error
			if in.Y[i] != 0 && in.Y[i] != 1 { // the type knows yes and no only
				err = relmark.ErrInvalid
			}
			if !yield(evaluation.Forecast{P: p, Happened: in.Y[i] == 1}, err) {
				return
			}
		}
	}, in.Bins)
}

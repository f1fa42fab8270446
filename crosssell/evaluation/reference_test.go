package evaluation_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/reference"
)

const room = "crosssell/evaluation"

type number = reference.Number

// floats returns the numbers of a list as the package takes them.
func floats(list []number) []float64 {
	out := make([]float64, len(list))
	for i, x := range list {
		out[i] = float64(x)
	}
	return out
}

// parse reads the input of a case. What the types of the package cannot hold, such as half a
// product, is invalid.
func parse(raw json.RawMessage, in any) error {
	err := reference.Strict(raw, in)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return relmark.ErrInvalid
	}
	return err
}

// columns reports columns of unequal lengths, which the types of the package cannot hold.
func columns(lengths ...int) error {
	if slices.Min(lengths) < slices.Max(lengths) {
		return relmark.ErrInvalid
	}
	return nil
}

func TestReferenceEvaluation(t *testing.T) {
	t.Parallel()
	run := map[string]func(in json.RawMessage) (any, error){
		"uplift": uplift, "off_policy": offPolicy, "holdings": holdings, "probabilities": probabilities,
	}
	roots := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}
	f := reference.Open(t, room, "crosssell_evaluation_golden.json")
	f.Golden(roots, func(c reference.Case) (any, error) {
		require.Contains(t, run, c.Kind)
		return run[c.Kind](c.In)
	})
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
		Score, Outcome, Shares []number
		Treated                []int
		Level                  number
	}
	if err := parse(raw, &in); err != nil {
		return nil, err
	}
	if err := columns(len(in.Score), len(in.Outcome), len(in.Treated)); err != nil {
		return nil, err
	}
	u, err := evaluation.NewUplift(trials(floats(in.Score), floats(in.Outcome), in.Treated))
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
	for i, share := range floats(in.Shares) {
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
		Propensity, Target, Reward []number
		Clip                       *number
		Level                      number
		ModelTaken                 []number `json:"model_taken"`
		ModelTarget                []number `json:"model_target"`
	}
	if err := parse(raw, &in); err != nil {
		return nil, err
	}
	if (in.ModelTaken == nil) != (in.ModelTarget == nil) { // the type has both or none
		return nil, relmark.ErrInvalid
	}
	taken, target := floats(in.ModelTaken), floats(in.ModelTarget)
	lengths := []int{len(in.Propensity), len(in.Target), len(in.Reward)}
	if in.ModelTaken != nil {
		lengths = append(lengths, len(taken), len(target))
	}
	if err := columns(lengths...); err != nil {
		return nil, err
	}
	p, err := evaluation.NewOffPolicy((*float64)(in.Clip))
	if err != nil {
		return nil, err
	}
	for i := range in.Reward {
		o := evaluation.Logged{Propensity: float64(in.Propensity[i]), Target: float64(in.Target[i]), Reward: float64(in.Reward[i])}
		if in.ModelTaken != nil {
			o.Model = &evaluation.Expected{Taken: taken[i], Target: target[i]}
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
	if err := parse(raw, &in); err != nil {
		return nil, err
	}
	if err := columns(len(in.Before), len(in.After)); err != nil {
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
		P    []number
		Y    []int
		Bins int
	}
	if err := parse(raw, &in); err != nil {
		return nil, err
	}
	if err := columns(len(in.P), len(in.Y)); err != nil {
		return nil, err
	}
	return evaluation.Calibrate(func(yield func(evaluation.Forecast, error) bool) {
		for i, p := range floats(in.P) {
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

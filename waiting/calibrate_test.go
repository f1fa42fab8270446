package waiting_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting"
)

func parsed(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return x
}

// Least squares and the posterior of the made data, added up in shards.
func TestReferenceCalibration(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting", "perception_fit_golden.csv")
	if !f.Owns("*") {
		return
	}
	var names []string
	prior := map[string][]float64{}
	for _, row := range f.Rows() {
		if row["method"] == "prior" {
			names = strings.Fields(row["name"])
			for text := range strings.FieldsSeq(row["value"]) {
				prior[row["stat"]] = append(prior[row["stat"]], parsed(t, text))
			}
		}
	}
	require.Equal(t, []string{"const", "ln_wait"}, names[:2])
	shards := []*waiting.Regression{waiting.NewRegression(len(names)), waiting.NewRegression(len(names)), waiting.NewRegression(len(names))}
	for i, row := range reference.InputRows(t, "perception_fit_data.csv") {
		x := []float64{1, math.Log(parsed(t, row["wait_min"]))}
		for _, name := range names[2:] {
			x = append(x, parsed(t, row[name]))
		}
		shards[i%3].Add(x, math.Log(parsed(t, row["perceived_min"])))
	}
	shards[0].Merge(shards[1])
	shards[0].Merge(shards[2])
	all := shards[0]
	coef, se, sigma2 := all.LeastSquares()
	for _, row := range f.Rows() {
		method, stat := row["method"], row["stat"]
		if method == "prior" {
			continue
		}
		values, spreads := coef, se
		if text, ok := strings.CutPrefix(method, "map_sigma2="); ok {
			values, spreads = all.Posterior(prior["mean"], prior["sd"], parsed(t, text))
		}
		if stat == "sigma2" {
			f.Near(parsed(t, row["value"]), sigma2, 1e-10, 0, "%s %s", method, stat)
			continue
		}
		if stat != "coef" {
			values = spreads
		}
		at := -1
		for i, name := range names {
			if name == row["name"] {
				at = i
			}
		}
		require.GreaterOrEqual(t, at, 0, row["name"])
		f.Near(parsed(t, row["value"]), values[at], 1e-10, 0, "%s %s %s", method, stat, row["name"])
	}
}

// surveyed are customers of a house where waits feel 1.2 times as long, and 0.8 times that
// with something to do.
func surveyed(t testing.TB, n int) []waiting.Observation {
	t.Helper()
	from := rand.New(rand.NewPCG(5, 6))
	out := make([]waiting.Observation, n)
	for i := range out {
		o := &out[i]
		o.Wait = waiting.Minutes(0.5 + 14*from.Float64())
		o.Situation = waiting.Situation{Stage: waiting.BeforeService, Filled: float64(i % 2), Informed: i%3 == 0}
		log := math.Log(1.2) + 0.9*math.Log(float64(o.Wait)/5) + math.Log(0.8)*o.Situation.Filled + 0.3*from.NormFloat64()
		o.Felt = waiting.Minutes(5 * math.Exp(log))
	}
	return out
}

func calibrator(t testing.TB, observations []waiting.Observation) *waiting.Calibrator {
	t.Helper()
	c := waiting.NewCalibrator()
	for _, o := range observations {
		require.NoError(t, c.Add(o))
	}
	return c
}

func coefficients(c waiting.Calibration) map[waiting.Factor]waiting.Coefficient {
	m := map[waiting.Factor]waiting.Coefficient{}
	for _, k := range c.Coefficients {
		m[k.Factor] = k
	}
	return m
}

// What is true is found, what nobody had stays as it was believed.
func TestCalibrationFindsTheTruth(t *testing.T) {
	t.Parallel()
	model, err := waiting.NewModel()
	require.NoError(t, err)
	c := calibrator(t, surveyed(t, 4000))
	got, err := c.Calibrate(model, waiting.CalibrateOptions{})
	require.NoError(t, err)
	k := coefficients(got)
	near.Equal(t, 0.9, k[waiting.Exponent].Mean, 0, 4*k[waiting.Exponent].SD)
	near.Equal(t, math.Log(0.8), k[waiting.Filled].Mean, 0, 4*k[waiting.Filled].SD)
	near.Equal(t, 0, k[waiting.Informed].Mean, 0, 4*k[waiting.Informed].SD)
	near.Equal(t, 0.3, got.Noise, 0.05, 0)
	near.Equal(t, math.Log(1.2), k[waiting.Base].Mean+k[waiting.Outside].Mean, 0, 0.05) // both are there with everybody: known together
	assert.False(t, k[waiting.Alone].Seen)
	near.Equal(t, 0.15, k[waiting.Alone].SD, 1e-9, 0)
	assert.Less(t, k[waiting.Filled].SD, 0.02)

	// The band of a wait in the situation that was seen is narrow, though neither of the two
	// coefficients is known for itself; that of another is not.
	seen, err := got.Model.Felt(5, waiting.Situation{Stage: waiting.BeforeService})
	require.NoError(t, err)
	other, err := got.Model.Felt(5, waiting.Situation{})
	require.NoError(t, err)
	assert.Less(t, seen.High/seen.Low, 1.05)
	assert.Greater(t, other.High/other.Low, 1.3)
	near.Equal(t, 6, seen.Median, 0.03, 0)

	// It travels: encoded and back, bands are the same.
	text, err := json.Marshal(got.Model)
	require.NoError(t, err)
	var back waiting.Model
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, got.Model, back)
	again, err := back.Felt(5, waiting.Situation{Stage: waiting.BeforeService})
	require.NoError(t, err)
	assert.Equal(t, seen, again)
	var stored struct {
		Joint [][]float64 `json:"felt_covariance"`
	}
	require.NoError(t, json.Unmarshal(text, &stored))
	whole, err := json.Marshal(stored.Joint)
	require.NoError(t, err)
	for name, change := range map[string]func(m [][]float64) [][]float64{
		"another spread": func(m [][]float64) [][]float64 { m[0][0] *= 2; return m },
		"no covariance":  func(m [][]float64) [][]float64 { m[1][0] = 100; return m },
		"a row short":    func(m [][]float64) [][]float64 { return m[1:] },
		"a square":       func(m [][]float64) [][]float64 { m[0] = append(m[0], 0); return m },
	} {
		var joint [][]float64
		require.NoError(t, json.Unmarshal(whole, &joint))
		other, err := json.Marshal(change(joint))
		require.NoError(t, err)
		broken := strings.Replace(string(text), string(whole), string(other), 1)
		require.NotEqual(t, string(text), broken, name)
		require.ErrorIs(t, json.Unmarshal([]byte(broken), &back), relmark.ErrInvalid, name)
	}
}

// With few customers the belief stands, with many the data do; without a belief what was
// not told apart is an error.
func TestCalibrationAndBelief(t *testing.T) {
	t.Parallel()
	model, err := waiting.NewModel()
	require.NoError(t, err)
	few, err := calibrator(t, surveyed(t, 3)).Calibrate(model, waiting.CalibrateOptions{Noise: new(0.3)})
	require.NoError(t, err)
	near.Equal(t, 0.31, coefficients(few)[waiting.Base].Mean, 0, 0.15)
	_, err = calibrator(t, surveyed(t, 400)).Calibrate(model, waiting.CalibrateOptions{NoPrior: true})
	require.ErrorIs(t, err, relmark.ErrTooFew, "base and outside are always there together")

	observations := surveyed(t, 400)
	for i := range observations {
		if i%4 == 0 {
			observations[i].Situation.Stage = waiting.DuringService
		}
	}
	flat, err := calibrator(t, observations).Calibrate(model, waiting.CalibrateOptions{NoPrior: true})
	require.NoError(t, err)
	assert.Greater(t, coefficients(flat)[waiting.Outside].SD, 0.0)
	known, err := calibrator(t, observations).Calibrate(model, waiting.CalibrateOptions{NoPrior: true, Noise: &flat.Noise})
	require.NoError(t, err)
	for i, k := range known.Coefficients {
		near.Equal(t, flat.Coefficients[i].Mean, k.Mean, 1e-9, 1e-9)
		near.Equal(t, flat.Coefficients[i].SD, k.SD, 1e-9, 0)
	}
	sure, err := waiting.NewModel(waiting.Prior{Factor: waiting.Exponent, Effect: waiting.OnFelt, Mean: 1, SD: 0})
	require.NoError(t, err)
	fixed, err := calibrator(t, observations).Calibrate(sure, waiting.CalibrateOptions{})
	require.NoError(t, err)
	near.Equal(t, 1, coefficients(fixed)[waiting.Exponent].Mean, 1e-9, 0, "a spread of 0 is not moved by data")
}

func TestCalibratorMerges(t *testing.T) {
	t.Parallel()
	model, err := waiting.NewModel()
	require.NoError(t, err)
	observations := surveyed(t, 300)
	whole, parts := calibrator(t, observations), &waiting.Calibrator{}
	for i := range 3 {
		require.NoError(t, parts.Merge(calibrator(t, observations[100*i:100*i+100])))
	}
	require.NoError(t, parts.Merge(&waiting.Calibrator{}))
	assert.Equal(t, int64(300), parts.N())
	want, err := whole.Calibrate(model, waiting.CalibrateOptions{})
	require.NoError(t, err)
	data, err := parts.MarshalBinary()
	require.NoError(t, err)
	var back waiting.Calibrator
	require.NoError(t, back.UnmarshalBinary(data))
	got, err := back.Calibrate(model, waiting.CalibrateOptions{})
	require.NoError(t, err)
	for i, k := range got.Coefficients {
		near.Equal(t, want.Coefficients[i].Mean, k.Mean, 1e-9, 1e-12)
	}
}

func TestCalibrationRefuses(t *testing.T) {
	t.Parallel()
	model, err := waiting.NewModel()
	require.NoError(t, err)
	c := waiting.NewCalibrator()
	for rule, o := range map[string]waiting.Observation{
		"Wait = 0":             {Felt: 1},
		"Felt = NaN":           {Wait: 1, Felt: waiting.Minutes(math.NaN())},
		"Situation.Filled = 2": {Wait: 1, Felt: 1, Situation: waiting.Situation{Filled: 2}},
	} {
		err := c.Add(o)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, rule)
	}
	require.ErrorIs(t, new(waiting.Calibrator).Add(waiting.Observation{Wait: 1, Felt: 1}), relmark.ErrInvalid)
	_, err = c.Calibrate(model, waiting.CalibrateOptions{})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	require.NoError(t, c.Add(waiting.Observation{Wait: 1, Felt: 1}))
	_, err = c.Calibrate(waiting.Model{}, waiting.CalibrateOptions{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Calibrate(model, waiting.CalibrateOptions{Noise: new(0.0)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Calibrate(model, waiting.CalibrateOptions{NoPrior: true})
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

package waiting_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting"
)

func defaultModel(t *testing.T) waiting.Model {
	t.Helper()
	m, err := waiting.NewModel()
	require.NoError(t, err)
	return m
}

func TestPriorsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range waiting.Priors() {
		key := string(p.Factor) + "/" + string(p.Effect)
		assert.False(t, seen[key], key)
		seen[key] = true
		assert.NotEmpty(t, p.Source, key)
		assert.Contains(t, []waiting.Grade{waiting.GradeA, waiting.GradeB, waiting.GradeC, waiting.GradeD}, p.Grade, key)
		if p.Factor != waiting.Aversion {
			assert.Positive(t, p.SD, key)
		}
	}
	assert.Equal(t, waiting.Priors(), defaultModel(t).Priors())
	_, err := waiting.NewModel(waiting.Priors()...)
	require.NoError(t, err)
}

// The figures of the plain situation, by hand: e^0.31 = 1.3634, and 90 % of the
// probability within e^(±1.645·0.15), a factor of 0.78 to 1.28.
func TestPlainWait(t *testing.T) {
	t.Parallel()
	m := defaultModel(t)
	felt, err := m.Felt(5, waiting.Situation{})
	require.NoError(t, err)
	near.Equal(t, 5*math.Exp(0.31), felt.Median, 1e-14, 0)
	near.Equal(t, 0.7813, felt.Low/felt.Median, 1e-4, 0)
	near.Equal(t, 1.2798, felt.High/felt.Median, 1e-4, 0)

	felt, err = m.Felt(0, waiting.Situation{})
	require.NoError(t, err)
	assert.Equal(t, waiting.Band{}, felt, "no wait feels like none")

	// Off the typical five minutes the exponent widens the band.
	felt, err = m.Felt(50, waiting.Situation{})
	require.NoError(t, err)
	sd := math.Sqrt(0.15*0.15 + math.Pow(0.1*math.Log(10), 2))
	near.Equal(t, math.Exp(1.6448536269514722*sd), felt.High/felt.Median, 1e-12, 0)
}

// Each factor alone does what its prior says.
func TestFactorsAct(t *testing.T) {
	t.Parallel()
	m := defaultModel(t)
	for _, c := range []struct {
		name                          string
		s                             waiting.Situation
		felt, expected, loss, leaving float64
	}{
		{"plain", waiting.Situation{}, 1, 1, 1, 1},
		{"filled", waiting.Situation{Filled: 0.5}, math.Exp(-0.05), math.Exp(0.025), 1, 1},
		{"before", waiting.Situation{Stage: waiting.BeforeService}, 1, 1, 1.25, 1},
		{"during", waiting.Situation{Stage: waiting.DuringService}, 1, 1, 1, 1},
		{"after", waiting.Situation{Stage: waiting.AfterService}, 1, 1, 1.25, 1},
		{"anxious", waiting.Situation{Anxious: 1}, math.Exp(0.2), 1, 1, 1},
		{"informed", waiting.Situation{Informed: true}, math.Exp(-0.13), 1, 1, 1},
		{"positioned", waiting.Situation{Positioned: true}, 1, 1, 1, 0.38},
		{"explained", waiting.Situation{Explained: true}, 1, 1, 1, 1},
		{"apologised", waiting.Situation{Apologised: true}, 1, 1, 1, math.Exp(-0.05)},
		{"overtaken thrice", waiting.Situation{Slips: 3}, 1, 1, 2.5, 1},
		{"valuable", waiting.Situation{Value: new(4.)}, 1, 2, 1, 1},
		{"alone", waiting.Situation{Alone: true}, 1, 1, 1, 1},
		{"sheltered", waiting.Situation{Sheltered: true}, math.Exp(-0.25), 1, 1, 1},
		{"ten behind", waiting.Situation{Behind: 10}, 1, 1, 1, math.Exp(-0.1)},
	} {
		x, err := m.Experience(c.s, 10)
		require.NoError(t, err, c.name)
		p := x.Params()
		near.Equal(t, math.Exp(0.31)*c.felt, p.Multiplier, 1e-14, 0, "%s: felt", c.name)
		same(t, 10*c.expected, p.Expected, 1e-14, 0, "%s: expected", c.name)
		near.Equal(t, 2.25*c.loss, p.Loss, 1e-14, 0, "%s: loss", c.name)
		near.Equal(t, 1, p.Gain, 0, 0, "%s: gain", c.name)
		rate, err := m.Leaving(c.s)
		require.NoError(t, err, c.name)
		near.Equal(t, c.leaving, rate.Median, 1e-14, 0, "%s: leaving", c.name)
	}
}

// Own priors replace the defaults, and felt time agrees with the experience
// whatever the exponent.
func TestOwnPriors(t *testing.T) {
	t.Parallel()
	own := waiting.Prior{Factor: waiting.Exponent, Effect: waiting.OnFelt, Mean: 0.8, SD: 0, Source: "our survey"}
	m, err := waiting.NewModel(own)
	require.NoError(t, err)
	assert.Contains(t, m.Priors(), own)
	s := waiting.Situation{Filled: 1, Stage: waiting.BeforeService, Slips: 2}
	x, err := m.Experience(s, 5)
	require.NoError(t, err)
	for _, wait := range []waiting.Minutes{0, 0.1, 5, 90} {
		felt, err := m.Felt(wait, s)
		require.NoError(t, err)
		same(t, felt.Median, x.Felt(wait), 1e-14, 0, "%v minutes", wait)
	}
	m.Priors()[0].Mean = 99
	near.Equal(t, 0.31, m.Priors()[0].Mean, 0, 0, "a copy was changed")
}

func TestModelRejects(t *testing.T) {
	t.Parallel()
	prior := func(f waiting.Factor, e waiting.Effect, mean, sd float64) waiting.Prior {
		return waiting.Prior{Factor: f, Effect: e, Mean: mean, SD: sd}
	}
	for field, own := range map[string][]waiting.Prior{
		"Priors[0].Effect": {prior("music", waiting.OnFelt, 0, 1)},
		"Priors[1].Effect": {prior(waiting.Base, waiting.OnFelt, 0, 1), prior(waiting.Base, waiting.OnFelt, 0, 1)},
		"Priors[0].Mean":   {prior(waiting.Base, waiting.OnFelt, math.NaN(), 1)},
		"Priors[0].SD":     {prior(waiting.Base, waiting.OnFelt, 0, -1)},
	} {
		_, err := waiting.NewModel(own...)
		requireField(t, field, err)
	}
	for _, p := range []waiting.Prior{
		prior(waiting.Exponent, waiting.OnFelt, 0, 0), prior(waiting.Aversion, waiting.OnLoss, -1, 0), prior(waiting.Overtaken, waiting.OnLoss, -0.1, 0),
	} {
		_, err := waiting.NewModel(p)
		requireField(t, "Priors[0].Mean", err)
	}

	m := defaultModel(t)
	for field, s := range map[string]waiting.Situation{
		"Stage":   {Stage: "lunch"},
		"Filled":  {Filled: 1.1},
		"Anxious": {Anxious: math.NaN()},
		"Slips":   {Slips: -1},
		"Behind":  {Behind: 1001},
		"Value":   {Value: new(-1.)},
	} {
		_, err := m.Felt(1, s)
		requireField(t, field, err)
		_, err = m.Leaving(s)
		requireField(t, field, err)
		_, err = m.Experience(s, 1)
		requireField(t, field, err)
		assert.Equal(t, err.Error(), s.Validate().Error())
	}
	for _, wait := range []waiting.Minutes{-1, waiting.Minutes(math.NaN()), waiting.Minutes(math.Inf(1))} {
		_, err := m.Felt(wait, waiting.Situation{})
		requireField(t, "Wait", err)
		_, err = m.Experience(waiting.Situation{}, wait)
		requireField(t, "Acceptable", err)
	}
	_, err := m.Experience(waiting.Situation{Value: new(1000.)}, 1e9)
	requireField(t, "Expected", err)

	var zero waiting.Model
	_, err = zero.Felt(1, waiting.Situation{})
	requireField(t, "Model", err)
	_, err = zero.Leaving(waiting.Situation{})
	requireField(t, "Model", err)
	_, err = zero.Experience(waiting.Situation{}, 1)
	requireField(t, "Model", err)
}

// Bands contain their medians, and every valid situation has an experience.
func TestModelProperties(t *testing.T) {
	t.Parallel()
	m := defaultModel(t)
	rapid.Check(t, func(t *rapid.T) {
		s := waiting.Situation{
			Stage:  rapid.SampledFrom([]waiting.Stage{"", waiting.BeforeService, waiting.DuringService, waiting.AfterService}).Draw(t, "stage"),
			Filled: rapid.Float64Range(0, 1).Draw(t, "filled"), Anxious: rapid.Float64Range(0, 1).Draw(t, "anxious"),
			Informed: rapid.Bool().Draw(t, "informed"), Positioned: rapid.Bool().Draw(t, "positioned"),
			Explained: rapid.Bool().Draw(t, "explained"), Apologised: rapid.Bool().Draw(t, "apologised"),
			Slips: rapid.IntRange(0, 1000).Draw(t, "slips"), Alone: rapid.Bool().Draw(t, "alone"),
			Sheltered: rapid.Bool().Draw(t, "sheltered"), Behind: rapid.IntRange(0, 1000).Draw(t, "behind"),
			Value: new(rapid.Float64Range(1e-3, 1e3).Draw(t, "value")),
		}
		wait := waiting.Minutes(rapid.Float64Range(1e-3, 1e3).Draw(t, "wait"))
		felt, err := m.Felt(wait, s)
		if err != nil {
			t.Fatal(err)
		}
		leaving, err := m.Leaving(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range []waiting.Band{felt, leaving} {
			if !(0 < b.Low && b.Low <= b.Median && b.Median <= b.High && b.High < math.Inf(1)) {
				t.Errorf("%+v", b)
			}
		}
		x, err := m.Experience(s, 10)
		if err != nil {
			t.Fatal(err)
		}
		same(t, felt.Median, x.Felt(wait), 1e-13, 0, "median")

		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back waiting.Situation
		if err := json.Unmarshal(text, &back); err != nil || !assert.ObjectsAreEqual(s, back) {
			t.Errorf("%s comes back as %+v, %v", text, back, err)
		}
	})
}

package waiting_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting"
)

// A bound is the range of a number: its ends are in, what lies beyond is out.
type bound struct {
	least, most float64
	try         func(x float64) error
}

func (b bound) check(t *testing.T, field string) {
	t.Helper()
	for _, x := range []float64{b.least, b.most} {
		err := b.try(x)
		if broken, ok := errors.AsType[*relmark.FieldError](err); ok { // another field may not go with the end
			assert.NotEqual(t, field, broken.Field, "%v", x)
		}
	}
	for _, x := range []float64{math.Nextafter(b.least, math.Inf(-1)), math.Nextafter(b.most, math.Inf(1)), math.NaN()} {
		requireField(t, field, b.try(x))
	}
}

func TestRangesEndWhereTheySay(t *testing.T) {
	t.Parallel()
	experience := func(set func(p *waiting.ExperienceParams, x float64)) func(x float64) error {
		return func(x float64) error {
			p := plainParams
			set(&p, x)
			return p.Validate()
		}
	}
	prior := func(p waiting.Prior, set func(p *waiting.Prior, x float64)) func(x float64) error {
		return func(x float64) error {
			set(&p, x)
			_, err := waiting.NewModel(p)
			return err
		}
	}
	mean := func(p *waiting.Prior, x float64) { p.Mean = x }
	m := defaultModel(t)
	for field, b := range map[string]bound{
		"Multiplier": {1e-6, 1e6, experience(func(p *waiting.ExperienceParams, x float64) { p.Multiplier = x })},
		"Exponent":   {0.1, 5, experience(func(p *waiting.ExperienceParams, x float64) { p.Exponent = x })},
		"Expected":   {1e-6, 1e9, experience(func(p *waiting.ExperienceParams, x float64) { p.Expected = waiting.Minutes(x) })},
		"Gain":       {0, 1e6, experience(func(p *waiting.ExperienceParams, x float64) { p.Gain = x })},
		"Loss":       {0, 1e6, experience(func(p *waiting.ExperienceParams, x float64) { p.Loss = x })},
		"Under":      {1e-9, 1e9, func(x float64) error { return waiting.Regret{Under: x, Over: 1}.Validate() }},
		"Over":       {1e-9, 1e9, func(x float64) error { return waiting.Regret{Under: 1, Over: x}.Validate() }},
		"Step":       {1e-6, 1e6, func(x float64) error { return waiting.Regret{Under: 1, Over: 1, Step: waiting.Minutes(x)}.Validate() }},
		"Filled":     {0, 1, func(x float64) error { return waiting.Situation{Filled: x}.Validate() }},
		"Anxious":    {0, 1, func(x float64) error { return waiting.Situation{Anxious: x}.Validate() }},
		"Value":      {1e-3, 1e3, func(x float64) error { return waiting.Situation{Value: &x}.Validate() }},
		"Wait":       {0, 1e9, func(x float64) error { _, err := m.Felt(waiting.Minutes(x), waiting.Situation{}); return err }},
		"Acceptable": {1e-6, 1e9, func(x float64) error { _, err := m.Experience(waiting.Situation{}, waiting.Minutes(x)); return err }},
		"Service": {1e-9, 1e9, func(x float64) error {
			return waiting.PositionParams{Service: x, Servers: 1, Unit: time.Hour}.Validate()
		}},
	} {
		b.check(t, field)
	}
	base := waiting.Prior{Factor: waiting.Base, Effect: waiting.OnFelt}
	bound{-5, 5, prior(base, mean)}.check(t, "Priors[0].Mean")
	bound{0, 5, prior(base, func(p *waiting.Prior, x float64) { p.SD = x })}.check(t, "Priors[0].SD")
	bound{0.1, 5, prior(waiting.Prior{Factor: waiting.Exponent, Effect: waiting.OnFelt}, mean)}.check(t, "Priors[0].Mean")
	bound{0, 1000, prior(waiting.Prior{Factor: waiting.Aversion, Effect: waiting.OnLoss}, mean)}.check(t, "Priors[0].Mean")
	bound{0, 5, prior(waiting.Prior{Factor: waiting.Overtaken, Effect: waiting.OnLoss}, mean)}.check(t, "Priors[0].Mean")

	for field, c := range map[string]struct {
		least, most int
		try         func(n int) error
	}{
		"Slips":   {0, 1000, func(n int) error { return waiting.Situation{Slips: n}.Validate() }},
		"Behind":  {0, 1000, func(n int) error { return waiting.Situation{Behind: n}.Validate() }},
		"Ahead":   {0, 100_000, func(n int) error { return waiting.PositionParams{Ahead: n, Service: 1, Servers: 1, Unit: 1}.Validate() }},
		"Servers": {1, 1_000_000_000, func(n int) error { return waiting.PositionParams{Service: 1, Servers: n, Unit: 1}.Validate() }},
		"Unit": {1, math.MaxInt32, func(n int) error {
			return waiting.PositionParams{Service: 1, Servers: 1, Unit: time.Duration(n)}.Validate()
		}},
	} {
		require.NoError(t, c.try(c.least), field)
		require.NoError(t, c.try(c.most), field)
		requireField(t, field, c.try(c.least-1))
		if field != "Unit" {
			requireField(t, field, c.try(c.most+1))
		}
	}
}

// A prior without a default is one fault, whatever else it says.
func TestUnknownEffectIsOneFault(t *testing.T) {
	t.Parallel()
	_, err := waiting.NewModel(waiting.Prior{Factor: "music", Effect: waiting.OnFelt, Mean: math.NaN(), SD: -1})
	require.EqualError(t, err, "waiting: Priors[0].Effect: must be one that Priors lists for the factor")
}

// The defaults are part of what the package promises.
func TestPriorsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	list := waiting.Priors()
	for i, want := range []struct {
		factor   waiting.Factor
		effect   waiting.Effect
		mean, sd float64
		grade    waiting.Grade
		assumed  bool
	}{
		{waiting.Base, waiting.OnFelt, 0.31, 0.15, waiting.GradeB, false},
		{waiting.Exponent, waiting.OnFelt, 1, 0.10, waiting.GradeC, true},
		{waiting.Aversion, waiting.OnLoss, 2.25, 0, waiting.GradeC, true},
		{waiting.Filled, waiting.OnFelt, -0.10, 0.15, waiting.GradeC, true},
		{waiting.Filled, waiting.OnExpected, 0.05, 0.10, waiting.GradeC, true},
		{waiting.Outside, waiting.OnFelt, 0, 0.15, waiting.GradeB, true},
		{waiting.Outside, waiting.OnLoss, 0.25, 0.25, waiting.GradeB, true},
		{waiting.Anxious, waiting.OnFelt, 0.20, 0.20, waiting.GradeB, true},
		{waiting.Informed, waiting.OnFelt, -0.13, 0.08, waiting.GradeA, false},
		{waiting.Informed, waiting.OnLeaving, 0, 0.3, waiting.GradeB, true},
		{waiting.Positioned, waiting.OnFelt, 0, 0.10, waiting.GradeB, true},
		{waiting.Positioned, waiting.OnLeaving, math.Log(0.38), 0.4, waiting.GradeB, false},
		{waiting.Explained, waiting.OnFelt, 0, 0.10, waiting.GradeD, true},
		{waiting.Apologised, waiting.OnLeaving, -0.05, 0.2, waiting.GradeB, true},
		{waiting.Overtaken, waiting.OnFelt, 0, 0.20, waiting.GradeB, true},
		{waiting.Overtaken, waiting.OnLoss, 0.5, 0.5, waiting.GradeB, true},
		{waiting.Valuable, waiting.OnExpected, 0.5, 0.5, waiting.GradeD, true},
		{waiting.Alone, waiting.OnFelt, 0, 0.15, waiting.GradeC, true},
		{waiting.Sheltered, waiting.OnFelt, -0.25, 0.20, waiting.GradeA, false},
		{waiting.Followed, waiting.OnLeaving, -0.05, 0.1, waiting.GradeB, true},
	} {
		p := list[i]
		assert.Equal(t, []any{want.factor, want.effect, want.grade, want.assumed}, []any{p.Factor, p.Effect, p.Grade, p.Assumed})
		near.Equal(t, want.mean, p.Mean, 0, 0, "%v %v", p.Factor, p.Effect)
		near.Equal(t, want.sd, p.SD, 0, 0, "%v %v", p.Factor, p.Effect)
	}
	assert.Len(t, list, 20)
}

// Where a mean does not settle, the best of it comes beside the error; with any other
// error nothing does.
func TestWhatDoesNotSettleIsThereAllTheSame(t *testing.T) {
	t.Parallel()
	x := plainExperience(t)
	s, err := x.Under(pareto(1.0005))
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	require.EqualError(t, err, "waiting: mean of a law: did not converge")
	assert.Greater(t, s.MeanWait, waiting.Minutes(100))
	assert.Greater(t, s.Satisfaction, 0.1, "what short waits please")
	s, err = x.Under(odd{fixed(4)})
	requireField(t, "Law", err)
	assert.Zero(t, s)
}

package evaluation_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

func offPolicyOf(t require.TestingT, clip *float64, list []evaluation.Logged) *evaluation.OffPolicy {
	p, err := evaluation.NewOffPolicy(clip)
	require.NoError(t, err)
	for _, o := range list {
		require.NoError(t, p.Add(o))
	}
	return p
}

func TestOffPolicyRefuses(t *testing.T) {
	t.Parallel()
	for _, clip := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		_, err := evaluation.NewOffPolicy(&clip)
		require.Equal(t, []string{"Clip"}, fields(err))
	}
	p := offPolicyOf(t, nil, nil)
	for _, bad := range []struct {
		o     evaluation.Logged
		field string
	}{
		{evaluation.Logged{Propensity: 0, Target: 1}, "Propensity"},
		{evaluation.Logged{Propensity: 1.1, Target: 1}, "Propensity"},
		{evaluation.Logged{Propensity: 1e-51, Target: 1}, "Propensity"},
		{evaluation.Logged{Propensity: 1, Target: -0.1}, "Target"},
		{evaluation.Logged{Propensity: 1, Target: 1e-101}, "Target"},
		{evaluation.Logged{Propensity: 1, Target: math.NaN()}, "Target"},
		{evaluation.Logged{Propensity: 1, Reward: math.Inf(1)}, "Reward"},
		{evaluation.Logged{Propensity: 1, Model: &evaluation.Expected{Taken: math.NaN()}}, "Model.Taken"},
		{evaluation.Logged{Propensity: 1, Model: &evaluation.Expected{Target: math.NaN()}}, "Model.Target"},
	} {
		require.Equal(t, []string{bad.field}, fields(p.Add(bad.o)))
	}
	require.NoError(t, p.Add(evaluation.Logged{Propensity: 1, Target: 1}))
	require.Equal(t, []string{"Model"}, fields(p.Add(evaluation.Logged{Propensity: 1, Target: 1, Model: &evaluation.Expected{}})))
	require.ErrorIs(t, second(p.Value(0.9)), relmark.ErrTooFew)
	require.ErrorIs(t, second(p.Value(0)), relmark.ErrInvalid)
	modelled := offPolicyOf(t, nil, []evaluation.Logged{{Propensity: 1, Model: &evaluation.Expected{}}})
	clip := 2.0
	for _, o := range []*evaluation.OffPolicy{nil, {}, modelled, offPolicyOf(t, &clip, nil)} {
		require.ErrorIs(t, p.Merge(o), relmark.ErrInvalid)
	}
	var zero evaluation.OffPolicy
	require.ErrorIs(t, zero.Add(evaluation.Logged{Propensity: 1}), relmark.ErrInvalid)
	require.ErrorIs(t, zero.Merge(p), relmark.ErrInvalid)
	require.ErrorIs(t, second(zero.MarshalBinary()), relmark.ErrInvalid)
}

// Rewards that do not vary leave a self-normalised value without error, whatever the weights.
func TestSelfNormalisedOfConstantRewards(t *testing.T) {
	t.Parallel()
	var list []evaluation.Logged
	for i := range 50 {
		list = append(list, evaluation.Logged{Propensity: 1 / float64(i+2), Target: 0.5, Reward: 1e6})
	}
	v, err := offPolicyOf(t, nil, list).Value(0.95)
	require.NoError(t, err)
	near.Equal(t, 1e6, v.SNIPS.Value, 1e-13, 0)
	near.Equal(t, 0, v.SNIPS.SE, 0, 1e-8)
}

// Two offers, logged with 0.8 and 0.2, of expected rewards 1 and 3: a policy that makes the
// second half of the time earns 2, one that logs as it does 1.4.
func TestOffPolicyIsUnbiased(t *testing.T) {
	t.Parallel()
	rng := source(3)
	const runs, n = 400, 200
	var ips, snips, dr, covered, inside float64
	for range runs {
		p := offPolicyOf(t, nil, nil)
		for range n {
			o := evaluation.Logged{Propensity: 0.8, Target: 0.5, Reward: 1 + rng.NormFloat64()}
			expected := 1.2 // of a model that is wrong
			if rng.Float64() < 0.2 {
				o.Propensity, o.Reward, expected = 0.2, 3+rng.NormFloat64(), 2.5
			}
			o.Model = &evaluation.Expected{Taken: expected, Target: (1.2 + 2.5) / 2}
			require.NoError(t, p.Add(o))
		}
		v, err := p.Value(0.9)
		require.NoError(t, err)
		ips += v.IPS.Value / runs
		snips += v.SNIPS.Value / runs
		dr += v.DR.Value / runs
		if v.DR.Low < 2 && 2 < v.DR.High {
			covered++
		}
		if v.IPS.Low < 2 && 2 < v.IPS.High {
			inside++
		}
		require.Less(t, v.DR.SE, v.IPS.SE)
	}
	near.Equal(t, 2, ips, 0, 0.05)
	near.Equal(t, 2, snips, 0, 0.05)
	near.Equal(t, 2, dr, 0, 0.04)
	near.Equal(t, 0.9, covered/runs, 0, 0.05)
	near.Equal(t, 0.9, inside/runs, 0, 0.05)
}

func loggedOf(model bool) *rapid.Generator[evaluation.Logged] {
	return rapid.Custom(func(t *rapid.T) evaluation.Logged {
		o := evaluation.Logged{
			Propensity: rapid.Float64Range(0.01, 1).Draw(t, "propensity"),
			Target:     float64(rapid.IntRange(0, 4).Draw(t, "target")) / 4,
			Reward:     rapid.Float64Range(-10, 10).Draw(t, "reward"),
		}
		if model {
			o.Model = &evaluation.Expected{Taken: o.Reward / 2, Target: 1}
		}
		return o
	})
}

func TestOffPolicyMerges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(loggedOf(rapid.Bool().Draw(t, "model")), 2, 20).Draw(t, "log")
		var clip *float64
		if rapid.Bool().Draw(t, "clipped") {
			c := 3.0
			clip = &c
		}
		cut := rapid.IntRange(0, len(list)).Draw(t, "cut")
		one, left, right := offPolicyOf(t, clip, list), offPolicyOf(t, clip, list[:cut]), offPolicyOf(t, clip, list[cut:])
		require.NoError(t, right.Merge(left))
		want, err := one.Value(0.9)
		require.NoError(t, err)
		got, err := right.Value(0.9)
		require.NoError(t, err)
		require.Equal(t, want.N, got.N)
		require.Equal(t, want.Clipped, got.Clipped)
		near.Equal(t, want.IPS.Value, got.IPS.Value, 1e-12, 1e-12)
		near.Equal(t, want.IPS.SE, got.IPS.SE, 1e-12, 1e-12)
		near.Equal(t, want.MeanWeight, got.MeanWeight, 1e-12, 0)
		require.Equal(t, want.SNIPS == nil, got.SNIPS == nil)
		if want.SNIPS != nil {
			near.Equal(t, want.SNIPS.Value, got.SNIPS.Value, 1e-12, 1e-12)
			near.Equal(t, want.SNIPS.SE, got.SNIPS.SE, 1e-12, 1e-12)
			require.LessOrEqual(t, *want.EffectiveN, float64(want.N)*(1+1e-12))
		}
		if want.DR != nil {
			near.Equal(t, want.DR.Value, got.DR.Value, 1e-12, 1e-12)
			near.Equal(t, want.DR.SE, got.DR.SE, 1e-12, 1e-12)
		}
		var decoded evaluation.OffPolicy
		require.NoError(t, decoded.UnmarshalBinary(encoded(t, one)))
		same, err := decoded.Value(0.9)
		require.NoError(t, err)
		require.Equal(t, want, same)
	})
}

// Estimates merge as long as what comes out can be stored and read again, and past that not
// at all: whatever has been merged, an encoding can be decoded.
func TestOffPolicyOfAsManyOffersAsFloatsCount(t *testing.T) {
	t.Parallel()
	p := offPolicyOf(t, nil, []evaluation.Logged{
		{Propensity: 0.5, Target: 0.25, Reward: 1},
		{Propensity: 0.1, Target: 1, Reward: -3},
		{Propensity: 1, Target: 0, Reward: 1e50},
	})
	for doubled := 0; ; doubled++ {
		before := encoded(t, p)
		var same evaluation.OffPolicy
		require.NoError(t, same.UnmarshalBinary(before))
		require.Equal(t, before, encoded(t, &same))
		err := p.Merge(p)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrLimit)
			require.Equal(t, before, encoded(t, p))
			require.Equal(t, 51, doubled) // 3·2⁵¹ ≤ 2⁵³ < 3·2⁵²
			return
		}
	}
}

// A million offers of one weight do not drift, as they do in a plain sum.
func TestOffPolicyDoesNotDrift(t *testing.T) {
	t.Parallel()
	p, err := evaluation.NewOffPolicy(nil)
	require.NoError(t, err)
	for range 1_000_000 {
		require.NoError(t, p.Add(evaluation.Logged{Propensity: 1, Target: 0.1, Reward: 3}))
	}
	v, err := p.Value(0.95)
	require.NoError(t, err)
	near.Equal(t, 0.1, v.MeanWeight, 1e-15, 0)
	near.Equal(t, 1e6, *v.EffectiveN, 1e-15, 0)
	near.Equal(t, 3, v.SNIPS.Value, 1e-15, 0)
	half, err := evaluation.NewOffPolicy(nil)
	require.NoError(t, err)
	data, err := p.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, half.UnmarshalBinary(data))
	again, err := half.Value(0.95)
	require.NoError(t, err)
	require.Equal(t, v, again)
}

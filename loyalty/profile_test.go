package loyalty_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty"
)

func component(name string, level loyalty.Level, weight, enough float64) loyalty.Component {
	return loyalty.Component{Indicator: loyalty.Indicator{Name: name, High: 1, Weight: weight}, Level: level, Enough: enough}
}

func bonds() loyalty.ProfilePolicy {
	return loyalty.ProfilePolicy{
		Components: []loyalty.Component{
			component("visits with points", loyalty.Financial, 1, 10),
			component("contact health", loyalty.Social, 2, 5),
			component("answers", loyalty.Social, 1, 5),
			component("integration", loyalty.Structural, 1, 1),
		},
		MinCoverage: 0.5,
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	p, err := bonds().Profile(map[string]*loyalty.Sign{
		"visits with points": {Value: 0.9, N: 30},
		"contact health":     {Value: 0.4, N: 5},
		"answers":            {Value: 1.2, Reliability: new(0.8)},
		"integration":        nil,
	})
	require.NoError(t, err)
	require.Len(t, p.Levels, 4)
	assert.Equal(t, new(90.0), p.Levels[0].Score)
	near.Equal(t, 0.75, *p.Levels[0].Reliability, 1e-15, 0) // 30/(30 + 10)
	near.Equal(t, 60, *p.Levels[1].Score, 1e-15, 0)         // (2·40 + 100)/3
	near.Equal(t, 0.56, *p.Levels[1].Reliability, 1e-15, 0) // (4·0.5 + 0.8)/5
	assert.True(t, p.Levels[1].Components[1].Clamped)
	assert.Equal(t, loyalty.BondScore{Level: loyalty.Customisation, Components: []loyalty.ComponentScore{}}, p.Levels[2])
	assert.Nil(t, p.Levels[3].Score)
	assert.Nil(t, p.Levels[3].Reliability)
	weakest, ok := p.Weakest()
	assert.True(t, ok)
	assert.Equal(t, loyalty.Social, weakest)
	_, ok = loyalty.Profile{}.Weakest()
	assert.False(t, ok)
}

func TestProfileOfWhatIsMissing(t *testing.T) {
	t.Parallel()
	signs := map[string]*loyalty.Sign{"visits with points": {Value: 1, N: 1}, "contact health": nil, "answers": {Value: 1, N: 1}, "integration": {Value: 1, N: 1}}
	policy := bonds()
	p, err := policy.Profile(signs)
	require.NoError(t, err)
	assert.Nil(t, p.Levels[1].Score, "a third of the weight is below a half")
	policy.Missing = loyalty.CountAsZero
	p, err = policy.Profile(signs)
	require.NoError(t, err)
	near.Equal(t, 100.0/3, *p.Levels[1].Score, 1e-15, 0)
	policy.Missing = loyalty.FailMissing
	_, err = policy.Profile(signs)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// Composites of independent parts with one variance: the reliability said is the share
// of the variance of their weighted sum that is no noise.
func TestReliabilityIsThatOfTheComposite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		policy := loyalty.ProfilePolicy{}
		signs := map[string]*loyalty.Sign{}
		truth, all := 0.0, 0.0
		for i := range n {
			c := component(string(rune('a'+i)), loyalty.Social, rapid.Float64Range(0.1, 9).Draw(t, "w"), 3)
			rho := rapid.Float64Range(0, 1).Draw(t, "rho")
			policy.Components = append(policy.Components, c)
			signs[c.Name] = &loyalty.Sign{Value: 0.5, Reliability: &rho}
			truth += c.Weight * c.Weight * rho
			all += c.Weight * c.Weight
		}
		p, err := policy.Profile(signs)
		require.NoError(t, err)
		near.Equal(t, truth/all, *p.Levels[1].Reliability, 1e-12, 1e-15)
		near.Equal(t, 50, *p.Levels[1].Score, 1e-12, 0)
	})
}

func TestProfileRefuses(t *testing.T) {
	t.Parallel()
	change := func(f func(p *loyalty.ProfilePolicy)) loyalty.ProfilePolicy {
		p := bonds()
		f(&p)
		return p
	}
	for name, p := range map[string]loyalty.ProfilePolicy{
		"nothing":   {},
		"level":     change(func(p *loyalty.ProfilePolicy) { p.Components[0].Level = "legal" }),
		"twice":     change(func(p *loyalty.ProfilePolicy) { p.Components[1].Name = p.Components[2].Name }),
		"no name":   change(func(p *loyalty.ProfilePolicy) { p.Components[1].Name = "" }),
		"enough":    change(func(p *loyalty.ProfilePolicy) { p.Components[1].Enough = 0 }),
		"ends":      change(func(p *loyalty.ProfilePolicy) { p.Components[1].High = 0 }),
		"weights":   change(func(p *loyalty.ProfilePolicy) { p.Components[0].Weight = 0 }),
		"rule":      change(func(p *loyalty.ProfilePolicy) { p.Missing = "guess" }),
		"coverage":  change(func(p *loyalty.ProfilePolicy) { p.MinCoverage = 2 }),
		"not finit": change(func(p *loyalty.ProfilePolicy) { p.Components[3].Weight = math.NaN() }),
	} {
		_, err := p.Profile(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	good := func() map[string]*loyalty.Sign {
		return map[string]*loyalty.Sign{"visits with points": nil, "contact health": {N: 1}, "answers": nil, "integration": nil}
	}
	for name, f := range map[string]func(m map[string]*loyalty.Sign){
		"absent":      func(m map[string]*loyalty.Sign) { delete(m, "answers") },
		"unknown":     func(m map[string]*loyalty.Sign) { m["x"] = nil },
		"value":       func(m map[string]*loyalty.Sign) { m["answers"] = &loyalty.Sign{Value: math.NaN()} },
		"n":           func(m map[string]*loyalty.Sign) { m["answers"] = &loyalty.Sign{N: -1} },
		"reliability": func(m map[string]*loyalty.Sign) { m["answers"] = &loyalty.Sign{Reliability: new(1.1)} },
	} {
		signs := good()
		f(signs)
		_, err := bonds().Profile(signs)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

func TestAuditRefuses(t *testing.T) {
	t.Parallel()
	change := func(f func(a *loyalty.Audit)) loyalty.Audit {
		a := loyalty.MixAudit()
		f(&a)
		return a
	}
	for name, a := range map[string]loyalty.Audit{
		"nothing":  {},
		"twice":    change(func(a *loyalty.Audit) { a.Indicators[1].Name = "price"; a.Indicators[0].Name = "price" }),
		"no name":  change(func(a *loyalty.Audit) { a.Indicators[1].Name = "" }),
		"ends":     change(func(a *loyalty.Audit) { a.Indicators[1].High = 0 }),
		"weight":   change(func(a *loyalty.Audit) { a.Indicators[1].Weight = -1 }),
		"rule":     change(func(a *loyalty.Audit) { a.Missing = "guess" }),
		"coverage": change(func(a *loyalty.Audit) { a.MinCoverage = -0.1 }),
		"beyond 1": change(func(a *loyalty.Audit) { a.MinCoverage = 1.1 }),
		"no weight": change(func(a *loyalty.Audit) {
			for i := range a.Indicators {
				a.Indicators[i].Weight = 0
			}
		}),
	} {
		require.ErrorIs(t, a.Validate(), relmark.ErrInvalid, name)
		_, err := a.Score(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	values := map[string]*float64{}
	for _, in := range loyalty.MixAudit().Indicators {
		values[in.Name] = nil
	}
	s, err := loyalty.MixAudit().Score(values)
	require.NoError(t, err)
	assert.Nil(t, s.Index)
	values["price"] = new(math.Inf(1))
	_, err = loyalty.MixAudit().Score(values)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	delete(values, "price")
	_, err = loyalty.MixAudit().Score(values)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	values["place of birth"] = nil
	_, err = loyalty.MixAudit().Score(values)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

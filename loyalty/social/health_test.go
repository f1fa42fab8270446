package social_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/social"
)

// Design study, 4.2: half-life 45 days, a contact every 30: factor 2.702.
func TestSteadyStateOfTheWorkedExample(t *testing.T) {
	t.Parallel()
	m := calls(t)
	near.Equal(t, 2.702, m.SteadyFactor(), 0, 5e-4)
	near.Equal(t, 1/(1-math.Exp2(-30.0/45)), m.SteadyFactor(), 1e-15, 0)
	near.Equal(t, m.SteadyFactor(), m.Steady(), 0, 0)
	var h social.Health
	at := when("2020-01-01T00:00:00Z")
	for range 100 {
		at = at.Add(30 * day)
		require.NoError(t, m.Add(&h, social.Interaction{At: at, Channel: "call", Direction: social.Inbound, Quality: 1}))
	}
	r, err := m.Report(h, at)
	require.NoError(t, err)
	near.Equal(t, 1, r.Health, 1e-12, 0)
	near.Equal(t, 1, *r.Reciprocity, 0, 0)
	assert.Nil(t, r.Answered)
	assert.Equal(t, int64(100), r.Inbound)
	assert.Equal(t, at, r.Last)
}

// interactions draws contacts of some years.
func interactions(t *rapid.T) []social.Interaction {
	n := rapid.IntRange(0, 12).Draw(t, "n")
	list := make([]social.Interaction, n)
	for i := range list {
		list[i] = social.Interaction{
			At:        when("2022-01-01T00:00:00Z").Add(time.Duration(rapid.Int64Range(0, int64(1200*day)).Draw(t, "at"))),
			Channel:   rapid.SampledFrom([]relmark.Channel{"call", "email", "visit"}).Draw(t, "channel"),
			Direction: rapid.SampledFrom([]social.Direction{social.Inbound, social.Outbound}).Draw(t, "direction"),
			Answered:  rapid.Bool().Draw(t, "answered"),
			Quality:   rapid.Float64Range(-1, 1).Draw(t, "quality"),
		}
	}
	return list
}

// Any split and any order of merging gives what the definition gives.
func TestHealthMergesInAnyOrder(t *testing.T) {
	t.Parallel()
	m := calls(t)
	rapid.Check(t, func(t *rapid.T) {
		list := interactions(t)
		asOf := when("2025-06-01T00:00:00Z")
		var value, in, out, answered, size float64
		parts := make([]social.Health, 3)
		for _, x := range list {
			left := math.Exp2(-float64(asOf.Sub(x.At)) / float64(45*day))
			gain := x.Quality
			switch {
			case x.Direction == social.Inbound:
				in += left
			case x.Answered:
				out += left
				answered += left
			default:
				gain = -0.2
				out += left
			}
			weight := map[relmark.Channel]float64{"call": 1, "email": 0.4, "visit": 2.5}[x.Channel]
			value += weight * gain * left
			size += weight
			require.NoError(t, m.Add(&parts[rapid.IntRange(0, 2).Draw(t, "part")], x))
		}
		var forth, back, left social.Health
		for i := range parts {
			require.NoError(t, forth.Merge(parts[i]))
			require.NoError(t, back.Merge(parts[2-i]))
		}
		right := parts[1]
		require.NoError(t, right.Merge(parts[2]))
		left = parts[0]
		require.NoError(t, left.Merge(right))
		for _, h := range []social.Health{forth, back, left} {
			r, err := m.Report(h, asOf)
			require.NoError(t, err)
			near.Equal(t, value, r.Value, 1e-12, 1e-12*size)
			near.Equal(t, max(0, min(1, value/m.Steady())), r.Health, 1e-12, 1e-12*size)
			score, err := m.Score(h, asOf)
			require.NoError(t, err)
			near.Equal(t, r.Health, score, 1e-15, 1e-15)
			if len(list) > 0 {
				near.Equal(t, in/(in+out), *r.Reciprocity, 1e-12, 0)
			}
			if out > 0 {
				near.Equal(t, answered/out, *r.Answered, 1e-12, 0)
			}
			data, err := h.MarshalBinary()
			require.NoError(t, err)
			var again social.Health
			require.NoError(t, again.UnmarshalBinary(data))
			require.Equal(t, h, again)
		}
	})
}

// The decay is that of the definition over all sizes, down to nothing.
func TestHealthFadesAsTheDefinitionSays(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		p := social.HealthParams{
			HalfLife: math.Exp(rng.Float64()*12 - 4), Channels: map[relmark.Channel]float64{"call": 1}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30},
		}
		m, err := social.NewHealthModel(p)
		require.NoError(t, err)
		var h social.Health
		at := when("1900-01-01T00:00:00Z")
		ago := time.Duration(rng.Int64N(int64(36500*day)) >> rng.IntN(50))
		require.NoError(t, m.Add(&h, social.Interaction{At: at, Channel: "call", Direction: social.Inbound, Quality: 1}))
		r, err := m.Report(h, at.Add(ago))
		require.NoError(t, err)
		x := float64(ago) / (p.HalfLife * float64(day))
		near.Equal(t, math.Exp2(-x), r.Value, 1e-12, 1e-300)
	}
	m := calls(t)
	var h social.Health
	require.NoError(t, m.Add(&h, social.Interaction{At: when("1700-01-02T00:00:00Z"), Channel: "call", Direction: social.Outbound, Answered: true, Quality: 1}))
	r, err := m.Report(h, when("2150-01-02T00:00:00Z")) // more nanoseconds than an int64 has
	require.NoError(t, err)
	assert.Zero(t, r.Value)
	assert.Zero(t, *r.Reciprocity)
	near.Equal(t, 1, *r.Answered, 0, 0, "shares do not fade")
	require.NoError(t, m.Add(&h, social.Interaction{At: when("2150-01-01T00:00:00Z"), Channel: "call", Direction: social.Inbound, Quality: 1}))
	r, err = m.Report(h, when("2150-01-02T00:00:00Z"))
	require.NoError(t, err)
	assert.Nil(t, r.Answered, "nothing is left of the outbound contact")
}

func TestHealthRefusesBadInput(t *testing.T) {
	t.Parallel()
	m := calls(t)
	good := social.Interaction{At: when("2025-01-01T00:00:00Z"), Channel: "call", Direction: social.Inbound, Quality: 1}
	for name, change := range map[string]func(x *social.Interaction){
		"At":        func(x *social.Interaction) { x.At = time.Time{} },
		"Channel":   func(x *social.Interaction) { x.Channel = "fax" },
		"Direction": func(x *social.Interaction) { x.Direction = "" },
		"Quality":   func(x *social.Interaction) { x.Quality = math.NaN() },
	} {
		var h social.Health
		x := good
		change(&x)
		checkField(t, m.Add(&h, x), name)
		assert.Equal(t, social.Health{}, h)
	}
	var h social.Health
	require.NoError(t, m.Add(&h, good))
	_, err := m.Report(h, good.At.Add(-1))
	checkField(t, err, "AsOf")
	_, err = m.Score(h, time.Time{})
	checkField(t, err, "AsOf")
	other, err := social.NewHealthModel(social.HealthParams{HalfLife: 46, Channels: map[relmark.Channel]float64{"call": 1}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30}})
	require.NoError(t, err)
	checkField(t, other.Add(&h, good), "HalfLife")
	_, err = other.Report(h, good.At)
	checkField(t, err, "HalfLife")
	var g social.Health
	require.NoError(t, other.Add(&g, good))
	before := h
	checkField(t, h.Merge(g), "HalfLife")
	assert.Equal(t, before, h)
	var none *social.HealthModel
	require.ErrorIs(t, none.Add(&h, good), relmark.ErrInvalid)
	require.ErrorIs(t, m.Add(nil, good), relmark.ErrInvalid)
	_, err = none.Report(h, good.At)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorIs(t, (*social.Health)(nil).Merge(h), relmark.ErrInvalid)
	require.NoError(t, h.Merge(social.Health{}))
	assert.Equal(t, before, h)
}

// checkField fails unless err is about a field.
func checkField(t require.TestingT, err error, field string) {
	require.ErrorIs(t, err, relmark.ErrInvalid, field)
	for _, e := range unwrap(err) {
		if fe, ok := e.(*relmark.FieldError); ok && fe.Field == field { //nolint:errorlint // unwrapped before
			return
		}
	}
	assert.Fail(t, "another field", "%s: %v", field, err)
}

func TestHealthParamsNameTheFault(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(p *social.HealthParams){
		"HalfLife":       func(p *social.HealthParams) { p.HalfLife = 0 },
		"Fatigue":        func(p *social.HealthParams) { p.Fatigue = -0.1 },
		"Channels":       func(p *social.HealthParams) { p.Channels["call"] = 0 },
		"Target.Weight":  func(p *social.HealthParams) { p.Target.Weight = math.Inf(1) },
		"Target.Quality": func(p *social.HealthParams) { p.Target.Quality = 0 },
		"Target.Every":   func(p *social.HealthParams) { p.Target.Every = -1 },
	} {
		p := social.HealthParams{HalfLife: 45, Channels: map[relmark.Channel]float64{"call": 1}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30}}
		require.NoError(t, p.Validate())
		change(&p)
		checkField(t, p.Validate(), name)
		_, err := social.NewHealthModel(p)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	// An answer that does not come may weigh more than one that does.
	tired := social.HealthParams{HalfLife: 45, Fatigue: 3, Channels: map[relmark.Channel]float64{"call": 2}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30}}
	m, err := social.NewHealthModel(tired)
	require.NoError(t, err)
	var h social.Health
	require.NoError(t, m.Add(&h, social.Interaction{At: begin, Channel: "call", Direction: social.Outbound}))
	r, err := m.Report(h, begin)
	require.NoError(t, err)
	near.Equal(t, -6, r.Value, 0, 0)
	tired.Fatigue, tired.Channels = 1e6, map[relmark.Channel]float64{"call": 1e6}
	m, err = social.NewHealthModel(tired)
	require.NoError(t, err)
	require.NoError(t, m.Add(&h, social.Interaction{At: begin, Channel: "call", Direction: social.Outbound}))
	data, err := h.MarshalBinary()
	require.NoError(t, err)
	var again social.Health
	require.NoError(t, again.UnmarshalBinary(data))
	require.Equal(t, h, again)
	for _, p := range []social.HealthParams{
		{HalfLife: 1e6, Channels: map[relmark.Channel]float64{"*": 1}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 1e-4}},
		{HalfLife: -1, Channels: nil, Target: social.HealthTarget{}},
	} {
		require.ErrorIs(t, p.Validate(), relmark.ErrInvalid)
	}
	many := social.HealthParams{HalfLife: 1, Channels: map[relmark.Channel]float64{}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 1}}
	for i := range 101 {
		many.Channels[relmark.Channel(fmt.Sprint(i))] = -1
	}
	require.ErrorIs(t, many.Validate(), relmark.ErrInvalid)
}

// Not parallel: the count is of the whole process.
func TestHealthAllocatesNothing(t *testing.T) {
	m := calls(t)
	var h social.Health
	x := social.Interaction{At: when("2025-01-01T00:00:00Z"), Channel: "visit", Direction: social.Outbound, Quality: 1}
	var err error
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		x.At = x.At.Add(time.Hour)
		_, scored := m.Score(h, x.At)
		err = errors.Join(err, m.Add(&h, x), scored)
	}))
	require.NoError(t, err)
}

// Whatever is valid gives numbers: the least of all parameters, the most, and both beside each
// other. What is so small that ratios would not be finite is refused.
func TestHealthOfExtremesIsANumber(t *testing.T) {
	t.Parallel()
	ends := func(most float64) []float64 { return []float64{5e-324, 1e-300, 1e-9, 1, most, 1e308} }
	valid := 0
	for _, halfLife := range ends(1e6) {
		for _, every := range ends(1e6) {
			for _, weight := range ends(1e6) {
				for _, quality := range ends(1) {
					for _, channel := range []float64{5e-324, 1e6} {
						p := social.HealthParams{
							HalfLife: halfLife, Fatigue: 1, Channels: map[relmark.Channel]float64{"call": channel},
							Target: social.HealthTarget{Weight: weight, Quality: quality, Every: every},
						}
						m, err := social.NewHealthModel(p)
						if err != nil {
							require.ErrorIs(t, err, relmark.ErrInvalid)
							continue
						}
						valid++
						var h social.Health
						at := when("2020-01-01T00:00:00Z")
						require.NoError(t, m.Add(&h, social.Interaction{At: at, Channel: "call", Direction: social.Inbound, Quality: 1}))
						require.NoError(t, m.Add(&h, social.Interaction{At: at, Channel: "call", Direction: social.Outbound}))
						for _, asOf := range []time.Time{at, at.Add(1), at.Add(40_000 * day)} {
							r, err := m.Report(h, asOf)
							require.NoError(t, err)
							for _, x := range []float64{r.Value, r.SteadyFactor, r.Steady, r.Ratio, r.Health} {
								require.False(t, math.IsNaN(x) || math.IsInf(x, 0), "%+v: %+v", p, r)
							}
						}
					}
				}
			}
		}
	}
	assert.NotZero(t, valid)
}

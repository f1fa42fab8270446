package waiting_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/waiting"
)

func mustPosition(t *testing.T) waiting.Position {
	t.Helper()
	p, err := waiting.NewPosition(waiting.PositionParams{Ahead: 7, Service: 12.000000000000002, Servers: 3, Unit: time.Hour})
	require.NoError(t, err)
	return p
}

// roundTrip requires that what value encodes as comes back as an equal one.
func roundTrip[T any](t *testing.T, value T) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	var back T
	require.NoError(t, json.Unmarshal(text, &back), string(text))
	assert.Equal(t, value, back)
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	return string(text)
}

func TestEncodingsComeBackEqual(t *testing.T) {
	t.Parallel()
	x, p, m := plainExperience(t), mustPosition(t), defaultModel(t)
	assert.JSONEq(t, `{"v":1,"model":"experience","multiplier":1.36,"exponent":0.9,"expected":5,"gain":1,"loss":2.25}`, roundTrip(t, x))
	assert.Equal(t, roundTrip(t, x), roundTrip(t, x.Params()))
	assert.JSONEq(t, `{"v":1,"model":"position","ahead":7,"service":12.000000000000002,"servers":3,"unit":"1h0m0s"}`, roundTrip(t, p))
	assert.Equal(t, roundTrip(t, p), roundTrip(t, p.Params()))
	assert.Contains(t, roundTrip(t, m), `{"v":1,"model":"waiting","priors":[{"factor":"base","effect":"felt","mean":0.31,"sd":0.15,"grade":"b","source":"Hornik 1984`)

	own, err := waiting.NewModel(waiting.Prior{Factor: waiting.Base, Effect: waiting.OnFelt, Mean: 0.2, Source: "survey “März”"})
	require.NoError(t, err)
	roundTrip(t, own)
	s, err := x.Under(p)
	require.NoError(t, err)
	roundTrip(t, s)
	told, err := waiting.Announce(p, waiting.DefaultRegret())
	require.NoError(t, err)
	assert.Contains(t, roundTrip(t, told), "if_delayed")
	roundTrip(t, waiting.Regret{Under: 3, Over: 1, Step: 5})
	roundTrip(t, waiting.Situation{Value: new(0.5), Filled: 0.25, Stage: waiting.AfterService})
	f, err := waiting.CountSlips([]float64{2, 1, 3})
	require.NoError(t, err)
	assert.JSONEq(t, `{"slips":[1,0,0],"skips":[0,1,0]}`, roundTrip(t, f))
	band, err := m.Felt(5, waiting.Situation{})
	require.NoError(t, err)
	assert.Contains(t, roundTrip(t, band), `"median"`)
}

// What has no meaning does not encode, and nothing encodes as {}.
func TestZeroModelsDoNotEncode(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		waiting.Experience{},
		waiting.ExperienceParams{},
		waiting.Position{},
		waiting.PositionParams{},
		waiting.Model{},
		waiting.ExperienceParams{Multiplier: math.NaN(), Exponent: 1, Expected: 1},
	} {
		_, err := json.Marshal(value)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%T", value)
	}
}

func TestDecodingIsStrict(t *testing.T) {
	t.Parallel()
	x, p, m := plainExperience(t), mustPosition(t), defaultModel(t)
	xp, pp := x.Params(), p.Params()
	receivers := map[string]json.Unmarshaler{"experience": &x, "position": &p, "model": &m, "experience params": &xp, "position params": &pp}
	before := map[string]string{}
	texts := map[string]string{}
	for name, r := range receivers {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		before[name], texts[name] = string(text), string(text)
	}
	for name, r := range receivers {
		own := texts[name]
		for what, text := range map[string]string{
			"no version":      strings.Replace(own, `"v":1,`, ``, 1),
			"version 0":       strings.Replace(own, `"v":1`, `"v":0`, 1),
			"version 2":       strings.Replace(own, `"v":1`, `"v":2`, 1),
			"nothing":         `{"v":1}`,
			"only its name":   strings.SplitAfterN(own, ",", 3)[0] + strings.TrimSuffix(strings.SplitAfterN(own, ",", 3)[1], ",") + `}`,
			"no JSON":         `[`,
			"an unknown key":  strings.Replace(own, `"v":1,`, `"v":1,"x":1,`, 1),
			"no name":         strings.Replace(own, `"model":`, `"mode":`, 1),
			"another's":       strings.Replace(own, `"model":"`, `"model":"x`, 1),
			"a number absent": strings.NewReplacer(`"loss":2.25`, `"loss":null`, `"servers":3`, `"servers":null`, `"priors":`, `"priors":null,"q":`).Replace(own),
			"out of range":    strings.NewReplacer(`"loss":2.25`, `"loss":-1`, `"servers":3`, `"servers":0`, `"sd":0.15`, `"sd":-1`).Replace(own),
		} {
			err := r.UnmarshalJSON([]byte(text))
			require.Error(t, err, "%s: %s", name, what)
			if strings.Contains(what, "version") {
				require.ErrorIs(t, err, relmark.ErrUnsupported, "%s: %s", name, what)
			} else {
				require.ErrorIs(t, err, relmark.ErrInvalid, "%s: %s", name, what)
			}
		}
		for other, text := range texts {
			if err := r.UnmarshalJSON([]byte(text)); strings.Fields(other)[0] != strings.Fields(name)[0] {
				require.ErrorIs(t, err, relmark.ErrInvalid, "%s read as %s", other, name)
			} else {
				require.NoError(t, err)
			}
		}
		text, err := json.Marshal(r)
		require.NoError(t, err)
		assert.Equal(t, before[name], string(text), "%s is unchanged", name)
	}
	for _, unit := range []string{`"1"`, `"-1h"`, `"0s"`, `"ten minutes"`, `3600`} {
		require.ErrorIs(t, pp.UnmarshalJSON([]byte(`{"v":1,"model":"position","ahead":7,"service":12,"servers":3,"unit":`+unit+`}`)), relmark.ErrInvalid, unit)
	}
}

// Priors come from outside: their lists, words and texts are bounded, and text that is
// not UTF-8 would not come back.
func TestPriorsAreBounded(t *testing.T) {
	t.Parallel()
	_, err := waiting.NewModel(make([]waiting.Prior, 1_000_000)...)
	require.EqualError(t, err, "waiting: Priors = 1000000: must be 20 at most")
	good := waiting.Prior{Factor: waiting.Base, Effect: waiting.OnFelt, Source: strings.Repeat("s", 1000)}
	_, err = waiting.NewModel(good)
	require.NoError(t, err)
	for field, change := range map[string]func(p *waiting.Prior){
		"Priors[0].Source": func(p *waiting.Prior) { p.Source += "s" },
		"Priors[0].Grade":  func(p *waiting.Prior) { p.Grade = "A" },
		"Priors[0].Effect": func(p *waiting.Prior) { p.Effect = "felt\xff" },
	} {
		p := good
		change(&p)
		_, err = waiting.NewModel(p)
		requireField(t, field, err)
	}
	good.Source = "a\xffb"
	_, err = waiting.NewModel(good)
	requireField(t, "Priors[0].Source", err)
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, text := range []string{
		`{"v":1,"model":"experience","multiplier":1.36,"exponent":0.9,"expected":5,"gain":1,"loss":2.25}`,
		`{"v":1,"model":"position","ahead":7,"service":12,"servers":3,"unit":"1h0m0s"}`,
		`{"v":1,"model":"waiting","priors":[{"factor":"base","effect":"felt","mean":0.2,"sd":0.1,"source":"s"}]}`,
		`{}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var x waiting.Experience
		var p waiting.Position
		var m waiting.Model
		for _, r := range []json.Unmarshaler{&x, &p, &m} {
			if r.UnmarshalJSON(data) != nil {
				continue
			}
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatalf("%s is read and not written: %v", data, err)
			}
			if err := r.UnmarshalJSON(text); err != nil {
				t.Fatalf("%s does not come back: %v", text, err)
			}
		}
	})
}

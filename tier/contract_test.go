package tier_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier"
)

// A policy goes through JSON with all that it says, and refuses to be read without the
// loader that finds its zone.
func TestPolicyThroughJSON(t *testing.T) {
	t.Parallel()
	for _, p := range append(everything(t), simple()) {
		data, err := json.Marshal(p)
		require.NoError(t, err)
		got, err := tier.DecodePolicy(data, time.LoadLocation)
		require.NoError(t, err)
		again, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(again))
		assert.Equal(t, p.Zone.String(), got.Zone.String())
		assert.Equal(t, p.From, got.From)
		inside, err := json.Marshal(map[string]*tier.Policy{"a": &p})
		require.NoError(t, err)
		assert.JSONEq(t, `{"a":`+string(data)+`}`, string(inside))

		err = json.Unmarshal(data, &got)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
		require.ErrorContains(t, err, "DecodePolicy")
		_, err = tier.DecodePolicy([]byte(strings.Replace(string(data), `"v":1,`, ``, 1)), time.LoadLocation)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
		_, err = tier.DecodePolicy(data, nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = tier.DecodePolicy([]byte(strings.Replace(string(data), `"base"`, `""`, 1)), time.LoadLocation)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = tier.DecodePolicies(data, time.LoadLocation)
		require.ErrorIs(t, err, relmark.ErrInvalid, "it is no list")
	}
	for name, change := range map[string]func(p *tier.Policy){
		"not valid":  func(p *tier.Policy) { p.GraceDays = -1 },
		"no zone":    func(p *tier.Policy) { p.Zone = nil },
		"local zone": func(p *tier.Policy) { p.Zone = time.Local },
	} {
		p := simple()
		change(&p)
		_, err := json.Marshal(p)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

// The parts of a policy are plain data by themselves.
func TestPartsThroughJSON(t *testing.T) {
	t.Parallel()
	for _, p := range everything(t) {
		round(t, p.Window)
		round(t, p.Validity)
		round(t, *p.Rollover)
		for _, l := range p.Levels {
			round(t, l)
		}
	}
	round(t, tier.Rollover{Metric: "nights"})
	round(t, tier.Study{From: relmark.MustParseDate("2025-01-01"), To: relmark.MustParseDate("2026-01-01"), Benefits: []tier.Benefit{
		{Name: "lounge", Level: "gold", PerEntry: d("1.10"), PerDay: d("0.5"), Metric: "nights", PerUnit: d("3")},
	}})
	round(t, tier.Forecast{{.5, nights(1)}, {.5, nights(2)}})
	round(t, tier.Opening{On: relmark.MustParseDate("2025-01-01"), Level: "gold", Until: relmark.MustParseDate("2026-01-01"), Lifetime: nights(3), Events: events(t)})
	round(t, tier.Override{Level: "gold", Mode: tier.Pin, Until: instant(t, "2026-01-01T00:00:00Z")})
	round(t, tier.Sum{Metric: "spend", Counted: d("0.10"), Lifetime: d("7")})
	benefits := tier.Report{Members: 1, Benefits: []tier.BenefitReport{{Name: "b", Amount: d("1.5"), Cost: d("3")}}}
	round(t, benefits)
	round(t, tier.Comparison{Before: benefits, Cross: [][]int64{{1}}, Saved: d("-2.5")})
	var report tier.BenefitReport
	require.ErrorIs(t, json.Unmarshal([]byte(`{"cost":"1e5"}`), &report), relmark.ErrInvalid)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"cost":1e2147483647}`), &report), relmark.ErrInvalid, "no sum of it would end")
	loop := &tier.Condition{}
	loop.Any = []*tier.Condition{loop}
	for name, c := range map[string]*tier.Condition{
		"endless": loop, "of nothing": {}, "of both": {Metric: "a", All: tier.All(tier.AtLeastInt("a", 1)).All},
		"threshold of nothing": {Min: d("1"), All: []*tier.Condition{tier.AtLeastInt("a", 1)}},
		"no UTF-8":             tier.AtLeastInt("\xff", 1), "endless amount": tier.AtLeast("a", decimal.New(1, math.MaxInt32)), "nil part": tier.All(nil),
	} {
		_, err := c.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	kept := tier.AtLeastInt("kept", 1)
	for _, bad := range []string{
		`7`, `{}`, `{"metric":"a"}`, `{"min":"1"}`, `{"metric":"a","min":"1","any":[{"metric":"b","min":"1"}]}`, `{"all":[null]}`,
		`{"any":[{}]}`, `{"metric":"a","min":"1e3"}`, `{"metric":"a","min":"1","most":"2"}`,
	} {
		require.ErrorIs(t, kept.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, bad)
	}
	assert.Equal(t, tier.AtLeastInt("kept", 1), kept)
	r := tier.Rollover{Metric: "kept"}
	require.ErrorIs(t, r.UnmarshalJSON([]byte(`{"metric":"a","most":1}`)), relmark.ErrInvalid)
	assert.Equal(t, "kept", r.Metric)
}

// What is compiled or gathered has no JSON, rather than an empty one, and a membership
// says who reads its bytes.
func TestNothingEncodesAsNothing(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	study := tier.Study{From: relmark.MustParseDate("2025-01-01"), To: relmark.MustParseDate("2026-01-01")}
	sim, err := p.Simulation(study)
	require.NoError(t, err)
	paired, err := tier.NewPairedSimulation(p, p, study)
	require.NoError(t, err)
	s := state(t, p, study.From)
	for _, v := range []any{p, s, sim, paired, p.Runner()} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
		require.ErrorIs(t, json.Unmarshal([]byte(`{}`), v), relmark.ErrUnsupported)
	}
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	err = s.UnmarshalBinary(data)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	require.ErrorContains(t, err, "DecodeMembership")
}

// round puts a value through JSON.
func round[T any](t *testing.T, v T) {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	var got T
	require.NoError(t, json.Unmarshal(data, &got))
	again, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
	assert.NotEqual(t, `{}`, string(data))
}

// What is not UTF-8 comes in nowhere, for in JSON two such texts would be one.
func TestNoTextButUTF8(t *testing.T) {
	t.Parallel()
	const bad = "id\xff"
	p := ladder(t, simple())
	at := instant(t, "2025-03-01T10:00:00Z")
	s := state(t, p, relmark.MustParseDate("2025-01-01"))
	for name, e := range map[string]tier.Event{
		"id":      {ID: bad, At: at, Amounts: nights(1)},
		"reverse": {ID: "a", At: at, Reverse: bad},
		"metric":  {ID: "a", At: at, Amounts: tier.Amounts{bad: d("1")}},
		"level":   {ID: "a", At: at, Override: &tier.Override{Level: bad, Mode: tier.Floor}},
		"reason":  {ID: "a", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, Reason: bad}},
	} {
		err := s.Add(e)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.NotContains(t, err.Error(), "\xff")
		_, err = e.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = p.Open(relmark.MustParseDate("2020-01-01"), tier.Opening{On: relmark.MustParseDate("2026-01-01"), Events: []tier.Event{e}})
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	for name, change := range map[string]func(p *tier.Policy){
		"version": func(p *tier.Policy) { p.Version = bad },
		"metric":  func(p *tier.Policy) { p.Metrics[bad] = tier.Integer },
		"code":    func(p *tier.Policy) { p.Levels[1].Code = bad },
	} {
		p := simple()
		change(&p)
		require.ErrorIs(t, p.Validate(), relmark.ErrInvalid, name)
	}
	_, err := p.Simulation(tier.Study{
		From: relmark.MustParseDate("2025-01-01"), To: relmark.MustParseDate("2026-01-01"),
		Benefits: []tier.Benefit{{Name: bad, Level: "gold"}},
	})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = tier.CountForecast(bad, d("1"), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	// Nor does it come back from bytes.
	require.NoError(t, s.Add(tier.Event{ID: "stay", At: at, Amounts: nights(1)}))
	require.NoError(t, s.Add(tier.Event{ID: "back", At: at, Reverse: "gone"}))
	require.NoError(t, s.Add(tier.Event{ID: "gift", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, Reason: "match"}}))
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	for _, text := range []string{"stay", "back", "gone", "gift", "match"} {
		_, err := p.DecodeMembership(codec.Seal([]byte(strings.Replace(string(data), text, "\xff"+text[1:], 1))))
		require.ErrorIs(t, err, relmark.ErrInvalid, text)
	}
}

// Whatever the input, the work is bounded and the error short.
func TestLargeInputIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	many := make([]tier.Policy, 100_000)
	_, err := tier.New(many...)
	short(t, err)
	_, err = tier.New(many[:1000]...)
	short(t, err)
	_, err = tier.DecodePolicies([]byte(`{"v":1,"policies":[`+strings.Repeat("{},", 50_000)+`{}]}`), time.LoadLocation)
	short(t, err)
	p := simple()
	p.Levels = make([]tier.Level, 1_000_000)
	short(t, p.Validate())
	p = simple()
	p.Metrics = map[string]tier.MetricKind{}
	for i := range 20_000 {
		p.Metrics[fmt.Sprint(i)] = tier.Integer
	}
	short(t, p.Validate())
	p = simple()
	p.Version = strings.Repeat("v", 201)
	short(t, p.Validate())
	p = simple()
	p.Levels[1].Code = strings.Repeat("c", 1_000_000)
	short(t, p.Validate())
	p = simple()
	for i := range p.Levels[1:] {
		p.Levels[i+1].Enter = tier.All(make([]*tier.Condition, 1_000_000)...)
	}
	short(t, p.Validate())
	// Metrics of all versions together are bounded too.
	versions := []tier.Policy{simple(), simple()}
	for v := range versions {
		for i := range 90 {
			versions[v].Metrics[fmt.Sprint(v, "-", i)] = tier.Integer
		}
	}
	versions[1].Version, versions[1].From = "v2", relmark.MustParseDate("2026-01-01")
	_, err = tier.New(versions...)
	short(t, err)
}

func short(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Less(t, len(err.Error()), 4000)
}

// Decimals that only decimal.New can make are refused before anything is done with
// them, zeros too: a sum or a comparison with one would never end.
func TestEndlessDecimals(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	s := state(t, p, relmark.MustParseDate("2025-01-01"))
	from, to := relmark.MustParseDate("2025-01-01"), relmark.MustParseDate("2026-01-01")
	for _, x := range []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(0, math.MaxInt32), decimal.New(0, math.MinInt32),
		decimal.New(5, -5000), decimal.New(5, 5000),
	} {
		spent := tier.Amounts{"spend": x}
		require.ErrorIs(t, s.Add(tier.Event{ID: "a", At: from.Start(time.UTC), Amounts: spent}), relmark.ErrInvalid)
		_, err := json.Marshal(spent)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = json.Marshal(tier.Event{ID: "a", At: from.Start(time.UTC), Amounts: spent})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		policy := simple()
		policy.Levels[1].Enter = tier.AtLeast("spend", x)
		policy.Rollover = &tier.Rollover{Metric: "spend", Cap: &x}
		require.ErrorIs(t, policy.Validate(), relmark.ErrInvalid)
		_, err = json.Marshal(tier.AtLeast("spend", x))
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = json.Marshal(policy.Rollover)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = p.Open(from, tier.Opening{On: to, Lifetime: spent})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		for _, b := range []tier.Benefit{{PerEntry: x}, {PerDay: x}, {PerUnit: x, Metric: "spend"}} {
			b.Name, b.Level = "b", "gold"
			_, err = p.Simulation(tier.Study{From: from, To: to, Benefits: []tier.Benefit{b}})
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
		_, err = tier.CountForecast("spend", x, []float64{.5})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = tier.Shortfall{Level: "gold", Alternatives: []tier.Amounts{{"spend": d("1")}}}.Chance(tier.Forecast{{1, spent}})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = tier.Shortfall{Level: "gold", Alternatives: []tier.Amounts{spent}}.Chance(sure("1", "1"))
		require.ErrorIs(t, err, relmark.ErrInvalid)
		sums := tier.Report{Members: 1, Levels: []tier.LevelReport{{Level: "base"}}, Moves: [][]int64{{1}}, Benefits: []tier.BenefitReport{{Name: "b", Amount: x}}}
		fine := sums
		fine.Benefits = []tier.BenefitReport{{Name: "b"}}
		for _, pair := range [][2]tier.Report{{sums, fine}, {fine, sums}} {
			_, err = pair[0].Merge(pair[1])
			require.ErrorIs(t, err, relmark.ErrInvalid)
			_, err = tier.Comparison{Before: pair[0], After: fine, Cross: [][]int64{{1}}}.Merge(tier.Comparison{Before: pair[1], After: fine, Cross: [][]int64{{1}}})
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
		_, err = tier.Comparison{Before: fine, After: fine, Cross: [][]int64{{1}}, Saved: x}.Merge(tier.Comparison{Before: fine, After: fine, Cross: [][]int64{{1}}})
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	assert.Equal(t, 0, s.Len())
}

package profitchain_test

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/profitchain"
)

type link = profitchain.Link

func TestChainValidates(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(p *profitchain.Params){
		"Links":         func(p *profitchain.Params) { p.Links = nil },
		"Links[0].From": func(p *profitchain.Params) { p.Links[0].From = "" },
		"Links[1].To":   func(p *profitchain.Params) { p.Links[1].To = bad },
		"Links[0].Lag":  func(p *profitchain.Params) { p.Links[0].Lag = -1 },
		"Links[1]":      func(p *profitchain.Params) { p.Links[1] = p.Links[0] },
		"Errors":        func(p *profitchain.Params) { p.Errors = "robust" },
		"Level":         func(p *profitchain.Params) { p.Level = 0 },
	} {
		p := profitchain.Params{Links: system(), Level: 0.95}
		change(&p)
		_, err := profitchain.NewChain(p)
		invalid(t, err, field)
		require.Equal(t, err.Error(), p.Validate().Error())
		_, err = json.Marshal(p)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	for _, round := range [][]link{{{"a", "a", 1}}, {{"a", "b", 0}, {"b", "c", 3}, {"c", "a", 1}}, {{"x", "a", 0}, {"a", "b", 0}, {"b", "a", 1}}} {
		_, err := profitchain.NewChain(profitchain.Params{Links: round, Level: 0.95})
		invalid(t, err, "Links")
	}
	many := make([]link, 40)
	for i := range many {
		many[i].Lag = -1
	}
	require.Error(t, profitchain.Params{Links: many, Level: 0.9}.Validate())
}

func TestHeskettIsAChain(t *testing.T) {
	t.Parallel()
	c, err := profitchain.NewChain(profitchain.Params{Links: profitchain.Heskett(), Level: 0.95})
	require.NoError(t, err)
	order := c.Measures()
	assert.Equal(t, profitchain.InternalQuality, order[0])
	assert.Len(t, order, 9)
	profitchain.Heskett()[0].From = "x"
	assert.Equal(t, profitchain.Heskett(), c.Params().Links)
}

func TestChainJSON(t *testing.T) {
	t.Parallel()
	p := profitchain.Params{Links: system(), Within: true, Errors: profitchain.Clustered, Level: 0.9, Holm: true}
	c, err := profitchain.NewChain(p)
	require.NoError(t, err)
	data, err := json.Marshal(c)
	require.NoError(t, err)
	const want = `{"v":1,"model":"service_profit_chain","links":[{"from":"a","to":"b"},{"from":"b","to":"c","lag":1},` +
		`{"from":"a","to":"c","lag":1},{"from":"c","to":"d","lag":2}],"within":true,"errors":"clustered","level":0.9,"holm":true}`
	require.JSONEq(t, want, string(data))
	require.Len(t, data, len(want), "no spaces")
	var back profitchain.Chain
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, c, back)
	for old, bad := range map[string]string{`"v":1`: `"v":2`, `"v":1,`: ``} {
		require.ErrorIs(t, json.Unmarshal([]byte(strings.Replace(want, old, bad, 1)), &back), relmark.ErrUnsupported)
	}
	for old, bad := range map[string]string{"service_profit_chain": "x", `"level"`: `"l"`, "0.9": "2", `"holm":true`: `"holm":true,"holm":true`} {
		require.ErrorIs(t, json.Unmarshal([]byte(strings.Replace(want, old, bad, 1)), &back), relmark.ErrInvalid, bad)
	}
	require.Equal(t, c, back, "unchanged on error")
	_, err = json.Marshal(profitchain.Chain{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestEstimateRefuses(t *testing.T) {
	t.Parallel()
	_, err := profitchain.Estimate(profitchain.Chain{}, panel(t, []string{"a"}))
	invalid(t, err, "Chain")
	c, err := profitchain.NewChain(profitchain.Params{Links: system(), Level: 0.95})
	require.NoError(t, err)
	_, err = profitchain.Estimate[int](c, nil)
	invalid(t, err, "Panel")
	_, err = profitchain.Estimate(c, panel(t, []string{"a", "b", "c"}))
	invalid(t, err, "Links[3]")
}

func TestStates(t *testing.T) {
	t.Parallel()
	links := []link{{From: "a", To: "b"}, {From: "b", To: "c"}, {From: "d", To: "e"}}
	names := []string{"a", "b", "c", "d", "e"}
	var rows []row
	for i := range 6 {
		x := float64(i)
		r := row{i, 0, values(x, 3*x+2, x*x-5*x, 4, x)} // b is a line, c a parabola with no slope, d is constant
		rows = append(rows, r)
	}
	f := estimate(t, panel(t, names, rows...), profitchain.Params{Links: links, Level: 0.95})
	exact := f.Links[0]
	assert.Equal(t, profitchain.Evidence, exact.State)
	near.Equal(t, 3, exact.Slope.B, 1e-14, 0)
	assert.Equal(t, []float64{0, 0}, []float64{exact.Slope.SE, exact.Slope.P})
	assert.Nil(t, exact.Slope.T)
	near.Equal(t, 1, *exact.Slope.Beta, 1e-14, 0)
	assert.Nil(t, f.Equations[0].Test)
	near.Equal(t, 2, f.Equations[0].Intercept.B, 1e-13, 0)
	assert.Equal(t, []float64{1, 1, 0}, []float64{f.Equations[0].R2, f.Equations[0].Adjusted, f.Equations[0].Sigma})
	assert.Equal(t, profitchain.NoEvidence, f.Links[1].State)
	assert.Equal(t, "c", f.Equations[2].To)
	assert.Equal(t, profitchain.NoEvidence, f.Equations[2].State)
	assert.Equal(t, profitchain.Undetermined, f.Links[2].State)
	assert.Nil(t, f.Links[2].Slope)
	assert.Nil(t, f.Links[2].PHolm)
	assert.Nil(t, f.Links[2].Correlation)

	e, err := f.Effect("a", "c", 2)
	require.NoError(t, err)
	assert.Equal(t, []int{1}, e.NoEvidence)
	assert.Equal(t, profitchain.NoEvidence, e.State)
	assert.Equal(t, profitchain.NoEvidence, e.Paths[0].Weakest)
	e, err = f.Effect("d", "e", 2)
	require.NoError(t, err)
	assert.Equal(t, []int{2}, e.Unknown)
	assert.Nil(t, e.Value)
	assert.Nil(t, e.Paths[0].Effect)
	assert.Equal(t, profitchain.Undetermined, e.Paths[0].Weakest)
	assert.Equal(t, profitchain.TooFew, e.State)
	_, err = f.Resample(t.Context(), "d", "e", 2, profitchain.Resampling{Replicates: 5}, rng(1))
	require.ErrorIs(t, err, relmark.ErrTooFew)

	f = estimate(t, panel(t, names, rows[:2]...), profitchain.Params{Links: links, Level: 0.95})
	assert.Equal(t, profitchain.TooFew, f.Links[0].State)
	assert.Equal(t, int64(2), f.Links[0].N)
	assert.Nil(t, f.Links[0].Correlation)
	f = estimate(t, panel(t, names), profitchain.Params{Links: links, Level: 0.95, Within: true})
	assert.Equal(t, profitchain.TooFew, f.Links[0].State)
	f = estimate(t, panel(t, names, rows...), profitchain.Params{Links: links, Level: 0.95, Within: true})
	assert.Equal(t, profitchain.TooFew, f.Links[0].State, "one row a unit says nothing within units")

	var one []row
	for i, r := range rows {
		one = append(one, row{1, i, r.Values})
	}
	f = estimate(t, panel(t, names, one...), profitchain.Params{Links: links, Level: 0.95, Errors: profitchain.Clustered})
	assert.Equal(t, profitchain.TooFew, f.Links[0].State, "one unit tells nothing about others")
	assert.Equal(t, profitchain.TooFew, f.Equations[0].State)
	f = estimate(t, panel(t, names, rows...), profitchain.Params{Links: links, Level: 0.95, Errors: profitchain.Clustered})
	assert.Zero(t, f.Links[0].Slope.SE)
	assert.Equal(t, profitchain.Evidence, f.Links[0].State)
	_, err = json.Marshal(f)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	assert.Len(t, f.Chain().Params().Links, 3)
}

func TestAMeasureThatDoesNotVaryIsUndetermined(t *testing.T) {
	t.Parallel()
	var rows []row
	for i := range 9 {
		rows = append(rows, row{i / 3, i, values(float64(i), 4.1, float64(i/3)+0.1)})
	}
	p := panel(t, []string{"a", "b", "c"}, rows...)
	f := estimate(t, p, profitchain.Params{Links: []link{{From: "a", To: "b"}}, Level: 0.95})
	assert.Equal(t, profitchain.Undetermined, f.Links[0].State)
	f = estimate(t, p, profitchain.Params{Links: []link{{From: "c", To: "a"}}, Level: 0.95, Within: true})
	assert.Equal(t, profitchain.Undetermined, f.Links[0].State, "c does not vary within units")
}

func TestHolmJudges(t *testing.T) {
	t.Parallel()
	// Two links: one strong, one whose own interval just leaves 0 out, but not for two of them.
	r := rng(5)
	for range 500 {
		var rows []row
		for i := range 30 {
			x, z := r.NormFloat64(), r.NormFloat64()
			rows = append(rows, row{i, 0, values(x, z, 0.38*x+r.NormFloat64(), 0.38*z+r.NormFloat64())})
		}
		p := panel(t, []string{"x", "z", "y", "w"}, rows...)
		params := profitchain.Params{Links: []link{{From: "x", To: "y"}, {From: "z", To: "w"}}, Level: 0.95}
		alone := estimate(t, p, params)
		params.Holm = true
		f := estimate(t, p, params)
		for i, s := range f.Links {
			assert.GreaterOrEqual(t, *s.PHolm, s.Slope.P)
			assert.Equal(t, *s.PHolm < 0.05+1e-12, s.State == profitchain.Evidence)
			near.Equal(t, alone.Links[i].Slope.P, s.Slope.P, 0, 0)
			assert.Equal(t, alone.Links[i].Slope.P < 0.05, alone.Links[i].State == profitchain.Evidence)
		}
	}
}

func TestEffectRefuses(t *testing.T) {
	t.Parallel()
	f := estimate(t, simulated(10, 6, 3, 1, 0), profitchain.Params{Links: system(), Level: 0.95})
	for field, try := range map[string]func() error{
		"From":   func() error { _, err := f.Effect("x", "d", 1); return err },
		"To":     func() error { _, err := f.Effect("a", "x", 1); return err },
		"Change": func() error { _, err := f.Effect("a", "d", 0); return err },
		"Replicates": func() error {
			_, err := f.Resample(t.Context(), "a", "d", 1, profitchain.Resampling{}, rng(1))
			return err
		},
		"Workers": func() error {
			_, err := f.Resample(t.Context(), "a", "d", 1, profitchain.Resampling{Replicates: 1, Workers: -1}, rng(1))
			return err
		},
		"Rand": func() error {
			_, err := f.Resample(t.Context(), "a", "d", 1, profitchain.Resampling{Replicates: 1}, nil)
			return err
		},
	} {
		invalid(t, try(), field)
	}
	_, err := f.Effect("d", "a", 1)
	invalid(t, err, "To")
	_, err = f.Effect("a", "a", 1)
	invalid(t, err, "To")
	_, err = f.Resample(t.Context(), "d", "a", 1, profitchain.Resampling{Replicates: 1}, rng(1))
	invalid(t, err, "To")
	e, err := f.Effect("c", "d", 1e50)
	invalid(t, err, "Change")
	require.Zero(t, e)
}

// A ladder of ten rungs with two ways at each has 1024 paths.
func TestPathsAreLimited(t *testing.T) {
	t.Parallel()
	var links []link
	names := []string{"m0"}
	for i := range 10 {
		from, to := "m"+strconv.Itoa(i), "m"+strconv.Itoa(i+1)
		for _, way := range []string{"l", "r"} {
			mid := way + strconv.Itoa(i)
			links = append(links, link{From: from, To: mid}, link{From: mid, To: to})
			names = append(names, mid)
		}
		names = append(names, to)
	}
	r := rng(2)
	var rows []row
	for i := range 40 {
		v := make([]float64, len(names))
		for j := range v {
			v[j] = r.NormFloat64()
		}
		rows = append(rows, row{i, 0, values(v...)})
	}
	f := estimate(t, panel(t, names, rows...), profitchain.Params{Links: links, Level: 0.95})
	_, err := f.Effect("m0", "m10", 1)
	require.ErrorIs(t, err, relmark.ErrLimit)
	e, err := f.Effect("m0", "m9", 1)
	require.NoError(t, err)
	require.Len(t, e.Paths, 512)
	sum := 0.0
	for _, p := range e.Paths {
		sum += *p.Effect
	}
	near.Equal(t, sum, *e.Value, 1e-10, 1e-15)
}

// The delta method's gradient is that of the sum of products, by differences.
func TestDeltaMethod(t *testing.T) {
	t.Parallel()
	f := estimate(t, simulated(25, 7, 9, 1, 0.5), profitchain.Params{Links: system(), Level: 0.95})
	b := make([]float64, 4)
	for i, s := range f.Links {
		b[i] = s.Slope.B
	}
	e, err := f.Effect("a", "d", 3)
	require.NoError(t, err)
	near.Equal(t, 3*(b[0]*b[1]+b[2])*b[3], *e.Value, 1e-13, 0)
	// var = g'Vg, b and a of the same equation covary: by the part of the effect that is linear.
	through, err := f.Effect("b", "d", 3)
	require.NoError(t, err)
	se := f.Links
	want := 3 * math.Hypot(b[3]*se[1].Slope.SE, b[1]*se[3].Slope.SE)
	near.Equal(t, want, *through.SE, 1e-12, 0)
	first, err := f.Effect("a", "b", 2)
	require.NoError(t, err)
	near.Equal(t, 2*se[0].Slope.SE, *first.SE, 1e-13, 0)
}

func TestResample(t *testing.T) {
	t.Parallel()
	for _, params := range []profitchain.Params{
		{Links: system(), Level: 0.95}, {Links: system(), Level: 0.95, Within: true},
	} {
		f := estimate(t, simulated(40, 7, 4, 1, 0), params)
		r, err := f.Resample(t.Context(), "a", "d", 2, profitchain.Resampling{Replicates: 999}, rng(7))
		require.NoError(t, err)
		same, err := f.Resample(t.Context(), "a", "d", 2, profitchain.Resampling{Replicates: 999, Workers: 3}, rng(7))
		require.NoError(t, err)
		require.Equal(t, r, same, "for any number of workers")
		e, err := f.Effect("a", "d", 2)
		require.NoError(t, err)
		near.Equal(t, *e.Value, r.Value, 0, 0)
		near.Equal(t, *e.SE, r.SE, 0.25, 0) // the delta method and units drawn again agree
		assert.Less(t, r.Percentile.Low, r.Value)
		assert.Greater(t, r.Percentile.High, r.Value)
		require.NotNil(t, r.BCa)
		assert.Zero(t, r.Failed)
		assert.False(t, r.Extreme)
		assert.Equal(t, 40, r.Units)
	}
}

// A panel of the units that a replicate draws, each under a name of its own, gives the same.
func TestResampleAgainstPanels(t *testing.T) {
	t.Parallel()
	p := simulated(6, 7, 8, 1, 1)
	byUnit := map[int][]row{}
	for r := range p.Rows() {
		byUnit[r.Unit] = append(byUnit[r.Unit], r)
	}
	for _, within := range []bool{false, true} {
		params := profitchain.Params{Links: system(), Level: 0.9, Within: within}
		f := estimate(t, p, params)
		one, err := f.Resample(t.Context(), "a", "d", 1, profitchain.Resampling{Replicates: 1}, rng(3))
		require.NoError(t, err)
		// Leave-one-out and the draw itself are not shown; but with one replicate the percentile
		// interval is the replicate, and the seed tells which units it drew.
		source := rng(3)
		seed := [2]uint64{source.Uint64(), source.Uint64()}
		again := panel(t, p.Measures())
		for i, unit := range drawn(6, seed) {
			for _, r := range byUnit[unit] {
				r.Unit = i
				require.NoError(t, again.Add(r))
			}
		}
		e, err := estimate(t, again, params).Effect("a", "d", 1)
		require.NoError(t, err)
		near.Equal(t, *e.Value, one.Percentile.Low, 1e-9, 0)
		assert.True(t, one.Extreme)
	}
}

func TestResampleCountsFailures(t *testing.T) {
	t.Parallel()
	var rows []row
	for i := range 3 {
		rows = append(rows, row{i, 0, values(float64(i), float64(i*i))})
	}
	f := estimate(t, panel(t, []string{"a", "b"}, rows...), profitchain.Params{Links: []link{{From: "a", To: "b"}}, Level: 0.9})
	r, err := f.Resample(t.Context(), "a", "b", 1, profitchain.Resampling{Replicates: 200}, rng(1))
	require.NoError(t, err)
	assert.Positive(t, r.Failed)
	assert.Nil(t, r.BCa, "without a unit there are too few")
	failed := false
	for seed := range uint64(100) {
		_, err = f.Resample(t.Context(), "a", "b", 1, profitchain.Resampling{Replicates: 1}, rng(seed))
		failed = failed || err != nil
	}
	require.True(t, failed)
}

// Sears (Rucci, Kirn and Quinn 1998): 5 units more of employee attitude drive 1.3 units of customer
// impression in the next quarter, and these 0.5 % more revenue growth in the one after.
func TestSears(t *testing.T) {
	t.Parallel()
	p := panel(t, []string{"attitude", "impression", "growth"})
	attitude := func(quarter int) float64 { return 60 + float64((7*quarter*quarter)%11) }
	for quarter := range 12 {
		impression := func(quarter int) float64 { return 30 + 1.3/5*attitude(quarter-1) }
		require.NoError(t, p.Add(row{1, quarter, values(attitude(quarter), impression(quarter), 2+0.5/1.3*impression(quarter-1))}))
	}
	f := estimate(t, p, profitchain.Params{Level: 0.95, Links: []link{{From: "attitude", To: "impression", Lag: 1}, {From: "impression", To: "growth", Lag: 1}}})
	e, err := f.Effect("attitude", "growth", 5)
	require.NoError(t, err)
	near.Equal(t, 0.5, *e.Value, 1e-12, 0)
	require.Equal(t, 2, e.Paths[0].Lag)
	require.Equal(t, profitchain.Evidence, e.State)
}

// A context that has ended ends the work.
func TestResampleEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := branchFit().Resample(ctx, "employees", "profit", 1, profitchain.Resampling{Replicates: 5}, rng(1))
	require.ErrorIs(t, err, context.Canceled)
}

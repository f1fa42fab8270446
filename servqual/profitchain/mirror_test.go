package profitchain_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/profitchain"
)

type pair = profitchain.Pair[string]

func name(i int) string { return string(rune('A' + i)) }

func TestMirrorRefuses(t *testing.T) {
	t.Parallel()
	good := []pair{{"A", new(1.0), new(2.0), nil}, {"B", new(2.0), new(3.0), nil}, {"C", new(3.0), new(5.0), nil}, {"D", new(4.0), new(4.0), nil}}
	o := profitchain.MirrorOptions{Level: 0.95}
	_, err := profitchain.NewMirror(good, o)
	require.NoError(t, err)
	_, err = profitchain.NewMirror(good[:3], o)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = profitchain.NewMirror(append(good[:3:3], pair{"D", new(1.0), nil, nil}), o)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = profitchain.NewMirror(good, profitchain.MirrorOptions{Level: 0.95, Size: true})
	require.ErrorIs(t, err, relmark.ErrTooFew, "no sizes")
	for field, change := range map[string]func(p []pair, o *profitchain.MirrorOptions){
		"Level":             func(_ []pair, o *profitchain.MirrorOptions) { o.Level = 1 },
		"Pairs[1].Unit":     func(p []pair, _ *profitchain.MirrorOptions) { p[1].Unit = "A" },
		"Pairs[0].Unit":     func(p []pair, _ *profitchain.MirrorOptions) { p[0].Unit = bad },
		"Pairs[2].Employee": func(p []pair, _ *profitchain.MirrorOptions) { p[2].Employee = new(math.NaN()) },
		"Pairs[3].Customer": func(p []pair, _ *profitchain.MirrorOptions) { p[3].Customer = new(1e60) },
		"Pairs[3].Size":     func(p []pair, _ *profitchain.MirrorOptions) { p[3].Size = new(math.Inf(1)) },
		"Pairs": func(p []pair, _ *profitchain.MirrorOptions) {
			for i := range p {
				p[i].Customer = new(3.3)
			}
		},
	} {
		p, opts := append([]pair(nil), good...), o
		change(p, &opts)
		_, err := profitchain.NewMirror(p, opts)
		invalid(t, err, field)
	}
	_, err = profitchain.NewMirror(make([]pair, 100), profitchain.MirrorOptions{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Studentised residuals by their definition: the line without the unit, and what it errs by at it.
func TestMirrorAgainstLinesWithout(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(5, 12).Draw(t, "n")
		r := rng(rapid.Uint64().Draw(t, "seed"))
		pairs := make([]pair, n)
		for i := range pairs {
			x := r.NormFloat64()
			pairs[i] = pair{name(i), new(3 + x), new(7 + 0.5*x + r.NormFloat64()/4), new(20 + 5*r.NormFloat64())}
		}
		*pairs[0].Customer += 5
		pairs = append(pairs, pair{Unit: "alone", Customer: new(1.0), Size: new(1.0)})
		m, err := profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95, Size: true})
		require.NoError(t, err)
		require.Equal(t, []string{"alone"}, m.Unpaired)
		require.Equal(t, n, m.Pairs)
		for i, u := range m.Units {
			var x, y []float64
			for j, p := range pairs[:n] {
				if j != i {
					x, y = append(x, *p.Employee), append(y, *p.Customer)
				}
			}
			a, b, sigma, mx, sxx := line(x, y)
			d := *pairs[i].Employee - mx
			se := sigma * math.Sqrt(1+1/float64(len(x))+d*d/sxx)
			near.Equal(t, (u.Customer-a-b*u.Employee)/se, *u.Studentised, 1e-8, 1e-8)
			near.Equal(t, u.Customer, u.Expected+u.Residual, 1e-14, 1e-14)
		}
		var x, y, z []float64
		for _, p := range pairs[:n] {
			x, y, z = append(x, *p.Employee), append(y, *p.Customer), append(z, *p.Size)
		}
		cor := func(a, b []float64) float64 {
			c, err := profitchain.Correlate(a, b, 0.9)
			require.NoError(t, err)
			return c.R
		}
		xy, xz, yz := cor(x, y), cor(x, z), cor(y, z)
		near.Equal(t, (xy-xz*yz)/math.Sqrt((1-xz*xz)*(1-yz*yz)), m.Partial.R, 1e-9, 1e-11)
		near.Equal(t, float64(n-3), m.Partial.Degrees, 0, 0)
		require.Equal(t, int64(1), m.Partial.Withdrawn)
		a, b, sigma, _, _ := line(x, y)
		near.Equal(t, a, m.Line.Intercept, 1e-9, 1e-9)
		near.Equal(t, b, m.Line.Slope.B, 1e-9, 1e-9)
		near.Equal(t, sigma, m.Line.Sigma, 1e-9, 1e-9)
	})
}

// line is the textbook's least squares.
func line(x, y []float64) (a, b, sigma, mx, sxx float64) {
	n := float64(len(x))
	my, sxy := 0.0, 0.0
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	b = sxy / sxx
	a = my - b*mx
	for i := range x {
		sigma += (y[i] - a - b*x[i]) * (y[i] - a - b*x[i])
	}
	return a, b, math.Sqrt(sigma / (n - 2)), mx, sxx
}

func TestMirrorNamesOutliers(t *testing.T) {
	t.Parallel()
	r := rng(3)
	var pairs []pair
	for i := range 20 {
		x := float64(i) / 5
		pairs = append(pairs, pair{name(i), &x, new(2 + x + r.NormFloat64()/10), nil})
	}
	*pairs[4].Customer -= 4
	*pairs[15].Customer += 4.5
	m, err := profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95})
	require.NoError(t, err)
	out := m.Outlying()
	require.Len(t, out, 2)
	assert.Equal(t, "P", out[0].Unit)
	assert.Equal(t, "E", out[1].Unit)
	assert.Positive(t, out[0].Residual)
	assert.Equal(t, profitchain.Evidence, m.State)
	data, err := json.Marshal(m)
	require.NoError(t, err)
	var back profitchain.Mirror[string]
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, m, back)
}

func TestMirrorOnALine(t *testing.T) {
	t.Parallel()
	var pairs []pair
	for i := range 6 {
		pairs = append(pairs, pair{name(i), new(float64(i)), new(2*float64(i) + 1), new(float64(i))})
	}
	m, err := profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95, Size: true})
	require.NoError(t, err)
	assert.Nil(t, m.Partial, "size tells all")
	assert.Nil(t, m.Units[0].PHolm)
	assert.Zero(t, m.Line.Sigma)
	assert.Empty(t, m.Outlying())

	*pairs[2].Customer++
	m, err = profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95})
	require.NoError(t, err)
	assert.Nil(t, m.Partial)
	require.Len(t, m.Outlying(), 1)
	assert.Nil(t, m.Units[2].Studentised, "the line without it leaves nothing")
	assert.Zero(t, *m.Units[2].PHolm)

	for i := range pairs {
		pairs[i].Size = new(7.0)
	}
	m, err = profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95, Size: true})
	require.NoError(t, err)
	near.Equal(t, m.Correlation.R, m.Partial.R, 0, 0) // a size that all share explains nothing
	for i := range pairs {
		*pairs[i].Employee = 0
	}
	*pairs[0].Employee = 1 // all but one are alike: its residual is 0 and tells nothing
	m, err = profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95})
	require.NoError(t, err)
	assert.Nil(t, m.Units[0].PHolm)
	assert.NotNil(t, m.Units[1].PHolm)
}

func TestCapabilityCycle(t *testing.T) {
	t.Parallel()
	c := profitchain.CapabilityCycle()
	require.NoError(t, c.Validate())
	units := []profitchain.UnitCapability[int]{
		{7, values(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.2)},
		{8, append(values(1, 1, 1, 1.5), nil, nil, nil)},
		{9, append(values(1, 0, 1, 1, 1), nil, nil)},
		{6, values(0.5, 0.5, 0.5, 0.5, 0.5, 0.2, 0.5)},
	}
	got, err := profitchain.Score(c, units)
	require.NoError(t, err)
	var order []int
	for _, u := range got {
		order = append(order, u.Unit)
	}
	assert.Equal(t, []int{9, 7, 6, 8}, order)
	near.Equal(t, 80, *got[0].Index, 1e-14, 0)
	assert.Equal(t, "training", got[0].Weakest)
	assert.Equal(t, "support", got[1].Weakest)
	assert.Nil(t, got[3].Index)
	near.Equal(t, 4.0/7, got[3].Coverage, 1e-15, 0)
	assert.Equal(t, []string{"latitude"}, got[3].Clamped)
	c.Missing = profitchain.CountAsZero
	got, err = profitchain.Score(c, units)
	require.NoError(t, err)
	near.Equal(t, 400.0/7, *got[1].Index, 1e-14, 0)
	c.Missing = profitchain.FailMissing
	_, err = profitchain.Score(c, units)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = profitchain.Score[int](c, nil)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func TestCapabilityRefuses(t *testing.T) {
	t.Parallel()
	unit := []profitchain.UnitCapability[string]{{"a", values(1, 1, 1, 1, 1, 1, 1)}}
	for field, change := range map[string]func(c *profitchain.Capability){
		"Components":           func(c *profitchain.Capability) { c.Components = nil },
		"Components[1]":        func(c *profitchain.Capability) { c.Components[1].Name = "selection" },
		"Components[2].Weight": func(c *profitchain.Capability) { c.Components[2].Weight = -1 },
		"Missing":              func(c *profitchain.Capability) { c.Missing = "skip" },
		"MinCoverage":          func(c *profitchain.Capability) { c.MinCoverage = 2 },
		"Weights": func(c *profitchain.Capability) {
			for i := range c.Components {
				c.Components[i].Weight = 0
			}
		},
	} {
		c := profitchain.CapabilityCycle()
		change(&c)
		_, err := profitchain.Score(c, unit)
		invalid(t, err, field)
	}
	c := profitchain.CapabilityCycle()
	for i := range 40 {
		c.Components = append(c.Components, profitchain.Component{Name: name(i), Low: 1, High: 1})
	}
	require.Error(t, c.Validate())
	for field, units := range map[string][]profitchain.UnitCapability[string]{
		"Units[1].Unit":      {unit[0], unit[0]},
		"Units[0].Unit":      {{bad, unit[0].Values}},
		"Units[0].Values":    {{"a", values(1)}},
		"Units[0].Values[1]": {{"a", values(1, math.NaN(), 1, 1, 1, 1, 1)}},
	} {
		_, err := profitchain.Score(profitchain.CapabilityCycle(), units)
		invalid(t, err, field)
	}
	_, err := profitchain.Score(profitchain.CapabilityCycle(), make([]profitchain.UnitCapability[string], 60))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestOutlyingFarthestFirst(t *testing.T) {
	t.Parallel()
	m := profitchain.Mirror[string]{Units: []profitchain.Reflected[string]{
		{Unit: "b", PHolm: new(0.02), Outlying: true}, {Unit: "x", PHolm: new(0.5)}, {Unit: "a", PHolm: new(0.001), Outlying: true}, {Unit: "c", PHolm: new(0.02), Outlying: true},
	}}
	var order []string
	for _, u := range m.Outlying() {
		order = append(order, u.Unit)
	}
	assert.Equal(t, []string{"a", "b", "c"}, order)
}

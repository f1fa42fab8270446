package recovery_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/recovery"
)

func newJustice(t tb, unit int) *recovery.Justice {
	t.Helper()
	j, err := recovery.NewJustice(unit)
	require.NoError(t, err)
	return j
}

func drawExperience(t *rapid.T) recovery.Experience {
	score := func(name string) int32 {
		if rapid.IntRange(0, 30).Draw(t, "blank") == 0 {
			return recovery.Blank
		}
		return rapid.Int32Range(-7, 7).Draw(t, name)
	}
	return recovery.Experience{
		Distributive: score("d"), Procedural: score("p"), Interpersonal: score("i"), Informational: score("n"),
		Severity: score("v"), Satisfaction: score("s"), Loyalty: score("l"),
	}
}

// Parts merge to the byte, coefficients scale with the unit, and the interaction does too.
func TestJusticeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		one, parts := newJustice(t, 1), []*recovery.Justice{newJustice(t, 1), newJustice(t, 1), {}}
		tenths := newJustice(t, 10)
		n := rapid.IntRange(0, 40).Draw(t, "n")
		for i := range n {
			e := drawExperience(t)
			require.NoError(t, one.Add(e))
			require.NoError(t, tenths.Add(e))
			require.NoError(t, parts[i%2].Add(e))
		}
		var merged recovery.Justice
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			require.NoError(t, merged.Merge(parts[i]))
		}
		require.Equal(t, encoded(t, one), encoded(t, &merged))
		require.Equal(t, int64(n), merged.N())
		require.LessOrEqual(t, one.Complete(), one.N())
		var back recovery.Justice
		require.NoError(t, back.UnmarshalBinary(encoded(t, one)))
		require.Equal(t, encoded(t, one), encoded(t, &back))
		a, err := one.Interaction(0.9)
		if err != nil {
			return
		}
		b, err := tenths.Interaction(0.9)
		require.NoError(t, err)
		near.Equal(t, a.R2, b.R2, 1e-9, 1e-9)
		near.Equal(t, a.Coefficients[1].B, b.Coefficients[1].B, 1e-6, 1e-7)
		near.Equal(t, 10*a.Coefficients[6].B, b.Coefficients[6].B, 1e-6, 1e-6)
		for _, c := range a.Coefficients {
			require.True(t, c.Low <= c.B && c.B <= c.High)
		}
	})
}

func TestJusticeRefuses(t *testing.T) {
	t.Parallel()
	for _, unit := range []int{0, 1001} {
		_, err := recovery.NewJustice(unit)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = recovery.NewGroups(unit)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	var zero recovery.Justice
	assert.Zero(t, zero.Complete())
	require.ErrorIs(t, zero.Add(recovery.Experience{}), relmark.ErrInvalid)
	_, err := zero.Model(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	j := newJustice(t, 1)
	require.ErrorIs(t, j.Add(recovery.Experience{Loyalty: 1_000_001}), relmark.ErrInvalid)
	require.ErrorIs(t, j.Merge(newJustice(t, 2)), relmark.ErrInvalid)
	require.NoError(t, j.Merge(nil))
	_, err = j.Model(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = j.Model(1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for i := range int32(9) {
		require.NoError(t, j.Add(recovery.Experience{Distributive: i, Procedural: i * i % 7, Interpersonal: i % 2, Informational: i % 5, Severity: i % 3, Satisfaction: 5, Loyalty: i}))
	}
	_, err = j.Model(0.95)
	require.ErrorContains(t, err, "satisfaction: must vary")
	_, err = j.Mediations(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = j.LoyaltyModel(0.95)
	require.ErrorContains(t, err, "satisfaction: must vary, and")
}

// A blank loyalty leaves the models of satisfaction alone; any other blank leaves out the customer.
func TestJusticeBlanks(t *testing.T) {
	t.Parallel()
	all, some := newJustice(t, 1), newJustice(t, 1)
	for i := range int32(40) {
		e := recovery.Experience{
			Distributive: i % 7, Procedural: i * i % 5, Interpersonal: i / 3 % 4, Informational: i * 3 % 11, Severity: i * 11 % 6,
			Satisfaction: i * 5 % 13, Loyalty: i % 4,
		}
		require.NoError(t, all.Add(e))
		if i%2 == 0 {
			e.Loyalty = recovery.Blank
		}
		require.NoError(t, some.Add(e))
		e.Severity = recovery.Blank
		require.NoError(t, some.Add(e))
	}
	assert.Equal(t, []int64{80, 20}, []int64{some.N(), some.Complete()})
	want, err := all.Interaction(0.9)
	require.NoError(t, err)
	got, err := some.Interaction(0.9)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	loyalty, err := some.LoyaltyModel(0.9)
	require.NoError(t, err)
	assert.Equal(t, int64(20), loyalty.N)
}

// Six coefficients take seven customers: one degree of freedom.
func TestJusticeOfFew(t *testing.T) {
	t.Parallel()
	j := newJustice(t, 1)
	for i := range int32(7) {
		_, err := j.Model(0.9)
		require.ErrorIs(t, err, relmark.ErrTooFew, i)
		require.NoError(t, j.Add(recovery.Experience{
			Distributive: i * i % 5, Procedural: i % 3, Interpersonal: i * i * i % 7, Informational: i % 2, Severity: i / 3, Satisfaction: i * 4 % 6, Loyalty: recovery.Blank,
		}))
	}
	m, err := j.Model(0.9)
	require.NoError(t, err)
	assert.Equal(t, []int64{7, 1}, []int64{m.N, m.Degrees})
	_, err = j.Interaction(0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// Scores that follow exactly leave nothing to test.
func TestJusticeExact(t *testing.T) {
	t.Parallel()
	j := newJustice(t, 1)
	for i := range int32(32) {
		bit := func(k int) int32 { return i >> k & 1 }
		require.NoError(t, j.Add(recovery.Experience{
			Distributive: bit(0), Procedural: bit(1), Interpersonal: bit(2), Informational: bit(3), Severity: bit(4),
			Satisfaction: 2*bit(0) + bit(1) - bit(4), Loyalty: i % 7,
		}))
	}
	m, err := j.Model(0.95)
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 1, 0, 0, 0}, []float64{m.R2, m.Adjusted, m.Sigma, m.Test.F, m.Test.P})
	near.Slice(t, []float64{0, 2, 1, 0, 0, -1}, bs(m.Coefficients), 1e-12, 1e-12)
	_, err = j.LoyaltyModel(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid, "severity follows from satisfaction and the others")
	_, err = j.Mediations(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func bs(list []servqual.Coefficient) []float64 {
	var out []float64
	for _, c := range list {
		out = append(out, c.B)
	}
	return out
}

func newGroups(t tb) *recovery.Groups {
	t.Helper()
	g, err := recovery.NewGroups(1)
	require.NoError(t, err)
	return g
}

func TestGroupsRefuse(t *testing.T) {
	t.Parallel()
	var zero recovery.Groups
	require.ErrorIs(t, zero.Add("a", 1, 1), relmark.ErrInvalid)
	g := newGroups(t)
	require.ErrorIs(t, g.Add("", 1, 1), relmark.ErrInvalid)
	require.ErrorIs(t, g.Add("a", 1_000_001, 1), relmark.ErrInvalid)
	require.ErrorIs(t, g.Add("a", 1, -1_000_001), relmark.ErrInvalid)
	_, err := g.Compare(recovery.Satisfaction)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = g.Compare("price")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.NoError(t, g.Add("a", 1, recovery.Blank))
	_, err = g.Compare(recovery.Satisfaction)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = g.Paradox("a", "b", 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, test := range []struct {
		of   recovery.Outcome
		a, b string
		at   float64
	}{{"price", "a", "b", 0.95}, {recovery.Loyalty, "a", "a", 0.95}, {recovery.Loyalty, "a", "b", math.NaN()}} {
		_, err = g.Test(test.of, test.a, test.b, test.at)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	other, err := recovery.NewGroups(2)
	require.NoError(t, err)
	require.NoError(t, other.Add("a", 1, 1))
	require.ErrorIs(t, g.Merge(other), relmark.ErrInvalid)
	require.NoError(t, g.Merge(nil))
	for i := range 999 {
		require.NoError(t, g.Add(string(rune(0x4e00+i)), 1, 1))
	}
	require.ErrorIs(t, g.Add("z", 1, 1), relmark.ErrLimit)
	more := newGroups(t)
	require.NoError(t, more.Add("z", 1, 1))
	require.ErrorIs(t, g.Merge(more), relmark.ErrLimit)
}

func TestGroupsMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		one, parts := newGroups(t), []*recovery.Groups{newGroups(t), newGroups(t), {}}
		for i := range rapid.IntRange(0, 30).Draw(t, "n") {
			name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "group")
			s, l := rapid.Int32Range(1, 7).Draw(t, "s"), rapid.SampledFrom([]int32{recovery.Blank, 1, 7}).Draw(t, "l")
			require.NoError(t, one.Add(name, s, l))
			require.NoError(t, parts[i%2].Add(name, s, l))
		}
		var merged recovery.Groups
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			require.NoError(t, merged.Merge(parts[i]))
		}
		require.Equal(t, encoded(t, one), encoded(t, &merged))
		var back recovery.Groups
		require.NoError(t, back.UnmarshalBinary(encoded(t, one)))
		require.Equal(t, encoded(t, one), encoded(t, &back))
		test, err := one.Test(recovery.Satisfaction, "a", "b", 0.95)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		turned, err := one.Test(recovery.Satisfaction, "b", "a", 0.95)
		require.NoError(t, err)
		near.Equal(t, test.P, turned.P, 1e-12, 1e-15)
		near.Equal(t, test.CohenD, -turned.CohenD, 1e-12, 0)
	})
}

func TestGroupsThatDoNotVary(t *testing.T) {
	t.Parallel()
	g := newGroups(t)
	for range 3 {
		require.NoError(t, g.Add("recovered", 6, 5))
		require.NoError(t, g.Add("none", 5, 5))
	}
	p, err := g.Paradox("recovered", "none", 0.95)
	require.NoError(t, err)
	assert.True(t, p.InSatisfaction)
	assert.False(t, p.InLoyalty)
	assert.Zero(t, p.Satisfaction.CohenD)
	c, err := g.Compare(recovery.Satisfaction)
	require.NoError(t, err)
	assert.Equal(t, p.Satisfaction.N+p.Satisfaction.NBaseline, c.N)
	assert.Nil(t, c.Classic)
	assert.Nil(t, c.Welch)
}

// Rates that are not finite are an error, and nothing beside it.
func TestMendOfExtremes(t *testing.T) {
	t.Parallel()
	exposures := []float64{5e-324, 1e-300, 1, 1e300, math.MaxFloat64}
	failed := 0
	for _, before := range exposures {
		for _, after := range exposures {
			for _, n := range [][2]int64{{0, 0}, {0, 5}, {5, 0}, {5, 5}, {1 << 40, 1}, {1 << 40, 1 << 40}} {
				m, err := recovery.Mend(recovery.Period{Complaints: n[0], Exposure: before}, recovery.Period{Complaints: n[1], Exposure: after}, 0.95)
				if err != nil {
					failed++
					require.ErrorIs(t, err, relmark.ErrInvalid)
					require.Equal(t, recovery.Mending{}, m)
					continue
				}
				for _, x := range []*float64{&m.Before, &m.After, m.Ratio, m.Low, m.High, m.P, &m.Prevented, m.PreventedLow, m.PreventedHigh} {
					require.False(t, x != nil && (math.IsNaN(*x) || math.IsInf(*x, 0)))
				}
			}
		}
	}
	assert.NotZero(t, failed)
}

// A score that is none is named as its field is.
func TestJusticeNamesTheField(t *testing.T) {
	t.Parallel()
	j, err := recovery.NewJustice(1)
	require.NoError(t, err)
	for name, e := range map[string]recovery.Experience{
		"Satisfaction": {Satisfaction: 1_000_001}, "Distributive": {Distributive: -1_000_001}, "Procedural": {Procedural: math.MaxInt32},
		"Interpersonal": {Interpersonal: recovery.Blank + 1}, "Informational": {Informational: 1_000_001}, "Severity": {Severity: 1_000_001}, "Loyalty": {Loyalty: 1_000_001},
	} {
		var field *relmark.FieldError
		require.ErrorAs(t, j.Add(e), &field)
		assert.Equal(t, name, field.Field)
	}
	assert.Zero(t, j.N())
}

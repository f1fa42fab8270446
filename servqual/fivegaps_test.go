package servqual_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// customers returns scores of a dimension of one item on a scale of 1 to 7.
func customers(t tb, pairs ...[2]int8) servqual.Scores {
	t.Helper()
	in := instrument(t, servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{{Name: "speed", Items: []int{0}}}})
	s := in.NewSurvey()
	for _, p := range pairs {
		require.NoError(t, s.Add(servqual.Response{Expected: []int8{p[0]}, Perceived: []int8{p[1]}}))
	}
	return report(t, s, servqual.AllAnswered).Dimensions[0].Scores
}

func provider() servqual.Provider {
	return servqual.Provider{
		Believed: []float64{5, 6, 5.5, nan()}, Standard: []float64{5, 5, nan(), 4},
		Delivered: []float64{4, 5, 4.5}, Promised: []float64{6, 5, 5},
	}
}

// The chain from expectations to perceptions adds up, by the means of all who answered.
func TestFiveGapsAddUp(t *testing.T) {
	t.Parallel()
	g, err := servqual.NewFiveGaps(customers(t, [2]int8{6, 4}, [2]int8{7, 5}, [2]int8{5, blank}, [2]int8{blank, 3}), provider(), 0.95)
	require.NoError(t, err)
	assert.Equal(t, servqual.GapLevels{Expected: 6, Believed: 5.5, Standard: 14.0 / 3, Delivered: 4.5, Promised: 16.0 / 3, Perceived: 4}, g.Levels)
	tight(t, g.Customer.Difference, g.Knowledge.Difference+g.Standards.Difference+g.Delivery.Difference+g.Residual.Difference, "sum")
	tight(t, -2, g.Customer.Difference, "gap 5")
	tight(t, 16.0/3-4.5, g.Communication.Difference, "gap 4")
	assert.Equal(t, []int64{3, 3}, []int64{g.Standards.Earlier, g.Standards.Later})
	near.Equal(t, 1, g.Standards.Degrees, 0, 0, "two managers answered both")
	exact(t, g.Knowledge.Difference, g.Unit().Knowledge, "gap 1")
	exact(t, g.Communication.Difference, g.Unit().Communication, "gap 4")
}

// Where all answered both, the same people are compared by their differences: 2, 0, ½.
func TestFiveGapsPaired(t *testing.T) {
	t.Parallel()
	g, err := servqual.NewFiveGaps(customers(t, [2]int8{6, 4}, [2]int8{7, 4}), provider(), 0.95)
	require.NoError(t, err)
	mean, sd := meanSD([]float64{2, 0, 0.5})
	near.Equal(t, mean, g.Communication.Difference, 1e-15, 0)
	near.Equal(t, sd/math.Sqrt(3), g.Communication.SE, 1e-15, 0)
	mean, sd = meanSD([]float64{-2, -3})
	near.Equal(t, mean, g.Customer.Difference, 1e-15, 0)
	near.Equal(t, sd/math.Sqrt2, g.Customer.SE, 1e-15, 0)
}

// The standard error of means that share some people is what they have over many
// studies: 2,000 simulated here, of 12 managers of whom some leave one question out.
func TestStandardErrorOfPartialPairs(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 2))
	var differences []float64
	squares := 0.0
	const studies = 2000
	who := customers(t, [2]int8{6, 4}, [2]int8{7, 5})
	for range studies {
		p := servqual.Provider{Delivered: []float64{4, 5}, Promised: []float64{5, 6}}
		for i := range 12 {
			both := rng.NormFloat64()
			a, b := 4+0.3*both+0.3*rng.NormFloat64(), 4+0.3*both+0.2*rng.NormFloat64()
			a, b = min(max(a, 1), 7), min(max(b, 1), 7)
			if i < 2 {
				a = nan()
			}
			if i > 8 {
				b = nan()
			}
			p.Believed, p.Standard = append(p.Believed, a), append(p.Standard, b)
		}
		g, err := servqual.NewFiveGaps(who, p, 0.95)
		require.NoError(t, err)
		differences = append(differences, g.Standards.Difference)
		squares += g.Standards.SE * g.Standards.SE / studies
	}
	_, sd := meanSD(differences)
	near.Equal(t, sd, math.Sqrt(squares), 0.05, 0)
}

func TestFiveGapsRefuse(t *testing.T) {
	t.Parallel()
	who := customers(t, [2]int8{6, 4}, [2]int8{7, 5})
	for field, change := range map[string]func(p *servqual.Provider){
		"Believed[0]":  func(p *servqual.Provider) { p.Believed[0] = 7.5 },
		"Standard[1]":  func(p *servqual.Provider) { p.Standard[1] = inf() },
		"Standard":     func(p *servqual.Provider) { p.Standard = p.Standard[1:] },
		"Promised":     func(p *servqual.Provider) { p.Promised = nil },
		"Delivered[2]": func(p *servqual.Provider) { p.Delivered[2] = 0 },
	} {
		p := provider()
		change(&p)
		_, err := servqual.NewFiveGaps(who, p, 0.95)
		assert.Equal(t, []string{field}, fields(err))
	}
	_, err := servqual.NewFiveGaps(who, provider(), 2)
	assert.Equal(t, []string{"Level"}, fields(err))
	for _, few := range []servqual.Provider{{}, {Believed: []float64{5, nan()}, Standard: []float64{nan(), 5}}} {
		_, err = servqual.NewFiveGaps(who, few, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	_, err = servqual.NewFiveGaps(servqual.Scores{}, provider(), 0.95)
	require.Error(t, err)
	made := func(n int64) servqual.Stat { return made(t, n, 4, 1, 1, 7) }
	_, err = servqual.NewFiveGaps(servqual.Scores{Expected: made(4), Perceived: made(3), Gap: made(9)}, provider(), 0.95)
	assert.Equal(t, []string{"Customer.Gap"}, fields(err))
}

// Gap 5 is what the gaps of units make it: the line they were made of comes back.
func TestExplainGap5(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var units []servqual.UnitGaps
		for range 12 {
			u := servqual.UnitGaps{Knowledge: rng.NormFloat64(), Standards: rng.NormFloat64(), Delivery: rng.NormFloat64(), Communication: rng.NormFloat64()}
			u.Customer = -0.5 + 0.2*u.Knowledge + 0.5*u.Standards + u.Delivery - 0.3*u.Communication
			units = append(units, u)
		}
		r, err := servqual.ExplainGap5(units, 0.95)
		require.NoError(t, err)
		for i, b := range []float64{-0.5, 0.2, 0.5, 1, -0.3} {
			near.Equal(t, b, r.Coefficients[i].B, 1e-9, 0)
		}
		near.Equal(t, 1, r.R2, 1e-12, 0)
		delivery, err := r.Slope("delivery")
		require.NoError(t, err)
		assert.Equal(t, r.Coefficients[3], delivery)
		_, err = r.Slope("intercept")
		assert.Equal(t, []string{"Name"}, fields(err))
	})
	units := make([]servqual.UnitGaps, 6)
	_, err := servqual.ExplainGap5(units, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid, "nothing varies")
	for i := range units {
		x := float64(i)
		units[i] = servqual.UnitGaps{Knowledge: x, Standards: x * x, Delivery: x * x * x, Communication: 2 * x, Customer: x}
	}
	_, err = servqual.ExplainGap5(units, 0.95)
	assert.Equal(t, []string{"X[3]"}, fields(err), "communication follows from knowledge")
	_, err = servqual.ExplainGap5(units[:5], 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = servqual.ExplainGap5(nil, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	units[2].Delivery = nan()
	_, err = servqual.ExplainGap5(units, 0.95)
	assert.Equal(t, []string{"Units[2].delivery"}, fields(err))
}

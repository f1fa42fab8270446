package crosssell_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/near"
)

// believed returns a candidate with a belief.
func believed(item string, alpha, beta, margin float64) crosssell.Candidate[string] {
	b := crosssell.Belief{Alpha: alpha, Beta: beta}
	c := offer(item, b.Mean(), margin)
	c.Belief = &b
	return c
}

var exploring = crosssell.Policy{Explore: &crosssell.Exploration{Among: 100}}

// propensities returns those of an exploration.
func propensities(t require.TestingT, p crosssell.Policy, candidates ...crosssell.Candidate[string]) []float64 {
	d, err := crosssell.Explore(p, willing(), candidates, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	out := make([]float64, len(candidates))
	for i, v := range d.Verdicts {
		out[i] = v.Propensity
	}
	return out
}

// greater returns P(θ2 > θ1) of two beta distributions with whole alpha2, by the closed
// form of E. Miller (2015), Formulas for Bayesian A/B Testing.
func greater(a1, b1, a2, b2 float64) float64 {
	lbeta := func(a, b float64) float64 {
		x, _ := math.Lgamma(a)
		y, _ := math.Lgamma(b)
		z, _ := math.Lgamma(a + b)
		return x + y - z
	}
	sum := 0.0
	for i := range int(a2) {
		k := float64(i)
		sum += math.Exp(lbeta(a1+k, b1+b2) - math.Log(b2+k) - lbeta(1+k, b2) - lbeta(a1, b1))
	}
	return sum
}

// Of two offers, each comes first as often as its chance is the greater one.
func TestPropensityOfTwo(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]float64{
		{1, 1, 1, 1},
		{1, 1, 2, 1},
		{3, 7, 5, 5},
		{0.5, 0.5, 2, 3},
		{0.02, 0.03, 4, 4},
		{30, 970, 20, 480},
		{1, 1, 500, 500},
		{2e5, 3e5, 40, 60},
		{1, 1000, 1, 500},
		{999, 2, 1000, 1},
		{1, 1, 3000, 7000},
	} {
		want := greater(c[0], c[1], c[2], c[3])
		got := propensities(t, exploring, believed("a", c[0], c[1], 10), believed("b", c[2], c[3], 10))
		near.Slice(t, []float64{1 - want, want}, got, 0, 1e-6, "%v", c)
	}
}

// Known cases: equals share, certain ones win or lose for certain, a certain one against
// a belief is a quantile.
func TestPropensityOfKnownCases(t *testing.T) {
	t.Parallel()
	equal := propensities(t, exploring, believed("a", 2, 3, 5), believed("b", 2, 3, 5), believed("c", 2, 3, 5), believed("d", 2, 3, 5))
	near.Slice(t, []float64{0.25, 0.25, 0.25, 0.25}, equal, 0, 1e-6)
	near.Slice(t, []float64{0, 1}, propensities(t, exploring, offer("a", 0.5, 1), offer("b", 0.6, 1)), 0, 0)
	near.Slice(t, []float64{1, 0, 0}, propensities(t, exploring, offer("a", 0.5, 50), believed("b", 2, 2, 1), offer("c", 0.6, 1)), 0, 1e-12)
	// θ of the first is uniform: it is worth more than 4 with 6 in 10.
	near.Slice(t, []float64{0.6, 0.4}, propensities(t, exploring, believed("a", 1, 1, 10), offer("b", 0.5, 8)), 0, 1e-9)
	// One that costs when accepted, but serves the relationship: worth 10 − 4·θ.
	service := believed("a", 1, 1, -4)
	service.Relationship = 10
	near.Slice(t, []float64{0.25, 0.75}, propensities(t, exploring, service, offer("b", 0.9, 10)), 0, 1e-9)
	near.Slice(t, []float64{1}, propensities(t, exploring, believed("a", 1, 9, 1)), 0, 0)
	// A margin that is nothing beside the rest is certain.
	tiny := believed("a", 1, 1, 1e-300)
	tiny.Relationship = 1
	near.Slice(t, []float64{1, 0}, propensities(t, exploring, tiny, offer("b", 0.5, 1)), 0, 0)
}

// Only the best so many of the highest priority take part.
func TestExploreAmong(t *testing.T) {
	t.Parallel()
	two := crosssell.Policy{Explore: &crosssell.Exploration{Among: 2}}
	got := propensities(t, two, believed("a", 1, 1, 1), believed("b", 2, 1, 1), believed("c", 3, 1, 1))
	assert.Zero(t, got[0])
	near.Equal(t, 1, got[1]+got[2], 0, 1e-12)
	first := believed("a", 1, 9, 1)
	first.Priority = 1
	near.Slice(t, []float64{1, 0}, propensities(t, exploring, first, believed("b", 9, 1, 1)), 0, 0)
}

// The logged propensities are the frequencies with which candidates come first, and what
// is not first follows as ever.
func TestPropensitiesAreFrequencies(t *testing.T) {
	t.Parallel()
	policy := exploring
	policy.Slots = 2
	candidates := []crosssell.Candidate[string]{
		believed("a", 2, 8, 10), believed("b", 1, 1, 5), believed("c", 30, 70, 7), offer("d", 0.5, 4), believed("e", 0.5, 0.5, 3), offer("f", 0.1, 1),
	}
	candidates[4].Lever = 0.5
	rng := rand.New(rand.NewPCG(3, 4))
	d, err := crosssell.NewDecider[string](policy)
	require.NoError(t, err)
	const n = 1000
	var firsts [6]float64
	customer := willing()
	var probs [6]float64
	for range n {
		out, err := d.Explore(&customer, candidates, rng)
		require.NoError(t, err)
		require.True(t, out.Explored)
		require.Len(t, out.Chosen, 2)
		firsts[out.Chosen[0]]++
		second := 0
		for second == out.Chosen[0] || out.Verdicts[second].Rank > 2 || out.Verdicts[second].Rank == 2 && out.Verdicts[out.Chosen[0]].Rank != 1 {
			second++
		}
		require.Equal(t, second, out.Chosen[1])
		for i, v := range out.Verdicts {
			probs[i] = v.Propensity
		}
	}
	for i, p := range probs {
		se := math.Sqrt(p*(1-p)/n) + 1e-9
		assert.Less(t, math.Abs(firsts[i]/n-p), 4.5*se, "%d: %v and %v", i, firsts[i]/n, p)
	}
}

// Propensities are probabilities; a draw is reproduced from its seed; a control customer
// is left alone.
func TestExploreLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.OneOf(rapid.Float64Range(0.01, 3), rapid.Float64Range(0.01, 1e9))
		var candidates []crosssell.Candidate[string]
		for i := range rapid.IntRange(1, 6).Draw(t, "n") {
			c := believed(fmt.Sprint(i), shape.Draw(t, "alpha"), shape.Draw(t, "beta"), rapid.Float64Range(-2, 10).Draw(t, "margin"))
			c.Relationship = rapid.SampledFrom([]float64{0, 3}).Draw(t, "relationship")
			if rapid.IntRange(0, 3).Draw(t, "known") == 0 {
				c.Belief = nil
			}
			candidates = append(candidates, c)
		}
		seed := rapid.Uint64().Draw(t, "seed")
		customer := willing()
		d, err := crosssell.Explore(exploring, customer, candidates, rand.New(rand.NewPCG(seed, 1)))
		require.NoError(t, err)
		sum := 0.0
		for _, v := range d.Verdicts {
			require.True(t, v.Propensity >= -1e-9 && v.Propensity <= 1+1e-9, v.Propensity)
			require.True(t, v.Outcome != crosssell.Rejected || v.Propensity == 0)
			sum += v.Propensity
		}
		if len(d.Chosen) > 0 {
			near.Equal(t, 1, sum, 0, 1e-9)
		}
		customer.Control = true
		control, err := crosssell.Explore(exploring, customer, candidates, rand.New(rand.NewPCG(seed, 1)))
		require.NoError(t, err)
		require.Empty(t, control.Chosen)
		require.Equal(t, d.Chosen, control.Withheld)
	})
}

// The draws of one seed are part of the contract.
func TestExploreSeed(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	candidates := []crosssell.Candidate[string]{believed("a", 2, 8, 10), believed("b", 1, 1, 5), believed("c", 30, 70, 7)}
	var firsts []int
	for range 12 {
		d, err := crosssell.Explore(exploring, willing(), candidates, rng)
		require.NoError(t, err)
		firsts = append(firsts, d.Chosen[0])
	}
	assert.Equal(t, []int{1, 1, 0, 1, 1, 1, 0, 2, 0, 1, 0, 0}, firsts)
}

func TestBelief(t *testing.T) {
	t.Parallel()
	b := crosssell.Belief{Alpha: 1, Beta: 1}.After(true).After(false).After(false)
	assert.Equal(t, crosssell.Belief{Alpha: 2, Beta: 3}, b)
	near.Equal(t, 0.4, b.Mean(), 1e-15, 0)
}

// How much does it take to know what was the chance of coming first?
func BenchmarkExplore(b *testing.B) {
	for _, n := range []int{2, 10, 100} {
		b.Run(fmt.Sprintf("candidates=%d", n), func(b *testing.B) {
			source := rand.New(rand.NewPCG(1, 2))
			var candidates []crosssell.Candidate[string]
			for i := range n {
				candidates = append(candidates, believed(fmt.Sprint(i), 1+20*source.Float64(), 1+100*source.Float64(), 10))
			}
			d, err := crosssell.NewDecider[string](exploring)
			require.NoError(b, err)
			customer := willing()
			b.ReportAllocs()
			for b.Loop() {
				_, err := d.Explore(&customer, candidates, source)
				require.NoError(b, err)
			}
		})
	}
}

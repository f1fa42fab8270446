package sequence_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/near"
)

// simulated returns the ownership of customers of a model, drawn from a seed.
func simulated(t require.TestingT, p sequence.MaturityParams[int], customers int, seed uint64) *sequence.Acquisitions[int] {
	rng := rand.New(rand.NewPCG(seed, 1))
	o, err := sequence.NewAcquisitions(p.Items...)
	require.NoError(t, err)
	for range customers {
		maturity := p.Mean + p.SD*rng.NormFloat64()
		var owned []int
		for i, item := range p.Items {
			if rng.Float64() < 1/(1+math.Exp(p.Difficulty[i]-maturity)) {
				owned = append(owned, item)
			}
		}
		require.NoError(t, o.Add(owned...))
	}
	return o
}

// truth returns a model of k products at equal distances.
func truth(k int, gap, mean, sd float64) sequence.MaturityParams[int] {
	p := sequence.MaturityParams[int]{Mean: mean, SD: sd}
	for j := range k {
		p.Items = append(p.Items, j)
		p.Difficulty = append(p.Difficulty, gap*(float64(j)-float64(k-1)/2))
	}
	return p
}

// logLik integrates over maturity by a fine rule and counts each number of products.
func logLik(p sequence.MaturityParams[int], owners []int64, scores []int64) float64 {
	sum := 0.0
	for j, n := range owners {
		sum -= float64(n) * p.Difficulty[j]
	}
	for r, n := range scores {
		if n > 0 {
			sum += float64(n) * math.Log(area(p, r, func(float64) float64 { return 1 }))
		}
	}
	return sum
}

// area integrates g(t)·e^(r·t)/Π(1 + e^(t − d)) over the maturity t by the trapezoidal rule.
func area(p sequence.MaturityParams[int], r int, g func(t float64) float64) float64 {
	const reach = 20
	h := 0.2 / (1 + p.SD*math.Sqrt(float64(len(p.Difficulty)))/2) // a fifth of the narrowest peak
	steps := int(2 * reach / h)
	sum := 0.0
	for i := range steps + 1 {
		z := -reach + h*float64(i)
		t := p.Mean + p.SD*z
		f := float64(r)*t - z*z/2
		for _, d := range p.Difficulty {
			f -= math.Max(t-d, 0) + math.Log1p(math.Exp(-math.Abs(t-d)))
		}
		sum += g(t) * math.Exp(f)
	}
	return sum * h / math.Sqrt(2*math.Pi)
}

func countsOf(o *sequence.Acquisitions[int], p sequence.MaturityParams[int]) []int64 {
	var owners []int64
	for _, item := range p.Items {
		owners = append(owners, o.Owners(item))
	}
	return owners
}

// scoresOf draws the same customers again and counts their products.
func scoresOf(p sequence.MaturityParams[int], customers int, seed uint64) []int64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	scores := make([]int64, len(p.Items)+1)
	for range customers {
		maturity, n := p.Mean+p.SD*rng.NormFloat64(), 0
		for i := range p.Items {
			if rng.Float64() < 1/(1+math.Exp(p.Difficulty[i]-maturity)) {
				n++
			}
		}
		scores[n]++
	}
	return scores
}

// The truth is found again, within what the standard errors say: of all parameters of some
// samples, few are further off than 3 of them, and their squares have mean one.
func TestFitMaturityFindsTruth(t *testing.T) {
	t.Parallel()
	p := truth(8, 0.7, -0.4, 1.3)
	far, squares, n := 0, 0.0, 0
	for seed := range uint64(20) {
		fit, err := sequence.FitMaturity(t.Context(), simulated(t, p, 3000, seed), sequence.MaturityOptions{})
		require.NoError(t, err)
		require.Equal(t, sequence.Converged, fit.Status)
		require.Less(t, fit.Iterations, 15)
		got := fit.Model.Params()
		off := []float64{(got.Mean - p.Mean) / fit.MeanErr, (got.SD - p.SD) / fit.SDErr}
		for j, d := range got.Difficulty {
			off = append(off, (d-p.Difficulty[j])/fit.StdErr[j])
		}
		for _, z := range off {
			squares += z * z
			if n++; math.Abs(z) > 3 {
				far++
			}
		}
	}
	assert.LessOrEqual(t, far, 3, "of %d", n)
	near.Equal(t, 1, squares/float64(n), 0, 0.2, "mean square of %d", n)
}

// The likelihood agrees with one by another rule, and no parameter moves without a loss.
func TestFitMaturityIsBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := truth(rapid.IntRange(2, 5).Draw(t, "products"), rapid.Float64Range(0, 1).Draw(t, "gap"),
			rapid.Float64Range(-1, 1).Draw(t, "mean"), rapid.Float64Range(0.8, 2).Draw(t, "sd"))
		seed := rapid.Uint64().Draw(t, "seed")
		const customers = 200
		o := simulated(t, p, customers, seed)
		fit, err := sequence.FitMaturity(t.Context(), o, sequence.MaturityOptions{})
		if err != nil {
			require.True(t, isAny(err, relmark.ErrTooFew, relmark.ErrNoConverge), err)
			return
		}
		got := fit.Model.Params()
		owners, scores := countsOf(o, p), scoresOf(p, customers, seed)
		top := logLik(got, owners, scores)
		near.Equal(t, top, fit.LogLik, 1e-11, 0)
		step := rapid.SampledFrom([]float64{-0.01, 0.01}).Draw(t, "step")
		q := fit.Model.Params()
		q.Difficulty[rapid.IntRange(0, len(q.Items)-1).Draw(t, "which")] += step
		require.Less(t, logLik(q, owners, scores), top)
		q = fit.Model.Params()
		if q.SD = got.SD + step; q.SD >= 0 {
			require.Less(t, logLik(q, owners, scores), top+1e-9)
		}
		q = fit.Model.Params()
		q.Mean += step
		require.Less(t, logLik(q, owners, scores), top)
	})
}

func isAny(err error, roots ...error) bool {
	return slices.ContainsFunc(roots, func(root error) bool { return assert.ErrorIs(new(assert.CollectT), err, root) })
}

// The nodes are enough over the whole stated domain.
func TestMaturityIntegrals(t *testing.T) {
	t.Parallel()
	for _, k := range []int{2, 5, 20, 60} {
		for _, sd := range []float64{0, 0.1, 1, 5} {
			for _, gap := range []float64{0, 0.2, 2} {
				p := truth(k, gap, 0.5, sd)
				m, err := sequence.NewMaturity(p)
				require.NoError(t, err)
				for _, r := range []int{0, 1, k / 2, k} {
					compareIntegrals(t, m, p, r)
				}
			}
		}
	}
}

func compareIntegrals(t *testing.T, m sequence.Maturity[int], p sequence.MaturityParams[int], r int) {
	t.Helper()
	all := area(p, r, func(float64) float64 { return 1 })
	if all < 1e-250 {
		return // the plain sum has no digits there
	}
	mean := area(p, r, func(x float64) float64 { return x - p.Mean }) / all
	est, err := m.Of(p.Items[:r]...)
	require.NoError(t, err)
	near.Equal(t, mean, est.Mean-p.Mean, 1e-9, 1e-9*p.SD+1e-12, "k %d, sd %v, r %d: mean", len(p.Items), p.SD, r)
	second := area(p, r, func(x float64) float64 { return (x - p.Mean - mean) * (x - p.Mean - mean) }) / all
	near.Equal(t, math.Sqrt(second), est.SD, 1e-8, 1e-7, "k %d, sd %v, r %d: sd", len(p.Items), p.SD, r)
	if r < len(p.Items) {
		got, err := m.Suggest(sequence.SuggestParams[int]{Max: 100}, p.Items[:r]...)
		require.NoError(t, err)
		require.Len(t, got, len(p.Items)-r)
		for _, s := range []crosssell.Suggestion[int]{got[0], got[len(got)-1]} {
			share := area(p, r, func(x float64) float64 { return 1 / (1 + math.Exp(p.Difficulty[s.Item]-x)) }) / all
			near.Equal(t, share, s.Score, 1e-8, 1e-12, "k %d, sd %v, r %d: share", len(p.Items), p.SD, r)
		}
	}
}

// What a fit finds depends on shares, not on how many customers there are: counts as large
// as they can be neither keep it from coming to rest nor from ending.
func TestFitMaturityOfAnyNumberOfCustomers(t *testing.T) {
	t.Parallel()
	fit := func(times int64) sequence.MaturityFit[string] {
		o, err := sequence.NewAcquisitions("account", "card", "fund")
		require.NoError(t, err)
		for _, c := range []struct {
			n     int64
			owned []string
		}{
			{100, nil},
			{200, []string{"account"}},
			{50, []string{"card"}},
			{30, []string{"fund"}},
			{300, []string{"account", "card"}},
			{30, []string{"account", "fund"}},
			{150, []string{"account", "card", "fund"}},
		} {
			require.NoError(t, o.AddN(c.n*times, c.owned...))
		}
		f, err := sequence.FitMaturity(t.Context(), o, sequence.MaturityOptions{})
		require.NoError(t, err)
		require.Equal(t, sequence.Converged, f.Status)
		return f
	}
	want := fit(1)
	for _, times := range []int64{1 << 10, 1 << 30, 1 << 40, 1 << 53, (1<<63 - 1) / 860} {
		got := fit(times)
		near.Slice(t, want.Model.Params().Difficulty, got.Model.Params().Difficulty, 1e-12, 1e-12)
		near.Equal(t, want.Model.Params().SD, got.Model.Params().SD, 1e-12, 0)
		near.Slice(t, want.StdErr, scaled(got.StdErr, math.Sqrt(float64(times))), 1e-9, 0)
	}
}

func scaled(x []float64, by float64) []float64 {
	out := slices.Clone(x)
	for i := range out {
		out[i] *= by
	}
	return out
}

// One customer without a product among 2⁶⁰ is enough for a difficulty: nothing is lost where
// counts are no longer exact as floats.
func TestFitMaturityOfRareCustomers(t *testing.T) {
	t.Parallel()
	for _, many := range []int64{1 << 52, 1 << 53, 1 << 54, 1 << 60, math.MaxInt64 - 3} {
		o, err := sequence.NewAcquisitions("a", "b")
		require.NoError(t, err)
		require.NoError(t, o.AddN(many, "a"))
		require.NoError(t, o.AddN(1, "a", "b"))
		require.NoError(t, o.AddN(1))
		f, err := sequence.FitMaturity(t.Context(), o, sequence.MaturityOptions{})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrNoConverge)
		}
		for _, d := range f.Model.Params().Difficulty {
			assert.False(t, math.IsNaN(d) || math.IsInf(d, 0))
		}
	}
}

// What a ladder takes to be worked out grows with the square of its length, and a stored one
// is worked out as it is read: so its length has a limit, the same everywhere.
func TestLaddersHaveALimit(t *testing.T) {
	t.Parallel()
	items := make([]int, sequence.MaxProducts+1)
	for i := range items {
		items[i] = i
	}
	_, err := sequence.NewAcquisitions(items[1:]...)
	require.NoError(t, err)
	_, err = sequence.NewAcquisitions(items...)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	p := truth(sequence.MaxProducts+1, 0, 0, 1)
	require.ErrorIs(t, p.Validate(), relmark.ErrInvalid)
	p.Items, p.Difficulty = p.Items[1:], p.Difficulty[1:]
	require.NoError(t, p.Validate())
}

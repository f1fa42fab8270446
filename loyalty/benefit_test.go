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

func answer() *rapid.Generator[*int] {
	return rapid.Custom(func(t *rapid.T) *int {
		if rapid.IntRange(0, 9).Draw(t, "blank") == 0 {
			return nil
		}
		return new(rapid.IntRange(1, 7).Draw(t, "answer"))
	})
}

// The tally in whole numbers equals means and deviations computed in floats, and merges
// as one pass.
func TestBenefitTallyIsTheSample(t *testing.T) {
	t.Parallel()
	scale := loyalty.AnswerScale{Low: 1, High: 7}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "n")
		var whole, left, right loyalty.BenefitTally
		var gaps []float64
		mean := 0.0
		for i := range n {
			importance, receipt := answer().Draw(t, "i"), answer().Draw(t, "r")
			part := &left
			if i%3 == 0 {
				part = &right
			}
			require.NoError(t, whole.Add(scale, importance, receipt))
			require.NoError(t, part.Add(scale, importance, receipt))
			if importance != nil && receipt != nil {
				gaps = append(gaps, float64(*importance-*receipt))
				mean += gaps[len(gaps)-1]
			}
		}
		require.NoError(t, left.Merge(right))
		require.Equal(t, whole, left)
		require.EqualValues(t, n, whole.N+whole.Incomplete)
		report, err := loyalty.BenefitGaps(scale, []loyalty.BenefitAnswer{{Benefit: loyalty.Confidence, Tally: whole}})
		if len(gaps) == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		mean /= float64(len(gaps))
		squares := 0.0
		for _, g := range gaps {
			squares += (g - mean) * (g - mean)
		}
		b := report.Benefits[0]
		near.Equal(t, mean, b.Gap, 1e-12, 1e-12)
		if m := float64(len(gaps)); m > 1 {
			near.Equal(t, math.Sqrt(squares/(m-1)/m), *b.SE, 1e-12, 1e-12)
		}
	})
}

// Weighted gaps of 5·(-4) and 4·(-5) are equal, whatever floats make of 5/14 and 4/14.
func TestEqualGapsKeepTheOrderGiven(t *testing.T) {
	t.Parallel()
	scale := loyalty.AnswerScale{Low: 0, High: 10}
	tally := func(importance, receipt int) (x loyalty.BenefitTally) {
		require.NoError(t, x.Add(scale, &importance, &receipt))
		return x
	}
	a := loyalty.BenefitAnswer{Benefit: loyalty.Confidence, Tally: tally(5, 9)}
	b := loyalty.BenefitAnswer{Benefit: loyalty.SpecialTreatment, Tally: tally(4, 9)}
	c := loyalty.BenefitAnswer{Benefit: loyalty.SocialBenefit, Tally: tally(5, 5)}
	for _, answers := range [][]loyalty.BenefitAnswer{{c, a, b}, {b, c, a}} {
		r, err := loyalty.BenefitGaps(scale, answers)
		require.NoError(t, err)
		want := []loyalty.Benefit{loyalty.SocialBenefit}
		for _, x := range answers {
			if x.Benefit != loyalty.SocialBenefit {
				want = append(want, x.Benefit)
			}
		}
		assert.Equal(t, want, r.Priority)
	}
}

func TestBenefitGapsRefuse(t *testing.T) {
	t.Parallel()
	scale := loyalty.AnswerScale{Low: 1, High: 7}
	of := func(b loyalty.Benefit, tally loyalty.BenefitTally) []loyalty.BenefitAnswer {
		return []loyalty.BenefitAnswer{{Benefit: b, Tally: tally}}
	}
	good := loyalty.BenefitTally{N: 2, Importance: 12, Receipt: 4, Squares: 34}
	for name, c := range map[string]struct {
		scale   loyalty.AnswerScale
		answers []loyalty.BenefitAnswer
	}{
		"scale":       {loyalty.AnswerScale{Low: 7, High: 1}, of(loyalty.Confidence, good)},
		"below 0":     {loyalty.AnswerScale{Low: -1, High: 1}, of(loyalty.Confidence, good)},
		"benefit":     {scale, of("warmth", good)},
		"twice":       {scale, append(of(loyalty.Confidence, good), of(loyalty.Confidence, good)...)},
		"negative":    {scale, of(loyalty.Confidence, loyalty.BenefitTally{N: -1})},
		"sum":         {scale, of(loyalty.Confidence, loyalty.BenefitTally{N: 1, Importance: 8, Receipt: 1, Squares: 49})},
		"receipt":     {scale, of(loyalty.Confidence, loyalty.BenefitTally{N: 1, Importance: 7, Receipt: 0, Squares: 49})},
		"squares":     {scale, of(loyalty.Confidence, loyalty.BenefitTally{N: 2, Importance: 12, Receipt: 4, Squares: 31})},
		"more spread": {scale, of(loyalty.Confidence, loyalty.BenefitTally{N: 1, Importance: 7, Receipt: 1, Squares: 37})},
		"no weight":   {loyalty.AnswerScale{High: 7}, of(loyalty.Confidence, loyalty.BenefitTally{N: 1})},
	} {
		_, err := loyalty.BenefitGaps(c.scale, c.answers)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := loyalty.BenefitGaps(scale, nil)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = loyalty.BenefitGaps(scale, of(loyalty.Confidence, good))
	require.NoError(t, err)

	full := loyalty.BenefitTally{N: 1 << 32}
	require.ErrorIs(t, full.Add(scale, new(1), new(1)), relmark.ErrLimit)
	require.ErrorIs(t, full.Merge(good), relmark.ErrLimit)
	require.ErrorIs(t, full.Add(scale, new(8), nil), relmark.ErrInvalid)
}

func TestEveryBenefitHasTactics(t *testing.T) {
	t.Parallel()
	for _, b := range []loyalty.Benefit{loyalty.Confidence, loyalty.SocialBenefit, loyalty.SpecialTreatment} {
		assert.NotEmpty(t, b.Tactics())
		for _, tactic := range b.Tactics() {
			assert.NotEmpty(t, tactic.Level())
		}
	}
	assert.Nil(t, loyalty.Benefit("warmth").Tactics())
}

func TestStates(t *testing.T) {
	t.Parallel()
	at := func(x float64) loyalty.Measurement { return loyalty.Measurement{Value: x, Cut: 0.5} }
	for want, m := range map[loyalty.State][2]float64{
		loyalty.TrueLoyalty: {1, 1}, loyalty.LatentLoyalty: {1, 0}, loyalty.SpuriousLoyalty: {0, 1}, loyalty.NoLoyalty: {0, 0},
	} {
		r, err := loyalty.StateOf(at(m[0]), at(m[1]))
		require.NoError(t, err)
		assert.Equal(t, want, r.State)
		near.Equal(t, 1, map[loyalty.State]float64{"true": r.True, "latent": r.Latent, "spurious": r.Spurious, "none": r.None}[want], 0, 0)
	}
	for _, m := range []loyalty.Measurement{{Value: math.NaN()}, {SE: math.Inf(1)}, {Cut: math.Inf(-1)}} {
		_, err := loyalty.StateOf(at(1), m)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Probabilities add up to 1 and rise with what is measured.
func TestStateProbabilities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) loyalty.Measurement {
			return loyalty.Measurement{
				Value: rapid.Float64Range(-1e6, 1e6).Draw(t, name), SE: rapid.Float64Range(0, 1e6).Draw(t, name+" se"), Cut: rapid.Float64Range(-1e6, 1e6).Draw(t, name+" cut"),
			}
		}
		a, p := draw("attitude"), draw("patronage")
		r, err := loyalty.StateOf(a, p)
		require.NoError(t, err)
		near.Equal(t, 1, r.True+r.Latent+r.Spurious+r.None, 1e-14, 0)
		a.Value += rapid.Float64Range(0, 1e6).Draw(t, "more")
		more, err := loyalty.StateOf(a, p)
		require.NoError(t, err)
		require.GreaterOrEqual(t, more.True+more.Latent, (r.True+r.Latent)*(1-1e-14))
	})
}

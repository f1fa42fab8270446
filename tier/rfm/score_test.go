package rfm_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/exp/stats"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/rfm"
)

// customers builds a base in which customer i spent amounts[i], and summarises it.
func customers(t require.TestingT, amounts []decimal.Decimal) []rfm.Customer[int] {
	on, err := relmark.ParseDate("2024-02-29")
	require.NoError(t, err)
	var b rfm.Base[int]
	for i, a := range amounts {
		require.NoError(t, b.Add(rfm.Purchase[int]{Customer: i, On: on.AddDays(-i * i % 37), Amount: a}))
	}
	list, _, err := b.Summaries(on, rfm.Options{Unit: rfm.Year, Returns: rfm.Gross})
	require.NoError(t, err)
	return list
}

func anyAmounts(digits int32) *rapid.Generator[[]decimal.Decimal] {
	return rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, 50), func(n int64) decimal.Decimal { return decimal.New(n, -digits) }), 1, 60)
}

// Cut points are the type-7 quantiles that another implementation computes in
// floats, and scores follow from their definition.
func TestCutsAreQuantiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amounts := anyAmounts(2).Draw(t, "amounts")
		bins := rapid.IntRange(2, 10).Draw(t, "bins")
		list := customers(t, amounts)
		cuts, err := rfm.FitCuts(list, bins)
		require.NoError(t, err)
		scorer, err := rfm.NewScorer(cuts)
		require.NoError(t, err)
		assert.Equal(t, bins, scorer.Bins())
		var at []float64
		for k := 1; k < bins; k++ {
			at = append(at, float64(k)/float64(bins))
		}
		var spent, since []float64
		for _, c := range list {
			spent = append(spent, c.Total().InexactFloat64())
			since = append(since, float64(c.AsOf.Sub(c.Last)))
		}
		for i, want := range stats.Quantiles(spent, at...) {
			got, _ := cuts.Monetary[i].Float64()
			near.Equal(t, want, got, 1e-12, 1e-12, "M cut %d", i)
		}
		for i, want := range stats.Quantiles(since, at...) {
			got, _ := cuts.Recency[i].Float64()
			near.Equal(t, want, got, 1e-12, 1e-12, "R cut %d", i)
		}
		for _, c := range list {
			total := c.Total().Rat()
			m := 1
			for _, cut := range cuts.Monetary {
				if cut.Cmp(total) < 0 {
					m++
				}
			}
			days := big.NewRat(int64(c.AsOf.Sub(c.Last)), 1)
			r := bins
			for _, cut := range cuts.Recency {
				if cut.Cmp(days) < 0 {
					r--
				}
			}
			assert.Equal(t, rfm.Score{R: r, F: 1, M: m}, scorer.Score(c.Summary))
		}
	})
}

// Money in thousands, or with more digits, moves nobody: scores have no unit.
func TestScoresDoNotDependOnTheUnitOfMoney(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amounts := anyAmounts(0).Draw(t, "amounts")
		bins := rapid.IntRange(2, 10).Draw(t, "bins")
		var first []rfm.Score
		for _, shift := range []int32{0, -3, -9, 6} {
			scaled := make([]decimal.Decimal, len(amounts))
			for i, a := range amounts {
				scaled[i] = a.Shift(shift)
			}
			list := customers(t, scaled)
			cuts, err := rfm.FitCuts(list, bins)
			require.NoError(t, err)
			scorer, err := rfm.NewScorer(cuts)
			require.NoError(t, err)
			var scores []rfm.Score
			for _, c := range list {
				scores = append(scores, scorer.Score(c.Summary))
			}
			if first == nil {
				first = scores
			}
			assert.Equal(t, first, scores)
		}
	})
}

// A cut point between two cents separates amounts of any digits exactly, also
// those that a float would take for it.
func TestScoreIsExactAtCutPoints(t *testing.T) {
	t.Parallel()
	day := big.NewRat(5, 1)
	scorer, err := rfm.NewScorer(rfm.Cuts{
		Recency: []*big.Rat{day}, Frequency: []*big.Rat{day}, Monetary: []*big.Rat{rat(t, "100000000/3")},
	})
	require.NoError(t, err)
	for text, want := range map[string]int{
		"33333333.333333333": 1, "33333333.333333334": 2, "33333333.33": 1, "33333333.34": 2, "33333333": 1, "33333334": 2,
		"0": 1, "9223372036854775807": 2,
	} {
		score := scorer.Score(customers(t, []decimal.Decimal{amount(t, text)})[0].Summary)
		assert.Equal(t, rfm.Score{R: 2, F: 1, M: want}, score, text)
	}
	huge, err := rfm.NewScorer(rfm.Cuts{
		Recency: []*big.Rat{day}, Frequency: []*big.Rat{day}, Monetary: []*big.Rat{new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(1), 120), big.NewInt(1))},
	})
	require.NoError(t, err)
	assert.Equal(t, 1, huge.Score(customers(t, []decimal.Decimal{amount(t, "9223372036854775807")})[0].Summary).M)
	low, err := rfm.NewScorer(rfm.Cuts{
		Recency: []*big.Rat{day}, Frequency: []*big.Rat{day}, Monetary: []*big.Rat{new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(-1), 120), big.NewInt(1))},
	})
	require.NoError(t, err)
	assert.Equal(t, 2, low.Score(customers(t, []decimal.Decimal{amount(t, "0")})[0].Summary).M)
	assert.Equal(t, rfm.Score{}, rfm.Scorer{}.Score(rfm.Summary{}))
}

func TestCutsRefuse(t *testing.T) {
	t.Parallel()
	one, two := big.NewRat(1, 1), big.NewRat(2, 1)
	good := []*big.Rat{one, two}
	long := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 200))
	for want, c := range map[string]rfm.Cuts{
		"rfm: Recency = 0: must hold 1 to 9 cut points":                {},
		"rfm: Recency = 10: must hold 1 to 9 cut points":               {Recency: slices.Repeat(good, 5)},
		"rfm: Frequency = 1: must hold as many cut points as Recency":  {Recency: good, Frequency: good[:1]},
		"rfm: Monetary[1]: must not be below the cut point before it":  {Recency: good, Frequency: good, Monetary: []*big.Rat{two, one}},
		"rfm: Monetary[0]: must not be nil":                            {Recency: good, Frequency: good, Monetary: []*big.Rat{nil, one}},
		"rfm: Frequency[0]: must be a fraction of numbers below 2^128": {Recency: good, Frequency: []*big.Rat{long, two}},
	} {
		_, err := rfm.NewScorer(c)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.EqualError(t, err, want)
	}
	most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)) // 2^128 − 1
	over := new(big.Int).Lsh(big.NewInt(1), 128)
	for _, c := range []struct {
		num, den *big.Int
		ok       bool
	}{{most, big.NewInt(1), true}, {over, big.NewInt(1), false}, {big.NewInt(1), most, true}, {big.NewInt(1), over, false}} {
		point := []*big.Rat{new(big.Rat).SetFrac(c.num, c.den)}
		_, err := rfm.NewScorer(rfm.Cuts{Recency: point, Frequency: point, Monetary: point})
		require.Equal(t, c.ok, err == nil)
	}
	_, err := rfm.FitCuts([]rfm.Customer[int]{}, 5)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, bins := range []int{1, 11} {
		_, err = rfm.FitCuts(customers(t, []decimal.Decimal{{}}), bins)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = rfm.FitCuts(customers(t, []decimal.Decimal{amount(t, "9000000000000000000"), amount(t, "0.01")}), 2)
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// Whoever keeps the cut points or gets them back cannot move them.
func TestScorerIsFrozen(t *testing.T) {
	t.Parallel()
	cuts := rfm.Cuts{Recency: []*big.Rat{rat(t, "1")}, Frequency: []*big.Rat{rat(t, "1")}, Monetary: []*big.Rat{rat(t, "1")}}
	scorer, err := rfm.NewScorer(cuts)
	require.NoError(t, err)
	cuts.Monetary[0].SetInt64(9)
	scorer.Cuts().Monetary[0].SetInt64(9)
	assert.Zero(t, rat(t, "1").Cmp(scorer.Cuts().Monetary[0]))
}

func TestScoreDoesNotAllocate(t *testing.T) {
	list := customers(t, []decimal.Decimal{amount(t, "1.50"), amount(t, "2")})
	cuts, err := rfm.FitCuts(list, 5)
	require.NoError(t, err)
	scorer, err := rfm.NewScorer(cuts)
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(100, func() { scorer.Score(list[0].Summary) }))
}

func TestScorerEncoding(t *testing.T) {
	t.Parallel()
	scorer, err := rfm.NewScorer(rfm.Cuts{
		Recency: []*big.Rat{rat(t, "18.8"), rat(t, "131/7")}[:1], Frequency: []*big.Rat{rat(t, "131/7")}, Monetary: []*big.Rat{rat(t, "-2.5")},
	})
	require.NoError(t, err)
	reference.PinJSON(t, "scorer.v1.json", scorer, &rfm.Scorer{})

	for text, want := range map[string]error{
		`{"v":2}`: relmark.ErrUnsupported,
		`{}`:      relmark.ErrUnsupported,
		`[]`:      relmark.ErrInvalid,
		`{"v":1}`: relmark.ErrInvalid,
		`{"v":1,"recency":["1"],"frequency":["1"],"monetary":["1"],"more":1}`:    relmark.ErrInvalid,
		`{"v":1,"recency":["1e999999"],"frequency":["1"],"monetary":["1"]}`:      relmark.ErrInvalid,
		`{"v":1,"recency":["1/0"],"frequency":["1"],"monetary":["1"]}`:           relmark.ErrInvalid,
		`{"v":1,"recency":["1\u0065999999"],"frequency":["1"],"monetary":["1"]}`: relmark.ErrInvalid,
		`{"v":1,"recency":["0x1p9"],"frequency":["1"],"monetary":["1"]}`:         relmark.ErrInvalid,
		`{"v":1,"recency":[1],"frequency":["1"],"monetary":["1"]}`:               relmark.ErrInvalid,
		`{"v":1,"recency":["2","1"],"frequency":["1","1"],"monetary":["1","1"]}`: relmark.ErrInvalid,
	} {
		decoded := scorer
		require.ErrorIs(t, decoded.UnmarshalJSON([]byte(text)), want, text)
		assert.Equal(t, scorer, decoded, "unchanged")
	}
	for zeros, ok := range map[int]bool{255: true, 256: false} { // 2·129 bytes with its quotes, and one more
		text := `{"v":1,"recency":["` + strings.Repeat("0", zeros) + `1"],"frequency":["1"],"monetary":["1"]}`
		require.Equal(t, ok, new(rfm.Scorer).UnmarshalJSON([]byte(text)) == nil, zeros)
	}
	_, err = json.Marshal(rfm.Scorer{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// What NewScorer accepts, it encodes and decodes again.
func FuzzNewScorer(f *testing.F) {
	f.Add("18.8", "131/7", "-2.5")
	f.Fuzz(func(t *testing.T, recency, frequency, monetary string) {
		var c rfm.Cuts
		for text, axis := range map[string]*[]*big.Rat{recency: &c.Recency, frequency: &c.Frequency, monetary: &c.Monetary} {
			if r, ok := new(big.Rat).SetString(text); ok && len(text) < 50 && !strings.ContainsAny(text, "eEpP") {
				*axis = append(*axis, r)
			}
		}
		scorer, err := rfm.NewScorer(c)
		require.Equal(t, c.Validate() == nil, err == nil)
		if err != nil {
			return
		}
		text, err := json.Marshal(scorer)
		require.NoError(t, err)
		var back rfm.Scorer
		require.NoError(t, json.Unmarshal(text, &back))
		assert.Equal(t, scorer, back)
	})
}

package servqual_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/servqual"
)

// A score is one respondent's, nil if there is none.
type score = *big.Rat

// asked returns the answers of one side with the reversed ones turned round; 0 in
// ok where blank.
func asked(p servqual.InstrumentParams, given []int8, items int) (answers []score) {
	answers = make([]score, items)
	for i, a := range given {
		if a == servqual.Blank {
			continue
		}
		answers[i] = big.NewRat(int64(a), 1)
		if slices.Contains(p.Reversed, i) {
			answers[i] = big.NewRat(int64(p.Low+p.High)-int64(a), 1)
		}
	}
	return answers
}

// sides returns E, P and P − E by item.
func sides(p servqual.InstrumentParams, r servqual.Response, items int) [3][]score {
	e, q := asked(p, r.Expected, items), asked(p, r.Perceived, items)
	gaps := make([]score, items)
	for i := range gaps {
		if e[i] != nil && q[i] != nil {
			gaps[i] = new(big.Rat).Sub(q[i], e[i])
		}
	}
	return [3][]score{e, q, gaps}
}

// ofDimension returns the mean of the answers to the items that a rule allows.
func ofDimension(answers []score, items []int, m servqual.Missing) score {
	sum, n := new(big.Rat), 0
	for _, i := range items {
		if answers[i] != nil {
			sum.Add(sum, answers[i])
			n++
		}
	}
	enough := map[servqual.Missing]int{servqual.HalfAnswered: (len(items) + 1) / 2, servqual.AllAnswered: len(items), servqual.AnyAnswered: 1}
	if n < enough[m] {
		return nil
	}
	return sum.Quo(sum, big.NewRat(int64(n), 1))
}

// combine returns Σ weight·score, nil where a score is missing.
func combine(scores []score, weights []score) score {
	sum := new(big.Rat)
	for d, s := range scores {
		if s == nil {
			return nil
		}
		sum.Add(sum, new(big.Rat).Mul(s, weights[d]))
	}
	return sum
}

// A sample holds scores of respondents.
type sample []score

func (s *sample) add(x score) {
	if x != nil {
		*s = append(*s, x)
	}
}

// same holds a Stat to the definition: mean and variance as exact fractions,
// rounded once.
func (s sample) same(t tb, got servqual.Stat, what string, args ...any) {
	t.Helper()
	n := big.NewRat(int64(len(s)), 1)
	assert.EqualValues(t, len(s), got.N(), what, args)
	sum := new(big.Rat)
	for _, x := range s {
		sum.Add(sum, x)
	}
	mean, ok := got.Mean()
	require.Equal(t, len(s) > 0, ok, what, args)
	if !ok {
		return
	}
	average := sum.Quo(sum, n)
	want, _ := average.Float64()
	exact(t, want, mean, what, args...)
	squares := new(big.Rat)
	for _, x := range s {
		d := new(big.Rat).Sub(x, average)
		squares.Add(squares, d.Mul(d, d))
	}
	sd, ok := got.SD()
	require.Equal(t, len(s) > 1, ok, what, args)
	if !ok {
		return
	}
	variance, _ := squares.Quo(squares, big.NewRat(int64(len(s)-1), 1)).Float64()
	exact(t, math.Sqrt(variance), sd, what, args...)
}

func triple(s servqual.Scores) [3]servqual.Stat {
	return [3]servqual.Stat{s.Expected, s.Perceived, s.Gap}
}

// A report says, to the last bit, what the definitions in the package comment say
// when they are followed respondent by respondent in fractions.
func TestReportFollowsTheDefinitions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := params().Draw(t, "params")
		in := instrument(t, p)
		list := rapid.SliceOfN(responses(p), 1, 12).Draw(t, "responses")
		rule := rapid.SampledFrom([]servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered}).Draw(t, "rule")
		r := report(t, collect(t, in, list...), rule)
		assert.EqualValues(t, len(list), r.Respondents)
		checkItems(t, in, list, r)
		checkDimensions(t, in, list, r)
		checkOverall(t, in, list, r)
	})
}

func checkItems(t tb, in servqual.Instrument, list []servqual.Response, r servqual.Report) {
	p := in.Params()
	var pairs servqual.Disconfirmation
	for i, item := range r.Items {
		var samples [3]sample
		var signs servqual.Disconfirmation
		for _, response := range list {
			of := sides(p, response, in.Items())
			for m := range samples {
				samples[m].add(of[m][i])
			}
			countSign(&signs, of[2][i])
			countSign(&pairs, of[2][i])
		}
		for m, got := range triple(item.Scores) {
			samples[m].same(t, got, "item %d measure %d", i, m)
		}
		assert.Equal(t, signs, item.Disconfirmation)
		assert.Contains(t, p.Dimensions[item.Dimension].Items, i)
	}
	assert.Equal(t, pairs, r.Pairs)
}

func countSign(d *servqual.Disconfirmation, gap score) {
	switch {
	case gap == nil:
	case gap.Sign() < 0:
		d.Worse++
	case gap.Sign() > 0:
		d.Better++
	default:
		d.Equal++
	}
}

func checkDimensions(t tb, in servqual.Instrument, list []servqual.Response, r servqual.Report) {
	p := in.Params()
	for d, dimension := range r.Dimensions {
		var samples [3]sample
		var pooled, given sample
		var signs servqual.Disconfirmation
		items := p.Dimensions[d].Items
		for _, response := range list {
			of := sides(p, response, in.Items())
			for m := range samples {
				samples[m].add(ofDimension(of[m], items, r.Missing))
			}
			countSign(&signs, ofDimension(of[2], items, r.Missing))
			for _, i := range items {
				pooled.add(of[2][i])
			}
			if response.Importance != nil {
				given.add(big.NewRat(int64(response.Importance[d]), 1))
			}
		}
		for m, got := range triple(dimension.Scores) {
			samples[m].same(t, got, "dimension %d measure %d", d, m)
		}
		given.same(t, dimension.Importance, "points of %d", d)
		assert.Equal(t, signs, dimension.Disconfirmation)
		assert.Equal(t, p.Dimensions[d].Name, dimension.Name)
		checkPooled(t, pooled, dimension)
	}
}

func checkPooled(t tb, pooled sample, d servqual.DimensionScores) {
	got, ok := d.PooledGap()
	require.Equal(t, len(pooled) > 0, ok)
	if ok {
		sum := new(big.Rat)
		for _, x := range pooled {
			sum.Add(sum, x)
		}
		want, _ := sum.Quo(sum, big.NewRat(int64(len(pooled)), 1)).Float64()
		exact(t, want, got, "pooled gap")
	}
}

func checkOverall(t tb, in servqual.Instrument, list []servqual.Response, r servqual.Report) {
	p := in.Params()
	var unweighted, weighted, totals [3]sample
	for _, response := range list {
		of := sides(p, response, in.Items())
		complete := !slices.Contains(of[2], nil)
		for m := range of {
			scores := make([]score, len(p.Dimensions))
			for d := range scores {
				scores[d] = ofDimension(of[m], p.Dimensions[d].Items, r.Missing)
			}
			unweighted[m].add(combine(scores, slices.Repeat([]score{big.NewRat(1, int64(len(scores)))}, len(scores))))
			if response.Importance != nil {
				shares := make([]score, len(scores))
				for d := range shares {
					shares[d] = big.NewRat(int64(response.Importance[d]), 100)
				}
				weighted[m].add(combine(scores, shares))
			}
			if complete {
				totals[m].add(combine(of[m], slices.Repeat([]score{big.NewRat(1, 1)}, in.Items())))
			}
		}
	}
	for m, got := range [3]servqual.Overall{r.Expected, r.Perceived, r.Gap} {
		unweighted[m].same(t, got.Unweighted, "unweighted %d", m)
		weighted[m].same(t, got.Weighted, "weighted %d", m)
	}
	for m, got := range triple(r.Totals) {
		totals[m].same(t, got, "totals %d", m)
	}
}

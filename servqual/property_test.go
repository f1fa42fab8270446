package servqual_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/servqual"
)

// drawSurvey draws an instrument and what its respondents answer.
func drawSurvey(t *rapid.T) (servqual.Instrument, []servqual.Response) {
	p := params().Draw(t, "params")
	return instrument(t, p), rapid.SliceOfN(responses(p), 0, 20).Draw(t, "responses")
}

func merged(t tb, parts ...*servqual.Survey) *servqual.Survey {
	t.Helper()
	var s servqual.Survey
	for _, p := range parts {
		require.NoError(t, s.Merge(p))
	}
	return &s
}

// Any split into shards, merged in any grouping and order, equals one pass.
func TestMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		shards := make([]*servqual.Survey, rapid.IntRange(1, 64).Draw(t, "shards"))
		for i := range shards {
			shards[i] = in.NewSurvey()
		}
		for _, r := range list {
			require.NoError(t, shards[rapid.IntRange(0, len(shards)-1).Draw(t, "shard")].Add(r))
		}
		whole := encoded(t, collect(t, in, list...))
		assert.Equal(t, whole, encoded(t, merged(t, shards...)))
		assert.Equal(t, whole, encoded(t, merged(t, rapid.Permutation(shards).Draw(t, "order")...)))
		cut := rapid.IntRange(0, len(shards)).Draw(t, "cut")
		left, right := merged(t, shards[:cut]...), merged(t, shards[cut:]...)
		assert.Equal(t, whole, encoded(t, merged(t, left, right)))
		assert.Equal(t, whole, encoded(t, merged(t, right, left)))
	})
}

// Neither the zero Survey nor an empty one changes anything, on either side.
func TestEmptySurveyIsTheIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		s := collect(t, in, list...)
		want := encoded(t, s)
		for _, none := range []*servqual.Survey{{}, in.NewSurvey()} {
			require.NoError(t, s.Merge(none))
			assert.Equal(t, want, encoded(t, s))
			require.NoError(t, none.Merge(s))
			assert.Equal(t, want, encoded(t, none))
			require.NoError(t, none.Merge(s))
			assert.Equal(t, want, encoded(t, s), "what is merged stays as it is")
		}
	})
}

func TestOrderOfRespondentsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		shuffled := rapid.Permutation(list).Draw(t, "shuffled")
		assert.Equal(t, encoded(t, collect(t, in, list...)), encoded(t, collect(t, in, shuffled...)))
	})
}

// stats returns every Stat of a report with the bounds of what it describes.
func stats(in servqual.Instrument, r servqual.Report, visit func(s servqual.Stat, low, high float64)) {
	p := in.Params()
	low, high := float64(p.Low), float64(p.High)
	of := func(s servqual.Scores, n float64) {
		visit(s.Expected, n*low, n*high)
		visit(s.Perceived, n*low, n*high)
		visit(s.Gap, n*(low-high), n*(high-low))
	}
	for _, item := range r.Items {
		of(item.Scores, 1)
	}
	for _, d := range r.Dimensions {
		of(d.Scores, 1)
		visit(d.Importance, 0, 100)
	}
	of(servqual.Scores{Expected: r.Expected.Unweighted, Perceived: r.Perceived.Unweighted, Gap: r.Gap.Unweighted}, 1)
	of(servqual.Scores{Expected: r.Expected.Weighted, Perceived: r.Perceived.Weighted, Gap: r.Gap.Weighted}, 1)
	of(r.Totals, float64(in.Items()))
}

// Scores stay on the scale, spread at most as far as it, and lie in their interval,
// which widens with its level.
func TestBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		if len(list) == 0 {
			return
		}
		for _, rule := range []servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered} {
			r := report(t, collect(t, in, list...), rule)
			stats(in, r, func(s servqual.Stat, low, high float64) {
				m, ok := s.Mean()
				assert.Equal(t, s.N() > 0, ok)
				assert.False(t, ok && (m < low || m > high), "%v outside %v to %v", m, low, high)
				assert.LessOrEqual(t, s.N(), r.Respondents)
				sd, ok := s.SD()
				if !ok {
					return
				}
				assert.LessOrEqual(t, sd, (high-low)*0.70711, "two scores at both ends spread most: range/√2")
				narrowLow, narrowHigh, err := s.Interval(0.8)
				require.NoError(t, err)
				wideLow, wideHigh, err := s.Interval(0.99)
				require.NoError(t, err)
				assert.True(t, slices.IsSorted([]float64{wideLow, narrowLow, m, narrowHigh, wideHigh}))
			})
		}
	})
}

// A stricter rule never has more scores than a laxer one.
func TestRulesAreNested(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		if len(list) == 0 {
			return
		}
		var n [3][]int64
		for i, rule := range []servqual.Missing{servqual.AnyAnswered, servqual.HalfAnswered, servqual.AllAnswered} {
			stats(in, report(t, collect(t, in, list...), rule), func(s servqual.Stat, _, _ float64) { n[i] = append(n[i], s.N()) })
		}
		for i := range n[0] {
			assert.True(t, n[0][i] >= n[1][i] && n[1][i] >= n[2][i])
		}
	})
}

// Who perceives exactly what was expected has no gap, anywhere.
func TestPerceivedAsExpected(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		for i := range list {
			if list[i].Expected == nil {
				list[i].Expected = list[i].Perceived
			}
			list[i].Perceived = list[i].Expected
		}
		if len(list) == 0 {
			return
		}
		r := report(t, collect(t, in, list...), servqual.AnyAnswered)
		assert.Zero(t, r.Pairs.Worse+r.Pairs.Better)
		for _, s := range []servqual.Stat{r.Gap.Unweighted, r.Gap.Weighted, r.Totals.Gap, r.Items[0].Gap, r.Dimensions[0].Gap} {
			m, _ := s.Mean()
			sd, _ := s.SD()
			assert.Zero(t, m)
			assert.Zero(t, sd)
		}
	})
}

// An item worded negatively is the same item with its answers turned round.
func TestReversedItems(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		p := in.Params()
		reversed := p.Reversed
		p.Reversed = nil
		plain := instrument(t, p).NewSurvey()
		turn := func(given []int8) []int8 {
			given = slices.Clone(given)
			for _, i := range reversed {
				if len(given) > 0 && given[i] != servqual.Blank {
					given[i] = int8(p.Low + p.High - int(given[i]))
				}
			}
			return given
		}
		for _, r := range list {
			r.Expected, r.Perceived = turn(r.Expected), turn(r.Perceived)
			require.NoError(t, plain.Add(r))
		}
		if len(list) > 0 {
			assert.Equal(t, report(t, plain, servqual.HalfAnswered), report(t, collect(t, in, list...), servqual.HalfAnswered))
		}
	})
}

// With nothing missing, a gap is the perception less the expectation, and both
// ways to an overall score meet.
func TestCompleteAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		for i := range list {
			list[i].Importance = nil
			for _, side := range []*[]int8{&list[i].Expected, &list[i].Perceived} {
				if *side == nil {
					*side = make([]int8, in.Items())
				}
				for k, a := range *side {
					(*side)[k] = min(max(a, int8(in.Params().Low)), int8(in.Params().High))
				}
			}
		}
		if len(list) == 0 {
			return
		}
		r := report(t, collect(t, in, list...), servqual.AllAnswered)
		for _, d := range r.Dimensions {
			tight(t, mean(t, d.Perceived)-mean(t, d.Expected), mean(t, d.Gap), "gap of a dimension")
			pooled, ok := d.PooledGap()
			assert.True(t, ok)
			tight(t, pooled, mean(t, d.Gap), "pooled gap")
		}
		ofMeans, err := r.Gap.OfMeans()
		require.NoError(t, err)
		tight(t, ofMeans, mean(t, r.Gap.Unweighted), "overall gap")
		assert.EqualValues(t, len(list), r.Totals.Gap.N())
	})
}

// moved shifts answers and the scale they are on.
func moved(given []int8, by int) []int8 {
	if given == nil {
		return nil
	}
	list := slices.Clone(given)
	for i, a := range list {
		if a != servqual.Blank {
			list[i] = int8(int(a) + by)
		}
	}
	return list
}

// A scale that starts elsewhere moves scores, and leaves gaps and zones as they are, to
// the last bit.
func TestMovedScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := params().Draw(t, "params")
		in := instrument(t, p)
		list := rapid.SliceOfN(responses(p), 1, 10).Draw(t, "responses")
		triples := rapid.SliceOfN(zoneResponses(p), 1, 5).Draw(t, "triples")
		by := rapid.IntRange(-127-p.Low, 127-p.High).Draw(t, "by")
		p.Low, p.High = p.Low+by, p.High+by
		there := instrument(t, p)
		s, g := there.NewSurvey(), there.NewZoneSurvey()
		for _, r := range list {
			r.Expected, r.Perceived = moved(r.Expected, by), moved(r.Perceived, by)
			require.NoError(t, s.Add(r))
		}
		for _, r := range triples {
			require.NoError(t, g.Add(servqual.ZoneResponse{Adequate: moved(r.Adequate, by), Desired: moved(r.Desired, by), Perceived: moved(r.Perceived, by)}))
		}
		before, after := report(t, collect(t, in, list...), servqual.HalfAnswered), report(t, s, servqual.HalfAnswered)
		assert.Equal(t, before.Gap, after.Gap)
		for d := range before.Dimensions {
			assert.Equal(t, before.Dimensions[d].Gap, after.Dimensions[d].Gap)
			m, ok := before.Dimensions[d].Perceived.Mean()
			n, _ := after.Dimensions[d].Perceived.Mean()
			assert.True(t, !ok || n-m-float64(by) < 1e-12 && n-m-float64(by) > -1e-12)
		}
		here, err := zones(t, in, triples...).Report(servqual.HalfAnswered)
		require.NoError(t, err)
		other, err := g.Report(servqual.HalfAnswered)
		require.NoError(t, err)
		assert.Equal(t, here.Overall.Adequacy, other.Overall.Adequacy)
		assert.Equal(t, here.Overall.Width, other.Overall.Width)
		assert.Equal(t, here.Overall.ZoneCounts, other.Overall.ZoneCounts)
	})
}

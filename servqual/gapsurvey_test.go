package servqual_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

// columnsOf turns responses into columns of an instrument.
func columnsOf(items int, list []servqual.Response) (c servqual.Columns) {
	side := func(i int, of func(r servqual.Response) []int8) []int8 {
		column := make([]int8, len(list))
		for r := range list {
			column[r] = servqual.Blank
			if given := of(list[r]); len(given) > 0 {
				column[r] = given[i]
			}
		}
		return column
	}
	for i := range items {
		c.Expected = append(c.Expected, side(i, func(r servqual.Response) []int8 { return r.Expected }))
		c.Perceived = append(c.Perceived, side(i, func(r servqual.Response) []int8 { return r.Perceived }))
	}
	return c
}

func encodedGaps(t tb, s *servqual.GapSurvey) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return b
}

func gaps(t tb, in servqual.Instrument, c servqual.Columns) *servqual.GapSurvey {
	t.Helper()
	s := in.NewGapSurvey()
	require.NoError(t, s.AddColumns(c))
	return s
}

// sameGaps holds a survey of gaps to the survey of the same responses.
func sameGaps(t tb, s *servqual.Survey, g *servqual.GapSurvey) {
	t.Helper()
	assert.Equal(t, s.Respondents(), g.Respondents())
	for _, rule := range []servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered} {
		want := report(t, s, rule)
		got, err := g.Report(rule)
		require.NoError(t, err)
		assert.Equal(t, want.Respondents, got.Respondents)
		assert.Equal(t, want.Gap.Unweighted, got.Overall)
		for d, of := range want.Dimensions {
			assert.Equal(t, servqual.DimensionGap{Name: of.Name, Gap: of.Gap, Disconfirmation: of.Disconfirmation}, got.Dimensions[d])
		}
	}
}

// Columns have the gaps that the responses have, to the last bit, for any instrument,
// also where a scale is so wide that answers are not added eight at once.
func TestGapsOfColumnsAreThoseOfResponses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := params().Draw(t, "params")
		if rapid.Bool().Draw(t, "wide") {
			p.Low = rapid.IntRange(-127, 100).Draw(t, "low")
			p.High = rapid.IntRange(p.Low+1, min(p.Low+100, 127)).Draw(t, "high")
		}
		in := instrument(t, p)
		list := rapid.SliceOfN(responses(p), 1, 20).Draw(t, "responses")
		sameGaps(t, collect(t, in, list...), gaps(t, in, columnsOf(in.Items(), list)))
	})
}

// The same of more respondents than fit in a block, with some left over.
func TestGapsOfManyColumns(t *testing.T) {
	t.Parallel()
	list := scattered(3*256 + 13)
	p := servqual.Standard(1, 7)
	p.Reversed = []int{0, 7, 21}
	for _, in := range []servqual.Instrument{standard(t), instrument(t, p), instrument(t, servqual.Standard(-20, 70))} {
		sameGaps(t, collect(t, in, list...), gaps(t, in, columnsOf(22, list)))
	}
}

// Any split into 64 shards, merged in any order, equals one pass.
func TestGapsMerge(t *testing.T) {
	t.Parallel()
	in := standard(t)
	list := scattered(1000)
	whole := encodedGaps(t, gaps(t, in, columnsOf(22, list)))
	rapid.Check(t, func(t *rapid.T) {
		cuts := rapid.SliceOfN(rapid.IntRange(0, 1000), 63, 63).Draw(t, "cuts")
		slices.Sort(cuts)
		var merged servqual.GapSurvey
		for i, from := range append([]int{0}, cuts...) {
			to := append(slices.Clone(cuts), 1000)[i]
			require.NoError(t, merged.Merge(gaps(t, in, columnsOf(22, list[from:to]))))
		}
		assert.Equal(t, whole, encodedGaps(t, &merged))
		for _, back := range []*servqual.GapSurvey{{}, in.NewGapSurvey()} {
			require.NoError(t, back.UnmarshalBinary(whole))
			assert.Equal(t, whole, encodedGaps(t, back))
			require.NoError(t, back.Merge(&servqual.GapSurvey{}))
			assert.Equal(t, in.Params(), back.Instrument().Params())
		}
	})
}

// An answer off the scale is named, wherever it stands, and nothing is counted.
func TestGapsNameTheAnswerOffTheScale(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	for _, p := range []servqual.InstrumentParams{servqual.Standard(1, 7), servqual.Standard(-3, 3), servqual.Standard(0, 100), servqual.Standard(-127, -120)} {
		in := instrument(t, p)
		list := make([]servqual.Response, 70)
		for r := range list {
			list[r] = servqual.Response{Expected: make([]int8, 22), Perceived: make([]int8, 22)}
			for i := range 22 {
				list[r].Expected[i], list[r].Perceived[i] = int8(p.Low), int8(p.High)
			}
		}
		for range 300 {
			c := columnsOf(22, list)
			side, field := c.Expected, "Expected"
			if rng.IntN(2) == 0 {
				side, field = c.Perceived, "Perceived"
			}
			a := int8(rng.IntN(256) - 128)
			i, r := rng.IntN(22), rng.IntN(70)
			side[i][r] = a
			s := in.NewGapSurvey()
			err := s.AddColumns(c)
			if a == servqual.Blank || int(a) >= p.Low && int(a) <= p.High {
				require.NoError(t, err)
				continue
			}
			var named *relmark.FieldError
			require.ErrorAs(t, err, &named)
			assert.Equal(t, a, named.Value)
			assert.Truef(t, strings.HasPrefix(named.Field, field), "%s", named.Field)
			assert.Equal(t, encodedGaps(t, in.NewGapSurvey()), encodedGaps(t, s))
		}
	}
}

func TestGapsRefuse(t *testing.T) {
	t.Parallel()
	in := small(t)
	three := [][]int8{{1, 2}, {3, 4}, {5, 5}}
	s := gaps(t, in, servqual.Columns{Expected: three, Perceived: three})
	before := encodedGaps(t, s)
	for field, c := range map[string]servqual.Columns{
		"Expected":        {Perceived: three},
		"Perceived":       {Expected: three, Perceived: three[:2]},
		"Expected[2]":     {Expected: [][]int8{{1, 2}, {3, 4}, {5}}, Perceived: three},
		"Perceived[0]":    {Expected: three, Perceived: [][]int8{{1, 2, 3}, {3, 4}, {5, 5}}},
		"Perceived[1][1]": {Expected: three, Perceived: [][]int8{{1, 2}, {3, 6}, {5, 5}}},
	} {
		assert.Equal(t, []string{field}, fields(s.AddColumns(c)))
	}
	require.NoError(t, s.AddColumns(servqual.Columns{Expected: [][]int8{{}, {}, {}}, Perceived: [][]int8{{}, {}, {}}}))
	assert.Equal(t, []string{"GapSurvey"}, fields(new(servqual.GapSurvey).AddColumns(servqual.Columns{})))
	assert.Equal(t, []string{"GapSurvey"}, fields(s.Merge(nil)))
	assert.Equal(t, []string{"Instrument"}, fields(s.Merge(standard(t).NewGapSurvey())))
	assert.Equal(t, []string{"Instrument"}, fields(s.UnmarshalBinary(encodedGaps(t, standard(t).NewGapSurvey()))))
	assert.Equal(t, []string{"Instrument"}, fields(s.UnmarshalBinary(encodedGaps(t, &servqual.GapSurvey{}))))
	assert.Equal(t, before, encodedGaps(t, s))
	_, err := s.Report("most")
	assert.Equal(t, []string{"Missing"}, fields(err))
	_, err = in.NewGapSurvey().Report(servqual.HalfAnswered)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = servqual.Instrument{}.NewGapSurvey().Report(servqual.HalfAnswered)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// goldenGaps is the survey of testdata/gaps.v1.hex.
func goldenGaps(t tb) *servqual.GapSurvey {
	t.Helper()
	return gaps(t, small(t), servqual.Columns{
		Expected:  [][]int8{{5, 4, blank, 2}, {5, 5, 5, 5}, {1, 2, 3, 4}},
		Perceived: [][]int8{{3, 4, 5, blank}, {4, 3, 5, 5}, {1, 1, blank, 5}},
	})
}

func TestGapsGolden(t *testing.T) {
	t.Parallel()
	reference.PinHex(t, "gaps.v1.hex", encodedGaps(t, goldenGaps(t)))
}

// What decodes encodes to the same bytes, and its gaps are on the scale.
func FuzzGapSurveyUnmarshalBinary(f *testing.F) {
	f.Add(encodedGaps(f, goldenGaps(f)))
	f.Add(encodedGaps(f, small(f).NewGapSurvey()))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s servqual.GapSurvey
		if s.UnmarshalBinary(data) != nil {
			assert.Zero(t, s.Instrument())
			return
		}
		assert.Equal(t, data, encodedGaps(t, &s))
		usableGaps(t, &s)
	})
}

func usableGaps(t tb, s *servqual.GapSurvey) {
	t.Helper()
	r, err := s.Report(servqual.AnyAnswered)
	if err != nil {
		return
	}
	low, high, _ := r.Overall.Scale()
	m, ok := r.Overall.Mean()
	assert.False(t, ok && !(m >= low && m <= high))
}

func TestGapsCorrupted(t *testing.T) {
	t.Parallel()
	good := encodedGaps(t, goldenGaps(t))
	accepted := 0
	for at := 3; at < len(good); at++ {
		for bit := range 8 {
			changed := append([]byte(nil), good...)
			changed[at] ^= 1 << bit
			changed = codec.Seal(changed)
			var s servqual.GapSurvey
			if s.UnmarshalBinary(changed) == nil {
				accepted++
				assert.Equal(t, changed, encodedGaps(t, &s))
				usableGaps(t, &s)
			}
		}
	}
	assert.Less(t, accepted, 2*len(good))
	for n := 2; n < len(good); n++ {
		require.ErrorIs(t, new(servqual.GapSurvey).UnmarshalBinary(codec.Seal(good[:n])), relmark.ErrInvalid)
	}
}

func BenchmarkGapColumns22Items(b *testing.B) {
	const n = 1 << 14
	c := columnsOf(22, simulated(n, 33, false))
	s := standard(b).NewGapSurvey()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.AddColumns(c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/respondent")
}

// The largest scores of a questionnaire with one long dimension and many short ones do
// not fit beside what else is added up with them on shorter ones.
func TestLargestScoresDoNotOverflow(t *testing.T) {
	t.Parallel()
	p := servqual.InstrumentParams{Low: 1, High: 14, Dimensions: []servqual.Dimension{{Name: "long", Items: ascending(24)}}}
	for i := 24; i < 55; i++ {
		p.Dimensions = append(p.Dimensions, servqual.Dimension{Name: string(rune('A' + i)), Items: []int{i}})
	}
	in := instrument(t, p)
	r := servqual.Response{Expected: make([]int8, 55), Perceived: make([]int8, 55)}
	for i := range 55 {
		r.Expected[i], r.Perceived[i] = 1, 14
	}
	s := collect(t, in, slices.Repeat([]servqual.Response{r}, 9)...)
	got := report(t, s, servqual.AllAnswered)
	exact(t, 14, mean(t, got.Perceived.Unweighted), "perceived")
	exact(t, 1, mean(t, got.Expected.Unweighted), "expected")
	exact(t, 13, mean(t, got.Gap.Unweighted), "gap")
	sameGaps(t, s, gaps(t, in, columnsOf(55, slices.Repeat([]servqual.Response{r}, 9))))
}

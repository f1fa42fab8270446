package servqual_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

func relationParams() servqual.RelationParams {
	return servqual.RelationParams{
		Measures: []servqual.Measure{servqual.MeasureGap, servqual.MeasureWeightedPerceived},
		Outcomes: []servqual.Column{{Name: "overall", Low: 0, High: 10}},
	}
}

// A related is one respondent of relations.
type related struct {
	servqual.Response
	outcome int8
}

func drawRelated(t *rapid.T, p servqual.InstrumentParams, most int) []related {
	var list []related
	for _, r := range rapid.SliceOfN(responses(p), 0, most).Draw(t, "responses") {
		list = append(list, related{r, rapid.SampledFrom([]int8{0, 1, 5, 8, 10, blank}).Draw(t, "outcome")})
	}
	return list
}

func relations(t tb, in servqual.Instrument, p servqual.RelationParams, list ...related) *servqual.Relations {
	t.Helper()
	r, err := in.NewRelations(p)
	require.NoError(t, err)
	for _, x := range list {
		require.NoError(t, r.Add(x.Response, []int8{x.outcome}))
	}
	return r
}

func encodedRelations(t tb, r *servqual.Relations) []byte {
	t.Helper()
	b, err := r.MarshalBinary()
	require.NoError(t, err)
	return b
}

// Scores are, to the last bit, what the definitions say when they are followed respondent
// by respondent in fractions, and products those of the fractions.
func TestRelationsFollowTheDefinitions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := params().Draw(t, "params")
		in := instrument(t, p)
		list := drawRelated(t, p, 12)
		rp := relationParams()
		rp.Missing = rapid.SampledFrom([]servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered}).Draw(t, "rule")
		r := relations(t, in, rp, list...)
		assert.EqualValues(t, len(list), r.Respondents())
		for _, dimension := range p.Dimensions {
			d := len(dimension.Name) // of no meaning: found below by name
			for i := range p.Dimensions {
				if p.Dimensions[i].Name == dimension.Name {
					d = i
				}
			}
			var gaps, weighted, x, y sample
			for _, one := range list {
				of := sides(p, one.Response, in.Items())
				gap := ofDimension(of[2], dimension.Items, rp.Missing)
				perceived := ofDimension(of[1], dimension.Items, rp.Missing)
				gaps.add(gap)
				if perceived != nil && one.Importance != nil {
					weighted.add(new(big.Rat).Mul(perceived, big.NewRat(int64(one.Importance[d]), 100)))
				}
				if o := answer(one.outcome); gap != nil && o != nil {
					x, y = append(x, gap), append(y, o)
				}
			}
			got, err := r.Score(servqual.ScoreName(servqual.MeasureGap, dimension.Name))
			require.NoError(t, err)
			gaps.same(t, got, "gap")
			got, err = r.Score(servqual.ScoreName(servqual.MeasureWeightedPerceived, dimension.Name))
			require.NoError(t, err)
			weighted.same(t, got, "weighted")
			c, err := r.Correlate("overall", servqual.ScoreName(servqual.MeasureGap, dimension.Name))
			if err == nil {
				require.EqualValues(t, len(x), c.N)
				near.Equal(t, correlation(x, y), c.Matrix[0][1], 1e-9, 1e-9)
			}
		}
	})
}

func correlation(x, y sample) float64 {
	floats := func(s sample) (list []float64) {
		for _, r := range s {
			f, _ := r.Float64()
			list = append(list, f)
		}
		return list
	}
	a, b := floats(x), floats(y)
	ma, sa := meanSD(a)
	mb, sb := meanSD(b)
	sum := 0.0
	for i := range a {
		sum += (a[i] - ma) * (b[i] - mb)
	}
	return sum / float64(len(a)-1) / sa / sb
}

// Any split into 64 shards, merged in any order, equals one pass to the last bit.
func TestRelationsMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := params().Draw(t, "params")
		in := instrument(t, p)
		list := drawRelated(t, p, 12)
		shards := make([]*servqual.Relations, 64)
		for i := range shards {
			shards[i] = relations(t, in, relationParams())
		}
		for _, x := range list {
			require.NoError(t, shards[rapid.IntRange(0, 63).Draw(t, "shard")].Add(x.Response, []int8{x.outcome}))
		}
		var merged servqual.Relations
		for i := range shards {
			require.NoError(t, merged.Merge(shards[(i*13+7)%64]))
		}
		whole := encodedRelations(t, relations(t, in, relationParams(), list...))
		assert.Equal(t, whole, encodedRelations(t, &merged))
		require.NoError(t, merged.Merge(&servqual.Relations{}))
		for _, back := range []*servqual.Relations{{}, relations(t, in, relationParams())} {
			require.NoError(t, back.UnmarshalBinary(whole))
			assert.Equal(t, whole, encodedRelations(t, back))
			assert.Equal(t, relationParams(), back.Params())
			assert.Equal(t, merged.Columns(), back.Columns())
			assert.Equal(t, in.Params(), back.Instrument().Params())
		}
	})
}

func TestRelationsRefuse(t *testing.T) {
	t.Parallel()
	in := small(t)
	gap := []servqual.Measure{servqual.MeasureGap}
	overall := servqual.Column{Name: "overall", Low: 0, High: 10}
	for _, c := range []struct {
		p    servqual.RelationParams
		want []string
	}{
		{servqual.RelationParams{}, []string{"Measures"}},
		{servqual.RelationParams{Missing: "most", Measures: gap}, []string{"Missing"}},
		{servqual.RelationParams{Measures: []servqual.Measure{"gap", "gap"}}, []string{"Measures[1]"}},
		{servqual.RelationParams{Measures: []servqual.Measure{""}}, []string{"Measures[0]"}},
		{servqual.RelationParams{Measures: gap, Outcomes: []servqual.Column{overall, overall}}, []string{"Outcomes[1].Name"}},
		{servqual.RelationParams{Measures: gap, Outcomes: []servqual.Column{{Name: "gap speed", Low: 0, High: 1}}}, []string{"Outcomes[0].Name"}},
		{servqual.RelationParams{Measures: gap, Outcomes: make([]servqual.Column, 47)}, []string{"Measures"}},
	} {
		_, err := in.NewRelations(c.p)
		assert.Equal(t, c.want, fields(err))
	}
	_, err := servqual.Instrument{}.NewRelations(relationParams())
	assert.Equal(t, []string{"Instrument"}, fields(err))

	three := []int8{3, 3, 3}
	r := relations(t, in, relationParams(), related{servqual.Response{Expected: three, Perceived: three}, 5})
	before := encodedRelations(t, r)
	for field, add := range map[string]func() error{
		"Response":     func() error { return r.Add(servqual.Response{}, []int8{5}) },
		"Expected":     func() error { return r.Add(servqual.Response{Expected: three[:2]}, []int8{5}) },
		"Perceived":    func() error { return r.Add(servqual.Response{Perceived: three[:2]}, []int8{5}) },
		"Perceived[1]": func() error { return r.Add(servqual.Response{Perceived: []int8{1, 6, 3}}, []int8{5}) },
		"Importance":   func() error { return r.Add(servqual.Response{Perceived: three, Importance: []int8{1, 2}}, []int8{5}) },
		"Outcomes":     func() error { return r.Add(servqual.Response{Perceived: three}, nil) },
		"Outcomes[0]":  func() error { return r.Add(servqual.Response{Perceived: three}, []int8{11}) },
		"Relations":    func() error { return r.Merge(nil) },
		"Instrument":   func() error { return r.Merge(relations(t, standard(t), relationParams())) },
		"Params":       func() error { return r.Merge(relations(t, in, servqual.RelationParams{Measures: gap})) },
	} {
		assert.Equal(t, []string{field}, fields(add()))
	}
	assert.Equal(t, []string{"Relations"}, fields(new(servqual.Relations).Add(servqual.Response{}, nil)))
	assert.Equal(t, []string{"Params"}, fields(r.UnmarshalBinary(encodedRelations(t, relations(t, in, servqual.RelationParams{Measures: gap})))))
	assert.Equal(t, []string{"Instrument"}, fields(r.UnmarshalBinary(encodedRelations(t, relations(t, standard(t), relationParams())))))
	assert.Equal(t, []string{"Instrument"}, fields(r.UnmarshalBinary(encodedRelations(t, &servqual.Relations{}))))
	assert.Equal(t, before, encodedRelations(t, r))

	_, err = r.Paired("gap speed", "weighted_perceived speed", 0.95)
	assert.Equal(t, []string{"Later"}, fields(err))
	_, err = r.Paired("price", "gap speed", 0.95)
	assert.Equal(t, []string{"Earlier"}, fields(err))
	_, err = r.Paired("gap tone", "gap speed", 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = r.Correlate("gap tone")
	assert.Equal(t, []string{"Columns"}, fields(err))
	_, err = r.Correlate("gap tone", "gap tone")
	assert.Equal(t, []string{"Columns[1]"}, fields(err))
	_, err = r.Correlate("gap tone", "gap speed")
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for range 3 {
		require.NoError(t, r.Add(servqual.Response{Expected: three, Perceived: three}, []int8{5}))
	}
	_, err = r.Correlate("gap tone", "gap speed")
	assert.Equal(t, []string{"Columns[0]"}, fields(err), "it does not vary")
}

// Relations stop at a stated number of sets of scores.
func TestRelationsAreBounded(t *testing.T) {
	t.Parallel()
	var p servqual.RelationParams
	p.Measures = []servqual.Measure{servqual.MeasureGap}
	for i := range 13 {
		p.Outcomes = append(p.Outcomes, servqual.Column{Name: string(rune('a' + i)), Low: 0, High: 1})
	}
	in := small(t)
	r, err := in.NewRelations(p)
	require.NoError(t, err)
	row := make([]int8, 13)
	add := func(set int) error {
		for i := range row {
			row[i] = blank
			if set>>i&1 == 1 {
				row[i] = 1
			}
		}
		return r.Add(servqual.Response{Perceived: []int8{1, 1, 1}}, row)
	}
	for set := range 4096 {
		require.NoError(t, add(set))
	}
	require.NoError(t, add(17))
	require.ErrorIs(t, add(4096), relmark.ErrLimit)
	assert.EqualValues(t, 4097, r.Respondents())
	other, err := in.NewRelations(p)
	require.NoError(t, err)
	require.NoError(t, other.Merge(r))
	r, err = in.NewRelations(p)
	require.NoError(t, err)
	require.NoError(t, add(4096))
	require.ErrorIs(t, other.Merge(r), relmark.ErrLimit)
	assert.EqualValues(t, 4097, other.Respondents())
}

// goldenRelations are those of testdata/relations.v1.hex.
func goldenRelations(t tb) *servqual.Relations {
	t.Helper()
	return relations(t, small(t), relationParams(),
		related{servqual.Response{Expected: []int8{5, 4, 3}, Perceived: []int8{3, 4, 1}, Importance: []int8{70, 30}}, 6},
		related{servqual.Response{Expected: []int8{5, blank, 4}, Perceived: []int8{5, 5, blank}, Importance: []int8{0, 100}}, 9},
		related{servqual.Response{Perceived: []int8{1, 2, 3}}, blank},
		related{servqual.Response{Expected: []int8{2, 4, 3}, Perceived: []int8{3, 4, 4}, Importance: []int8{50, 50}}, 8},
	)
}

func TestRelationsGolden(t *testing.T) {
	t.Parallel()
	reference.PinHex(t, "relations.v1.hex", encodedRelations(t, goldenRelations(t)))
}

// What decodes encodes to the same bytes, and can be used as any other.
func FuzzRelationsUnmarshalBinary(f *testing.F) {
	f.Add(encodedRelations(f, goldenRelations(f)))
	f.Add(encodedRelations(f, relations(f, small(f), relationParams())))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var r servqual.Relations
		if r.UnmarshalBinary(data) != nil {
			assert.Zero(t, r.Instrument())
			return
		}
		assert.Equal(t, data, encodedRelations(t, &r))
		usableRelations(t, &r)
	})
}

func usableRelations(t tb, r *servqual.Relations) {
	t.Helper()
	for _, column := range r.Columns() {
		s, err := r.Score(column)
		require.NoError(t, err)
		low, high, _ := s.Scale()
		m, ok := s.Mean()
		assert.False(t, ok && !(m >= low && m <= high))
		if g, err := r.Regress(r.Columns()[0], []string{column}, 0.95); err == nil {
			assert.False(t, math.IsNaN(g.R2+g.Test.F+g.Coefficients[1].High))
		}
	}
}

func TestRelationsCorrupted(t *testing.T) {
	t.Parallel()
	good := encodedRelations(t, goldenRelations(t))
	accepted := 0
	for at := 3; at < len(good); at++ {
		for bit := range 8 {
			changed := append([]byte(nil), good...)
			changed[at] ^= 1 << bit
			changed = codec.Seal(changed)
			var r servqual.Relations
			if r.UnmarshalBinary(changed) == nil {
				accepted++
				assert.Equal(t, changed, encodedRelations(t, &r))
				usableRelations(t, &r)
			}
		}
	}
	assert.Less(t, accepted, 2*len(good))
	for n := 2; n < len(good); n++ {
		require.ErrorIs(t, new(servqual.Relations).UnmarshalBinary(codec.Seal(good[:n])), relmark.ErrInvalid)
	}
}

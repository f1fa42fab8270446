package scale_test

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/scale"
)

const blank = scale.Blank

func encoded(t require.TestingT, a *scale.Answers) []byte {
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	return data
}

// 64 shards, merged in another order than they were added, are one pass to the last bit:
// in their encoding and in every figure.
func TestShardsMergeExactly(t *testing.T) {
	t.Parallel()
	rows := respondents(1, 3000, 9, 2, 30)
	b := battery(t, 9, 1, 7)
	whole := collect(t, b, rows)
	shards := make([]*scale.Answers, 64)
	for i := range shards {
		shards[i] = b.NewAnswers()
	}
	for i, row := range rows {
		require.NoError(t, shards[i*i%64].Add(row))
	}
	var merged scale.Answers
	for i := range shards {
		require.NoError(t, merged.Merge(shards[(i*27+5)%64]))
	}
	assert.Equal(t, encoded(t, whole), encoded(t, &merged))
	for _, use := range []scale.Use{scale.Listwise, scale.Pairwise} {
		one, err := whole.Covariance(use)
		require.NoError(t, err)
		other, err := merged.Covariance(use)
		require.NoError(t, err)
		a, err := one.Alpha(0.95)
		require.NoError(t, err)
		again, err := other.Alpha(0.95)
		require.NoError(t, err)
		assert.Equal(t, a, again)
	}
	assert.EqualValues(t, 3000, merged.Respondents())
	assert.Equal(t, whole.Complete(), merged.Complete())
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	a := collect(t, battery(t, 3, 1, 7), [][]int8{{1, 2, 3}, {4, 4, blank}})
	before := encoded(t, a)
	for text, row := range map[string][]int8{
		"Row = 2: must have 3 answers or more":  {1, 2},
		"Row[1] = 0: must be 1 to 7 or Blank":   {1, 0, 3},
		"Row[2] = 8: must be 1 to 7 or Blank":   {1, 2, 8},
		"Row[0] = -1: must be 1 to 7 or Blank":  {-1, 2, 8},
		"Row[0] = 127: must be 1 to 7 or Blank": {127, 2, 8},
	} {
		err := a.Add(row)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, text)
	}
	assert.Equal(t, before, encoded(t, a))
	var zero scale.Answers
	require.ErrorIs(t, zero.Add([]int8{1}), relmark.ErrInvalid)
	_, err := zero.Covariance(scale.Listwise)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorIs(t, a.Merge(nil), relmark.ErrInvalid)
	require.ErrorIs(t, a.Merge(battery(t, 3, 1, 8).NewAnswers()), relmark.ErrInvalid)
	require.NoError(t, a.Merge(&zero))
	require.NoError(t, a.Merge(battery(t, 3, 1, 7).NewAnswers()))
	assert.Equal(t, before, encoded(t, a))
	require.NoError(t, zero.Merge(a))
	assert.Equal(t, before, encoded(t, &zero))
	require.NoError(t, zero.Add([]int8{1, 1, 1}))
	assert.Equal(t, before, encoded(t, a), "a copy")
	assert.Zero(t, scale.Battery{}.NewAnswers().Respondents())
	assert.Zero(t, scale.Battery{}.NewAnswers().Complete())
	_, err = json.Marshal(a)
	require.Error(t, err)
}

// Covariances by hand: of (1, 2), (2, 4), (3, 6) and one that lacks the second; complete
// rows give 1, 2 and 4.
func TestCovarianceByHand(t *testing.T) {
	t.Parallel()
	rows := [][]int8{{1, 2}, {2, 4}, {3, 6}, {6, blank}, {blank, blank}}
	c := covariance(t, 1, 7, scale.Listwise, rows)
	assert.EqualValues(t, 5, c.Respondents())
	assert.EqualValues(t, 3, c.Complete())
	near.Slice(t, []float64{1, 2, 2, 4}, []float64{c.At(0, 0), c.At(0, 1), c.At(1, 0), c.At(1, 1)}, 1e-15, 0)
	near.Equal(t, 1, c.Correlation(0, 1), 1e-15, 0)
	near.Equal(t, 1, c.Correlation(1, 1), 0, 0)
	assert.Equal(t, []scale.Item{{N: 4, Mean: 3, SD: c.Items()[0].SD}, {N: 3, Mean: 4, SD: 2}}, c.Items())
	near.Equal(t, 14./3, c.Items()[0].SD*c.Items()[0].SD, 1e-14, 0)
	p := covariance(t, 1, 7, scale.Pairwise, rows)
	near.Slice(t, []float64{14. / 3, 2, 4}, []float64{p.At(0, 0), p.At(0, 1), p.At(1, 1)}, 1e-15, 0)
	for _, at := range [][2]int{{-1, 0}, {0, -1}, {2, 0}, {0, 2}} {
		assert.True(t, math.IsNaN(c.At(at[0], at[1])) && math.IsNaN(c.Correlation(at[0], at[1])), "%v", at)
	}
	_, err := json.Marshal(c)
	require.Error(t, err)
}

func TestCovarianceRefuses(t *testing.T) {
	t.Parallel()
	b := battery(t, 3, 1, 7)
	for _, c := range []struct {
		name string
		rows [][]int8
		use  scale.Use
		err  error
		text string
	}{
		{"nobody", nil, scale.Listwise, relmark.ErrTooFew, "0 complete rows of 0"},
		{"one complete row", [][]int8{{1, 2, 3}, {1, 2, blank}, {2, blank, 4}}, scale.Listwise, relmark.ErrTooFew, "1 complete rows of 3"},
		{"one pair", [][]int8{{1, 2, 3}, {1, 2, blank}, {2, blank, 4}}, scale.Pairwise, relmark.ErrTooFew, ""},
		{"items that do not vary", [][]int8{{1, 2, 3}, {1, 5, 3}}, scale.Listwise, relmark.ErrInvalid, "Items[0]: must vary: all rows have one answer; Items[2]: must vary"},
		{"an item that varies in incomplete rows", [][]int8{{1, 2, 3}, {2, 4, 3}, {2, blank, 4}}, scale.Listwise, relmark.ErrInvalid, "Items[2]: must vary"},
		{"another use", [][]int8{{1, 2, 3}, {2, 4, 4}}, "all", relmark.ErrInvalid, "Use"},
	} {
		_, err := collect(t, b, c.rows).Covariance(c.use)
		require.ErrorIs(t, err, c.err, c.name)
		require.ErrorContains(t, err, c.text, c.name)
	}
	_, err := collect(t, b, [][]int8{{1, 2, 3}, {2, 4, 3}, {2, blank, 4}, {1, 1, blank}}).Covariance(scale.Pairwise)
	require.NoError(t, err)
}

// goldens are what the files of version 1 hold.
func golden(t require.TestingT) *scale.Answers {
	b, err := scale.New(scale.Params{Items: []int{2, 0}, Low: 1, High: 5, Reversed: []int{0}})
	require.NoError(t, err)
	return collect(t, b, [][]int8{{1, 9, 5}, {2, 9, 4}, {blank, 9, 3}, {5, 9, 2}, {blank, 9, blank}})
}

func TestGolden(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/answers.v1.hex")
	require.NoError(t, err)
	assert.Equal(t, strings.TrimSpace(string(file)), hex.EncodeToString(encoded(t, golden(t))))
	var a scale.Answers
	require.NoError(t, a.UnmarshalBinary(encoded(t, golden(t))))
	assert.Equal(t, golden(t).Battery().Params(), a.Battery().Params())
	assert.EqualValues(t, 3, a.Complete())
	require.NoError(t, a.Add([]int8{3, 0, 3}))
}

func TestBinaryRefuses(t *testing.T) {
	t.Parallel()
	data := encoded(t, golden(t))
	for i := range data[:len(data)-4] {
		for _, by := range []byte{1, 255} {
			changed := append([]byte(nil), data...)
			changed[i] += by
			var a scale.Answers
			if a.UnmarshalBinary(codec.Seal(changed)) != nil {
				assert.Equal(t, scale.Answers{}, a)
				continue
			}
			assert.Equal(t, codec.Seal(changed), encoded(t, &a))
		}
	}
	var a scale.Answers
	require.ErrorIs(t, a.UnmarshalBinary([]byte{34, 2}), relmark.ErrUnsupported)
	require.ErrorIs(t, a.UnmarshalBinary(data[:9]), relmark.ErrInvalid)
	require.NoError(t, a.UnmarshalBinary(encoded(t, &scale.Answers{})))
	assert.Equal(t, scale.Answers{}, a)
}

func FuzzAnswersUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, golden(f)))
	f.Add(encoded(f, &scale.Answers{}))
	f.Add(encoded(f, collect(f, battery(f, 4, 1, 7), respondents(2, 50, 4, 1, 9))))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var a scale.Answers
		if a.UnmarshalBinary(data) != nil {
			require.Equal(t, scale.Answers{}, a)
			return
		}
		require.Equal(t, data, encoded(t, &a))
		for _, use := range []scale.Use{scale.Listwise, scale.Pairwise} {
			c, err := a.Covariance(use)
			if err != nil || len(c.Items()) > 12 {
				continue
			}
			if v, err := c.Alpha(0.95); err == nil {
				require.True(t, v.Raw <= 1+1e-9 && v.Feldt.Low <= v.Feldt.High, "%v", v)
			}
			if o, err := c.Omega(); err == nil {
				require.True(t, o.Model >= 0 && o.Model <= 1, "%v", o)
			}
			_, _ = c.Factors(1, scale.Unrotated)
			_, _ = c.Suitability()
		}
	})
}

func FuzzNew(f *testing.F) {
	f.Add(1, 7, []byte{0, 1, 2}, []byte{1}, []byte{3, 4, 5})
	f.Fuzz(func(t *testing.T, low, high int, items, reversed, row []byte) {
		p := scale.Params{Low: low, High: high}
		for _, i := range items {
			p.Items = append(p.Items, int(i))
		}
		for _, i := range reversed {
			p.Reversed = append(p.Reversed, int(i))
		}
		b, err := scale.New(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		if err != nil {
			return
		}
		answers := make([]int8, len(row))
		for i, v := range row {
			answers[i] = int8(v)
		}
		a := b.NewAnswers()
		_, _, scored := b.Score(answers, "")
		require.Equal(t, scored == nil, a.Add(answers) == nil)
		var again scale.Answers
		require.NoError(t, again.UnmarshalBinary(encoded(t, a)))
	})
}

func FuzzParamsUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"v":1,"model":"scale","low":1,"high":7,"items":[0,2,1],"reversed":[1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p scale.Params
		if p.UnmarshalJSON(data) != nil {
			return
		}
		again, err := p.MarshalJSON()
		require.NoError(t, err)
		var q scale.Params
		require.NoError(t, q.UnmarshalJSON(again))
		require.Equal(t, p, q)
	})
}

// Not parallel: AllocsPerRun panics in parallel tests.
func TestAddAllocatesNothing(t *testing.T) {
	a := battery(t, 22, 1, 7).NewAnswers()
	rows := respondents(3, 16, 22, 5, 20)
	i := 0
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		if a.Add(rows[i%16]) != nil {
			panic("test: a row is refused")
		}
		i++
	}))
}

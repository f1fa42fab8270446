package csi_test

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/csi"
)

var missing = math.NaN()

// anyRows draws rows of answers 1 to 7 with something in common, whole or not, some of
// them missing.
func anyRows(t *rapid.T, items, least int, whole, gaps bool) [][]float64 {
	n := rapid.IntRange(least, least+30).Draw(t, "n")
	rows := make([][]float64, n)
	for i := range rows {
		common := rapid.Float64Range(1.5, 6.5).Draw(t, "common")
		rows[i] = make([]float64, items)
		for h := range rows[i] {
			x := common + rapid.Float64Range(-1.5, 1.5).Draw(t, "own")
			if whole {
				x = math.Round(x)
			}
			rows[i][h] = min(max(x, 1), 7)
			if gaps && rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				rows[i][h] = missing
			}
		}
	}
	return rows
}

func items(p csi.Params) (n int) {
	for _, c := range p.Constructs {
		n += len(c.Items)
	}
	return n
}

func collect(t require.TestingT, m csi.Model, rows [][]float64) *csi.Moments {
	a := m.NewMoments()
	for _, row := range rows {
		require.NoError(t, a.Add(row))
	}
	return a
}

func encode(t require.TestingT, a interface{ MarshalBinary() ([]byte, error) }) []byte {
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	return data
}

// Parts merge to the last bit where answers are whole, in any order.
func TestMergeIsOnePass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := model(t, anyModel(t))
		rows := anyRows(t, items(m.Params()), 0, true, true)
		cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
		a, b := collect(t, m, rows[:cut]), collect(t, m, rows[cut:])
		before := encode(t, b)
		ab, ba := &csi.Moments{}, m.NewMoments()
		for _, part := range []*csi.Moments{a, {}, b} {
			require.NoError(t, ab.Merge(part))
		}
		for _, part := range []*csi.Moments{b, a, m.NewMoments()} {
			require.NoError(t, ba.Merge(part))
		}
		whole := encode(t, collect(t, m, rows))
		assert.Equal(t, whole, encode(t, ab))
		assert.Equal(t, whole, encode(t, ba))
		assert.Equal(t, before, encode(t, b))
		var back csi.Moments
		require.NoError(t, back.UnmarshalBinary(whole))
		assert.Equal(t, whole, encode(t, &back))
		assert.Equal(t, int64(len(rows)), back.Respondents())
		gaps := int64(0)
		for _, row := range rows {
			if math.IsNaN(row[0]) {
				gaps++
			}
		}
		got, ok := back.Missing(0)
		assert.True(t, ok)
		assert.Equal(t, gaps, got)
		_, ok = back.Missing(999)
		assert.False(t, ok)
	})
}

// Parts of any numbers give the estimates of one pass.
func TestMergeOfAnyNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := model(t, anyModel(t))
		rows := anyRows(t, items(m.Params()), 20, false, false)
		o := csi.Options{Use: csi.MeanReplacement}
		whole, err := m.Fit(collect(t, m, rows), o)
		if err != nil {
			t.Skip()
		}
		a := collect(t, m, rows[:7])
		require.NoError(t, a.Merge(collect(t, m, rows[7:])))
		merged, err := m.Fit(a, o)
		require.NoError(t, err)
		for i, item := range whole.Items() {
			near.Equal(t, item.Mean, merged.Items()[i].Mean, 1e-12, 0)
			near.Equal(t, item.SD, merged.Items()[i].SD, 1e-12, 0)
		}
	})
}

func TestRowsThatAreRefused(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	a := m.NewMoments()
	good := []float64{1, 2, 3, 4, 5, 6}
	require.NoError(t, a.Add(good))
	before := encode(t, a)
	for want, row := range map[string][]float64{
		"csi: Row = 5: must have 6 answers or more":                        good[:5],
		"csi: Row[2] = 0: must be 1 to 7, or NaN where it is missing":      {1, 2, 0, 4, 5, 6},
		"csi: Row[5] = +Inf: must be 1 to 7, or NaN where it is missing":   {1, 2, 3, 4, 5, math.Inf(1)},
		"csi: Row[0] = -Inf: must be 1 to 7, or NaN where it is missing":   {math.Inf(-1), 2, 3, 4, 5, 6},
		"csi: Row[1] = 7.0001: must be 1 to 7, or NaN where it is missing": {1, 7.0001, 3, 4, 5, 6},
	} {
		require.EqualError(t, a.Add(row), want)
	}
	assert.Equal(t, before, encode(t, a))
	p := chain()
	p.Constructs[1].Open = true
	a = model(t, p).NewMoments()
	require.NoError(t, a.Add([]float64{1, 2, 0, -4e5, 5, 6}))
	require.ErrorContains(t, a.Add([]float64{1, 2, 1e10, 4, 5, 6}), "must be -1e+09 to 1e+09")
}

func TestMomentsThatDoNotFit(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	a := collect(t, m, [][]float64{{1, 2, 3, 4, 5, 6}})
	require.EqualError(t, a.Merge(nil), "csi: Moments: must not be nil")
	p := chain()
	p.Constructs[0].High = 10
	other := model(t, p)
	require.EqualError(t, a.Merge(other.NewMoments()), "csi: Moments: must be of the same items and scales")
	_, err := other.Fit(a, csi.Options{})
	require.EqualError(t, err, "csi: Moments: must have the answers to the item at 0, on the same scale")
	_, err = m.Fit(nil, csi.Options{})
	require.EqualError(t, err, "csi: Moments: must not be nil")
	_, err = m.Fit(a, csi.Options{Scheme: "x", Use: "y", Tolerance: 1, Rounds: -1})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Equal(t, 4, strings.Count(err.Error(), "must be"))
	var zero csi.Moments
	require.ErrorIs(t, zero.Add(nil), relmark.ErrInvalid)
	require.NoError(t, zero.UnmarshalBinary(encode(t, &csi.Moments{})))
	assert.Zero(t, zero.Respondents())
	_, err = json.Marshal(&zero)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	require.ErrorIs(t, json.Unmarshal([]byte("{}"), &zero), relmark.ErrUnsupported)
}

func TestMomentsLimit(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	one := []float64{1, 2, 3, 4, 5, 6}
	a, b := m.NewMoments(), collect(t, m, [][]float64{one})
	for i := range 32 {
		require.NoError(t, a.Merge(b))
		if i < 31 {
			require.NoError(t, b.Merge(b))
		}
	}
	assert.Equal(t, int64(math.MaxUint32), a.Respondents())
	before := encode(t, a)
	require.ErrorIs(t, a.Merge(b), relmark.ErrLimit)
	require.ErrorIs(t, a.Add(one), relmark.ErrLimit)
	assert.Equal(t, before, encode(t, a))
	require.NoError(t, new(csi.Moments).UnmarshalBinary(before))
}

// Not parallel: AllocsPerRun panics in parallel tests.
func TestAddDoesNotAllocate(t *testing.T) {
	m, rows := mobile(t, 10)
	a := m.NewMoments()
	rows[3][4] = missing
	i := 0
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if a.Add(rows[i%10]) != nil {
			t.Error("refused")
		}
		i++
	}))
}

// golden holds every version that was ever written.
func golden(t *testing.T, name string, now []byte) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err, "write it: %s", hex.EncodeToString(now))
	data, err := hex.DecodeString(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	return data
}

func someMoments(t require.TestingT) *csi.Moments {
	return collect(t, model(t, chain()), [][]float64{{1, 2, 3, 4, 5, 6}, {7, 6, missing, 4, 3, 2}, {2, 2, 5, 5, 7, 7}, {1, 3, 3, 1, 4, missing}})
}

func TestMomentsGolden(t *testing.T) {
	t.Parallel()
	now := encode(t, someMoments(t))
	data := golden(t, "moments.v1.hex", now)
	assert.Equal(t, data, now)
	var a csi.Moments
	require.NoError(t, a.UnmarshalBinary(data))
	assert.Equal(t, int64(4), a.Respondents())
	assert.Equal(t, int64(2), a.Complete())
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x40
		require.Error(t, new(csi.Moments).UnmarshalBinary(bad))
		for _, flip := range []byte{0x40, 0xff, 1} {
			bad[i] = data[i] ^ flip
			sealed, b := codec.Seal(bad), csi.Moments{}
			if b.UnmarshalBinary(sealed) == nil {
				assert.Equal(t, sealed, encode(t, &b))
			}
		}
	}
}

// Sums that no rows have are refused, whichever number it is.
func TestMomentsThatNoRowsHave(t *testing.T) {
	t.Parallel()
	data := encode(t, someMoments(t))
	at := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(data[i:])) }
	// After the header, the items of 18 bytes each and two counts come 6 sums of complete
	// rows, 21 products, and four tables of 36.
	first := len(data) - 4 - 8*(6+21+4*36)
	near.Equal(t, -5, at(first), 0, 0, "1 and 2 of complete rows, from 4")
	table := func(n, i, j int) int { return 6 + 21 + 36*n + 6*i + j }
	for name, change := range map[string]map[int]float64{
		"sum beyond the scale":        {0: -7},
		"product beyond others":       {6 + 1: 1000},
		"square below 0":              {6: -1},
		"square beyond the scale":     {6: 19},
		"half a row":                  {table(0, 0, 0): 0.5},
		"more rows than there are":    {table(0, 0, 0): 3},
		"no mirror":                   {table(0, 0, 1): 0},
		"below the diagonal":          {table(3, 1, 0): 1},
		"sums of no rows":             {table(1, 2, 5): 1},
		"square unlike its product":   {table(2, 1, 1): 5.5},
		"rows that lack nothing":      {table(0, 2, 2): 2, table(0, 5, 5): 2, table(0, 2, 5): 2, table(0, 5, 2): 2},
		"pair with too few in common": {table(0, 0, 1): 1, table(0, 1, 0): 1},
	} {
		bad := append([]byte(nil), data...)
		for i, v := range change {
			binary.LittleEndian.PutUint64(bad[first+8*i:], math.Float64bits(v))
		}
		require.ErrorIs(t, new(csi.Moments).UnmarshalBinary(codec.Seal(bad)), relmark.ErrInvalid, name)
	}
}

func FuzzMoments(f *testing.F) {
	m, err := csi.New(chain())
	require.NoError(f, err)
	a := m.NewMoments()
	f.Add(encode(f, a))
	for _, row := range [][]float64{{1, 2, 3, 4, 5, 6}, {7, 6, missing, 4, 3, 2}} {
		require.NoError(f, a.Add(row))
		f.Add(encode(f, a))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var a csi.Moments
		if a.UnmarshalBinary(data) != nil {
			return
		}
		assert.Equal(t, data, encode(t, &a))
		require.NoError(t, new(csi.Moments).Merge(&a))
		for _, use := range []csi.Use{csi.Listwise, csi.Pairwise, csi.MeanReplacement} {
			fit, err := m.Fit(&a, csi.Options{Use: use})
			if err != nil {
				continue
			}
			for _, item := range fit.Items() {
				assert.LessOrEqual(t, math.Abs(item.Loading), 1+1e-6)
			}
		}
	})
}

// Bytes that speak of 500 items and have no sums, or one too few, are none: the decoder asks
// for the quarter of a million sums before it makes memory for them.
func TestDecodingOfSumsThatAreNotThere(t *testing.T) {
	t.Parallel()
	for _, sums := range []int{0, 1, 500 + 500*501/2 - 1} {
		w := codec.NewWriter(nil, codec.KindPathMoments, 1)
		w.Count(500)
		for i := range 500 {
			w.Uvarint(uint64(i))
			w.Float64(1)
			w.Float64(10)
			w.Bool(false)
		}
		w.Uvarint(0)
		w.Uvarint(0)
		for range sums {
			w.Float64(0)
		}
		var a csi.Moments
		require.ErrorIs(t, a.UnmarshalBinary(w.Data()), relmark.ErrInvalid)
		assert.Zero(t, a.Respondents())
	}
}

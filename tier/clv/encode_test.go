package clv_test

import (
	"encoding"
	"encoding/hex"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier/clv"
)

// A stored value can be written and read.
type stored interface {
	encoding.BinaryAppender
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// accumulators are the values of the golden files, and empty ones to read into.
func accumulators(t testing.TB) map[string][2]stored {
	t.Helper()
	var tenures clv.Tenures
	require.NoError(t, tenures.AddCohort(100, 80, 70))
	require.NoError(t, tenures.AddCohort(300, 45, 45))
	var e clv.Evaluation
	require.NoError(t, e.Add(0, 0.5, 1, 200))
	require.NoError(t, e.Add(9, 6.25, 5, 2))
	require.NoError(t, e.Add(9, 1, 0, 1))
	var tracking clv.Tracking
	require.NoError(t, tracking.Add(-2, -1.5, 7, 7))
	require.NoError(t, tracking.Add(math.Copysign(0, -1), 7, 8))
	return map[string][2]stored{
		"tenures.v1.hex":    {&tenures, &clv.Tenures{}},
		"evaluation.v1.hex": {&e, &clv.Evaluation{}},
		"tracking.v1.hex":   {&tracking, &clv.Tracking{}},
	}
}

func bytesOf(t require.TestingT, s stored) []byte {
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return b
}

func TestAccumulatorsGolden(t *testing.T) {
	t.Parallel()
	for file, s := range accumulators(t) {
		text, err := os.ReadFile("testdata/" + file)
		require.NoError(t, err)
		want, err := hex.DecodeString(strings.TrimSpace(string(text)))
		require.NoError(t, err)
		require.Equal(t, hex.EncodeToString(want), hex.EncodeToString(bytesOf(t, s[0])), file)
		appended, err := s[0].AppendBinary([]byte{7})
		require.NoError(t, err)
		require.Equal(t, append([]byte{7}, want...), appended)
		require.NoError(t, s[1].UnmarshalBinary(want))
		require.Equal(t, s[0], s[1], file)
	}
}

// Every way to cut or change a byte is an error or the encoding of something else.
func TestAccumulatorsOfDamagedBytes(t *testing.T) {
	t.Parallel()
	for file, s := range accumulators(t) {
		data := bytesOf(t, s[0])
		for i := range data {
			require.ErrorIs(t, s[0].UnmarshalBinary(codec.Seal(data[:i])), relmark.ErrInvalid, file)
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				damaged := append([]byte(nil), data...)
				damaged[i] ^= flip
				damaged = codec.Seal(damaged)
				if s[1].UnmarshalBinary(damaged) == nil {
					require.Equal(t, damaged, bytesOf(t, s[1]), file)
				}
			}
		}
		require.ErrorIs(t, s[0].UnmarshalBinary(codec.Seal(append(slices.Clip(data), 0))), relmark.ErrInvalid)
		require.ErrorIs(t, s[0].UnmarshalBinary([]byte{data[0], 2, 0}), relmark.ErrUnsupported)
		require.ErrorIs(t, s[0].UnmarshalBinary([]byte{8, 1, 0}), relmark.ErrUnsupported)
		require.Equal(t, data, bytesOf(t, s[0]), "unchanged")
	}
}

func TestAccumulatorsRefuse(t *testing.T) {
	t.Parallel()
	const one, huge = "000000000000f03f", "ffffffffffffffff7f" // 1, and 2^63 − 1
	for name, c := range map[string]struct {
		into stored
		hex  string
	}{
		"too many customers":       {&clv.Tenures{}, "1001" + "01" + huge + "0101"},
		"count past an int64":      {&clv.Tenures{}, "1001" + "00" + "01ffffffffffffffffff01"},
		"negative sum":             {&clv.Evaluation{}, "1101" + "01" + "01" + one + one + "000000000000f0bf" + "00000000000000"},
		"negative zero":            {&clv.Evaluation{}, "1101" + "01" + "01" + one + one + "0000000000000080" + "00000000000000"},
		"infinite sum":             {&clv.Evaluation{}, "1101" + "01" + "01" + one + one + "000000000000f07f" + "00000000000000"},
		"total past an int64":      {&clv.Evaluation{}, "1101" + huge + "00" + one + one + one + "01" + "00" + one + one + one + "000000000000"},
		"times out of order":       {&clv.Tracking{}, "1201" + "02" + one + "01" + "0000000000000000" + "01" + "00"},
		"one time twice":           {&clv.Tracking{}, "1201" + "02" + one + "01" + one + "01" + "00"},
		"time of negative zero":    {&clv.Tracking{}, "1201" + "01" + "0000000000000080" + "01" + "00"},
		"time NaN":                 {&clv.Tracking{}, "1201" + "01" + "000000000000f87f" + "01" + "00"},
		"nobody":                   {&clv.Tracking{}, "1201" + "01" + one + "00" + "00"},
		"repeats of nobody":        {&clv.Tracking{}, "1201" + "00" + "01" + one + "01"},
		"repeat before all firsts": {&clv.Tracking{}, "1201" + "01" + one + "01" + "01" + "0000000000000000" + "01"},
		"more than an int64":       {&clv.Tracking{}, "1201" + "01" + one + huge + "01" + one + "01"},
	} {
		data, err := hex.DecodeString(c.hex)
		require.NoError(t, err, name)
		before := bytesOf(t, c.into)
		require.ErrorIs(t, c.into.UnmarshalBinary(codec.AppendSum(data, 0)), relmark.ErrInvalid, name)
		require.Equal(t, before, bytesOf(t, c.into), "unchanged")
	}
}

// Plain data that no customers add up to is not written.
func TestInvalidPlainDataIsNotEncoded(t *testing.T) {
	t.Parallel()
	_, err := clv.Tenures{Lost: []int64{-1}}.MarshalBinary()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, b := range []clv.Bin{{N: -1}, {Actual: 1}, {N: 1, Actual: -1}, {N: 1, Squared: math.NaN()}, {N: 1, Expected: math.Inf(1)}, {N: 1, Absolute: -1}} {
		e := clv.Evaluation{ByFrequency: [8]clv.Bin{3: b}}
		_, err := e.MarshalBinary()
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, "ByFrequency[3]")
		require.ErrorIs(t, new(clv.Evaluation).Merge(e), relmark.ErrInvalid)
	}
	for _, bins := range [][2]clv.Bin{{{N: math.MaxInt64}, {N: 1}}, {{N: 1, Squared: math.MaxFloat64}, {N: 1, Squared: math.MaxFloat64}}} {
		e := clv.Evaluation{ByFrequency: [8]clv.Bin{0: bins[0], 1: bins[1]}}
		require.ErrorIs(t, e.Validate(), relmark.ErrLimit)
	}
}

// Sums stay in the range of floats, and nobody adds nothing.
func TestEvaluationStaysFinite(t *testing.T) {
	t.Parallel()
	var e clv.Evaluation
	require.NoError(t, e.Add(0, 1e300, 0, 0))
	require.Equal(t, clv.Evaluation{}, e)
	require.ErrorIs(t, e.Add(0, 1e300, 0, 1), relmark.ErrLimit)
	require.Equal(t, clv.Evaluation{}, e)
	require.NoError(t, e.Add(0, 0.9e154, 0, 1))
	other := e
	require.NoError(t, e.Merge(other))
	require.ErrorIs(t, e.Add(1, 1.3e154, 0, 1), relmark.ErrLimit)
	before := e
	require.ErrorIs(t, e.Merge(clv.Evaluation{ByFrequency: [8]clv.Bin{5: {N: 1, Squared: 1.7e308}}}), relmark.ErrLimit)
	require.Equal(t, before, e)
}

// Whatever the split and the order, tenures and trackings of equal customers have
// one encoding, and what is read back goes on as if it had never been stored.
func TestAccumulatorsMergeToOneEncoding(t *testing.T) {
	t.Parallel()
	type customer struct {
		first   float64
		repeats []float64
	}
	customers := rapid.SliceOf(rapid.Custom(func(t *rapid.T) customer {
		c := customer{first: rapid.SampledFrom([]float64{-1, math.Copysign(0, -1), 0, 2.5}).Draw(t, "first")}
		for _, after := range rapid.SliceOfN(rapid.Float64Range(0, 4), 0, 3).Draw(t, "repeats") {
			c.repeats = append(c.repeats, c.first+after)
		}
		return c
	}))
	rapid.Check(t, func(t *rapid.T) {
		list := customers.Draw(t, "customers")
		var whole, restored clv.Tracking
		var cohorts, parts clv.Tenures
		for i, c := range list {
			require.NoError(t, whole.Add(c.first, c.repeats...))
			require.NoError(t, cohorts.AddCohort(9, int64(len(c.repeats))))
			last := list[len(list)-1-i]
			require.NoError(t, restored.Add(last.first, last.repeats...))
			require.NoError(t, restored.UnmarshalBinary(bytesOf(t, &restored)))
			require.NoError(t, parts.Merge(clv.Tenures{Lost: []int64{9 - int64(len(last.repeats)), 0, 0}, Kept: []int64{0, int64(len(last.repeats)), 0}}))
			require.NoError(t, parts.UnmarshalBinary(bytesOf(t, &parts)))
		}
		require.Equal(t, bytesOf(t, &whole), bytesOf(t, &restored))
		require.Equal(t, bytesOf(t, &cohorts), bytesOf(t, &parts))
		require.Equal(t, cohorts.N(), parts.N())
	})
}

func fuzzStored(f *testing.F, file string, empty func() stored, use func(t *testing.T, s stored)) {
	f.Helper()
	f.Add(bytesOf(f, accumulators(f)[file][0]))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		s := empty()
		if s.UnmarshalBinary(data) != nil {
			require.Equal(t, empty(), s)
			return
		}
		require.Equal(t, data, bytesOf(t, s)) // one value, one encoding
		use(t, s)
	})
}

func FuzzTenuresUnmarshal(f *testing.F) {
	fuzzStored(f, "tenures.v1.hex", func() stored { return &clv.Tenures{} }, func(t *testing.T, s stored) {
		t.Helper()
		tenures := s.(*clv.Tenures)
		require.NoError(t, tenures.Validate())
		require.NoError(t, tenures.Merge(clv.Tenures{}))
	})
}

func FuzzEvaluationUnmarshal(f *testing.F) {
	fuzzStored(f, "evaluation.v1.hex", func() stored { return &clv.Evaluation{} }, func(t *testing.T, s stored) {
		t.Helper()
		e := s.(*clv.Evaluation)
		if total := e.Total(); total.N > 0 {
			for _, v := range []float64{total.MAE(), total.RMSE(), total.MeanActual(), total.MeanExpected()} {
				require.True(t, v >= 0 && v <= math.MaxFloat64)
			}
		}
	})
}

func FuzzTrackingUnmarshal(f *testing.F) {
	m, err := clv.NewBGNBD(clv.BGNBDParams{R: 0.2426, Alpha: 4.4135, A: 0.7929, B: 2.4258})
	require.NoError(f, err)
	fuzzStored(f, "tracking.v1.hex", func() stored { return &clv.Tracking{} }, func(t *testing.T, s stored) {
		t.Helper()
		for _, p := range clv.Curve(m, *s.(*clv.Tracking), []float64{-1, 0, 1, 1e9}) {
			require.False(t, p.Actual < 0 || p.Expected < 0) // NaN past the range of a model
		}
	})
}

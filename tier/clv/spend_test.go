package clv_test

import (
	"encoding/hex"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

func spendFrom(t require.TestingT, means ...clv.SpendMean) clv.Spend {
	var s clv.Spend
	for _, m := range means {
		require.NoError(t, s.Add(m, 1))
	}
	return s
}

func encoded(t require.TestingT, s clv.Spend) string {
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return hex.EncodeToString(b)
}

func TestSpendMergesInAnyOrder(t *testing.T) {
	t.Parallel()
	mean := rapid.Custom(func(t *rapid.T) clv.SpendMean {
		return clv.SpendMean{X: rapid.IntRange(1, 3).Draw(t, "x"), Value: float64(rapid.IntRange(1, 4).Draw(t, "v")) / 4}
	})
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(mean, 0, 20).Draw(t, "all")
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		whole, left, right := spendFrom(t, all...), spendFrom(t, all[:cut]...), spendFrom(t, all[cut:]...)
		other := spendFrom(t, all[cut:]...)
		require.NoError(t, other.Merge(left))
		require.NoError(t, left.Merge(right))
		require.NoError(t, left.Merge(clv.Spend{}))
		require.Equal(t, encoded(t, whole), encoded(t, left))
		require.Equal(t, encoded(t, whole), encoded(t, other))
		require.Equal(t, int64(len(all)), left.N())

		var decoded clv.Spend
		b, err := whole.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, decoded.UnmarshalBinary(b))
		require.Equal(t, encoded(t, whole), encoded(t, decoded))
		require.Equal(t, whole.Len(), decoded.Len())
	})
}

// The encoding of version 1 stays readable for good.
func TestSpendGolden(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/spend.v1.hex")
	require.NoError(t, err)
	golden, err := hex.DecodeString(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	var s clv.Spend
	require.NoError(t, s.UnmarshalBinary(golden))
	want := spendFrom(t, clv.SpendMean{2, 12.5}, clv.SpendMean{1, 0.01}, clv.SpendMean{2, 12.5}, clv.SpendMean{300, 1e6})
	require.Equal(t, encoded(t, want), encoded(t, s))
	require.Equal(t, strings.TrimSpace(string(text)), encoded(t, s))
}

func TestSpendRejects(t *testing.T) {
	t.Parallel()
	var s clv.Spend
	for _, m := range []clv.SpendMean{{}, {X: 0, Value: 1}, {X: 1}, {X: 1, Value: -1}, {X: 1, Value: math.NaN()}, {X: 1, Value: math.Inf(1)}} {
		require.ErrorIs(t, s.Add(m, 1), relmark.ErrInvalid, "%+v", m)
	}
	require.ErrorIs(t, s.Add(clv.SpendMean{1, 1}, -1), relmark.ErrInvalid)
	require.NoError(t, s.Add(clv.SpendMean{1, 1}, 0))
	require.Zero(t, s.N())
	require.NoError(t, s.Add(clv.SpendMean{1, 1}, math.MaxInt64))
	require.ErrorIs(t, s.Add(clv.SpendMean{2, 2}, 1), relmark.ErrLimit)
	require.ErrorIs(t, s.Merge(spendFrom(t, clv.SpendMean{2, 2})), relmark.ErrLimit)
	require.Equal(t, 1, s.Len())
	before := encoded(t, s)
	for name, bad := range map[string]struct {
		data string
		want error
	}{
		"empty":         {"", relmark.ErrInvalid},
		"other kind":    {"0201", relmark.ErrUnsupported},
		"version 2":     {"080200", relmark.ErrUnsupported},
		"cut short":     {"080101", relmark.ErrInvalid},
		"trailing byte": {"08010000", relmark.ErrInvalid},
		"no purchase":   {"080101" + "00" + "000000000000f03f" + "01", relmark.ErrInvalid},
		"no customer":   {"080101" + "01" + "000000000000f03f" + "00", relmark.ErrInvalid},
		"NaN":           {"080101" + "01" + "000000000000f87f" + "01", relmark.ErrInvalid},
		"unsorted":      {"080102" + "01000000000000f03f01" + "01000000000000e03f01", relmark.ErrInvalid},
	} {
		data, err := hex.DecodeString(bad.data)
		require.NoError(t, err)
		if len(data) > 0 {
			data = codec.AppendSum(data, 0)
		}
		require.ErrorIs(t, s.UnmarshalBinary(data), bad.want, name)
		require.Equal(t, before, encoded(t, s), name)
	}
}

// More purchases than an int holds are rejected, not cut down to fit.
func TestSpendDecodesNoCutNumbers(t *testing.T) {
	t.Parallel()
	data, err := hex.DecodeString("080101" + "8180808010" + "000000000000f03f" + "01") // X = 2^32+1
	require.NoError(t, err)
	var s clv.Spend
	if math.MaxInt == math.MaxInt32 {
		require.ErrorIs(t, s.UnmarshalBinary(codec.AppendSum(data, 0)), relmark.ErrInvalid)
	} else {
		require.NoError(t, s.UnmarshalBinary(codec.AppendSum(data, 0)))
	}
	data, err = hex.DecodeString("080101" + "81808080808080808001" + "000000000000f03f" + "01") // X = 2^63+1
	require.NoError(t, err)
	require.ErrorIs(t, s.UnmarshalBinary(codec.AppendSum(data, 0)), relmark.ErrInvalid)
}

func TestSpendOfSummaries(t *testing.T) {
	t.Parallel()
	var s clv.Spend
	first := relmark.MustParseDate("2026-01-05")
	summary := func(amounts ...int64) rfm.Summary {
		var h rfm.History
		for i, a := range amounts {
			require.NoError(t, h.Add(first.AddDays(i), decimal.NewFromInt(a)))
		}
		out, err := h.Summary(first.AddDays(30), rfm.Options{})
		require.NoError(t, err)
		return out
	}
	for _, c := range []struct {
		summary rfm.Summary
		counted bool
	}{{summary(10, 20, 30), true}, {summary(10), false}, {summary(10, 0), false}} {
		counted, err := s.AddSummary(c.summary)
		require.NoError(t, err)
		require.Equal(t, c.counted, counted)
	}
	require.Equal(t, encoded(t, spendFrom(t, clv.SpendMean{2, 25})), encoded(t, s))
	require.Equal(t, clv.Customer{Pattern: rfm.Pattern{X: 2, TX: 2, T: 30}, Mean: 25}, clv.CustomerOf(summary(10, 20, 30)))
}

func TestTenures(t *testing.T) {
	t.Parallel()
	var a, b, c clv.Tenures
	require.NoError(t, a.AddCohort(100, 80, 70))
	require.NoError(t, a.AddCohort(50, 45))
	require.NoError(t, a.AddCohort())
	require.Equal(t, clv.Tenures{Lost: []int64{25, 10}, Kept: []int64{0, 45, 70}}, a)
	require.Equal(t, int64(150), a.N())
	require.NoError(t, b.AddCohort(50, 45))
	require.NoError(t, c.AddCohort(100, 80, 70))
	require.NoError(t, b.Merge(c))
	require.NoError(t, b.Merge(clv.Tenures{}))
	require.Equal(t, a, b)

	before := clv.Tenures{Lost: append([]int64(nil), a.Lost...), Kept: append([]int64(nil), a.Kept...)}
	require.ErrorIs(t, a.AddCohort(10, 11), relmark.ErrInvalid)
	require.ErrorIs(t, a.AddCohort(-1), relmark.ErrInvalid)
	require.ErrorIs(t, a.Merge(clv.Tenures{Kept: []int64{-1}}), relmark.ErrInvalid)
	require.ErrorIs(t, a.Merge(clv.Tenures{Kept: []int64{math.MaxInt64}}), relmark.ErrLimit)
	require.ErrorIs(t, clv.Tenures{Lost: []int64{1}, Kept: []int64{math.MaxInt64}}.Validate(), relmark.ErrLimit)
	require.Equal(t, before, a)
}

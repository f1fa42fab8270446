package evaluation_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/codec"
)

// golden compares with what version 1 was, and is for good.
func golden(t *testing.T, name string, data []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(bytes.TrimSpace(want)), hex.EncodeToString(data))
}

func aRanking(t require.TestingT) *evaluation.Ranking[string, int] {
	r, err := evaluation.NewRanking[string](catalogue(t, 5), 3)
	require.NoError(t, err)
	require.NoError(t, r.Add("bob", []int{1, 2, 5}, []int{5, 1}))
	require.NoError(t, r.Add("ann", []int{4}, []int{3}))
	return r
}

func anOffPolicy(t require.TestingT) *evaluation.OffPolicy {
	clip := 3.0
	return offPolicyOf(t, &clip, []evaluation.Logged{
		{Propensity: 0.25, Target: 1, Reward: 2, Model: &evaluation.Expected{Taken: 1, Target: 1.5}},
		{Propensity: 0.5, Target: 0.5, Reward: -1, Model: &evaluation.Expected{Taken: 0, Target: 0.5}},
	})
}

func aSplitter(t require.TestingT) *evaluation.Splitter[string, string] {
	return splitter(t, []event{{"ann", "tea", day(3)}, {"bob", "cup", day(1)}, {"ann", "cup", day(-2).Add(5)}}, 2)
}

func someServices(t require.TestingT) *evaluation.Services[int, string] {
	return services(t, 3, slices.Concat(bought("loan", 2, 0, 2), bought("card", 0, -1, 1), bought("card", 2, 0, 1))...)
}

func TestGoldenEncodings(t *testing.T) {
	t.Parallel()
	golden(t, "ranking.v1.hex", encoded(t, aRanking(t)))
	golden(t, "offpolicy.v1.hex", encoded(t, anOffPolicy(t)))
	golden(t, "splitter.v1.hex", encoded(t, aSplitter(t)))
	golden(t, "services.v1.hex", encoded(t, someServices(t)))
}

func TestDecodersRefuse(t *testing.T) {
	t.Parallel()
	data := encoded(t, aRanking(t))
	var r evaluation.Ranking[string, int]
	require.NoError(t, r.UnmarshalBinary(data))
	before := encoded(t, &r)
	for i := range data {
		broken := bytes.Clone(data)
		broken[i] ^= 0x55
		require.Error(t, r.UnmarshalBinary(broken))
		require.Error(t, r.UnmarshalBinary(data[:i]))
	}
	require.Equal(t, before, encoded(t, &r))
	var other evaluation.Ranking[int, int]
	require.ErrorIs(t, other.UnmarshalBinary(data), relmark.ErrUnsupported)
	var p evaluation.OffPolicy
	require.ErrorIs(t, p.UnmarshalBinary(data), relmark.ErrUnsupported)
	data = encoded(t, anOffPolicy(t))
	require.ErrorIs(t, r.UnmarshalBinary(data), relmark.ErrUnsupported)
	for i := range data {
		require.Error(t, p.UnmarshalBinary(data[:i]))
	}
	require.NoError(t, p.UnmarshalBinary(encoded(t, offPolicyOf(t, nil, nil))))

	var s evaluation.Splitter[string, string]
	var v evaluation.Services[int, string]
	require.ErrorIs(t, second(s.MarshalBinary()), relmark.ErrInvalid)
	require.ErrorIs(t, second(v.MarshalBinary()), relmark.ErrInvalid)
	one, two := encoded(t, aSplitter(t)), encoded(t, someServices(t))
	require.ErrorIs(t, s.UnmarshalBinary(two), relmark.ErrUnsupported)
	require.ErrorIs(t, v.UnmarshalBinary(one), relmark.ErrUnsupported)
	require.ErrorIs(t, new(evaluation.Splitter[int, string]).UnmarshalBinary(one), relmark.ErrUnsupported)
	require.ErrorIs(t, new(evaluation.Services[int, int]).UnmarshalBinary(two), relmark.ErrUnsupported)
	for i := range one {
		require.Error(t, s.UnmarshalBinary(one[:i]))
	}
	for i := range two {
		require.Error(t, v.UnmarshalBinary(two[:i]))
	}
	require.NoError(t, s.UnmarshalBinary(one))
	require.NoError(t, v.UnmarshalBinary(two))
	require.Equal(t, aSplitter(t), &s)
	require.Equal(t, someServices(t), &v)
}

// Whatever byte is changed, with a checksum that fits: what is read is what would be written.
func TestDecodersTakeOnlyWhatIsWritten(t *testing.T) {
	t.Parallel()
	type state interface {
		MarshalBinary() ([]byte, error)
		UnmarshalBinary(data []byte) error
	}
	for _, c := range []struct{ full, into state }{
		{aRanking(t), new(evaluation.Ranking[string, int])},
		{anOffPolicy(t), new(evaluation.OffPolicy)},
		{aSplitter(t), new(evaluation.Splitter[string, string])},
		{someServices(t), new(evaluation.Services[int, string])},
	} {
		plain := body(t, encoded(t, c.full))
		for i := range plain {
			for v := range 256 {
				changed := bytes.Clone(plain)
				changed[i] = byte(v)
				if data := codec.AppendSum(changed, 0); c.into.UnmarshalBinary(data) == nil {
					require.Equal(t, data, encoded(t, c.into))
				}
			}
		}
	}
}

func TestAccumulatorsRefuseJSON(t *testing.T) {
	t.Parallel()
	for _, v := range []any{aRanking(t), anOffPolicy(t), catalogue(t, 3), services(t, 2), splitter(t, nil, 1)} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
		require.ErrorIs(t, json.Unmarshal([]byte("{}"), v), relmark.ErrUnsupported)
	}
}

package abc_test

import (
	"encoding"
	"encoding/hex"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/abc"
)

func valuesOf(t require.TestingT, list []decimal.Decimal) abc.Values {
	var v abc.Values
	for _, d := range list {
		require.NoError(t, v.Add(d, 1))
	}
	return v
}

func encoded(t require.TestingT, v encoding.BinaryMarshaler) []byte {
	data, err := v.MarshalBinary()
	require.NoError(t, err)
	return data
}

// Any split, merged in any order, is one pass; encodings round trip.
func TestValuesMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lists := rapid.SliceOfN(rapid.SliceOfN(amounts(-1e6), 0, 8), 3, 3).Draw(t, "parts")
		at := func(i int) abc.Values { return valuesOf(t, lists[i]) }
		ab, ba, all := at(0), at(1), valuesOf(t, slices.Concat(lists...))
		require.NoError(t, ab.Merge(at(1)))
		require.NoError(t, ba.Merge(at(0)))
		assert.Equal(t, encoded(t, ab), encoded(t, ba), "commutative")

		left, right := ab, at(1)
		require.NoError(t, left.Merge(at(2)))
		require.NoError(t, right.Merge(at(2)))
		whole := at(0)
		require.NoError(t, whole.Merge(right))
		assert.Equal(t, encoded(t, all), encoded(t, left))
		assert.Equal(t, encoded(t, all), encoded(t, whole), "associative")
		require.NoError(t, whole.Merge(abc.Values{}))
		assert.Equal(t, encoded(t, all), encoded(t, whole), "identity")

		var back abc.Values
		require.NoError(t, back.UnmarshalBinary(encoded(t, all)))
		assert.Equal(t, encoded(t, all), encoded(t, back))
		assert.Equal(t, all.Customers(), back.Customers())
	})
}

func TestValuesRefuse(t *testing.T) {
	t.Parallel()
	v := valuesOf(t, []decimal.Decimal{money(t, "1e18")})
	before := encoded(t, v)
	require.EqualError(t, v.Add(decimal.New(1, -10), 1), "abc: Value: must have at most 9 fraction digits")
	require.EqualError(t, v.Add(decimal.New(1, 0), -1), "abc: N = -1: must be 0 or more")
	require.ErrorIs(t, v.Add(decimal.New(1, -9), 1), relmark.ErrLimit)
	require.EqualError(t, v.Add(decimal.New(1, 0), math.MaxInt32), "abc: number of customers: limit reached")
	fine := valuesOf(t, []decimal.Decimal{decimal.New(1, -9)})
	require.ErrorIs(t, fine.Merge(v), relmark.ErrLimit)
	require.NoError(t, v.Add(decimal.New(5, 0), 0))
	assert.Equal(t, before, encoded(t, v))

	curve := v.Curve()
	require.NoError(t, v.Add(decimal.New(5, 0), 2))
	assert.Equal(t, 1, curve.Customers(), "later changes do not reach a curve")
	require.NoError(t, v.Merge(v))
	assert.Equal(t, 6, v.Customers())
}

// Zeros that end a fraction are no digits, as where a database gives nine to all.
func TestZerosLeaveRoom(t *testing.T) {
	t.Parallel()
	list := []decimal.Decimal{money(t, "1.000000000"), money(t, "12345678901.5"), money(t, "2.500000000")}
	v := valuesOf(t, list)
	assert.Equal(t, "12345678905", v.Curve().Total().String())
	r, err := abc.NewRanking(maps.All(map[int]decimal.Decimal{1: list[0], 2: list[1], 3: list[2]}))
	require.NoError(t, err)
	assert.Equal(t, "12345678905", r.Curve().Total().String())
	require.ErrorIs(t, v.Add(money(t, "0.000000001"), 1), relmark.ErrLimit)
}

func TestBinaryGolden(t *testing.T) {
	t.Parallel()
	v := valuesOf(t, []decimal.Decimal{money(t, "12.50"), money(t, "-3"), money(t, "12.5")})
	reference.PinEncoding(t, "values.v1.hex", v, &abc.Values{})
	reference.PinEncoding(t, "segment.v1.hex", segment(t), &abc.SegmentTotals{})
	reference.PinEncoding(t, "conversions.v1.hex", conversions(), &abc.Conversions{})
}

func conversions() abc.Conversions {
	return abc.Conversions{{{Prospects: 300, Won: 200}, {Prospects: 1}}, {}, {2: {Prospects: 7, Won: 7}}}
}

func TestConversionsBinaryRefuses(t *testing.T) {
	t.Parallel()
	c := conversions()
	good := encoded(t, c)
	for i := range good {
		require.ErrorIs(t, c.UnmarshalBinary(codec.Seal(good[:i])), relmark.ErrInvalid)
	}
	require.ErrorIs(t, c.UnmarshalBinary(codec.Seal(append(slices.Clip(good), 0))), relmark.ErrInvalid)
	require.ErrorIs(t, c.UnmarshalBinary([]byte{19, 2}), relmark.ErrUnsupported)
	require.ErrorIs(t, c.UnmarshalBinary(codec.AppendSum(append([]byte{19, 1, 1, 2}, make([]byte, 16)...), 0)), relmark.ErrInvalid, "more won than there were")
	negative := append([]byte{19, 1}, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)
	require.ErrorIs(t, c.UnmarshalBinary(codec.AppendSum(append(negative, make([]byte, 17)...), 0)), relmark.ErrInvalid, "past an int64")
	assert.Equal(t, conversions(), c, "unchanged")
	for _, bad := range []abc.Trial{{Prospects: 1, Won: 2}, {Prospects: -1, Won: -1}, {Won: -1}} {
		c[1][2] = bad
		_, err := c.MarshalBinary()
		require.EqualError(t, err, "abc: Conversions[1][2]: must have counts of 0 or more, Won at most Prospects")
	}
}

func TestBinaryRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hex  string
		want error
	}{
		"empty":           {"", relmark.ErrInvalid},
		"another kind":    {"010100", relmark.ErrUnsupported},
		"another version": {"0902000000", relmark.ErrUnsupported},
		"ten digits":      {"09010a010201", relmark.ErrInvalid},
		"zeros at an end": {"090101011401", relmark.ErrInvalid}, // 10 tenths
		"digits of none":  {"09010100", relmark.ErrInvalid},
		"nobody":          {"090100010200", relmark.ErrInvalid},
		"not ascending":   {"0901000202010201", relmark.ErrInvalid},
		"too many":        {"0901000102ffffffff0f", relmark.ErrInvalid},
		"more follows":    {"09010001020100", relmark.ErrInvalid},
	} {
		data, err := hex.DecodeString(c.hex)
		require.NoError(t, err)
		v := valuesOf(t, []decimal.Decimal{money(t, "7")})
		before := encoded(t, v)
		if len(data) > 0 {
			data = codec.AppendSum(data, 0)
		}
		require.ErrorIs(t, v.UnmarshalBinary(data), c.want, name)
		assert.Equal(t, before, encoded(t, v), "unchanged")
	}
}

package pulse_test

import (
	"encoding"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/pulse"
)

func encoded(t require.TestingT, v encoding.BinaryMarshaler) []byte {
	data, err := v.MarshalBinary()
	require.NoError(t, err)
	return data
}

// goldens are what the files of version 1 hold.
func goldens(t testing.TB) map[string]encoding.BinaryMarshaler {
	t.Helper()
	y := tally(t, 0, 10, 10, 9, 9, 3)
	require.NoError(t, y.AddBlank(300))
	w := weighted(t, 1, 5)
	require.NoError(t, w.Add(2, 0.75))
	require.NoError(t, w.Add(5, 1.5))
	return map[string]encoding.BinaryMarshaler{"tally.v1.hex": y, "weighted.v1.hex": w}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, v := range goldens(t) {
		reference.PinHex(t, name, encoded(t, v))
	}
}

func TestBinaryRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		into       encoding.BinaryUnmarshaler
	}{
		{"scale of one answer", "1501" + "0202" + "00" + "0105", &pulse.Tally{}},
		{"scale too wide", "1501" + "00ca01" + "00" + "00", &pulse.Tally{}},
		{"end past 127", "1501" + "00feffffff0f" + "00" + "00", &pulse.Tally{}},
		{"fewer counts than answers", "1501" + "0204" + "00" + "0105", &pulse.Tally{}},
		{"counts without a scale", "1501" + "0000" + "00" + "0105", &pulse.Tally{}},
		{"too many people", "1501" + "0204" + "01" + "02" + "ffffffff0f00", &pulse.Tally{}},
		{"goes on", "1501" + "0204" + "00" + "020000" + "00", &pulse.Tally{}},
		{"weight without squares", "1601" + "0204" + "01" + "02" + "000000000000f03f" + "0000000000000000" + "00000000000000000000000000000000", &pulse.Weighted{}},
		{"answers of no weight", "1601" + "0204" + "01" + "02" + strings.Repeat("00", 32), &pulse.Weighted{}},
		{"weight of nobody", "1601" + "0204" + "00" + "02" + "000000000000f03f" + "000000000000f03f" + strings.Repeat("00", 16), &pulse.Weighted{}},
		{"squares above the square", "1601" + "0204" + "01" + "02" + "000000000000f03f" + "0000000000000040" + strings.Repeat("00", 16), &pulse.Weighted{}},
	} {
		data, err := hex.DecodeString(c.body)
		require.NoError(t, err, c.name)
		require.ErrorIs(t, c.into.UnmarshalBinary(codec.AppendSum(data, 0)), relmark.ErrInvalid, c.name)
	}
	require.ErrorIs(t, new(pulse.Tally).UnmarshalBinary(encoded(t, weighted(t, 1, 5))), relmark.ErrUnsupported)
	require.ErrorIs(t, new(pulse.Tally).UnmarshalBinary([]byte{21, 2}), relmark.ErrUnsupported)
	var zero pulse.Tally
	require.NoError(t, zero.UnmarshalBinary(encoded(t, &pulse.Tally{})))
	var none pulse.Weighted
	require.NoError(t, none.UnmarshalBinary(encoded(t, &pulse.Weighted{})))
}

func FuzzTallyUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, goldens(f)["tally.v1.hex"]))
	f.Add(encoded(f, &pulse.Tally{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var y pulse.Tally
		if y.UnmarshalBinary(data) != nil {
			require.Zero(t, y.N())
			return
		}
		require.Equal(t, data, encoded(t, &y))
		if n, err := y.NPS(); err == nil && n.N() > 0 {
			_, _, err = n.Interval(0.95, pulse.AdjustedWald)
			require.NoError(t, err)
		}
		if m := y.Mean(); m.N() > 1 {
			low, high, err := m.Interval(0.95)
			require.NoError(t, err)
			require.LessOrEqual(t, low, high)
		}
	})
}

func FuzzWeightedUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, goldens(f)["weighted.v1.hex"]))
	f.Add(encoded(f, &pulse.Weighted{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var w pulse.Weighted
		if w.UnmarshalBinary(data) != nil {
			require.Zero(t, w.N())
			return
		}
		require.Equal(t, data, encoded(t, &w))
		if e, err := w.Mean(); err == nil {
			_, _, err = e.Interval(0.95)
			require.NoError(t, err)
		}
	})
}

func FuzzNewTally(f *testing.F) {
	f.Add(0, 10, 7)
	f.Fuzz(func(t *testing.T, low, high, answer int) {
		s := pulse.Scale{Low: low, High: high}
		y, err := pulse.NewTally(s)
		require.Equal(t, s.Validate() == nil, err == nil)
		if err != nil {
			return
		}
		require.Equal(t, answer >= low && answer <= high, y.Add(answer) == nil)
	})
}

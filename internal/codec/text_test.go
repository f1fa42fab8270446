package codec_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
)

// raw is its own encoding, but for one that cannot be encoded and one that cannot be
// decoded.
type raw []byte

var errRaw = errors.New("raw")

func (r raw) MarshalBinary() ([]byte, error) {
	if string(r) == "dumb" {
		return nil, errRaw
	}
	return r, nil
}

func (r *raw) UnmarshalBinary(data []byte) error {
	if string(data) == "deaf" {
		return errRaw
	}
	*r = append(raw{}, data...)
	return nil
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := raw(rapid.SliceOf(rapid.Byte()).Draw(t, "data"))
		text, err := codec.Text(want)
		require.NoError(t, err)
		var got raw
		require.NoError(t, codec.ReadText(text, &got))
		require.Equal(t, string(want), string(got))
	})
}

func TestTextRefuses(t *testing.T) {
	t.Parallel()
	_, err := codec.Text(raw("dumb"))
	require.ErrorIs(t, err, errRaw)
	text, err := codec.Text(raw("deaf"))
	require.NoError(t, err)
	var r raw
	require.ErrorIs(t, codec.ReadText(text, &r), errRaw)
	for _, text := range []string{"AA", "AB==", "AAA=\n", "AA\n==", "A A=", "?"} {
		require.ErrorIs(t, codec.ReadText([]byte(text), &r), codec.ErrCorrupt, text)
	}
	assert.Nil(t, r)
}

func FuzzReadText(f *testing.F) {
	f.Add([]byte("AAA="))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r raw
		if codec.ReadText(text, &r) != nil {
			return
		}
		if again, err := codec.Text(r); err == nil {
			require.Equal(t, string(text), string(again), "one text for one value")
		}
	})
}

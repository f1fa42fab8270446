package codec_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
)

type (
	name  string
	short int8
	place uint16
)

func TestIDKind(t *testing.T) {
	t.Parallel()
	assert.Equal(t, codec.IDText, codec.IDKind[string]())
	assert.Equal(t, codec.IDText, codec.IDKind[name]())
	assert.Equal(t, codec.IDSigned, codec.IDKind[int64]())
	assert.Equal(t, codec.IDSigned, codec.IDKind[short]())
	assert.Equal(t, codec.IDUnsigned, codec.IDKind[uint]())
	assert.Equal(t, codec.IDUnsigned, codec.IDKind[place]())
}

func TestIDRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		back(t, name(rapid.String().Draw(t, "text")))
		back(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
		back(t, rapid.Int64().Draw(t, "signed"))
		back(t, short(rapid.Int8().Draw(t, "short")))
		back(t, rapid.Uint64().Draw(t, "unsigned"))
		back(t, place(rapid.Uint16().Draw(t, "place")))
	})
}

func back[I codec.ID](t *rapid.T, want I) {
	w := codec.NewWriter(nil, 1, 1)
	codec.WriteID(&w, want)
	r := codec.NewReader(w.Data(), 1, 1)
	require.Equal(t, want, codec.ReadID[I](&r))
	require.NoError(t, r.Done())
}

func TestReadIDRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	w := codec.NewWriter(nil, 1, 1)
	codec.WriteID(&w, math.MaxInt8+1)
	r := codec.NewReader(w.Data(), 1, 1)
	codec.ReadID[short](&r)
	require.ErrorIs(t, r.Done(), codec.ErrCorrupt)

	w = codec.NewWriter(nil, 1, 1)
	codec.WriteID(&w, uint64(math.MaxUint16+1))
	r = codec.NewReader(w.Data(), 1, 1)
	codec.ReadID[place](&r)
	require.ErrorIs(t, r.Done(), codec.ErrCorrupt)
}

func TestIsUTF8(t *testing.T) {
	t.Parallel()
	good, bad, number := name("größe"), name("gr\xf6\xdfe"), short(-1)
	assert.True(t, codec.IsUTF8(&good))
	assert.False(t, codec.IsUTF8(&bad))
	assert.True(t, codec.IsUTF8(&number))
	plain, broken := "größe", "\xff"
	assert.True(t, codec.IsUTF8(&plain))
	assert.False(t, codec.IsUTF8(&broken))
}

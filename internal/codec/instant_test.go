package codec_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
)

// Instants come back whatever they are near to, and are written in one way.
func TestInstantsComeBack(t *testing.T) {
	t.Parallel()
	instants := rapid.OneOf(rapid.Int64Range(-1e9, 1e9), rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0, 1e9, -1e9}))
	rapid.Check(t, func(t *rapid.T) {
		at, from := instants.Draw(t, "at"), instants.Draw(t, "from")
		w := codec.NewWriter(nil, kind, newest)
		w.Time(at, from)
		w.End(at, from)
		data := w.Data()
		r := codec.NewReader(data, kind, newest)
		require.Equal(t, at, r.Time(from))
		require.Equal(t, at, r.End(from))
		require.NoError(t, r.Done())
	})
}

func TestInstantsHaveOneForm(t *testing.T) {
	t.Parallel()
	for _, parts := range [][2]int64{{0, 1e9}, {1, -1}, {-1, 1}, {math.MaxInt64, 0}} {
		w := codec.NewWriter(nil, kind, newest)
		w.Varint(parts[0])
		w.Varint(parts[1])
		r := codec.NewReader(w.Data(), kind, newest)
		r.Time(0)
		assert.Error(t, r.Done(), parts)
	}
	w := codec.NewWriter(nil, kind, newest)
	w.Bool(false)
	w.Time(codec.Never, 0)
	r := codec.NewReader(w.Data(), kind, newest)
	r.End(0)
	assert.Error(t, r.Done(), "never is said in one way")
}

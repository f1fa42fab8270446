package codec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/codec"
)

func TestHolds(t *testing.T) {
	t.Parallel()
	w := codec.NewWriter(nil, codec.KindHealth, 1)
	w.Float64(1)
	r := codec.NewReader(w.Data(), codec.KindHealth, 1)
	assert.True(t, r.Holds(0))
	assert.True(t, r.Holds(8))
	require.NoError(t, r.Err())
	assert.False(t, r.Holds(9))
	require.ErrorIs(t, r.Err(), codec.ErrCorrupt)
	assert.False(t, r.Holds(0), "after an error")
}

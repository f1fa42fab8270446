package codec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/codec"
)

func TestIDTextOf(t *testing.T) { //nolint:paralleltest // counts allocations
	type label string
	plain, named, number := "tea", label("milk"), 7
	text, ok := codec.IDTextOf(&plain)
	assert.True(t, ok)
	assert.Equal(t, "tea", text)
	text, ok = codec.IDTextOf(&named)
	assert.True(t, ok)
	assert.Equal(t, "milk", text)
	_, ok = codec.IDTextOf(&number)
	assert.False(t, ok)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = codec.IDTextOf(&plain) }))
}

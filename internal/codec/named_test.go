package codec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
)

func TestMapsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(rapid.StringN(1, 5, 20), rapid.Int64Range(0, 1<<53-1)).Draw(t, "map")
		w := codec.NewWriter(nil, kind, 1)
		codec.WriteMap(&w, m, func(_ string, v int64) { w.Uvarint(uint64(v)) })
		r := codec.NewReader(w.Data(), kind, newest)
		back := codec.ReadMap(&r, 20, 3, func(string) int64 { return r.UpTo(1<<53 - 1) })
		require.NoError(t, r.Done())
		require.Equal(t, m, back)
	})
}

func TestNamesAreChecked(t *testing.T) {
	t.Parallel()
	read := func(names ...string) error {
		w := codec.NewWriter(nil, kind, 1)
		w.Count(len(names))
		for _, name := range names {
			w.String(name)
		}
		r := codec.NewReader(w.Data(), kind, newest)
		codec.ReadMap(&r, 4, 1, func(string) bool { return true })
		return r.Done()
	}
	require.NoError(t, read())
	require.NoError(t, read("a", "aa", "éé"))
	for _, bad := range [][]string{{""}, {"aaaaa"}, {"\xff"}, {"a", "a"}, {"b", "a"}} {
		require.ErrorIs(t, read(bad...), codec.ErrCorrupt, strings.Join(bad, ","))
	}
}

func TestUpToIsInclusive(t *testing.T) {
	t.Parallel()
	w := codec.NewWriter(nil, kind, 1)
	w.Uvarint(7)
	r := codec.NewReader(w.Data(), kind, newest)
	assert.Equal(t, int64(7), r.UpTo(7))
	require.NoError(t, r.Done())
	r = codec.NewReader(w.Data(), kind, newest)
	assert.Zero(t, r.UpTo(6))
	require.ErrorIs(t, r.Done(), codec.ErrCorrupt)
}

package codec_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/codec"
)

// FuzzReader reads any bytes by any script of primitives: nothing panics, and
// what reads without error is what a writer would have written.
func FuzzReader(f *testing.F) {
	f.Add([]byte{}, []byte{})
	f.Add(body(0xfe, 1, 0xac, 2, 3, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 2, 9, 8), []byte{0, 1, 2, 3, 4, 6})
	f.Add(body(0x80, 0), []byte{2})
	f.Add(body(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), []byte{7})
	f.Add(body(0, 0, 0, 0, 0, 0, 0xf0, 0x7f), []byte{5})
	f.Fuzz(func(t *testing.T, data, script []byte) {
		data = codec.Seal(data)
		r := codec.NewReader(data, kind, newest)
		w := codec.NewWriter(nil, kind, r.Version())
		for _, op := range script {
			write(&w, readOp(&r, op%ops))
		}
		if r.Done() == nil {
			require.True(t, bytes.Equal(data, w.Data()), "%x reads as %x", data, w.Data())
		}
	})
}

// FuzzCount checks that no input makes a list longer than it can hold.
func FuzzCount(f *testing.F) {
	f.Add(body(3, 0, 0, 0), 1)
	f.Add(body(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), 0)
	f.Add(body(0xff, 0xff, 0xff, 0xff, 0x07), -1)
	f.Fuzz(func(t *testing.T, data []byte, least int) {
		r := codec.NewReader(codec.Seal(data), kind, newest)
		n := r.Count(least)
		require.GreaterOrEqual(t, n, 0)
		require.LessOrEqual(t, n, len(data)/max(least, 1))
	})
}

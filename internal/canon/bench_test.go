package canon_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/canon"
)

func sale() record {
	return record{
		Kind: "sale", Key: "order-123456", Rule: "base", Big: 4990, Seq: 17, Print: 0x0123456789abcdef, Digits: 2, Amount: 4990,
		At: time.Date(2025, 1, 10, 12, 0, 0, 0, time.UTC), Level: "gold", Lines: []line{{Amount: 1990}, {Amount: 3000}},
	}
}

func BenchmarkForms(b *testing.B) {
	r := sale()
	text, err := r.text(newest)
	require.NoError(b, err)
	packed, err := r.packed(newest)
	require.NoError(b, err)
	room := make([]byte, 0, 1024)
	var f canon.Form
	f.Remember()
	for name, run := range map[string]func(){
		"write":       func() { f := canon.Writer(room, newest); r.code(&f); _, _ = f.Data() },
		"writePacked": func() { f := canon.PackedWriter(room, newest); r.code(&f); _, _ = f.Data() },
		"read":        func() { _, _ = read(&f, text) },
		"readPacked":  func() { _, _ = readPacked(&f, packed) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
		})
	}
}

// Writing to memory that is there allocates the form, and reading the record, its lists
// and now and then a piece of memory for texts; under the race detector one more each.
func TestAllocates(t *testing.T) {
	r := sale()
	text, err := r.text(newest)
	require.NoError(t, err)
	room := make([]byte, 0, 1024)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		f := canon.Writer(room, newest)
		r.code(&f)
		_, _ = f.Data()
	}), 2.0)
	f := new(canon.Form)
	f.Remember()
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = read(f, text) }), 3.1)
}

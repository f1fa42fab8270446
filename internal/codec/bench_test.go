package codec_test

import (
	"testing"

	"github.com/relmark/relmark/internal/codec"
)

const elements = 1000

// list encodes numbers of one and two bytes, as differences of days are.
func list(b []byte) []byte {
	w := codec.NewWriter(b, kind, 1)
	w.Count(elements)
	for i := range uint64(elements) {
		w.Uvarint(i % 160)
	}
	return w.Data()
}

func BenchmarkWrite1000Uvarints(b *testing.B) {
	b.ReportAllocs()
	var data []byte
	for b.Loop() {
		data = list(data[:0])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/elements, "ns/element")
}

func BenchmarkRead1000Uvarints(b *testing.B) {
	b.ReportAllocs()
	data := list(nil)
	for b.Loop() {
		r := codec.NewReader(data, kind, 1)
		sum := uint64(0)
		for range r.Count(1) {
			sum += r.Uvarint()
		}
		if r.Done() != nil || sum == 0 {
			b.Fatal("own encoding does not read back")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/elements, "ns/element")
}

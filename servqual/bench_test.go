package servqual_test

import (
	"math/rand/v2"
	"testing"

	"github.com/relmark/relmark/servqual"
)

func BenchmarkAdd(b *testing.B) {
	in, _ := servqual.NewInstrument(servqual.Standard(1, 7))
	const n = 1 << 16
	r := rand.New(rand.NewPCG(1, 2))
	pts := []int8{20, 20, 20, 20, 20}
	for _, missing := range []int{0, 33} {
		data := make([]int8, n*44)
		for i := range data {
			data[i] = int8(1 + r.IntN(7))
			if missing > 0 && r.IntN(missing) == 0 {
				data[i] = servqual.Blank
			}
		}
		s := in.NewSurvey()
		for _, points := range [][]int8{nil, pts} {
			b.Run("x", func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					row := data[(i%n)*44:][:44]
					if err := s.Add(servqual.Response{Expected: row[:22], Perceived: row[22:], Points: points}); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}

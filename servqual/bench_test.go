package servqual_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual"
)

// simulated returns responses to the standard instrument: most perceptions a step
// or two below expectations, one answer in every missing left blank, 0 for none.
func simulated(n, missing int, weighted bool) []servqual.Response {
	rng := rand.New(rand.NewPCG(1, 2))
	list := make([]servqual.Response, n)
	for i := range list {
		r := servqual.Response{Expected: make([]int8, 22), Perceived: make([]int8, 22)}
		for k := range r.Expected {
			e := 4 + rng.IntN(4)
			r.Expected[k], r.Perceived[k] = int8(e), int8(max(1, e-2+rng.IntN(4)))
			if missing > 0 && rng.IntN(missing) == 0 {
				r.Expected[k] = servqual.Blank
			}
			if missing > 0 && rng.IntN(missing) == 0 {
				r.Perceived[k] = servqual.Blank
			}
			r.Perceived[k] = min(r.Perceived[k], 7)
		}
		if weighted {
			r.Points = []int8{10, 30, 25, 20, 15}
		}
		list[i] = r
	}
	return list
}

func BenchmarkAdd22Items(b *testing.B) {
	for name, list := range map[string][]servqual.Response{
		"Complete":        simulated(1<<10, 0, false),
		"Missing3Percent": simulated(1<<10, 33, false),
		"Weighted":        simulated(1<<10, 33, true),
	} {
		b.Run(name, func(b *testing.B) {
			s := standard(b).NewSurvey()
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Add(list[i%len(list)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/respondent")
		})
	}
}

func BenchmarkReport22Items(b *testing.B) {
	s := collect(b, standard(b), simulated(1<<14, 33, true)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Report(servqual.HalfAnswered); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMerge22Items(b *testing.B) {
	s, o := standard(b).NewSurvey(), collect(b, standard(b), full(1, 7, 20))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Merge(o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBinary22Items(b *testing.B) {
	for _, n := range []int{100, 1 << 14} {
		s := collect(b, standard(b), simulated(n, 33, true)...)
		data := encoded(b, s)
		b.Run(fmt.Sprintf("Append%dRespondents", n), func(b *testing.B) {
			buffer := make([]byte, 0, len(data))
			b.ReportAllocs()
			b.ReportMetric(float64(len(data)), "bytes")
			for b.Loop() {
				buffer, _ = s.AppendBinary(buffer[:0])
			}
		})
		b.Run(fmt.Sprintf("Unmarshal%dRespondents", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.UnmarshalBinary(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Adding and merging take no memory beyond the survey.
func TestAddAndMergeDoNotAllocate(t *testing.T) {
	list := simulated(256, 33, true)
	s := standard(t).NewSurvey()
	i := 0
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		if s.Add(list[i%len(list)]) != nil {
			t.FailNow()
		}
		i++
	}))
	o := collect(t, standard(t), list...)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if s.Merge(o) != nil {
			t.FailNow()
		}
	}))
}

package servqual_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
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
			r.Importance = []int8{10, 30, 25, 20, 15}
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
			for b.Loop() {
				buffer, _ = s.AppendBinary(buffer[:0])
			}
			b.ReportMetric(float64(len(data)), "bytes")
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

// What the comments promise of memory.
func TestSizeOfASurvey(t *testing.T) { //nolint:paralleltest // it counts what the process allocates
	largest := widest()
	for name, c := range map[string]struct {
		p           servqual.InstrumentParams
		bytes, gaps uint64
	}{
		"1 to 7":   {servqual.Standard(1, 7), 22e3, 7e3},
		"0 to 100": {servqual.Standard(0, 100), 1.2e6, 110e3},
	} {
		in := instrument(t, c.p)
		got := allocated(func() { in.NewSurvey() })
		require.True(t, c.bytes*9/10 <= got && got <= c.bytes*21/20, "%s: %d bytes", name, got)
		got = allocated(func() { in.NewGapSurvey() })
		require.True(t, c.gaps*9/10 <= got && got <= c.gaps*21/20, "gaps, %s: %d bytes", name, got)
		got = allocated(func() { in.NewZoneSurvey() })
		require.True(t, 6200 <= got && got <= 7500, "zones, %s: %d bytes", name, got)
	}
	data := encoded(t, instrument(t, largest).NewSurvey())
	var s servqual.Survey
	require.LessOrEqual(t, allocated(func() { _ = s.UnmarshalBinary(data) }), uint64(13e6))
	require.Equal(t, 100, s.Instrument().Items())
	full := collect(t, standard(t), scattered(1<<15)...)
	require.Less(t, len(encoded(t, full)), 9000)
	for range 16 {
		require.NoError(t, full.Merge(full))
	}
	require.Less(t, len(encoded(t, full)), 22000)
}

// scattered returns responses that reach every pair of answers to every item.
func scattered(n int) []servqual.Response {
	rng := rand.New(rand.NewPCG(3, 4))
	list := simulated(n, 6, true)
	for _, r := range list {
		for i := range r.Expected {
			if r.Expected[i] != servqual.Blank {
				r.Expected[i] = int8(1 + rng.IntN(7))
			}
			if r.Perceived[i] != servqual.Blank {
				r.Perceived[i] = int8(1 + rng.IntN(7))
			}
		}
	}
	return list
}

// allocated returns how many bytes f allocates: the least of ten runs, because the
// counter is of the whole process and the runtime allocates too.
func allocated(f func()) uint64 {
	least := uint64(math.MaxUint64)
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

func BenchmarkZoneAdd22Items(b *testing.B) {
	list := simulated(1<<10, 33, false)
	s := standard(b).NewZoneSurvey()
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		r := list[i%len(list)]
		if err := s.Add(servqual.ZoneResponse{Adequate: r.Perceived, Desired: r.Expected, Perceived: r.Perceived}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkRelationsAdd22Items(b *testing.B) {
	list := simulated(1<<10, 33, true)
	r, err := standard(b).NewRelations(servqual.RelationParams{
		Measures: []servqual.Measure{servqual.MeasureGap, servqual.MeasurePerceived},
		Outcomes: []servqual.Column{{Name: "overall", Low: 0, High: 10}},
	})
	require.NoError(b, err)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Add(list[i%len(list)], []int8{int8(i % 11)}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// Adding zones takes no memory beyond the survey.
func TestZoneAddDoesNotAllocate(t *testing.T) {
	list := simulated(256, 33, false)
	s := standard(t).NewZoneSurvey()
	i := 0
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		r := list[i%len(list)]
		if s.Add(servqual.ZoneResponse{Adequate: r.Perceived, Desired: r.Expected, Perceived: r.Perceived}) != nil {
			t.FailNow()
		}
		i++
	}))
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

// A study takes 8·k·(k + 3) bytes for each combination of blanks, beside what a map takes.
func TestSizeOfAStudy(t *testing.T) { //nolint:paralleltest // it counts what the process allocates
	var p servqual.StudyParams
	for i := range 12 {
		p.Columns = append(p.Columns, servqual.Column{Name: string(rune('a' + i)), Low: 0, High: 1})
	}
	row := make([]int8, 12)
	one := allocated(func() { _ = study(t, p) })
	const sets = 256
	many := allocated(func() {
		s := study(t, p)
		for set := range sets {
			for i := range row {
				row[i] = blank
				if set>>i&1 == 1 {
					row[i] = 1
				}
			}
			require.NoError(t, s.Add(row))
		}
	})
	per := float64(many-one) / sets
	require.True(t, per >= 8*12*15 && per < 8*12*15*1.3, "%v bytes", per)
}

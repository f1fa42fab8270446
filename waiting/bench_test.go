package waiting_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/relmark/relmark/waiting"
)

func BenchmarkUnder(b *testing.B) {
	x, err := waiting.NewExperience(plainParams)
	if err != nil {
		b.Fatal(err)
	}
	law := exponential{prob: 0.4, rate: 0.3}
	for name, law := range map[string]waiting.Law{"closed form": law, "smooth tail": plain{law}, "tail with a jump": fixed(4.2)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Under(law); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkModel(b *testing.B) {
	m, err := waiting.NewModel()
	if err != nil {
		b.Fatal(err)
	}
	s := waiting.Situation{Stage: waiting.BeforeService, Filled: 0.5, Informed: true}
	b.Run("Felt", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Felt(7, s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Experience", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Experience(s, 10); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAnnounce(b *testing.B) {
	for _, ahead := range []int{0, 30, 1000, 100_000} {
		b.Run(fmt.Sprintf("ahead=%d", ahead), func(b *testing.B) {
			b.ReportAllocs()
			p, err := waiting.NewPosition(waiting.PositionParams{Ahead: ahead, Service: 0.3, Servers: 6, Unit: time.Minute})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := waiting.Announce(p, waiting.DefaultRegret()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCountSlips(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			source := rand.New(rand.NewPCG(1, 2))
			starts := make([]float64, n)
			for i := range starts {
				starts[i] = float64(i) + 20*source.Float64()
			}
			for b.Loop() {
				if _, err := waiting.CountSlips(starts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/customer")
		})
	}
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	x, err := waiting.NewExperience(plainParams)
	if err != nil {
		t.Fatal(err)
	}
	m, err := waiting.NewModel()
	if err != nil {
		t.Fatal(err)
	}
	var law waiting.Law = exponential{prob: 0.4, rate: 0.3}
	var sink float64
	for name, f := range map[string]func(){
		"Felt":         func() { sink += float64(x.Felt(7)) },
		"Satisfaction": func() { sink += x.Satisfaction(7) },
		"Under":        func() { s, _ := x.Under(law); sink += s.Satisfaction },
		"Model": func() {
			band, _ := m.Felt(7, waiting.Situation{Filled: 0.5, Slips: 1})
			sink += band.Median
		},
		"Experience": func() {
			x, _ := m.Experience(waiting.Situation{Filled: 0.5, Slips: 1}, 10)
			sink += float64(x.Felt(1))
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

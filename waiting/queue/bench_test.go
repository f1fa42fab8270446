package queue_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/relmark/relmark/waiting/queue"
)

// textbook is the recursion that most codes use, and the yardstick that times on
// different machines are compared by: 44.6 µs for 10,000 servers where the peers
// were measured.
func textbook(servers int, load float64) float64 {
	b := 1.0
	for j := 1; j <= servers; j++ {
		b = load * b / (float64(j) + load*b)
	}
	return b
}

func BenchmarkErlangB(b *testing.B) {
	for _, servers := range []int{10, 100, 1000, 10_000, 100_000} {
		for name, f := range map[string]func(servers int, load float64) float64{"": queue.ErlangB, "/textbook": textbook} {
			b.Run(fmt.Sprintf("c=%d%s", servers, name), func(b *testing.B) {
				b.ReportAllocs()
				load := 0.95 * float64(servers)
				for b.Loop() {
					f(servers, load)
				}
			})
		}
	}
}

func BenchmarkNewMMC(b *testing.B) {
	for _, servers := range []int{1, 10, 100, 1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("c=%d", servers), func(b *testing.B) {
			b.ReportAllocs()
			p := queue.MMCParams{Unit: time.Hour, Arrival: 0.95 * float64(servers), Service: 1, Servers: servers}
			for b.Loop() {
				if _, err := queue.NewMMC(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMMC(b *testing.B) {
	m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: 95, Service: 1, Servers: 100})
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func() float64{
		"WaitTail":        func() float64 { return m.WaitTail(0.1) },
		"WaitQuantile":    func() float64 { return m.WaitQuantile(0.9) },
		"SojournTail":     func() float64 { return m.SojournTail(0.1) },
		"SojournQuantile": func() float64 { return m.SojournQuantile(0.9) },
		"ProbEmpty":       m.ProbEmpty,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}

// BenchmarkStaffMMC finds the servers for 80 % within 20 s at three-minute
// services, over 10,000 intervals of different load.
func BenchmarkStaffMMC(b *testing.B) {
	for _, size := range []struct {
		name        string
		least, most float64
	}{{"0.5-60 Erlang", 0.5, 60}, {"50-2000 Erlang", 50, 2000}} {
		b.Run(size.name, func(b *testing.B) {
			b.ReportAllocs()
			const intervals = 10_000
			target := queue.Target{Level: new(0.8), Within: new(20 * time.Second)}
			for b.Loop() {
				for i := range intervals {
					load := size.least + (size.most-size.least)*float64(i)/intervals
					if _, err := queue.StaffMMC(queue.MMCParams{Unit: time.Minute, Arrival: load / 3, Service: 1. / 3}, target); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/intervals, "ns/interval")
		})
	}
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	var sink float64
	target := queue.Target{Level: new(0.8), Within: new(6 * time.Minute)}
	p := queue.MMCParams{Unit: time.Hour, Arrival: 95, Service: 1, Servers: 100}
	for name, f := range map[string]func(){
		"ErlangB":   func() { sink += queue.ErlangB(100, 95) },
		"overload":  func() { sink += queue.ErlangB(100, 195) },
		"ErlangC":   func() { sink += queue.ErlangC(100_000, 99_000) },
		"NewMMC":    func() { m, _ := queue.NewMMC(p); sink += m.MeanWait() },
		"tails":     func() { m, _ := queue.NewMMC(p); sink += m.WaitTail(1) + m.SojournTail(1) },
		"quantiles": func() { m, _ := queue.NewMMC(p); sink += m.WaitQuantile(0.9) + m.SojournQuantile(0.9) },
		"counts":    func() { m, _ := queue.NewMMC(p); sink += m.ProbEmpty() + m.ProbCount(90) + m.LogProbEmpty() },
		"StaffMMC": func() {
			m, _ := queue.StaffMMC(queue.MMCParams{Unit: time.Hour, Arrival: 50, Service: 1}, target)
			sink += m.MeanWait()
		},
		"StaffMMCCost": func() {
			m, _ := queue.StaffMMCCost(queue.MMCParams{Unit: time.Hour, Arrival: 50, Service: 1}, queue.Costs{Server: 1, Waiting: 2})
			sink += m.MeanWait()
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// All probabilities and means, and a tail.
func BenchmarkErlangA(b *testing.B) {
	for _, servers := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			p := queue.ErlangAParams{Arrival: float64(servers), Service: 1, Servers: servers, Leaving: 0.5, Unit: time.Minute}
			b.ReportAllocs()
			for b.Loop() {
				m, err := queue.NewErlangA(p)
				if err != nil || m.ProbWait()+m.ProbAbandon()+m.MeanWait()+m.MeanSystem()+m.WaitTail(0.3)+m.ServedWithin(0.3) < 0 {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMMCG(b *testing.B) {
	p := queue.MMCGParams{Arrival: 110, Service: 1, Servers: 100, Patience: queue.FixedPatience{Time: 2}, Unit: time.Minute}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := queue.NewMMCG(p); err != nil {
			b.Fatal(err)
		}
	}
}

// An exact day: 96 quarters of an hour, some 50 servers, room for 200.
func BenchmarkTransient(b *testing.B) {
	p := queue.DayParams{Interval: 0.25, Service: 12, Unit: time.Hour}
	var servers []int
	for i := range 96 {
		load := 25 + 25*math.Sin(float64(i)*math.Pi/48)*math.Sin(float64(i)*math.Pi/48)
		p.Arrivals, servers = append(p.Arrivals, 12*load), append(servers, int(load)+3)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := queue.Transient(p, servers, 200, 0); err != nil {
			b.Fatal(err)
		}
	}
}

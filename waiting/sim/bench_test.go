package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/waiting/sim"
)

// customers are so many of M/M/c with a utilization of 0.9.
func customers(n, servers int) (arrival, service []float64) {
	from := source(1)
	now := 0.0
	for range n {
		now += from.ExpFloat64() / (0.9 * float64(servers))
		arrival, service = append(arrival, now), append(service, from.ExpFloat64())
	}
	return arrival, service
}

func perCustomer(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/customer")
}

func BenchmarkWaits(b *testing.B) {
	const n = 1_000_000
	for _, servers := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("customers=1e6/servers=%d", servers), func(b *testing.B) {
			arrival, service := customers(n, servers)
			dst := make([]float64, 0, n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := sim.Waits(dst, arrival, service, servers); err != nil {
					b.Fatal(err)
				}
			}
			perCustomer(b, n)
		})
	}
}

// M/M/c with its variates, customer by customer.
func BenchmarkFIFO(b *testing.B) {
	for _, servers := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			from := source(1)
			line, err := sim.NewFIFO(servers)
			require.NoError(b, err)
			now, rate, sum := 0.0, 0.9*float64(servers), 0.0
			b.ReportAllocs()
			for b.Loop() {
				now += from.ExpFloat64() / rate
				wait, err := line.Serve(now, from.ExpFloat64())
				if err != nil {
					b.Fatal(err)
				}
				sum += wait
			}
		})
	}
}

func BenchmarkRun(b *testing.B) {
	const n = 200_000
	call := func(rate float64, servers int, patience sim.Law, classes int) sim.Config {
		c := sim.Config{Unit: time.Minute, Customers: n, Stations: []sim.Station{{Servers: servers}}}
		for range classes {
			c.Classes = append(c.Classes, sim.Class{Gap: sim.Exponential{Rate: rate / float64(classes)}, Service: []sim.Law{sim.Exponential{Rate: 1}}, Patience: patience})
		}
		if classes > 1 {
			c.Stations[0].Discipline = sim.Priority
		}
		return c
	}
	for name, c := range map[string]sim.Config{
		"mmc/servers=10":              call(9, 10, nil, 1),
		"mmc/servers=100":             call(92, 100, nil, 1),
		"patience/servers=50":         call(60, 50, sim.Exponential{Rate: 2}, 1),
		"priority/servers=5":          call(4.2, 5, nil, 3),
		"priority+patience/servers=5": call(4.2, 5, sim.Exponential{Rate: 1}, 3),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := sim.Run(b.Context(), c, source(3)); err != nil {
					b.Fatal(err)
				}
			}
			perCustomer(b, n)
		})
	}
}

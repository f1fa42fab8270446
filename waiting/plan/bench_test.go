package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/plan"
)

func BenchmarkCheapest(b *testing.B) {
	for _, measures := range []int{8, 16, 24} {
		b.Run(fmt.Sprintf("measures=%d", measures), func(b *testing.B) {
			p := plan.Problem{
				Arrival: 27, Service: 1, Unit: time.Minute, ServersMin: 28, ServersMax: 60, ServerCost: 500,
				Experience: waiting.ExperienceParams{Multiplier: 1.36, Exponent: 1, Expected: 1, Gain: 1, Loss: 2.25},
				Target:     plan.Target{Satisfaction: new(0.5)},
			}
			for i := range measures {
				p.Measures = append(p.Measures, plan.Measure{Name: fmt.Sprint(i), Cost: int64(40 + 37*i%100), Felt: -0.02 * float64(1+i%7)})
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := plan.Cheapest(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzCheapest(f *testing.F) {
	f.Add(3.0, 1.0, 2, 5, 0.3, -0.2, 0.1, 0.5)
	f.Fuzz(func(t *testing.T, arrival, service float64, least, most int, leaving, felt, speed, target float64) {
		p := plan.Problem{
			Arrival: arrival, Service: service, Unit: time.Minute, ServersMin: least, ServersMax: most, ServerCost: 3,
			Experience: waiting.ExperienceParams{Multiplier: 1, Exponent: 1, Expected: 1, Gain: 1, Loss: 2},
			Measures:   []plan.Measure{{Name: "a", Cost: 2, Felt: felt}, {Name: "b", Cost: 1, Service: speed}},
			Target:     plan.Target{Satisfaction: &target},
		}
		if leaving > 1e-3 && most < 100 && arrival < 100*service {
			p.Leaving = &leaving
		}
		m, err := plan.Cheapest(p)
		if err != nil {
			return
		}
		if m.Servers < least || m.Servers > most || m.Perception.Satisfaction < target-1e-9*max(1, -target, target) {
			t.Fatalf("%+v of %+v", m, p)
		}
	})
}

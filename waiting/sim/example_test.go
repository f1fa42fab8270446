package sim_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"time"

	"github.com/relmark/relmark/waiting/sim"
)

// How many callers hang up if 30 a quarter of an hour call five agents, are patient
// for three minutes on average, and gold members are served first?
func Example() {
	call := func(rate float64) sim.Class {
		return sim.Class{
			Gap:      sim.Exponential{Rate: rate},
			Service:  []sim.Law{sim.Lognormal{Location: 0.7, Spread: 0.6}}, // minutes
			Patience: sim.Exponential{Rate: 1.0 / 3},
		}
	}
	stats, err := sim.Run(context.Background(), sim.Config{
		Unit:      time.Minute,
		Stations:  []sim.Station{{Servers: 5, Discipline: sim.Priority}},
		Classes:   []sim.Class{call(0.4), call(1.6)}, // gold first
		Customers: 200_000, WarmUp: 10_000,
		Limits: []float64{0.5},
	}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		log.Fatal(err)
	}
	for class, name := range []string{"gold", "others"} {
		calls := stats.Class(0, class)
		low, high, err := calls.ShareAbandoned().Interval(0.95)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-6s hang up %.1f to %.1f %%, answered within 30 s: %.0f %%\n",
			name, 100*low, 100*high, 100*calls.ServedWithin(0).Value)
	}
	fmt.Printf("agents are busy %.0f %% of their time\n", 100*stats.Utilization(0))
	// Output:
	// gold   hang up 7.3 to 7.8 %, answered within 30 s: 76 %
	// others hang up 15.6 to 16.1 %, answered within 30 s: 59 %
	// agents are busy 83 % of their time
}

// Yesterday's log: how long did each of them wait at two desks?
func ExampleWaits() {
	arrivals := []float64{0, 1, 2, 2.5, 7}
	services := []float64{4, 3, 2, 1, 2}
	waits, err := sim.Waits(nil, arrivals, services, 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(waits)
	// Output: [0 0 2 1.5 0]
}

// Would the third customer have stayed, who is patient for a minute?
func ExampleStation_Follow() {
	desk := sim.Station{Servers: 1}
	passages, err := desk.Follow([]sim.Customer{
		{Arrival: 0, Service: 4},
		{Arrival: 1, Service: 3},
		{Arrival: 2, Service: 2, Patience: new(1.0)},
		{Arrival: 3, Service: 1},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range passages {
		fmt.Println(p.Outcome, p.Wait, p.Departs)
	}
	// Output:
	// served 0 4
	// served 3 7
	// abandoned 1 3
	// served 4 8
}

// Two guests at once, and nobody keeps the times: how long does the next one wait?
func ExampleFIFO() {
	line, err := sim.NewFIFO(1)
	if err != nil {
		log.Fatal(err)
	}
	for _, arrival := range []float64{10, 10, 11} {
		wait, err := line.Serve(arrival, 2)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(wait)
	}
	// Output:
	// 0
	// 2
	// 3
}

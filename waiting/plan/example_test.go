package plan_test

import (
	"fmt"
	"log"
	"math"
	"strings"
	"time"

	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/plan"
	"github.com/relmark/relmark/waiting/queue"
)

// clinic is a walk-in clinic: 20 patients an hour, twelve minutes each.
func clinic() plan.Problem {
	return plan.Problem{
		Arrival: 20, Service: 5, Unit: time.Hour,
		ServersMin: 4, ServersMax: 9, ServerCost: 320, // a day
		Experience: waiting.ExperienceParams{Multiplier: 1.36, Exponent: 1, Expected: 8, Gain: 1, Loss: 2.25},
		Measures: []plan.Measure{
			{Name: "seats and a roof", Cost: 35, Felt: -0.25},
			{Name: "place in line on a screen", Cost: 60, Felt: -0.13, ExpectedMinutes: 2},
			{Name: "forms at home", Cost: 120, Service: 0.1},
		},
		Target: plan.Target{Satisfaction: new(0.6)},
	}
}

// Patients complain of the wait. One more doctor, or something cheaper?
func Example() {
	mix, err := plan.Cheapest(clinic())
	if err != nil {
		log.Fatal(err)
	}
	doctors := clinic()
	doctors.Measures = nil
	alone, err := plan.Cheapest(doctors)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d doctors with %s: %d a day\n", mix.Servers, strings.Join(mix.Measures, ", "), mix.Cost)
	fmt.Printf("%d doctors alone: %d a day\n", alone.Servers, alone.Cost)
	// Output:
	// 6 doctors with seats and a roof: 1955 a day
	// 7 doctors alone: 2240 a day
}

// What does each further unit of money buy?
func ExampleFrontier() {
	curve, err := plan.Frontier(clinic())
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range curve[:5] {
		fmt.Printf("%d a day: satisfaction %5.2f, %d doctors, %d measures\n", m.Cost, m.Perception.Satisfaction, m.Servers, len(m.Measures))
	}
	// Output:
	// 1400 a day: satisfaction -6.80, 4 doctors, 1 measures
	// 1435 a day: satisfaction -4.90, 4 doctors, 2 measures
	// 1460 a day: satisfaction -4.25, 4 doctors, 2 measures
	// 1495 a day: satisfaction -2.93, 4 doctors, 3 measures
	// 1600 a day: satisfaction -1.00, 5 doctors, 0 measures
}

// Callers who hear a longer wait hang up sooner, which makes the wait shorter: what is
// true to say?
func ExampleSettle() {
	calls := queue.ErlangAParams{Arrival: 55, Service: 1, Servers: 50, Leaving: 0.2, Unit: time.Minute}
	balance, err := plan.Settle(calls, waiting.DefaultRegret(), func(told waiting.Minutes) float64 {
		return 0.2 * math.Exp(0.4*float64(told))
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("say %.0f seconds; %.1f %% hang up\n", 60*balance.Told, 100*balance.Queue.ProbAbandon())
	// Output: say 32 seconds; 9.6 % hang up
}

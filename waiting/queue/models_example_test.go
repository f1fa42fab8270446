package queue_test

import (
	"fmt"
	"log"
	"math"
	"time"

	"github.com/relmark/relmark/waiting/queue"
)

// Callers hang up after two minutes on average. How many agents, if no more than 3 % may?
func ExampleStaffErlangA() {
	calls := queue.ErlangAParams{Arrival: 48, Service: 1, Leaving: 0.5, Unit: time.Minute}
	desk, err := queue.StaffErlangA(calls, queue.PatienceTarget{Abandon: new(0.03)})
	if err != nil {
		log.Fatal(err)
	}
	endless, err := queue.NewMMC(queue.MMCParams{Arrival: 48, Service: 1, Servers: desk.Params().Servers, Unit: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d agents: %.1f %% hang up, mean wait %.1f s; if nobody did it would be %.1f s\n",
		desk.Params().Servers, 100*desk.ProbAbandon(), 60*desk.MeanWait(), 60*endless.MeanWait())
	// Output: 51 agents: 2.4 % hang up, mean wait 2.9 s; if nobody did it would be 11.4 s
}

// Everybody waits three minutes and then leaves. How many do?
func ExampleMMCG() {
	line, err := queue.NewMMCG(queue.MMCGParams{Arrival: 1.2, Service: 0.25, Servers: 5, Patience: queue.FixedPatience{Time: 3}, Unit: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f %% leave; %.0f %% wait\n", 100*line.ProbAbandon(), 100*line.ProbWait())
	// Output: 12.2 % leave; 61 % wait
}

// Reception, doctor, cashier: where does one more pair of hands help most?
func ExampleNetwork() {
	clinic, err := queue.NewNetwork(queue.NetworkParams{Unit: time.Hour, Stations: []queue.Station{
		{External: 14, Service: 20, Servers: 1, Route: []float64{0, 1, 0}},   // reception, then the doctor
		{Service: 4, Servers: 4, Route: []float64{0, 0, 0.9}},                // a tenth leaves without paying
		{External: 2, Service: 30, Servers: 1, Route: []float64{0, 0.05, 0}}, // some are sent back
	}})
	if err != nil {
		log.Fatal(err)
	}
	station, growth := clinic.Bottleneck()
	best := clinic.BestServer()
	fmt.Printf("a visit takes %.0f minutes; station %d is the bottleneck, %.0f %% more patients overrun it\n",
		60*clinic.MeanVisit(), station, 100*(growth-1))
	fmt.Printf("one more at station %d saves %.0f minutes a visit\n", best, 60*clinic.ServerValue(best))
	// Output:
	// a visit takes 64 minutes; station 1 is the bottleneck, 8 % more patients overrun it
	// one more at station 1 saves 33 minutes a visit
}

// The morning rush: who staffs each half hour by itself comes late.
func ExampleStaffDay() {
	day := queue.DayParams{Arrivals: []float64{20, 60, 90, 60, 30}, Interval: 0.5, Service: 2, Unit: time.Hour}
	promise := queue.Target{Level: new(0.8), Within: new(2 * time.Minute)}
	for _, view := range []queue.RateView{queue.Pointwise, queue.Lagged, queue.Offered} {
		servers, err := queue.StaffDay(day, promise, view)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-9q %v\n", view, servers)
	}
	// Output:
	// ""        [14 36 51 36 19]
	// "lagged"  [14 14 36 51 36]
	// "offered" [14 22 36 40 31]
}

// 100 rooms, one guest in ten does not come: how many bookings, if an empty room costs 80
// and a guest without a room 250?
func ExampleOverbook() {
	night, err := queue.Overbook(queue.OverbookParams{Places: 100, ShowUp: 0.9, EmptyFee: 80, WalkFee: 250})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bookings: %.1f rooms stay empty, %.2f guests are walked\n", night.Limit, night.Empty, night.Walked)
	// Output: 109 bookings: 2.4 rooms stay empty, 0.49 guests are walked
}

// Ten Erlangs, and no more than 2 % may find all lines busy.
func ExampleLinesFor() {
	lines, err := queue.LinesFor(10, 0.02)
	if err != nil {
		log.Fatal(err)
	}
	load, err := queue.LoadFor(lines, 0.02)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d lines, which carry up to %.2f Erlangs\n", lines, load)
	// Output: 17 lines, which carry up to 10.66 Erlangs
}

// All that is known are means and spreads: how long will they wait, and how sure is that?
func ExampleGGC() {
	line, err := queue.NewGGC(queue.GGCParams{Arrival: 9, MeanService: 0.1, Servers: 1, GapCV2: 0.4, ServiceCV2: 0.7, Unit: time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	low, high := line.Band()
	fmt.Printf("about %.0f minutes, %.0f to %.0f by the formula; no more than %.0f\n",
		60*line.MeanWait(queue.KraemerLB), 60*low, 60*high, 60*line.MeanWait(queue.KingmanBound))
	// Output: about 29 minutes, 29 to 30 by the formula; no more than 32
}

// A doctor sees patients by appointment every 20 minutes and takes 16 on average.
func ExampleGM1() {
	practice, err := queue.NewGM1(queue.GM1Params{Arrival: 3, Service: 60. / 16, Regular: true, Unit: time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	random, err := queue.NewMMC(queue.MMCParams{Arrival: 3, Service: 60. / 16, Servers: 1, Unit: time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f minutes of waiting, %.0f if patients came as they like\n", 60*practice.MeanWait(), 60*random.MeanWait())
	// Output: 27 minutes of waiting, 64 if patients came as they like
}

// The doors open at eight and forty people stand there: how full is it at nine?
func ExampleTransient() {
	morning := queue.DayParams{Arrivals: []float64{50, 50, 50, 50}, Interval: 0.25, Service: 15, Unit: time.Hour}
	moments, err := queue.Transient(morning, []int{4, 4, 4, 4}, 200, 40)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range moments {
		fmt.Printf("%.0f ", math.Round(m.MeanSystem))
	}
	// Output: 38 35 33 30
}

package queue_test

import (
	"fmt"
	"time"

	"github.com/relmark/relmark/waiting/queue"
)

// Forty customers an hour, four minutes each, three tellers: how long do they wait?
func Example() {
	bank, err := queue.NewMMC(queue.MMCParams{Arrival: 40, Service: 15, Servers: 3, Unit: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("tellers are busy %.0f %% of the time\n", 100*bank.Utilization())
	fmt.Printf("%.0f %% of the customers wait, %.1f minutes on average\n", 100*bank.ProbWait(), 60*bank.MeanWaitIfDelayed())
	fmt.Printf("%.1f people are in the bank, %.1f of them in line\n", bank.MeanSystem(), bank.MeanQueue())
	fmt.Printf("one in ten waits longer than %.0f minutes\n", 60*bank.WaitQuantile(0.9))
	// Output:
	// tellers are busy 89 % of the time
	// 80 % of the customers wait, 12.0 minutes on average
	// 9.0 people are in the bank, 6.4 of them in line
	// one in ten waits longer than 25 minutes
}

// What if one of the three tellers is ill?
func ExampleNewMMC() {
	_, err := queue.NewMMC(queue.MMCParams{Arrival: 40, Service: 15, Servers: 2, Unit: time.Hour})
	fmt.Println(err)
	// Output:
	// queue: Servers = 2: must exceed the load Arrival/Service
}

// How many agents answer 80 % of 200 calls an hour within 20 seconds?
func ExampleStaffMMC() {
	calls := queue.MMCParams{Arrival: 200, Service: 20, Unit: time.Hour} // three minutes a call
	desk, err := queue.StaffMMC(calls, queue.Target{Level: new(0.8), Within: new(20 * time.Second)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d agents answer %.1f %% in time\n", desk.Params().Servers, 100*desk.WaitWithin(desk.Units(20*time.Second)))
	// Output:
	// 14 agents answer 88.8 % in time
}

// How many agents does each half hour of the morning need, if 80 % of the calls are to
// be answered within 20 seconds? Nobody calls before eight.
func ExampleStaffMMC_day() {
	promise := queue.Target{Level: new(0.8), Within: new(20 * time.Second), Occupancy: new(0.85)}
	for i, calls := range []float64{0, 12, 45, 70} {
		halfHour := queue.MMCParams{Arrival: calls, Service: 10, Unit: 30 * time.Minute} // three minutes a call
		desk, err := queue.StaffMMC(halfHour, promise)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d:%02d  %2d agents, busy %2.0f %%\n", 7+(i+1)/2, 30-30*(i%2), desk.Params().Servers, 100*desk.Utilization())
	}
	// Output:
	// 7:30   0 agents, busy  0 %
	// 8:00   3 agents, busy 40 %
	// 8:30   7 agents, busy 64 %
	// 9:00  10 agents, busy 70 %
}

// A teller costs 30 an hour. At which price of our customers' time do we need a
// fourth one?
func ExampleStaffMMCCost() {
	for _, price := range []float64{5, 10, 20} {
		costs := queue.Costs{Server: 30, Waiting: price}
		bank, err := queue.StaffMMCCost(queue.MMCParams{Arrival: 40, Service: 15, Unit: time.Hour}, costs)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("at %2.0f an hour: %d tellers, %.0f an hour in all\n", price, bank.Params().Servers, costs.Of(bank))
	}
	// Output:
	// at  5 an hour: 3 tellers, 135 an hour in all
	// at 10 an hour: 4 tellers, 154 an hour in all
	// at 20 an hour: 4 tellers, 188 an hour in all
}

// How many chairs does the waiting room need, so that only one moment in a hundred
// finds somebody standing?
func ExampleMMC_QueueTail() {
	clinic, err := queue.NewMMC(queue.MMCParams{Arrival: 5, Service: 2, Servers: 3, Unit: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	chairs := 0
	for clinic.QueueTail(chairs) > 0.01 {
		chairs++
	}
	fmt.Println(chairs, "chairs")
	// Output:
	// 23 chairs
}

// How long from entering the shop until nine in ten customers are out again?
func ExampleMMC_SojournQuantile() {
	shop, err := queue.NewMMC(queue.MMCParams{Arrival: 40, Service: 15, Servers: 4, Unit: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	t := shop.SojournQuantile(0.9)
	fmt.Printf("%.1f minutes; longer than that: %.2f\n", 60*t, shop.SojournTail(t))
	// Output:
	// 11.3 minutes; longer than that: 0.10
}

// Ten lines, five calls at a time on average: how many callers hear the busy tone?
func ExampleErlangB() {
	fmt.Printf("%.2f %%\n", 100*queue.ErlangB(10, 5))
	// Output:
	// 1.84 %
}

// And if they are put on hold instead?
func ExampleErlangC() {
	fmt.Printf("%.2f %% hear the music\n", 100*queue.ErlangC(10, 5))
	// Output:
	// 3.61 % hear the music
}

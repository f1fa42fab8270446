package waiting_test

import (
	"fmt"
	"log"
	"time"

	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

// Another teller, or a screen that shows the place in line and something to read:
// which of them do our customers notice?
func Example() {
	model, err := waiting.NewModel()
	if err != nil {
		fmt.Println(err)
		return
	}
	plain := waiting.Situation{Stage: waiting.BeforeService}
	cared := waiting.Situation{Stage: waiting.BeforeService, Filled: 1, Informed: true, Positioned: true}
	for _, option := range []struct {
		name      string
		tellers   int
		situation waiting.Situation
	}{{"as it is", 3, plain}, {"another teller", 4, plain}, {"screen and papers", 3, cared}} {
		bank, err := queue.NewMMC(queue.MMCParams{Arrival: 0.65, Service: 0.25, Servers: option.tellers, Unit: time.Minute}) // per minute
		if err != nil {
			fmt.Println(err)
			return
		}
		customer, err := model.Experience(option.situation, 5) // five minutes are acceptable
		if err != nil {
			fmt.Println(err)
			return
		}
		score, err := customer.Under(bank)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-17s  wait %4.1f min, felt %4.1f, too long for %2.0f %%, satisfaction %5.2f\n",
			option.name, score.MeanWait, score.MeanFelt, 100*score.ProbExcess, score.Satisfaction)
	}
	// Output:
	// as it is           wait  7.6 min, felt 10.3, too long for 53 %, satisfaction -3.67
	// another teller     wait  1.0 min, felt  1.4, too long for 10 %, satisfaction  0.59
	// screen and papers  wait  7.6 min, felt  8.2, too long for 47 %, satisfaction -2.31
}

// How long does a wait of ten minutes seem, with and without something to read, and
// how sure is that?
func ExampleModel_Felt() {
	model, err := waiting.NewModel()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, filled := range []float64{0, 1} {
		felt, err := model.Felt(10, waiting.Situation{Filled: filled})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("filled %.0f: %.1f minutes, between %.1f and %.1f\n", filled, felt.Median, felt.Low, felt.High)
	}
	// Output:
	// filled 0: 13.6 minutes, between 10.4 and 17.9
	// filled 1: 12.3 minutes, between 8.5 and 17.8
}

// Callers who hear their place in line: how many more stay?
func ExampleModel_Leaving() {
	model, err := waiting.NewModel()
	if err != nil {
		fmt.Println(err)
		return
	}
	leaving, err := model.Leaving(waiting.Situation{Positioned: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("hang-ups a minute times %.2f, between %.2f and %.2f\n", leaving.Median, leaving.Low, leaving.High)
	// Output:
	// hang-ups a minute times 0.38, between 0.20 and 0.73
}

// We measured our own customers: a wait feels 1.2 times as long. What changes?
func ExampleNewModel() {
	measured := waiting.Prior{
		Factor: waiting.Base, Effect: waiting.OnFelt, Mean: 0.18, SD: 0.02,
		Grade: waiting.GradeA, Source: "our survey of March",
	}
	model, err := waiting.NewModel(measured)
	if err != nil {
		fmt.Println(err)
		return
	}
	felt, err := model.Felt(5, waiting.Situation{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("five minutes feel like %.1f, between %.1f and %.1f\n", felt.Median, felt.Low, felt.High)
	// Output:
	// five minutes feel like 6.0, between 5.8 and 6.2
}

// At which wait do customers begin to be annoyed?
func ExampleExperience_WaitFeltAs() {
	customer, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: 1.36, Exponent: 1, Expected: 5, Gain: 1, Loss: 2.25})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f minutes\n", customer.WaitFeltAs(5))
	// Output:
	// 3.7 minutes
}

// Seven people are ahead of this caller, three agents take five minutes each: what
// do we say?
func ExampleAnnounce() {
	caller, err := waiting.NewPosition(waiting.PositionParams{Ahead: 7, Service: 12, Servers: 3, Unit: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	told, err := waiting.Announce(caller, waiting.Regret{Under: 2.25, Over: 1, Step: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("about %.0f minutes; %.0f %% wait no longer\n", told.IfDelayed, 100*(1-caller.WaitTail(float64(told.IfDelayed)/60)))
	// Output:
	// about 20 minutes; 91 % wait no longer
}

// Our desk answers nine calls of ten within 20 seconds. What do those hear who have to
// wait, and what does the web page say?
func ExampleAnnounce_callCentre() {
	desk, err := queue.StaffMMC(
		queue.MMCParams{Arrival: 200, Service: 20, Unit: time.Hour},
		queue.Target{Level: new(0.8), Within: new(20 * time.Second)},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	told, err := waiting.Announce(desk, waiting.DefaultRegret())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% have to wait: tell them %.1f minutes\n", 100*desk.ProbWait(), told.IfDelayed)
	fmt.Printf("who asks before the call: %.1f minutes\n", told.Overall)
	// Output:
	// 17 % have to wait: tell them 0.9 minutes
	// who asks before the call: 0.0 minutes
}

// Was the line fair this morning?
func ExampleCountSlips() {
	starts := []float64{9.00, 9.10, 9.35, 9.20, 9.30} // by order of arrival
	line, err := waiting.CountSlips(starts)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d slips, %d of them by one customer: %.0f %% were passed\n", line.Total(), line.MostSlips(), 100*line.ShareSlipped())
	// Output:
	// 2 slips, 2 of them by one customer: 20 % were passed
}

// There are seven ahead of this caller and three agents: how long will it take?
func ExampleNewPosition() {
	p, err := waiting.NewPosition(waiting.PositionParams{Ahead: 7, Service: 0.2, Servers: 3, Unit: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("half of such callers are through within %.0f minutes, nine of ten within %.0f\n", p.WaitQuantile(0.5), p.WaitQuantile(0.9))
	// Output: half of such callers are through within 13 minutes, nine of ten within 20
}

// The priors are from buses and banks. What do our own guests say?
func ExampleCalibrator() {
	asked := waiting.NewCalibrator()
	for i, felt := range []waiting.Minutes{6, 9, 4, 14, 7, 11, 5, 8} { // of five minutes each
		with := waiting.Situation{Stage: waiting.BeforeService, Filled: float64(i % 2)}
		if err := asked.Add(waiting.Observation{Wait: 5, Felt: felt, Situation: with}); err != nil {
			log.Fatal(err)
		}
	}
	model, err := waiting.NewModel()
	if err != nil {
		log.Fatal(err)
	}
	ours, err := asked.Calibrate(model, waiting.CalibrateOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range []waiting.Model{model, ours.Model} {
		band, err := m.Felt(5, waiting.Situation{Stage: waiting.BeforeService})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("five minutes feel like %.1f, %.1f to %.1f\n", band.Median, band.Low, band.High)
	}
	// Output:
	// five minutes feel like 6.8, 4.8 to 9.7
	// five minutes feel like 7.0, 5.8 to 8.6
}

// How long are callers willing to wait, if most are served before we know?
func ExamplePatienceLog() {
	var calls waiting.PatienceLog
	for _, c := range []struct {
		seconds int
		hungUp  bool
	}{{20, false}, {45, true}, {45, false}, {60, true}, {90, false}, {120, true}, {120, false}, {150, false}} {
		if err := calls.Add(time.Duration(c.seconds)*time.Second, c.hungUp); err != nil {
			log.Fatal(err)
		}
	}
	patience, err := calls.Patience(0.9)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f %% would wait longer than a minute; they give up at %.2f a minute\n",
		100*patience.Survival(1), patience.Rate.PerMinute)
	// Output: 69 % would wait longer than a minute; they give up at 0.28 a minute
}

// Is the log whole, and what does it say of the line?
func ExampleLineLog() {
	open := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return open.Add(time.Duration(minutes) * time.Minute) }
	morning, err := waiting.NewLineLog(open, at(10), 1)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range []waiting.Visit{
		{Arrived: at(1), Started: at(1), Ended: at(4)},
		{Arrived: at(2), Started: at(4), Ended: at(7)},
		{Arrived: at(3), Left: at(5)},
		{Arrived: at(8), Started: at(8), Ended: at(10)},
	} {
		if err := morning.Add(v); err != nil {
			log.Fatal(err)
		}
	}
	f, err := morning.Facts()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f a minute, service %.1f min (cv² %.2f), busy %.0f %%, Little %.2f\n",
		f.PerMinute, float64(*f.MeanService), *f.ServiceCV2, 100*f.Utilization, *f.Little)
	// Output: 0.4 a minute, service 2.7 min (cv² 0.05), busy 80 %, Little 1.00
}

// Do guests without a card wait longer?
func ExampleMeasureInequality() {
	waits := []waiting.Minutes{2, 3, 1, 4, 9, 12, 7, 10}
	cards := []string{"gold", "gold", "gold", "gold", "none", "none", "none", "none"}
	x, err := waiting.MeasureInequality(waits, cards, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	none := x.Groups[1]
	fmt.Printf("Gini %.2f; %s waits %.1f minutes longer, %.1f to %.1f\n", *x.Gini, none.Group, *none.Gap, none.Interval.Low, none.Interval.High)
	// Output: Gini 0.36; none waits 7.0 minutes longer, 3.9 to 10.1
}

// Somebody fell ill behind the counter. What do we tell those who wait?
func ExampleBoard() {
	board := waiting.DefaultBoard()
	left := func(ahead, clerks int) waiting.Position {
		p, err := waiting.NewPosition(waiting.PositionParams{Ahead: ahead, Service: 15, Servers: clerks, Unit: time.Hour})
		if err != nil {
			log.Fatal(err)
		}
		return p
	}
	open := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	first, err := board.First(left(5, 3), open)
	if err != nil {
		log.Fatal(err)
	}
	later, err := board.Next(first, left(4, 2), waiting.ServerLeft, open.Add(2*time.Minute))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f minutes (%.0f to %.0f)\n", first.Wait, first.Low, first.High)
	fmt.Printf("%.0f minutes (%.0f to %.0f), for one clerk has left\n", later.Wait, later.Low, later.High)
	// Output:
	// 10 minutes (4 to 12)
	// 12 minutes (5 to 16), for one clerk has left
}

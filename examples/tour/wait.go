package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/plan"
	"github.com/relmark/relmark/waiting/queue"
)

// A desk is a line of guests in front of one or more clerks.
type desk struct {
	arrivals   float64 // guests an hour
	minutes    float64 // of service, on average
	clerks     int
	acceptable time.Duration // of waiting that guests find in order
}

// The reception of the simulated hotel at the evening rush.
func hotelDesk() *desk {
	return &desk{arrivals: 26, minutes: 4, clerks: 2, acceptable: 5 * time.Minute}
}

// howTheWaitFelt says how long guests wait at the desk, how it feels, and what
// would help.
func (s *story) howTheWaitFelt(r *report) error {
	r.heading("How long do they wait, and how does it feel?", "waiting", "waiting/queue", "waiting/plan")
	if s.desk == nil {
		r.say("Needs three numbers: arrivals an hour, minutes of service, servers.")
		return nil
	}
	model, err := waiting.NewModel()
	if err != nil {
		return err
	}
	plain := waiting.Situation{Stage: waiting.BeforeService}
	told := waiting.Situation{Stage: waiting.BeforeService, Positioned: true, Explained: true, Filled: 0.8}
	var rows [][]string
	for _, line := range []struct {
		name      string
		clerks    int
		situation waiting.Situation
	}{
		{fmt.Sprintf("%d clerks, as it is", s.desk.clerks), s.desk.clerks, plain},
		{fmt.Sprintf("%d clerks, a screen and a drink", s.desk.clerks), s.desk.clerks, told},
		{fmt.Sprintf("%d clerks", s.desk.clerks+1), s.desk.clerks + 1, plain},
	} {
		row, err := s.desk.row(model, line.clerks, line.situation)
		if err != nil {
			return err
		}
		rows = append(rows, append([]string{line.name}, row...))
	}
	r.table([]string{"the desk", "who wait", "mean wait", "9 of 10 within", "feels like", "too long for"}, rows)
	r.say("What a wait feels like follows from cited studies, not from this hotel: calibrate it on your own guests.")
	if err := s.desk.sayStaffing(r); err != nil {
		return err
	}
	return s.desk.sayMix(r)
}

// sayMix says what makes the wait bearable at the least cost, and what the next steps
// would bring.
func (d *desk) sayMix(r *report) error {
	p := plan.Problem{
		Arrival: d.arrivals, Service: 60 / d.minutes, Unit: time.Hour,
		ServersMin: d.clerks, ServersMax: d.clerks + 3, ServerCost: 240,
		Experience: waiting.ExperienceParams{Multiplier: 1.36, Exponent: 1, Expected: waiting.Minutes(d.acceptable.Minutes()), Gain: 1, Loss: 2.25},
		Measures: []plan.Measure{
			{Name: "armchairs", Cost: 15, Felt: -0.25},
			{Name: "a screen", Cost: 40, Felt: -0.13},
			{Name: "mobile check-in", Cost: 70, Service: 0.3},
		},
		Target: plan.Target{Satisfaction: new(0.4)},
	}
	best, err := plan.Cheapest(p)
	if err != nil {
		return err
	}
	curve, err := plan.Frontier(p)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, m := range curve {
		rows = append(rows, []string{mixName(m), count(int(m.Cost)), fmt.Sprintf("%.2f", m.Perception.Satisfaction), percent(m.Perception.ProbExcess)})
	}
	const shown = 8
	r.table([]string{"what money buys", "a shift", "satisfaction", "too long for"}, rows[:min(shown, len(rows))])
	r.say("The cheapest way to a satisfaction of %.1f: %s, at %d a shift.", *p.Target.Satisfaction, mixName(best), best.Cost)
	return nil
}

func mixName(m plan.Mix) string {
	return strings.Join(append([]string{plural(m.Servers, "clerk")}, m.Measures...), ", ")
}

// sayStaffing draws how many guests wait too long with more and more clerks, and
// says how many clerks keep a promise.
func (d *desk) sayStaffing(r *report) error {
	const level = 0.8
	line := d.queue(0)
	least, err := queue.StaffMMC(line, queue.Target{})
	if err != nil {
		return err
	}
	enough, err := queue.StaffMMC(line, queue.Target{Level: new(level), Within: new(d.acceptable)})
	if err != nil {
		return err
	}
	var rows [][]string
	var shares []float64
	for line.Servers = least.Params().Servers; line.Servers <= enough.Params().Servers+1; line.Servers++ {
		q, err := queue.NewMMC(line)
		if err != nil {
			return err
		}
		late := q.WaitTail(q.Units(d.acceptable))
		rows = append(rows, []string{plural(line.Servers, "clerk"), percent(q.Utilization()), percent(late)})
		shares = append(shares, late)
	}
	r.bars([]string{"the desk", "busy", fmt.Sprintf("wait over %.0f min", d.acceptable.Minutes())}, rows, shares)
	r.say("%s of the guests waiting no longer than %.0f minutes takes %s.", percent(level), d.acceptable.Minutes(), plural(enough.Params().Servers, "clerk"))
	return nil
}

// queue returns what is known of the line in front of so many clerks.
func (d *desk) queue(clerks int) queue.MMCParams {
	return queue.MMCParams{Arrival: d.arrivals, Service: 60 / d.minutes, Servers: clerks, Unit: time.Hour}
}

// row describes one way to run the desk.
func (d *desk) row(model waiting.Model, clerks int, situation waiting.Situation) ([]string, error) {
	q, err := queue.NewMMC(d.queue(clerks))
	if err != nil {
		return nil, err
	}
	experience, err := model.Experience(situation, waiting.Minutes(d.acceptable.Minutes()))
	if err != nil {
		return nil, err
	}
	score, err := experience.Under(q)
	if err != nil {
		return nil, err
	}
	return []string{
		percent(q.ProbWait()), minutes(score.MeanWait), minutes(waiting.Minutes(60 * q.WaitQuantile(0.9))), minutes(score.MeanFelt), percent(score.ProbExcess),
	}, nil
}

func minutes(m waiting.Minutes) string { return fmt.Sprintf("%.1f min", m) }

package main

import (
	"fmt"

	"github.com/relmark/relmark/waiting/queue"
)

// A desk is a line of guests in front of one or more clerks.
type desk struct {
	arrivals float64 // guests an hour
	minutes  float64 // of service, on average
	clerks   int
}

// The reception of the simulated hotel at the evening rush.
var hotelDesk = desk{arrivals: 26, minutes: 4, clerks: 2}

// howTheWaitFelt says how long guests wait at the desk and what one more clerk does.
func (s *story) howTheWaitFelt(r *report) error {
	r.heading("How long do they wait, and how does it feel?")
	if s.desk == nil {
		r.say("Needs three numbers: arrivals an hour, minutes of service, servers (package waiting/queue).")
		return nil
	}
	var rows [][]string
	for clerks := s.desk.clerks; clerks < s.desk.clerks+3; clerks++ {
		q, err := queue.NewMMC(queue.MMCParams{Arrival: s.desk.arrivals / 60, Service: 1 / s.desk.minutes, Servers: clerks})
		if err != nil {
			return err
		}
		rows = append(rows, []string{
			fmt.Sprint(clerks), percent(q.ProbWait()), minutes(q.MeanWait()), minutes(q.WaitQuantile(0.9)), percent(q.Utilization()),
		})
	}
	r.table([]string{"clerks", "who wait", "mean wait", "9 of 10 within", "busy"}, rows)
	return nil
}

func minutes(m float64) string { return fmt.Sprintf("%.1f min", m) }

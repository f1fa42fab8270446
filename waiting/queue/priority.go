package queue

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// A Class is one kind of customers of a line with priorities. It is plain data.
type Class struct {
	Arrival     float64 `json:"arrival"`      // λ, customers per Unit; 0 to 1e100
	MeanService float64 `json:"mean_service"` // E[S] in Units; 1e-100 to 1e100
	CV2         float64 `json:"cv2"`          // squared coefficient of variation of S; 0 to 1e12
}

// Interruption says what happens to a customer in service when one of a higher class
// comes.
type Interruption string

// What can happen.
const (
	NonPreemptive    Interruption = ""                  // is served to the end
	PreemptiveResume Interruption = "preemptive_resume" // waits, and goes on later where it ended
)

// PriorityMG1 returns the mean wait of each class in front of one server, the first class
// served first and each in the order of arrival (Cobham). Under PreemptiveResume it is the
// time not in service between arrival and departure. It fails with
// a [relmark.FieldError] for a class that breaks a rule, an unknown interruption, no
// classes, or more work than one server can do.
func PriorityMG1(classes []Class, how Interruption) ([]float64, error) {
	if err := checkClasses(classes, how); err != nil {
		return nil, err
	}
	waits := make([]float64, len(classes))
	left := 0.0 // mean time left of a service in progress
	for _, k := range classes {
		left += k.left()
	}
	seen, above, idle := 0.0, 1.0, special.Extended{Hi: 1} // of classes up to this one, and what those above leave
	for i, k := range classes {
		seen += k.left()
		idle = k.less(idle)
		now := idle.Hi + idle.Lo
		if how == PreemptiveResume {
			waits[i] = k.MeanService*(1-above)/above + seen/(above*now)
		} else {
			waits[i] = left / (above * now)
		}
		above = now
	}
	return waits, nil
}

// left returns λ·E[S²]/2.
func (k Class) left() float64 {
	return k.Arrival * k.MeanService * k.MeanService * (1 + k.CV2) / 2
}

// less returns what the work of the class leaves of idle time, with all its digits: where
// little is left, the rounding of the others would be all of it.
func (k Class) less(idle special.Extended) special.Extended {
	work := float64(k.Arrival * k.MeanService)
	d := special.Difference(idle.Hi, work)
	return special.Extended{Hi: d.Hi, Lo: d.Lo + idle.Lo - math.FMA(k.Arrival, k.MeanService, -work)}
}

func checkClasses(classes []Class, how Interruption) error {
	var l faults
	l.Check(len(classes) > 0, "classes", len(classes), "must be one at least")
	l.Check(how == NonPreemptive || how == PreemptiveResume, "how", string(how), "must be preemptive_resume or empty")
	idle := special.Extended{Hi: 1}
	for i, k := range classes {
		var one fault.List
		one.Between("Arrival", k.Arrival, 0, maxRate)
		one.Between("MeanService", k.MeanService, minRate, maxRate)
		one.Between("CV2", k.CV2, 0, 1e12)
		l.Join("classes["+itoa(i)+"]", one.Err(""))
		idle = k.less(idle)
	}
	if l.Len() == 0 {
		l.Check(idle.Hi > tie, "classes", nil, "must have less work than the server can do")
	}
	return l.Err(room)
}

// PriorityMMC returns the mean wait of each class in front of c servers that take the same
// exponential time for all, nobody being interrupted: arrivals of the first class, which
// is served first, per unit, and so on. It fails as [NewMMC] does for all of them
// together, and with a [relmark.FieldError] for no classes or a rate below 0.
func PriorityMMC(arrivals []float64, service float64, servers int, unit time.Duration) ([]float64, error) {
	var l faults
	l.Check(len(arrivals) > 0, "arrivals", len(arrivals), "must be of one class at least")
	sum := 0.0
	for i, rate := range arrivals {
		l.Between("arrivals["+itoa(i)+"]", rate, 0, maxRate)
		sum += rate
	}
	if l.Len() > 0 {
		return nil, l.Err(room)
	}
	all, err := NewMMC(MMCParams{Arrival: sum, Service: service, Servers: servers, Unit: unit})
	if err != nil {
		return nil, err
	}
	capacity := all.params.capacity()
	waits := make([]float64, len(arrivals))
	left, above, seen := all.ProbWait()/capacity, 1.0, 0.0
	for i, rate := range arrivals {
		seen += rate
		now := math.FMA(all.params.able(), service, -seen) / capacity
		waits[i] = left / (above * now)
		above = now
	}
	return waits, nil
}

package queue

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// A Target says how good service must be. A field that is 0 asks for nothing; the
// zero Target asks for a stable queue only. It is plain data.
type Target struct {
	Level     float64 `json:"level,omitempty"`     // least share of customers who wait no longer than Within; below 1
	Within    float64 `json:"within,omitempty"`    // the time for Level; 0 means not at all
	MeanWait  float64 `json:"meanWait,omitempty"`  // greatest mean wait, over all customers
	Occupancy float64 `json:"occupancy,omitempty"` // greatest utilization of the servers; below 1
}

// Validate reports every rule that t breaks, joined into one error.
func (t Target) Validate() error { return joined(t.check(nil)) }

func (t Target) check(errs []error) []error {
	errs = checkShare(errs, "Level", t.Level)
	errs = checkTime(errs, "Within", t.Within)
	errs = checkTime(errs, "MeanWait", t.MeanWait)
	return checkShare(errs, "Occupancy", t.Occupancy)
}

// StaffMMC returns the M/M/c queue of the least number of servers that meets a
// target; p.Servers is the least number to consider, 0 for as few as are stable. It
// fails if p or t breaks a rule, and with [relmark.ErrLimit] if [MaxServers] do not
// suffice. What a Target asks for improves with every server, so the search walks
// up from the first stable number, a few nanoseconds a step; the steps grow as the
// square root of the load.
func StaffMMC(p MMCParams, t Target) (MMC, error) {
	if err := joined(t.check(p.checkStaffing(nil))); err != nil {
		return MMC{}, err
	}
	if t.Occupancy > 0 {
		p.Servers = max(p.Servers, int(min(p.Arrival/p.Service/t.Occupancy, MaxServers)))
	}
	w, ok := newWalk(p)
	late, less := 1.0, 1.0 // e^(−st), and by how much another server lowers it
	if t.Within > 0 {
		late, less = math.Exp(-w.slack()*t.Within), math.Exp(-p.Service*t.Within)
	}
	for ; ok; ok = w.step() {
		if t.met(&w, late) {
			return w.solved(), nil
		}
		late *= less
	}
	return MMC{}, errServers()
}

// met reports whether the queue that w has come to is good enough; late is
// e^(−st) for t.Within. As everywhere, 1/C = 1 + (1 − ρ)·odds.
func (t Target) met(w *walk, late float64) bool {
	slack, capacity := w.slack(), float64(w.params.Servers)*w.params.Service
	inverse := capacity + slack*w.odds // capacity/C
	return (t.Level == 0 || t.reached(w, late*capacity, (1-t.Level)*inverse)) &&
		(t.MeanWait == 0 || capacity/inverse <= t.MeanWait*slack) &&
		(t.Occupancy == 0 || w.params.Arrival <= t.Occupancy*capacity)
}

// reached reports whether late is at most allowed, both on one scale. Who must not wait
// at all can be asked for as often as they do not: then rates and level decide, to the
// last digit. With a time there are no such ties, its exponential being irrational.
func (t Target) reached(w *walk, late, allowed float64) bool {
	if t.Within == 0 && w.params.Servers <= direct && math.Abs(late-allowed) <= 1e-12*allowed {
		return w.solved().more(t.Level) <= 0
	}
	return late <= allowed
}

// Costs are what a unit of time costs. It is plain data.
type Costs struct {
	Server  float64 `json:"server"`  // of one server, busy or not; finite, > 0
	Waiting float64 `json:"waiting"` // of one customer's time, in line or in service; finite, > 0
}

// Validate reports every rule that c breaks, joined into one error.
func (c Costs) Validate() error { return joined(c.check(nil)) }

func (c Costs) check(errs []error) []error {
	return checkPositive(checkPositive(errs, "Server", c.Server), "Waiting", c.Waiting)
}

// Of returns what a unit of time costs at m, in servers and in customers present.
func (c Costs) Of(m MMC) float64 {
	return c.Server*float64(m.params.Servers) + c.Waiting*m.MeanSystem()
}

// StaffMMCCost returns the M/M/c queue of the number of servers, p.Servers or more,
// for which [Costs.Of] is least, the smaller of two that cost the same: a server that
// saves its cost and less than 1e-12 of it more is not worth it. It fails as
// [StaffMMC] does. The mean number present is convex in the number of servers, so
// the first server that does not earn its cost ends the walk.
func StaffMMCCost(p MMCParams, c Costs) (MMC, error) {
	if err := joined(c.check(p.checkStaffing(nil))); err != nil {
		return MMC{}, err
	}
	w, ok := newWalk(p)
	best := w.solved()
	for ok = ok && w.step(); ok; ok = w.step() {
		next := w.solved()
		if !(c.Waiting*(best.MeanQueue()-next.MeanQueue()) > c.Server*(1+1e-12)) {
			return best, nil
		}
		best = next
	}
	return MMC{}, errServers()
}

// A walk visits the stable queues of one load, a server more at a time.
type walk struct {
	params MMCParams
	load   extended
	odds   float64 // of oddsBelow
	steps  int     // since odds was computed afresh
}

// newWalk starts at p.Servers or the least number that is stable, and returns false
// if that exceeds MaxServers.
func newWalk(p MMCParams) (walk, bool) {
	load := quotient(p.Arrival, p.Service)
	p.Servers = max(p.Servers, int(min(load.hi, MaxServers)), 1)
	w := walk{params: p, load: load}
	for w.params.Servers <= MaxServers && !(w.slack() > 0) {
		w.params.Servers++ // at most twice
	}
	if w.params.Servers > MaxServers {
		return walk{}, false
	}
	w.odds = oddsBelow(w.params.Servers, load)
	return w, true
}

// slack returns cμ − λ.
func (w *walk) slack() float64 {
	return math.FMA(float64(w.params.Servers), w.params.Service, -w.params.Arrival)
}

// step adds a server, or returns false if there is none left.
func (w *walk) step() bool {
	w.params.Servers++
	w.steps++
	more := float64(w.params.Servers) / w.load.hi
	w.odds = math.FMA(more, w.odds, more) // as in oddsBelow
	return w.params.Servers <= MaxServers
}

// solved returns the queue that the walk has come to. After a long way it takes
// the odds afresh, for the rounding errors of the load have added up.
func (w *walk) solved() MMC {
	if w.steps > direct {
		w.odds, w.steps = oddsBelow(w.params.Servers, w.load), 0
	}
	return solveMMC(w.params, w.load, w.odds)
}

// checkStaffing adds the rules that p breaks as a starting point to errs.
func (p MMCParams) checkStaffing(errs []error) []error {
	errs = p.checkRates(errs)
	if p.Servers < 0 || p.Servers > MaxServers {
		errs = append(errs, &relmark.FieldError{Field: "Servers", Value: p.Servers, Rule: "must be 0 to 1000000000"})
	}
	return errs
}

func errServers() error {
	return fmt.Errorf("queue: %d servers do not suffice: %w", MaxServers, relmark.ErrLimit)
}

package queue

import (
	"fmt"
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// A Target says how good service must be: what it asks for is given, and nil is not
// asked for. The zero Target asks for a stable queue only. It is plain data.
type Target struct {
	Level     *float64       `json:"level,omitempty"`     // service level: least share of customers who wait no longer than Within; above 0, below 1
	Within    *time.Duration `json:"within,omitempty"`    // the time for Level, 0 for no wait at all; given if and only if Level is
	MeanWait  *time.Duration `json:"mean_wait,omitempty"` // greatest mean wait, over all customers; > 0
	Occupancy *float64       `json:"occupancy,omitempty"` // greatest utilization of the servers; above 0, below 1
}

// Validate reports every rule that t breaks, joined into one error.
func (t Target) Validate() error {
	var l faults
	t.check(&l)
	return l.Err(room)
}

func (t Target) check(l *faults) {
	switch {
	case t.Level == nil && t.Within != nil:
		l.Add("Level", nil, "must be given with Within")
	case t.Level != nil && t.Within == nil:
		l.Add("Within", nil, "must be given with Level")
	}
	if t.Level != nil {
		l.share("Level", *t.Level)
	}
	if t.Within != nil && *t.Within < 0 {
		l.Add("Within", *t.Within, "must be at least 0")
	}
	if t.MeanWait != nil && *t.MeanWait <= 0 {
		l.Add("MeanWait", *t.MeanWait, "must be > 0")
	}
	if t.Occupancy != nil {
		l.share("Occupancy", *t.Occupancy)
	}
}

// StaffMMC returns the M/M/c queue of the least number of servers that meets a
// target, such as a service level: none where nobody arrives. p.Servers is the least
// number to consider. A target that is met exactly is met, and so is one that is
// missed by rounding, whatever the unit of time: see the package's Choices. It fails
// if p or t breaks a rule, and with [relmark.ErrLimit] if [MaxServers] do not
// suffice. What a Target asks for improves with every server, so the search walks
// up from the first stable number, a few nanoseconds a step; the steps grow as the
// square root of the load.
func StaffMMC(p MMCParams, t Target) (MMC, error) {
	var l faults
	p.check(&l)
	t.check(&l)
	if l.Len() > 0 {
		return MMC{}, l.Err(room)
	}
	if p.Arrival == 0 {
		return NewMMC(p)
	}
	least := t.bounds(p)
	p.Servers = max(p.Servers, int(min(p.Arrival/p.Service/least.occupancy, MaxServers)))
	w, ok := newWalk(p)
	late, less := 1.0, 1.0 // e^(−st), and by how much another server lowers it
	if least.within > 0 {
		late, less = math.Exp(-w.slack()*least.within), math.Exp(-p.Service*least.within)
	}
	for ; ok; ok = w.step() {
		if least.met(&w, late) {
			return w.solved(), nil
		}
		late *= less
	}
	return MMC{}, errServers()
}

// bounds are a Target in the unit of a queue, each a hair looser than asked for. What
// is not asked for is at a bound that every stable queue meets.
type bounds struct {
	late      float64 // greatest share of customers who wait longer than within
	within    float64
	mean      float64 // greatest mean wait
	occupancy float64
}

func (t Target) bounds(p MMCParams) bounds {
	const loose = 1 + 1e-13 // what the package is right to
	b := bounds{late: 1, mean: math.Inf(1), occupancy: 1}
	if t.Level != nil {
		b.late = (1 - *t.Level*(1-tie)) * loose
		b.within = p.units(*t.Within)
	}
	if t.MeanWait != nil {
		b.mean = p.units(*t.MeanWait) * loose
	}
	if t.Occupancy != nil {
		b.occupancy = *t.Occupancy * loose
	}
	return b
}

// met reports whether the queue that w has come to is good enough, at a slack a tie
// above its own; late is e^(−st) for the time within. As everywhere,
// 1/C = 1 + (1 − ρ)·odds.
func (b bounds) met(w *walk, late float64) bool {
	capacity := w.params.capacity()
	slack := w.slack() + tie*capacity
	inverse := capacity + slack*w.odds // capacity/C
	return late*capacity <= b.late*inverse &&
		capacity/inverse <= b.mean*slack &&
		w.params.Arrival <= b.occupancy*capacity
}

// Costs are what a unit of time costs, any one unit. It is plain data.
type Costs struct {
	Server  float64 `json:"server"`  // of one server, busy or not; finite, > 0
	Waiting float64 `json:"waiting"` // of one customer's time, in line or in service; finite, > 0
}

// Validate reports every rule that c breaks, joined into one error.
func (c Costs) Validate() error {
	var l faults
	c.check(&l)
	return l.Err(room)
}

func (c Costs) check(l *faults) {
	l.positive("Server", c.Server)
	l.positive("Waiting", c.Waiting)
}

// Of returns what a unit of time costs at m, in servers and in customers present.
func (c Costs) Of(m MMC) float64 {
	return c.Server*float64(m.params.Servers) + c.Waiting*m.MeanSystem()
}

// StaffMMCCost returns the M/M/c queue of the number of servers, p.Servers or more,
// for which [Costs.Of] is least, the smaller of two that cost the same: a server that
// saves its cost and no more than rounding could make of it is not worth it. Where
// nobody arrives that is p.Servers, none if it is 0. It fails as [StaffMMC] does. The
// mean number present is convex in the number of servers, so the first server that
// does not earn its cost ends the walk.
func StaffMMCCost(p MMCParams, c Costs) (MMC, error) {
	var l faults
	p.check(&l)
	c.check(&l)
	if l.Len() > 0 {
		return MMC{}, l.Err(room)
	}
	if p.Arrival == 0 {
		return NewMMC(p)
	}
	w, ok := newWalk(p)
	best := w.solved()
	for ok = ok && w.step(); ok; ok = w.step() {
		next := w.solved()
		saved := c.Waiting * (best.MeanQueue() - next.MeanQueue())
		rounding := c.Server*1e-12 + c.Waiting*best.MeanQueue()*tie/best.idle()
		if !(saved > c.Server+rounding) {
			return best, nil
		}
		best = next
	}
	return MMC{}, errServers()
}

// A walk visits the stable queues of one load, a server more at a time.
type walk struct {
	params MMCParams
	load   special.Extended
	odds   float64 // of special.PoissonOdds
	steps  int     // since odds was computed afresh
}

// newWalk starts at p.Servers or the least number that is stable, and returns false
// if that exceeds MaxServers.
func newWalk(p MMCParams) (walk, bool) {
	load := special.Quotient(p.Arrival, p.Service)
	p.Servers = max(p.Servers, int(min(load.Hi, MaxServers)), 1)
	w := walk{params: p, load: load}
	for w.params.Servers <= MaxServers && !w.params.stable() {
		w.params.Servers++ // at most twice
	}
	if w.params.Servers > MaxServers {
		return walk{}, false
	}
	w.odds = special.PoissonOdds(w.params.Servers, load)
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
	more := float64(w.params.Servers) / w.load.Hi
	w.odds = math.FMA(more, w.odds, more) // as in special.PoissonOdds
	return w.params.Servers <= MaxServers
}

// solved returns the queue that the walk has come to. After a long way it takes
// the odds afresh, for the rounding errors of the load have added up.
func (w *walk) solved() MMC {
	const few = 64
	if w.steps > few {
		w.odds, w.steps = special.PoissonOdds(w.params.Servers, w.load), 0
	}
	return solveMMC(w.params, w.load, w.odds)
}

func errServers() error {
	return fault.Room(room, fmt.Errorf("%d servers do not suffice: %w", MaxServers, relmark.ErrLimit))
}

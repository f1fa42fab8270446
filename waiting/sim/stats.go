package sim

import (
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/fault"
)

// Stats are what a simulation has seen. Those of equal shape add up: run replications
// on several machines, and merge. Obtain them from [Run]; the zero Stats have seen
// nothing, can be merged into and decoded into. They are not safe for concurrent
// mutation.
type Stats struct {
	opaque

	unit    time.Duration
	limits  []float64
	classes int
	cells   []Tally // by station: of all classes, then of each if there are several
	visits  []Tally // likewise, of whole visits: only those who leave served are counted
	areas   []areas // by station
	time    float64 // observed
}

func newStats(c Config) *Stats {
	s := &Stats{unit: c.Unit, limits: slices.Clone(c.Limits), classes: len(c.Classes), areas: make([]areas, len(c.Stations))}
	s.cells = make([]Tally, len(c.Stations)*s.width())
	s.visits = make([]Tally, s.width())
	for i := range s.cells {
		s.cells[i].unit, s.cells[i].limits = s.unit, s.limits
	}
	return s
}

// width returns how many tallies a station has.
func (s *Stats) width() int {
	if s.classes < 2 {
		return 1
	}
	return s.classes + 1
}

// Unit returns the unit of every time, 0 if nothing was seen.
func (s *Stats) Unit() time.Duration { return s.unit }

// Time returns how much time was observed, in units.
func (s *Stats) Time() float64 { return s.time }

// Stations returns how many stations there are.
func (s *Stats) Stations() int { return len(s.areas) }

// Classes returns how many classes of customers there are.
func (s *Stats) Classes() int { return s.classes }

// Station returns what happened at a station to customers of all classes, nothing if
// there is no such station. The tally is a part of s.
func (s *Stats) Station(station int) *Tally {
	if !s.has(station) {
		return &Tally{unit: s.unit}
	}
	return &s.cells[station*s.width()]
}

// Class returns what happened at a station to customers of one class, nothing if there
// is no such class or station. The tally is a part of s.
func (s *Stats) Class(station, class int) *Tally {
	if !s.has(station) || class < 0 || class >= s.classes {
		return &Tally{unit: s.unit}
	}
	return &s.cells[station*s.width()+s.offset(class)]
}

// offset returns where a class stands among the tallies of a station.
func (s *Stats) offset(class int) int {
	if s.classes < 2 {
		return 0
	}
	return class + 1
}

// MeanVisit returns the mean time in the house, from arrival until leaving it, of
// those who were served to the end.
func (s *Stats) MeanVisit() Estimate {
	if s.classes == 0 {
		return Estimate{}
	}
	return s.visits[0].MeanSojourn()
}

// MeanVisitOf returns what [Stats.MeanVisit] does, of one class; the zero Estimate if
// there is no such class.
func (s *Stats) MeanVisitOf(class int) Estimate {
	if class < 0 || class >= s.classes {
		return Estimate{}
	}
	return s.visits[s.offset(class)].MeanSojourn()
}

// MeanSystem returns how many customers were at a station on average, over time; NaN
// if nothing was seen of it.
func (s *Stats) MeanSystem(station int) float64 {
	return s.overTime(station, func(a areas) float64 { return a.system })
}

// MeanQueue returns how many waited at a station on average, over time; NaN if nothing
// was seen of it.
func (s *Stats) MeanQueue(station int) float64 {
	return s.overTime(station, func(a areas) float64 { return a.queue })
}

// Throughput returns how many customers a unit of time were served at a station; NaN
// if nothing was seen of it.
func (s *Stats) Throughput(station int) float64 {
	if !s.has(station) || s.time == 0 {
		return math.NaN()
	}
	return s.cells[station*s.width()].total.served / s.time
}

// Utilization returns the share of their time on duty that servers of a station were
// busy; NaN if nothing was seen of it.
func (s *Stats) Utilization(station int) float64 {
	if !s.has(station) || s.areas[station].servers == 0 {
		return math.NaN()
	}
	return s.areas[station].busy / s.areas[station].servers
}

func (s *Stats) overTime(station int, area func(areas) float64) float64 {
	if !s.has(station) || s.time == 0 {
		return math.NaN()
	}
	return area(s.areas[station]) / s.time
}

func (s *Stats) has(station int) bool { return station >= 0 && station < len(s.areas) }

// Merge adds what o has seen, which stays as it is: counts exactly, in any order, and
// times within rounding. The zero Stats are the identity. It fails with a
// [relmark.FieldError] if units, limits, classes or stations differ.
func (s *Stats) Merge(o *Stats) error {
	if o == nil || o.classes == 0 {
		return nil
	}
	if s.classes == 0 {
		s.unit, s.limits, s.classes = o.unit, o.limits, o.classes
		s.cells, s.visits, s.areas = cloned(o.cells), cloned(o.visits), slices.Clone(o.areas)
		s.time = o.time
		return nil
	}
	var l fault.List
	l.Check(s.unit == o.unit, "Unit", o.unit, "must be that of the other")
	l.Check(slices.Equal(s.limits, o.limits), "Limits", nil, "must be those of the other")
	l.Check(s.classes == o.classes, "Classes", o.classes, "must be as many as those of the other")
	l.Check(len(s.areas) == len(o.areas), "Stations", len(o.areas), "must be as many as those of the other")
	if err := l.Err(room); err != nil {
		return err
	}
	for i := range s.cells {
		s.cells[i].merge(&o.cells[i])
	}
	for i := range s.visits {
		s.visits[i].merge(&o.visits[i])
	}
	for i := range s.areas {
		s.areas[i].add(o.areas[i])
	}
	s.time += o.time
	return nil
}

func (a *areas) add(o areas) {
	a.system += o.system
	a.queue += o.queue
	a.busy += o.busy
	a.servers += o.servers
}

func cloned(tallies []Tally) []Tally {
	out := slices.Clone(tallies)
	for i := range out {
		out[i].waits = histogram{}
		out[i].waits.merge(&tallies[i].waits)
	}
	return out
}

// recorder tells Stats what becomes of guests, once it has begun to.
type recorder struct {
	*Stats

	on bool
}

// tallies returns that of all classes and that of the guest's own, which is the same
// if there is one class.
func (r *recorder) tallies(g *guest) (all, own *Tally) {
	first := int(g.station) * r.width()
	return &r.cells[first], &r.cells[first+r.offset(int(g.class))]
}

func (r *recorder) came(g *guest) {
	if !r.on {
		return
	}
	all, own := r.tallies(g)
	all.open.offered++
	if own != all {
		own.open.offered++
	}
}

func (r *recorder) turnedAway(g *guest, o Outcome) {
	if !r.on {
		return
	}
	all, own := r.tallies(g)
	all.open.turnedAway(o)
	if own != all {
		own.open.turnedAway(o)
	}
}

func (r *recorder) began(g *guest, wait float64, delayed bool) {
	if !r.on {
		return
	}
	all, own := r.tallies(g)
	all.waited(wait, delayed, true)
	if own != all {
		own.waited(wait, delayed, true)
	}
}

func (r *recorder) gaveUp(g *guest, wait float64) {
	if !r.on {
		return
	}
	all, own := r.tallies(g)
	all.waited(wait, true, false)
	if own != all {
		own.waited(wait, true, false)
	}
}

func (r *recorder) served(g *guest, now float64) {
	if !r.on {
		return
	}
	all, own := r.tallies(g)
	all.open.stayed(now - g.came)
	if own != all {
		own.open.stayed(now - g.came)
	}
}

// visited counts a whole visit of a guest who was served to the end.
func (r *recorder) visited(g *guest, now float64) {
	if !r.on {
		return
	}
	all, own := &r.visits[0], &r.visits[r.offset(int(g.class))]
	all.open.stayed(now - g.entered)
	if own != all {
		own.open.stayed(now - g.entered)
	}
}

// closeBatch completes a batch of every tally.
func (r *recorder) closeBatch() {
	for i := range r.cells {
		r.cells[i].close()
	}
	for i := range r.visits {
		r.visits[i].close()
	}
}

// finish counts what is in no batch.
func (r *recorder) finish() {
	for _, tallies := range [...][]Tally{r.cells, r.visits} {
		for i := range tallies {
			tallies[i].total.add(&tallies[i].open)
			tallies[i].open = counts{}
		}
	}
}

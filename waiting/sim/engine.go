package sim

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// An engine moves guests through stations, one event after the other.
type engine struct {
	agenda

	now    float64
	lines  []line
	guests []guest
	vacant []int32 // guests whose place is free
	base   int32   // the actor that is guest 0
	crowd  int     // those who wait, everywhere
	duties int     // that have changed since anything else happened

	watch watcher
}

// A watcher is told what becomes of guests.
type watcher interface {
	came(g *guest)
	turnedAway(g *guest, o Outcome) // blocked or balked
	began(g *guest, wait float64, delayed bool)
	gaveUp(g *guest, wait float64)
	served(g *guest, now float64)  // at this station
	visited(g *guest, now float64) // the house, and was served to the end
}

// A feeder gives the engine those who come and takes back those who leave.
type feeder interface {
	needs(g *guest) (service, patience float64) // of a guest at the station
	left(g int32)                               // for good, whatever the outcome
}

// enter gives a new guest a place.
func (e *engine) enter(g guest) int32 {
	if n := len(e.vacant); n > 0 {
		i := e.vacant[n-1]
		e.vacant = e.vacant[:n-1]
		e.guests[i] = g
		return i
	}
	e.guests = append(e.guests, g)
	e.actor()
	return int32(len(e.guests) - 1)
}

// arrive brings a guest to a station.
func (e *engine) arrive(g int32, station int, f feeder) {
	me, l := &e.guests[g], &e.lines[station]
	l.pass(e.now)
	me.came, me.station = e.now, int32(station)
	var patience float64
	me.service, patience = f.needs(me)
	e.watch.came(me)
	switch {
	case l.busy+l.waiting >= l.limit:
		e.turnAway(g, Blocked, f)
	case l.busy < l.servers:
		e.begin(l, g, 0, false)
	case !l.joins():
		e.turnAway(g, Balked, f)
	default:
		e.append(l, g)
		e.crowd++
		if me.patient = math.IsInf(patience, 1); !me.patient {
			e.plan(e.now+patience, leaves, e.base+g)
		}
	}
}

func (e *engine) turnAway(g int32, o Outcome, f feeder) {
	e.watch.turnedAway(&e.guests[g], o)
	f.left(g)
}

func (e *engine) begin(l *line, g int32, wait float64, delayed bool) {
	l.busy++
	me := &e.guests[g]
	e.watch.began(me, wait, delayed)
	e.plan(e.now+me.service, departs, e.base+g)
}

// serve lets those who wait come to servers that are free.
func (e *engine) serve(l *line) {
	for l.busy < l.servers && l.waiting > 0 {
		g := l.nextInLine()
		e.unlink(l, g)
		e.crowd--
		if !e.guests[g].patient {
			e.cancel(e.base + g)
		}
		e.begin(l, g, e.now-e.guests[g].came, true)
	}
}

// depart ends the service of a guest.
func (e *engine) depart(g int32, f feeder) {
	me := &e.guests[g]
	l := &e.lines[me.station]
	l.pass(e.now)
	l.busy--
	e.watch.served(me, e.now)
	e.serve(l)
	if next, ok := l.next(); ok {
		e.arrive(g, next, f)
		return
	}
	e.watch.visited(me, e.now)
	f.left(g)
}

// giveUp ends the patience of a guest.
func (e *engine) giveUp(g int32, f feeder) {
	me := &e.guests[g]
	l := &e.lines[me.station]
	l.pass(e.now)
	e.unlink(l, g)
	e.crowd--
	e.watch.gaveUp(me, e.now-me.came)
	f.left(g)
}

// maxDuties is how many changes of duty there may be while nothing else happens.
const maxDuties = 1_000_000

// idle reports whether duties change on and on while nothing else happens.
func (e *engine) idle(kind uint64) bool {
	if kind != shifts {
		e.duties = 0
		return false
	}
	e.duties++
	return e.duties > maxDuties
}

func errDuties() error {
	return fmt.Errorf("%s: %d changes of duty while nothing else happens: %w", room, maxDuties, relmark.ErrLimit)
}

// shift changes who is on duty at a station.
func (e *engine) shift(station int, actor int32) {
	l := &e.lines[station]
	l.pass(e.now)
	l.duty.advance()
	l.servers = int(l.duty.value())
	e.serve(l)
	e.planShift(station, actor)
}

// planShift plans the next change of duty, if there is one.
func (e *engine) planShift(station int, actor int32) {
	l := &e.lines[station]
	if l.Shifts == nil {
		return
	}
	if until := l.duty.until(); !math.IsInf(until, 1) {
		e.plan(until, shifts, actor)
	}
}

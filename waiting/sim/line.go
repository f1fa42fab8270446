package sim

import (
	"math"
	"math/rand/v2"
)

// A guest is a customer in the house.
type guest struct {
	came, entered float64 // here, and in the house
	service       float64 // time that will be needed
	number        int     // of the customer whose path is asked for
	class         int32
	station       int32
	before, after int32 // in the line; −1 for nobody
	patient       bool  // has no plan to leave
}

// A queue links those who wait in the order of arrival.
type queue struct{ first, last int32 }

// A line is the state of a station.
type line struct {
	Station

	duty    clock
	limit   int // most customers here
	servers int // on duty
	busy    int
	waiting int
	queues  []queue // one, or one for each class
	join    *rand.Rand
	route   *rand.Rand

	since float64 // of what follows
	areas areas
}

// areas are integrals over time: of those in the house, of those who wait, of busy
// servers and of servers on duty.
type areas struct{ system, queue, busy, servers float64 }

func newLine(s Station, classes int) line {
	l := line{Station: s, limit: math.MaxInt, servers: s.Servers, queues: make([]queue, 1)}
	if s.Discipline == Priority {
		l.queues = make([]queue, classes)
	}
	for i := range l.queues {
		l.queues[i] = queue{-1, -1}
	}
	if s.Capacity != nil {
		l.limit = *s.Capacity
	}
	if s.Shifts != nil {
		l.duty = clock{Schedule: *s.Shifts}
		l.servers = int(l.duty.value())
	}
	return l
}

// pass adds the time since the last change to the areas.
func (l *line) pass(now float64) {
	d := now - l.since
	l.areas.system += float64(d * float64(l.busy+l.waiting))
	l.areas.queue += float64(d * float64(l.waiting))
	l.areas.busy += float64(d * float64(l.busy))
	l.areas.servers += float64(d * float64(max(l.servers, l.busy)))
	l.since = now
}

// joins draws whether someone joins who finds so many waiting.
func (l *line) joins() bool {
	if l.Join == nil {
		return true
	}
	p := l.Join[min(l.waiting, len(l.Join)-1)]
	return p >= 1 || l.join.Float64() < p
}

// next draws the station to go on to; false for leaving.
func (l *line) next() (station int, ok bool) {
	if l.Route == nil {
		return 0, false
	}
	u := l.route.Float64()
	for i, p := range l.Route {
		if u < p {
			return i, true
		}
		u -= p
	}
	return 0, false
}

// queueOf returns the queue of a class.
func (l *line) queueOf(class int32) *queue {
	if l.Discipline == Priority {
		return &l.queues[class]
	}
	return &l.queues[0]
}

// append puts a guest at the end of a line.
func (e *engine) append(l *line, g int32) {
	q, me := l.queueOf(e.guests[g].class), &e.guests[g]
	me.before, me.after = q.last, -1
	if q.last >= 0 {
		e.guests[q.last].after = g
	} else {
		q.first = g
	}
	q.last = g
	l.waiting++
}

// unlink takes a guest out of a line.
func (e *engine) unlink(l *line, g int32) {
	q, me := l.queueOf(e.guests[g].class), &e.guests[g]
	if me.before >= 0 {
		e.guests[me.before].after = me.after
	} else {
		q.first = me.after
	}
	if me.after >= 0 {
		e.guests[me.after].before = me.before
	} else {
		q.last = me.before
	}
	l.waiting--
}

// nextInLine returns who is served next of those who wait.
func (l *line) nextInLine() int32 {
	if l.Discipline == LastCome {
		return l.queues[0].last
	}
	for _, q := range l.queues {
		if q.first >= 0 {
			return q.first
		}
	}
	return -1
}

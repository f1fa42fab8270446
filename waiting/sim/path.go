package sim

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// An Outcome is what became of a customer at a station.
type Outcome string

// The outcomes.
const (
	Served    Outcome = "served"
	Abandoned Outcome = "abandoned" // waited, and left
	Blocked   Outcome = "blocked"   // found no room
	Balked    Outcome = "balked"    // saw the line and did not join
)

// A Customer is one whose path [Station.Follow] finds. It is plain data.
type Customer struct {
	Arrival  float64  `json:"arrival"`            // -1e100 to 1e100, not before the customer before
	Service  float64  `json:"service"`            // 0 to 1e100
	Patience *float64 `json:"patience,omitempty"` // 0 to 1e100; nil: waits for ever
	Class    int      `json:"class"`              // 0 is served first where the discipline is Priority; 0 to 999
}

// A Passage is what became of a customer. It is plain data.
type Passage struct {
	Outcome Outcome `json:"outcome"`
	Wait    float64 `json:"wait"`    // in line, also of those who gave up; 0 for those turned away
	Departs float64 `json:"departs"` // end of service, or the instant of leaving without
}

// Follow returns what becomes of each customer at the station, in their order: the
// exact path, but for the rounding of sums and differences. At one instant servers get
// free first, then those leave who have waited long enough, then others arrive in their
// order. Schedules are followed from instant 0. It fails with a [relmark.FieldError]
// for a station or customers that break a rule, or whose Join or Route would take a
// draw, and with [relmark.ErrLimit] if duties change 1,000,000 times while nothing else
// happens. It takes O(log n) a customer and change of duty.
func (s Station) Follow(customers []Customer) ([]Passage, error) {
	var l fault.List
	s.check(&l, "", 0)
	l.Check(s.Join == nil, "Join", nil, "must be nil: a path has no draws")
	classes := checkCustomers(&l, customers)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	p := &path{customers: customers, passages: make([]Passage, len(customers))}
	p.watch, p.lines = p, []line{newLine(s, classes)}
	door, duty := p.actor(), p.actor()
	p.base = int32(len(p.place))
	p.planShift(0, duty)
	if err := p.run(door, duty); err != nil {
		return nil, err
	}
	return p.passages, nil
}

func checkCustomers(l *fault.List, customers []Customer) (classes int) {
	last := -most
	for i, c := range customers {
		if l.Full() {
			break
		}
		field := "[" + itoa(i) + "]"
		l.Check(c.Arrival >= last && c.Arrival <= most, field+".Arrival", c.Arrival, "must be -1e+100 to 1e+100, and not before the customer before")
		l.Between(field+".Service", c.Service, 0, most)
		if c.Patience != nil {
			l.Between(field+".Patience", *c.Patience, 0, most)
		}
		l.Check(c.Class >= 0 && c.Class < maxParts, field+".Class", c.Class, "must be 0 to 999")
		last, classes = c.Arrival, max(classes, c.Class+1)
	}
	return classes
}

// A path is an engine that follows given customers.
type path struct {
	engine

	customers []Customer
	passages  []Passage
	next      int
}

func (p *path) run(door, duty int32) error {
	p.come(door)
	for left := len(p.customers); left > 0; {
		event := p.first() // who is here will be served, or come, or leave
		p.now = unordered(event.at)
		kind := event.key >> 62 << 62
		if p.idle(kind) {
			return errDuties()
		}
		switch kind {
		case departs:
			p.depart(event.actor-p.base, p)
			left--
		case leaves:
			p.giveUp(event.actor-p.base, p)
			left--
		case shifts:
			p.shift(0, duty)
		default:
			g := p.enter(guest{number: p.next - 1, class: int32(p.customers[p.next-1].Class)})
			p.arrive(g, 0, p)
			if o := p.passages[p.next-1].Outcome; o == Blocked {
				left--
			}
			p.come(door)
		}
	}
	return nil
}

// come plans the next arrival.
func (p *path) come(door int32) {
	if p.next < len(p.customers) {
		p.plan(p.customers[p.next].Arrival, arrives, door)
		p.next++
	}
}

func (p *path) needs(g *guest) (service, patience float64) {
	c := &p.customers[g.number]
	if c.Patience == nil {
		return c.Service, math.Inf(1)
	}
	return c.Service, *c.Patience
}

func (p *path) left(g int32) { p.vacant = append(p.vacant, g) }

func (p *path) came(*guest) {}

func (p *path) turnedAway(g *guest, o Outcome) {
	p.passages[g.number] = Passage{Outcome: o, Departs: p.now}
}

func (p *path) began(g *guest, wait float64, _ bool) {
	p.passages[g.number] = Passage{Outcome: Served, Wait: wait}
}

func (p *path) gaveUp(g *guest, wait float64) {
	p.passages[g.number] = Passage{Outcome: Abandoned, Wait: wait, Departs: p.now}
}

func (p *path) served(g *guest, now float64) { p.passages[g.number].Departs = now }

func (p *path) visited(*guest, float64) {}

package sim

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Run simulates what c describes until Customers have left after the WarmUp, and
// returns what happened from the end of the warm-up on. It draws two numbers from r:
// equal configurations and sources in equal states give equal Stats, bit for bit on
// one architecture, and variants that start alike meet the same customers. It checks
// ctx now and then. It fails with a [relmark.FieldError] if c breaks a rule, r is nil
// or a law of the host draws what is no time, and with [relmark.ErrLimit] if 1,048,576
// customers wait at once, which says that there is more work than the servers can do, or
// if duties change 1,000,000 times while nothing else happens. It
// takes O(log n) an event with n customers in the house, and does not allocate once
// the house has been as full as it gets.
func Run(ctx context.Context, c Config, r *rand.Rand) (*Stats, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.Room(room, fault.New("r", nil, "must not be nil"))
	}
	h := newHouse(c, r)
	if err := h.run(ctx); err != nil {
		return nil, err
	}
	return h.stats.Stats, nil
}

// A house is an engine with classes of customers who come by chance.
type house struct {
	engine

	config  Config
	classes []arrivals
	stats   recorder
	gone    int // customers who have left
	batches int
	closed  int // of them
	next    int // customers who have left when something is to be done about it
	begun   float64
	refused error // what a law of the host has drawn
}

// arrivals draw who comes.
type arrivals struct {
	Class

	gap, size *rand.Rand
	pace      clock
	services  []*rand.Rand
	patience  []*rand.Rand
}

func newHouse(c Config, r *rand.Rand) *house {
	h := &house{config: c, stats: recorder{Stats: newStats(c)}}
	h.watch = &h.stats
	s := newStreams(r)
	for i, station := range c.Stations {
		l := newLine(station, len(c.Classes))
		l.join, l.route = s.of(joining, 0, i), s.of(routing, 0, i)
		h.lines = append(h.lines, l)
		h.planShift(i, h.actor())
	}
	for i, class := range c.Classes {
		a := arrivals{Class: class, gap: s.of(gaps, i, 0), size: s.of(sizes, i, 0)}
		if class.Pace != nil {
			a.pace = clock{Schedule: *class.Pace}
		}
		for station := range c.Stations {
			a.services = append(a.services, s.of(services, i, station))
			a.patience = append(a.patience, s.of(patiences, i, station))
		}
		h.classes = append(h.classes, a)
		h.actor()
	}
	h.base = int32(len(h.place))
	for i := range h.classes {
		h.open(i)
	}
	if h.batches, h.next = c.batches(), c.WarmUp; c.WarmUp == 0 {
		h.record()
	}
	return h
}

// open plans the first arrival of a class, or of each of its sources.
func (h *house) open(class int) {
	a := &h.classes[class]
	if a.Sources == 0 {
		h.planArrival(class)
		return
	}
	for range a.Sources {
		h.away(h.enter(guest{class: int32(class)}))
	}
}

// away plans the next visit of a source.
func (h *house) away(g int32) {
	class := int(h.guests[g].class)
	h.plan(h.now+h.drawn(h.classes[class].Gap.Draw(h.classes[class].gap), class, "Gap"), arrives, h.base+g)
}

func (h *house) planArrival(class int) {
	a := &h.classes[class]
	at := h.now
	if gap := h.drawn(a.Gap.Draw(a.gap), class, "Gap"); a.Pace == nil {
		at += gap
	} else {
		at = a.pace.after(at, gap)
	}
	h.plan(at, arrives, int32(len(h.lines)+class))
}

// drawn checks a time that a law has drawn.
func (h *house) drawn(x float64, class int, field string) float64 {
	if x >= 0 && x <= longest {
		return x
	}
	h.refused = fault.Room(room, fault.New("Classes["+itoa(class)+"]."+field, x, "must draw times of 0 to 1e+140"))
	return 0
}

// longest is the longest time that may be drawn: beyond what any law of this package draws,
// whose parameters end at 1e100.
const longest = 1e140

// many is after how many events the context is asked.
const many = 1 << 14

func (h *house) run(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", room, err)
		}
		for range many {
			if done, err := h.step(); done || err != nil {
				return err
			}
		}
	}
}

// step lets one thing happen.
func (h *house) step() (done bool, err error) {
	event := h.first() // there is one: every class has a customer to come, or its sources are away or here
	h.now = unordered(event.at)
	kind := event.key >> 62 << 62
	if h.idle(kind) {
		return true, errDuties()
	}
	switch kind {
	case departs:
		h.depart(event.actor-h.base, h)
	case leaves:
		h.giveUp(event.actor-h.base, h)
	case shifts:
		h.shift(int(event.actor), event.actor)
	default:
		h.arrivalOf(event.actor)
	}
	switch {
	case h.refused != nil:
		return true, h.refused
	case h.crowd > maxWaiting:
		return true, fmt.Errorf("%s: %d customers wait: the servers cannot do the work: %w", room, h.crowd, relmark.ErrLimit)
	}
	return h.count(), nil
}

func (h *house) arrivalOf(actor int32) {
	if actor >= h.base {
		g := actor - h.base
		h.guests[g].entered = h.now
		h.arrive(g, h.classes[h.guests[g].class].Start, h)
		return
	}
	class := int(actor) - len(h.lines)
	a := &h.classes[class]
	n := 1
	if a.Sizes != nil {
		n = h.sized(a.Sizes.Size(a.size), class)
	}
	for range n {
		h.arrive(h.enter(guest{class: int32(class), entered: h.now}), a.Start, h)
	}
	h.planArrival(class)
}

// sized checks a size that a host has drawn.
func (h *house) sized(n, class int) int {
	if n >= 1 && n <= maxBatch {
		return n
	}
	h.refused = fault.Room(room, fault.New("Classes["+itoa(class)+"].Sizes", n, "must draw 1 to 1000000"))
	return 0
}

// needs draws what a guest needs at the station, whatever becomes of it there: so a
// change of the station changes no draw.
func (h *house) needs(g *guest) (service, patience float64) {
	a := &h.classes[g.class]
	service = h.drawn(a.Service[g.station].Draw(a.services[g.station]), int(g.class), "Service")
	patience = math.Inf(1)
	if a.Patience != nil {
		patience = a.Patience.Draw(a.patience[g.station])
	}
	if !math.IsInf(patience, 1) {
		patience = h.drawn(patience, int(g.class), "Patience")
	}
	return service, patience
}

// left takes back a guest: sources come again, the place of others gets free.
func (h *house) left(g int32) {
	h.gone++
	if h.classes[h.guests[g].class].Sources > 0 {
		h.away(g)
		return
	}
	h.vacant = append(h.vacant, g)
}

// count begins to record, completes batches and says whether all is done.
func (h *house) count() (done bool) {
	if h.gone < h.next {
		return false
	}
	if !h.stats.on {
		h.record()
		return false
	}
	for ; h.gone >= h.next; h.next = h.due(h.closed + 1) {
		if h.closed == h.batches {
			h.finish()
			return true
		}
		h.stats.closeBatch()
		h.closed++
	}
	return false
}

// due returns how many have left when a batch is complete; after the last it is all.
func (h *house) due(batch int) int {
	seen := h.config.Customers
	if batch < h.batches {
		seen = int(int64(seen) / int64(h.batches) * int64(batch))
	}
	return h.config.WarmUp + seen
}

func (h *house) finish() {
	h.stats.finish()
	for i := range h.lines {
		h.lines[i].pass(h.now)
		h.stats.areas[i] = h.lines[i].areas
	}
	h.stats.time = h.now - h.begun
}

// record begins to.
func (h *house) record() {
	h.stats.on, h.begun, h.next = true, h.now, h.due(1)
	for i := range h.lines {
		h.lines[i].pass(h.now)
		h.lines[i].areas = areas{}
	}
}

func (c Config) batches() int {
	switch {
	case c.Batches > 0:
		return c.Batches
	case c.Customers < usualBatches:
		return 0
	}
	return usualBatches
}

package sim

import (
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// counts are what happened to customers in a stretch of time. All are sums, so that
// they add up; those of events are whole numbers.
type counts struct {
	offered, blocked, balked  float64
	began, abandoned, delayed float64
	served                    float64
	wait, waitServed, sojourn float64
	late, soon                [maxLimits]float64
}

func (c *counts) add(o *counts) {
	c.offered += o.offered
	c.blocked += o.blocked
	c.balked += o.balked
	c.began += o.began
	c.abandoned += o.abandoned
	c.delayed += o.delayed
	c.served += o.served
	c.wait += o.wait
	c.waitServed += o.waitServed
	c.sojourn += o.sojourn
	for i := range c.late {
		c.late[i] += o.late[i]
		c.soon[i] += o.soon[i]
	}
}

func (c *counts) turnedAway(o Outcome) {
	if o == Blocked {
		c.blocked++
	} else {
		c.balked++
	}
}

// stayed counts one who was served after so much time at the station or in the house.
func (c *counts) stayed(sojourn float64) {
	c.served++
	c.sojourn += sojourn
}

// The quotients that a tally estimates; those by limit follow.
const (
	meanWait = iota
	meanWaitServed
	meanSojourn
	probWait
	probBlock
	probBalk
	probAbandon
	fixedQuotients
)

const quotients = fixedQuotients + 2*maxLimits

// quotient returns the two sums of a quotient.
func (c *counts) quotient(which int) (above, below float64) {
	switch which {
	case meanWait:
		return c.wait, c.began + c.abandoned
	case meanWaitServed:
		return c.waitServed, c.began
	case meanSojourn:
		return c.sojourn, c.served
	case probWait:
		return c.delayed, c.began + c.abandoned
	case probBlock:
		return c.blocked, c.offered
	case probBalk:
		return c.balked, c.offered
	case probAbandon:
		return c.abandoned, c.offered
	}
	if i := which - fixedQuotients; i < maxLimits {
		return c.late[i], c.began + c.abandoned
	}
	return c.soon[which-fixedQuotients-maxLimits], c.offered
}

// products are sums over batches of the products of what stands above and below.
type products struct{ above, mixed, below float64 }

// A Tally is what happened to customers of one class at one station, or to several
// added up. It is the law of a wait, for what asks for one. It is a part of [Stats]:
// read it concurrently as long as nobody changes these.
type Tally struct {
	opaque

	unit    time.Duration
	limits  []float64
	total   counts
	open    counts // the batch that is not complete
	batches float64
	sums    [quotients]products
	waits   histogram
}

// close completes a batch.
func (t *Tally) close() {
	for i := range t.sums {
		above, below := t.open.quotient(i)
		p := &t.sums[i]
		p.above += float64(above * above)
		p.mixed += float64(above * below)
		p.below += float64(below * below)
	}
	t.batches++
	t.total.add(&t.open)
	t.open = counts{}
}

func (t *Tally) merge(o *Tally) {
	t.total.add(&o.total)
	t.batches += o.batches
	for i := range t.sums {
		t.sums[i].above += o.sums[i].above
		t.sums[i].mixed += o.sums[i].mixed
		t.sums[i].below += o.sums[i].below
	}
	t.waits.merge(&o.waits)
}

// waited counts a wait that has ended, in service or not.
func (t *Tally) waited(wait float64, delayed, served bool) {
	c := &t.open
	c.wait += wait
	if delayed {
		c.delayed++
	}
	if served {
		c.began++
		c.waitServed += wait
	} else {
		c.abandoned++
	}
	t.waits.add(wait)
	for i, limit := range t.limits {
		if wait > limit {
			c.late[i]++
		} else if served {
			c.soon[i]++
		}
	}
}

// Unit returns the unit of every time, 0 if nothing was seen.
func (t *Tally) Unit() time.Duration { return t.unit }

// Offered returns how many came, those turned away included.
func (t *Tally) Offered() int64 { return int64(t.total.offered) }

// Served returns how many had their service completed.
func (t *Tally) Served() int64 { return int64(t.total.served) }

// Abandoned returns how many waited and left.
func (t *Tally) Abandoned() int64 { return int64(t.total.abandoned) }

// Blocked returns how many found no room.
func (t *Tally) Blocked() int64 { return int64(t.total.blocked) }

// Balked returns how many saw the line and did not join.
func (t *Tally) Balked() int64 { return int64(t.total.balked) }

// MeanWait returns the mean time in line of all who were let in, those who gave up
// included.
func (t *Tally) MeanWait() Estimate { return t.estimate(meanWait) }

// MeanWaitServed returns the mean wait of those who came to a server.
func (t *Tally) MeanWaitServed() Estimate { return t.estimate(meanWaitServed) }

// MeanSojourn returns the mean time at the station of those who were served.
func (t *Tally) MeanSojourn() Estimate { return t.estimate(meanSojourn) }

// ShareDelayed returns the share of all who were let in that found no free server.
func (t *Tally) ShareDelayed() Estimate { return t.estimate(probWait) }

// ShareBlocked returns the share of all who came that found no room.
func (t *Tally) ShareBlocked() Estimate { return t.estimate(probBlock) }

// ShareBalked returns the share of all who came that did not join the line.
func (t *Tally) ShareBalked() Estimate { return t.estimate(probBalk) }

// ShareAbandoned returns the share of all who came that gave up.
func (t *Tally) ShareAbandoned() Estimate { return t.estimate(probAbandon) }

// Late returns the share of all who were let in that waited longer than the i-th of
// [Config.Limits]; the zero Estimate if there is none.
func (t *Tally) Late(i int) Estimate {
	if i < 0 || i >= len(t.limits) {
		return Estimate{}
	}
	return t.estimate(fixedQuotients + i)
}

// ServedWithin returns the share of all who came that were served after a wait of the
// i-th of [Config.Limits] at most: the service level. It is the zero Estimate if there
// is no such limit.
func (t *Tally) ServedWithin(i int) Estimate {
	if i < 0 || i >= len(t.limits) {
		return Estimate{}
	}
	return t.estimate(fixedQuotients + maxLimits + i)
}

// ProbWait returns the value of [Tally.ShareDelayed]; NaN where nobody was let in. It
// is 0 where everybody found a server, and counts waits of 0 of those who did not.
func (t *Tally) ProbWait() float64 {
	above, all := t.waits.tail(0)
	return above / all
}

// WaitTail returns the share of those let in that waited longer than x, for x ≥ 0. It
// counts in buckets: a wait is known to 1/32 of itself. It is NaN where nobody was let
// in or for another x.
func (t *Tally) WaitTail(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	above, all := t.waits.tail(x)
	return above / all
}

// WaitQuantile returns the wait that a share p of those let in did not exceed, to 1/32
// of itself. It is NaN where nobody was let in or unless 0 < p < 1.
func (t *Tally) WaitQuantile(p float64) float64 {
	if _, all := t.waits.tail(0); !(p > 0 && p < 1) || all == 0 {
		return math.NaN()
	}
	return t.waits.quantile(p)
}

func (t *Tally) estimate(which int) Estimate {
	above, below := t.total.quotient(which)
	if below == 0 {
		return Estimate{}
	}
	e := Estimate{Value: above / below, Weight: below, Batches: int64(t.batches)}
	if p, k := t.sums[which], t.batches; k >= 2 {
		// Σ (above − value·below)² over the batches
		squares := p.above - float64(2*e.Value*p.mixed) + float64(e.Value*e.Value*p.below)
		e.SE = math.Sqrt(max(0, squares)*k/(k-1)) / below
	}
	return e
}

// An Estimate is a quotient of sums with the standard error that batches of
// consecutive customers give it: those within a batch depend on each other, batches
// hardly. It is plain data; the zero Estimate is of nobody.
type Estimate struct {
	Value   float64 `json:"value"`
	SE      float64 `json:"se"`      // 0 with fewer than two batches
	Weight  float64 `json:"weight"`  // what stands below: customers
	Batches int64   `json:"batches"` // 0 or more
}

// Interval returns the confidence interval of the value, by Student's t with one
// degree of freedom less than there are batches. It is not cut at 0 or 1. It fails
// with a [relmark.FieldError] for a level outside 0.5 to 0.9999 and with
// [relmark.ErrTooFew] below two batches.
func (e Estimate) Interval(level float64) (low, high float64, err error) {
	var l fault.List
	l.Between("level", level, 0.5, 0.9999)
	if err := l.Err(room); err != nil {
		return 0, 0, err
	}
	if e.Batches < 2 || e.Weight == 0 {
		return 0, 0, fault.Room(room, relmark.ErrTooFew)
	}
	d := float64(e.SE * stat.StudentT(level, float64(e.Batches-1)))
	return e.Value - d, e.Value + d, nil
}

package sim

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A Schedule is a quantity that changes at stated times: servers on duty, the pace of
// arrivals. It is plain data.
type Schedule struct {
	Steps []Step  `json:"steps"`           // at least one, the first from 0, ascending
	Cycle float64 `json:"cycle,omitempty"` // after which it begins again, more than the last From; 0 where it never does
}

// A Step is a value that holds from a time on.
type Step struct {
	From  float64 `json:"from"`
	Value float64 `json:"value"`
}

// Validate reports every rule that s breaks. Values are finite and at least 0, not
// all of them 0.
func (s Schedule) Validate() error {
	var l fault.List
	l.Check(len(s.Steps) > 0, "Steps", len(s.Steps), "must have one step at least")
	last, sum := 0.0, 0.0
	for i, step := range s.Steps {
		field := "Steps[" + itoa(i) + "]"
		l.Check(i > 0 || step.From == 0, field+".From", step.From, "must be 0 for the first step")
		l.Check(i == 0 || step.From > last && step.From <= most, field+".From", step.From, "must be after the step before, and at most 1e+100")
		l.Between(field+".Value", step.Value, 0, most)
		last, sum = step.From, sum+step.Value
	}
	l.Check(s.Cycle == 0 || s.Cycle > last && s.Cycle <= most, "Cycle", s.Cycle, "must be more than the last From and at most 1e+100, or 0")
	if l.Len() == 0 {
		l.Check(sum > 0, "Steps", nil, "must have a value above 0")
		l.Check(s.Cycle > 0 || s.Steps[len(s.Steps)-1].Value > 0, "Steps", nil, "must not end with 0 for ever")
	}
	return l.Err(room)
}

// A clock walks along a schedule.
type clock struct {
	Schedule

	base float64 // when this round began
	step int
}

func (c *clock) value() float64 { return c.Steps[c.step].Value }

// until returns when the present step ends.
func (c *clock) until() float64 {
	switch {
	case c.step+1 < len(c.Steps):
		return c.base + c.Steps[c.step+1].From
	case c.Cycle == 0:
		return math.Inf(1)
	}
	return c.base + c.Cycle
}

// advance goes on to the next step.
func (c *clock) advance() {
	if c.step++; c.step == len(c.Steps) {
		c.step, c.base = 0, c.base+c.Cycle
	}
}

// round returns how much is done in one round.
func (c *clock) round() (work float64) {
	for i, step := range c.Steps {
		end := c.Cycle
		if i+1 < len(c.Steps) {
			end = c.Steps[i+1].From
		}
		work += float64(step.Value * (end - step.From))
	}
	return work
}

// skip passes over whole rounds at once where there are many.
func (c *clock) skip(now, work float64) (later, left float64) {
	const many = 1000
	round := c.round()
	if !(work > many*round) {
		return now, work
	}
	rounds := math.Floor(work / round)
	c.base += float64(rounds * c.Cycle)
	return c.base, max(0, math.FMA(-rounds, round, work))
}

// after returns the instant at which so much has been done since now, at the pace of
// the schedule: what comes at rate 1 if its pace is 1.
func (c *clock) after(now, work float64) float64 {
	for {
		if c.Cycle > 0 && c.step == 0 && now == c.base {
			if now, work = c.skip(now, work); c.base+c.Cycle == c.base {
				return now + work*c.Cycle/c.round() // rounds are too short to tell apart
			}
		}
		end, pace := c.until(), c.value()
		if done := float64(pace * (end - now)); !(done < work) && pace > 0 {
			return now + work/pace
		} else if pace > 0 {
			work -= done
		}
		now = end
		c.advance()
	}
}

package earning

import (
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Goal grants a bonus for what a member has done over several orders: a stamp
// card (every tenth order), a challenge (500 euros in December, once), a streak
// (an order in each of three months running). Its points count as a bonus of the
// order that reaches the goal. Progress belongs to the name of the rule, whichever
// version counts it; refunds do not undo it, so that an order which is sent back
// still counts: take the bonus back where that is exploited. A streak
// depends on the order in which orders are processed: one that arrives after an
// order of a later month adds nothing, though in time it would have.
type Goal struct {
	Rule   string    `json:"rule"`
	Count  Counting  `json:"count,omitempty"`
	Target int64     `json:"target"`           // orders, minor units or months; > 0
	Points int64     `json:"points"`           // > 0
	Repeat bool      `json:"repeat,omitempty"` // start over when it is reached, with what exceeds it
	Lines  Selector  `json:"lines,omitzero"`
	When   Condition `json:"when,omitzero"`
}

// A Counting says what a goal counts of the orders that its condition accepts. The
// zero value is [CountOrders].
type Counting string

// The ways of counting.
const (
	CountOrders Counting = ""       // each order is one
	CountSpend  Counting = "spend"  // what is paid in money, in minor units
	CountMonths Counting = "months" // months running, by local date, with an order in each
)

// A Progress is how far a member is on the way to a goal.
type Progress struct {
	Rule  string `json:"rule,omitzero"`
	Count int64  `json:"count,omitzero"` // of the target
	Month int64  `json:"month,omitzero"` // that was counted last, 12·year + month; 0 unless months count
	Done  bool   `json:"done,omitzero"`  // the goal is reached and does not repeat
}

// Validate reports a progress that no orders can have made, as a decoder has to ask.
func (p Progress) Validate() error {
	var l fault.List
	l.Check(canon.IsName(p.Rule), "Rule", nil, canon.NameRule)
	l.Check(p.Count >= 0 && p.Count <= maxPoints, "Count", p.Count, "must be 0 to 2^53-1")
	l.Check(p.Month == 0 || p.Month > firstMonth && p.Month <= lastMonth+1, "Month", p.Month, "must be a month of the years 1 to 9999, or 0")
	return l.Err("earning")
}

// Goals are looked at in the order of the rules, before caps. An order can reach
// several, and one several times.

// pursue appends the progress that an order makes and the bonuses it reaches. Without
// a member, it is the first order of one.
func (s *ruleset) pursue(m Member, x *Facts, steps []Progress, won []Grant) (_ []Progress, _ []Grant, err error) {
	var memory memory
	w := s.sheet(x, &memory)
	for i := range s.goals {
		g := &s.Goals[i]
		if !w.holds(&s.goals[i]) {
			continue
		}
		p := Progress{Rule: g.Rule}
		if m != nil {
			p = m.Progress(g.Rule)
		}
		if p.Done || !p.step(g.Count, x) {
			continue
		}
		if times := p.reach(g); times > 0 {
			points, ok := money.Mul(times, g.Points)
			if !ok || points > maxPoints {
				return nil, nil, tooMany()
			}
			won = append(won, Grant{Rule: g.Rule, Points: points})
		}
		steps = append(steps, p)
	}
	return steps, won, nil
}

// step counts an order; false if it adds nothing. A month counts once, a month after
// a gap starts anew, and one before the month that was counted last comes too late:
// streaks do not commute with late arrivals, as nothing does that depends on order.
func (p *Progress) step(c Counting, x *Facts) bool {
	switch c {
	case CountOrders:
	case CountSpend:
		p.Count = min(p.Count+x.Cash, maxPoints)
		return x.Cash > 0
	case CountMonths:
		year, m, _ := x.Date.Civil()
		month := 12*int64(year) + int64(m)
		if month <= p.Month {
			return false
		}
		if month > p.Month+1 {
			p.Count = 0
		}
		p.Month = month
	}
	p.Count++
	return true
}

// reach returns how often the target is reached now, and starts over or ends.
func (p *Progress) reach(g *Goal) (times int64) {
	times = p.Count / g.Target
	switch {
	case times == 0:
	case g.Repeat:
		p.Count %= g.Target
	default:
		times, p.Done = 1, true
	}
	return times
}

package points

import (
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
)

// A Goal grants a bonus for what a member has done over several orders: a stamp
// card (every tenth order), a challenge (500 euros in December, once), a streak
// (an order in each of three months running). Its points count as a bonus of the
// order that reaches the goal. Progress belongs to the name of the rule, whichever
// version counts it; refunds do not undo it, so that an order which is sent back
// still counts: take the bonus back with [Adjust] where that is exploited. A streak
// depends on the order in which orders are processed: one that arrives after an
// order of a later month adds nothing, though in time it would have.
type Goal struct {
	Rule   string    `json:"rule"`
	Count  Counting  `json:"count,omitempty"`
	Target int64     `json:"target"`           // orders, minor units or months; > 0
	Points int64     `json:"points"`           // > 0
	Repeat bool      `json:"repeat,omitempty"` // start over when it is reached, with what exceeds it
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

func (p *Progress) code(f *canon.Form) {
	f.Name("rule", &p.Rule)
	f.Int("count", &p.Count)
	f.Int("month", &p.Month)
	f.Flag("done", &p.Done)
}

// valid reports whether orders can have made the progress.
func (p *Progress) valid() bool {
	return validName(p.Rule) && min(p.Count, p.Month) >= 0 && p.Count <= maxPoints && p.Month <= lastMonth+1
}

// Goals returns the progress towards all goals that have been begun, in the order
// in which they were.
func (a *Account) Goals() []Progress { return append([]Progress(nil), a.goals...) }

// progress returns the progress towards a goal.
func (a *Account) progress(rule string) Progress {
	for _, p := range a.goals {
		if p.Rule == rule {
			return p
		}
	}
	return Progress{Rule: rule}
}

// advance takes over what an order has changed.
func (a *Account) advance(steps []Progress) {
next:
	for _, s := range steps {
		for i := range a.goals {
			if a.goals[i].Rule == s.Rule {
				a.goals[i] = s
				continue next
			}
		}
		a.goals = append(a.goals, s)
	}
}

// Goals are looked at in the order of the programme, before caps. An order can reach
// several, and one several times.

// pursue appends the progress that an order makes and the bonuses it reaches. Without
// an account, it is the first order of a member.
func (s *ruleset) pursue(a *Account, x *Facts, steps []Progress, won []Grant) (_ []Progress, _ []Grant, err error) {
	for i := range s.goals {
		g := &s.Goals[i]
		if !s.goals[i].holds(x) {
			continue
		}
		p := Progress{Rule: g.Rule}
		if a != nil {
			p = a.progress(g.Rule)
		}
		if p.Done || !p.step(g.Count, x) {
			continue
		}
		if times := p.reach(g); times > 0 {
			points, ok := money.Mul(times, g.Points)
			if !ok || points > maxPoints {
				return nil, nil, refuse(TooMany)
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

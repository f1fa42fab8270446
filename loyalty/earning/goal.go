package earning

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/money"
)

// A Goal grants a bonus for what a member has done over several orders: a stamp
// card (every tenth order), a challenge (500 euros in December, once), a streak
// (an order in each of three months running). Its points count as a bonus of the
// order that reaches the goal. It acts on an order if its condition holds and a line is
// selected. Progress is net of refunds, and belongs to the name of the rule, whichever
// version counts it, so that a name has one Count in all versions.
//
// Where orders or money count, the first bonus is granted at Target, and each one after
// it Target beyond the highest that stands. Where months count, it is granted when the
// month of the order and others with no bonus on them make a run of Target; the first of
// them are taken. A late order mends a streak.
//
// When a part of an order is sent back, the order counts as long as something is left of
// its lines and they come to the MinTotal of When. Its other conditions, and those inside
// conditions, are not asked again.
type Goal struct {
	Rule   string   `json:"rule"`
	Count  Counting `json:"count,omitempty"`
	Target int64    `json:"target"`           // orders, minor units or months; > 0
	Points int64    `json:"points"`           // > 0
	Repeat bool     `json:"repeat,omitempty"` // go on when it is reached; otherwise that is the end, as long as the bonus stands
	// Reversal says what becomes of a bonus when orders behind it are sent back.
	Reversal Reversal  `json:"reversal,omitempty"`
	Lines    Selector  `json:"lines,omitzero"`
	When     Condition `json:"when,omitzero"`
}

// A Counting says what a goal counts of the orders that its condition accepts. The
// zero value is [CountOrders].
type Counting string

// The ways of counting.
const (
	CountOrders Counting = ""       // each order is one
	CountSpend  Counting = "spend"  // what is paid in money on its lines, in minor units
	CountMonths Counting = "months" // months running, by local date, with an order in each
)

func countings() enum.Set[Counting] { return enum.Of(CountOrders, CountSpend, CountMonths) }

// A Reversal says what becomes of a goal's bonus when orders behind it are sent back.
// The zero value is [Recheck].
type Reversal string

// The reversals.
const (
	Recheck   Reversal = ""     // it is taken back once the progress is below its mark, and can be earned again
	KeepBonus Reversal = "keep" // it stands for good, and the next one is earned beyond it
)

// pursue looks at goals in the order of the version. It returns the points of the
// bonuses that the order reaches, before caps, and appends steps if they are to be kept.
func (w *sheet) pursue(m Member, steps []Step, keep bool) (_ []Step, points int64, err error) {
	for i := range w.s.goals {
		if !w.holds(&w.s.goals[i]) {
			continue
		}
		step := w.step(i)
		before := Progress{}
		if m != nil {
			before = m.Progress(step.Rule)
		}
		if before.Count > maxPoints-step.Counts {
			return nil, 0, tooMany()
		}
		step.reach(&w.s.Goals[i], &before)
		won, ok := money.Mul(step.Reached.Times, step.Reached.Each)
		if points += won; !ok || won > maxPoints || points > maxPoints {
			return nil, 0, tooMany()
		}
		if step.Reached.Points = won; keep {
			step.Lines = w.positions(w.s.goals[i].on)
			steps = append(steps, step)
		}
	}
	return steps, points, nil
}

// step returns what the order contributes to the i-th goal, which acts on it.
func (w *sheet) step(i int) Step {
	g, t := &w.s.Goals[i], &w.s.goals[i]
	step := Step{Rule: g.Rule, Kind: g.Count, Month: monthOf(w.facts.Date), MinTotal: t.when.min, Counts: 1}
	if g.Count == CountSpend {
		step.Counts = 0
		for j := range w.rows {
			if w.acts(t.on, j) {
				step.Counts += w.rows[j].cash
			}
		}
	}
	return step
}

// positions lists the rows on which a selector acts; nil is all.
func (w *sheet) positions(on int) (list []int) {
	if n, _ := w.on(on); n == len(w.rows) {
		return nil
	}
	for j := range w.rows {
		if w.acts(on, j) {
			list = append(list, j)
		}
	}
	return list
}

// reach finds out which bonuses the order reaches from where the member was before.
func (s *Step) reach(g *Goal, before *Progress) {
	var last Reached // it has the highest mark, and what ends a goal has nothing after it
	if n := len(before.Bonuses); n > 0 {
		last = before.Bonuses[n-1]
	}
	if last.Final {
		return
	}
	r := Reached{Every: g.Target, Each: g.Points, Final: !g.Repeat, Keep: g.Reversal == KeepBonus}
	if g.Count == CountMonths {
		r.Mark, r.Times = s.run(before, g.Target)
	} else {
		high := int64(0)
		if last.Times > 0 {
			high = last.Mark + (last.Times-1)*last.Every
		}
		count := before.Count + s.Counts
		r.Mark, r.Times = high+g.Target, max(0, count-high)/g.Target
	}
	if r.Final {
		r.Times = min(r.Times, 1)
	}
	if r.Times > 0 {
		s.Reached = r
	}
}

// run returns the first month of the run around that of the order, of months with an
// order that counts and without a bonus that stands, and 1 if it is long enough.
func (s *Step) run(before *Progress, target int64) (first, times int64) {
	free := func(month int64) bool {
		_, counts := slices.BinarySearchFunc(before.Months, month, func(t Tally, m int64) int { return cmp.Compare(t.Month, m) })
		return (counts || month == s.Month) &&
			!slices.ContainsFunc(before.Bonuses, func(r Reached) bool { return month >= r.Mark && month < r.Mark+r.Every })
	}
	if !free(s.Month) {
		return 0, 0
	}
	first, last := s.Month, s.Month
	for free(first - 1) {
		first--
	}
	for last-first+1 < target && free(last+1) {
		last++
	}
	if last-first+1 < target {
		return 0, 0
	}
	return first, 1
}

// settle lets the bonuses of goals bear what caps cut of them, the last one first.
func settle(steps []Step, granted int64) {
	for i := range steps {
		r := &steps[i].Reached
		r.Points = min(r.Points, granted)
		granted -= r.Points
	}
}

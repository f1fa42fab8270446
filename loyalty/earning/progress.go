package earning

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// A Progress is how far a member is on the way to a goal, with the bonuses that stand:
// what a ledger has to keep of it. It is net of refunds at any time.
type Progress struct {
	Rule    string    `json:"rule,omitzero"`
	Kind    Counting  `json:"kind,omitempty"`
	Count   int64     `json:"count,omitzero"`   // orders that count, or the minor units that they come to
	Months  []Tally   `json:"months,omitzero"`  // where months count: those with an order that does, ascending
	Bonuses []Reached `json:"bonuses,omitzero"` // that stand, in the order in which they were granted
}

// A Tally is how many orders of a month count.
type Tally struct {
	Month  int64 `json:"month,omitzero"` // 12·year + month
	Orders int64 `json:"orders,omitzero"`
}

// Reached are the bonuses of a goal that one order reached: usually one, several where
// an order goes beyond the target more than once.
type Reached struct {
	Mark   int64 `json:"mark,omitzero"`   // the progress at which the first was granted, or its first month, 12·year + month
	Every  int64 `json:"every,omitzero"`  // how far marks lie apart, or how many months a bonus takes: the target
	Times  int64 `json:"times,omitzero"`  // how many there are; 0 if the order reached none
	Each   int64 `json:"each,omitzero"`   // points of one
	Points int64 `json:"points,omitzero"` // of all, as granted: what a cap cut, the last ones have lost
	Final  bool  `json:"final,omitzero"`  // the goal does not repeat: as long as it stands, none is granted
	Keep   bool  `json:"keep,omitzero"`   // it stands for good ([KeepBonus])
	// Order is for whoever keeps the progress: the order that reached them. This package
	// does not look at it.
	Order string `json:"order,omitzero"`
}

// A Step is what an order does for a goal that acts on it.
type Step struct {
	Rule     string   `json:"rule,omitzero"`
	Kind     Counting `json:"kind,omitempty"`
	Month    int64    `json:"month,omitzero"`     // of the order, 12·year + month
	MinTotal int64    `json:"min_total,omitzero"` // minor units of its lines that must be left for it to count
	Lines    []int    `json:"lines,omitzero"`     // positions on which the goal acts; nil is all, the rest too
	Counts   int64    `json:"counts,omitzero"`    // what it contributes: 1 order, 1 month or minor units; 0 nothing
	Reached  Reached  `json:"reached,omitzero"`
}

// Left returns what the order contributes when a part of it has been given back: as
// [Step.Counts], 0 where it no longer counts. What of each line is left, 0 to 1, left
// says by position. An order counts as long as something is left of a line on which the
// goal acts, and MinTotal of all of them; money is what was paid as such.
func (s *Step) Left(x *Facts, left func(position int) *big.Rat) int64 {
	kept, total, cash := false, new(big.Rat), new(big.Rat)
	s.each(x, func(position int, amount, paid int64) {
		part := left(position)
		kept = kept || part.Sign() > 0
		total.Add(total, new(big.Rat).Mul(part, big.NewRat(amount, 1)))
		cash.Add(cash, new(big.Rat).Mul(part, big.NewRat(amount-paid, 1)))
	})
	switch {
	case !kept || total.Cmp(big.NewRat(s.MinTotal, 1)) < 0:
		return 0
	case s.Kind == CountSpend:
		return floor(cash)
	}
	return 1
}

// each goes through the lines on which the goal acts.
func (s *Step) each(x *Facts, do func(position int, amount, paid int64)) {
	for i := range x.Positions() {
		if _, acts := slices.BinarySearch(s.Lines, i); s.Lines != nil && !acts {
			continue
		}
		if i < len(x.Lines) {
			do(i, x.Lines[i].Amount, x.Lines[i].Paid)
		} else {
			amount, paid, _ := x.Rest()
			do(i, amount, paid)
		}
	}
}

// Advance counts what an order contributes, or now contributes instead of what it did
// before: before is 0 for an order that has just come. Bonuses of the step that stand
// ([Step.Reached]) are added by [Progress.Stand].
func (p *Progress) Advance(s *Step, before, now int64) {
	p.Rule, p.Kind = s.Rule, s.Kind
	if s.Kind != CountMonths {
		p.Count += now - before
		return
	}
	i, found := slices.BinarySearchFunc(p.Months, s.Month, func(t Tally, m int64) int { return cmp.Compare(t.Month, m) })
	switch {
	case !found && now > before:
		p.Months = slices.Insert(p.Months, i, Tally{s.Month, now - before})
	case found:
		if p.Months[i].Orders += now - before; p.Months[i].Orders <= 0 {
			p.Months = slices.Delete(p.Months, i, i+1)
		}
	}
}

// Stand adds bonuses that were reached.
func (p *Progress) Stand(r Reached) {
	if n := len(p.Bonuses); n > 0 && r.Times > 0 && p.Kind != CountMonths && p.Bonuses[n-1].joins(&r) {
		last := &p.Bonuses[n-1]
		last.Times, last.Points, last.Order = last.Times+r.Times, last.Points+r.Points, r.Order
	} else if r.Times > 0 {
		p.Bonuses = append(p.Bonuses, r)
	}
}

// joins reports whether bonuses that are kept go on where others end: nothing can happen
// to either, so that it does not matter which order reached them.
func (r *Reached) joins(next *Reached) bool {
	return r.Keep && next.Keep && r.Every == next.Every && r.Each == next.Each && r.Final == next.Final &&
		next.Mark == r.Mark+r.Times*r.Every && r.Points <= maxPoints-next.Points
}

// Fall takes away the bonuses that no longer stand, and returns them as
// [Progress.Falling] does.
func (p *Progress) Fall() (fallen []Reached) {
	fallen = p.Falling()
	p.Drop(fallen)
	return fallen
}

// Falling returns the bonuses that no longer stand, which are the latest of those whose
// mark exceeds the progress or one of whose months no longer has an order that counts, the
// latest first. Bonuses that are kept stand for good. It looks at no more bonuses than
// fall, and those that are kept, but where months count.
func (p *Progress) Falling() (fallen []Reached) {
	for i := len(p.Bonuses) - 1; i >= 0; i-- {
		r := &p.Bonuses[i]
		if p.Kind != CountMonths && p.Count >= r.Mark+(r.Times-1)*r.Every { // so do all before it
			break
		}
		if _, falls := r.part(p); falls.Times > 0 {
			fallen = append(fallen, falls)
		}
	}
	return fallen
}

// Drop takes away what [Progress.Falling] has just returned.
func (p *Progress) Drop(fallen []Reached) {
	for i := len(p.Bonuses) - 1; i >= 0 && len(fallen) > 0; i-- {
		stands, falls := p.Bonuses[i].part(p)
		if falls.Times == 0 {
			continue
		}
		fallen = fallen[1:]
		if p.Bonuses[i] = stands; stands.Times == 0 {
			p.Bonuses = slices.Delete(p.Bonuses, i, i+1)
		}
	}
}

// part parts bonuses into those that stand and those that do not.
func (r Reached) part(p *Progress) (stands, falls Reached) {
	times := r.Times
	switch {
	case r.Keep:
	case p.Kind == CountMonths && !p.has(r.Mark, r.Every), p.Kind != CountMonths && p.Count < r.Mark:
		times = 0
	case p.Kind != CountMonths:
		times = min(times, (p.Count-r.Mark)/r.Every+1)
	}
	stands, falls = r, r
	stands.Times, falls.Times = times, r.Times-times
	stands.Points = min(r.Points, times*r.Each) // not more than in all, which is a number of points
	falls.Points = r.Points - stands.Points
	falls.Mark += times * r.Every
	return stands, falls
}

// has reports whether months running from one on have an order that counts.
func (p *Progress) has(first, months int64) bool {
	i, found := slices.BinarySearchFunc(p.Months, first, func(t Tally, m int64) int { return cmp.Compare(t.Month, m) })
	last := int64(i) + months - 1
	return found && last < int64(len(p.Months)) && p.Months[last].Month == first+months-1
}

// Standing returns how many bonuses stand.
func (p *Progress) Standing() (n int64) {
	for i := range p.Bonuses {
		n += p.Bonuses[i].Times
	}
	return n
}

// Value returns the progress as a number: orders, minor units or months that count.
func (p *Progress) Value() int64 { return p.Count + int64(len(p.Months)) }

// Validate reports a progress that no orders can have made, as a decoder has to ask.
func (p Progress) Validate() error {
	var l fault.List
	l.Check(canon.IsName(p.Rule), "Rule", nil, canon.NameRule)
	l.Join("", countings().Check("Kind", p.Kind))
	l.Check(p.Count >= 0 && p.Count <= maxPoints, "Count", p.Count, "must be 0 to 2^53-1")
	l.Check(p.Kind == CountMonths && p.Count == 0 || p.Kind != CountMonths && len(p.Months) == 0, "Months", nil, "must come where months count, and alone")
	for i, t := range p.Months {
		l.Check(isMonth(t.Month) && t.Orders > 0 && t.Orders <= maxPoints && (i == 0 || p.Months[i-1].Month < t.Month),
			"Months", i, "must be months of the years 1 to 9999 with an order, ascending")
	}
	for i := range p.Bonuses {
		l.Check(p.Bonuses[i].sound(p.Kind) && p.Bonuses[i].Times > 0, "Bonuses", i, reachedRule)
	}
	return l.Err("earning")
}

const reachedRule = "must be bonuses that an order can reach"

// sound reports whether an order can have reached the bonuses, or none.
func (r *Reached) sound(kind Counting) bool {
	switch {
	case r.Times == 0:
		return r.Mark == 0 && r.Every == 0 && r.Each == 0 && r.Points == 0 && !r.Final && !r.Keep
	case r.Mark < 1 || r.Mark > maxPoints || r.Every < 1 || r.Every > maxPoints || r.Each < 1 || r.Each > maxPoints:
		return false
	case r.Times < 0 || r.Times > maxPoints/r.Each || r.Times-1 > (maxPoints-r.Mark)/r.Every:
		return false
	case r.Points < 0 || r.Points > r.Times*r.Each || (r.Final || kind == CountMonths) && r.Times > 1:
		return false
	}
	return kind != CountMonths || isMonth(r.Mark) && isMonth(r.Mark+r.Every-1)
}

// Validate reports a step that no order can have made, as a decoder has to ask.
func (s *Step) Validate() error {
	var l fault.List
	l.Check(canon.IsName(s.Rule), "Rule", nil, canon.NameRule)
	l.Join("", countings().Check("Kind", s.Kind))
	l.Check(isMonth(s.Month), "Month", s.Month, "must be a month of the years 1 to 9999")
	l.Check(s.MinTotal >= 0 && s.MinTotal <= maxPoints, "MinTotal", nil, "must be 0 to 2^53-1")
	l.Check(s.Counts >= 0 && s.Counts <= maxPoints && (s.Kind == CountSpend || s.Counts <= 1), "Counts", nil, "must be 0 or 1, or minor units")
	for i, n := range s.Lines {
		l.Check(n >= 0 && (i == 0 || s.Lines[i-1] < n), "Lines", n, "must be positions, ascending")
	}
	l.Check(s.Reached.sound(s.Kind), "Reached", nil, reachedRule)
	return l.Err("earning")
}

// isMonth reports whether a number is that of a month of the years 1 to 9999.
func isMonth(n int64) bool { return n > firstMonth && n <= lastMonth+1 }

// monthOf numbers months: 12·year + month.
func monthOf(d relmark.Date) int64 {
	year, m, _ := d.Civil()
	return 12*int64(year) + int64(m)
}

// The months of the years 1 to 9999 as [monthOf] has them, less one.
const (
	firstMonth = 12
	lastMonth  = 12*9999 + 11
)

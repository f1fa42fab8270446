package points

import (
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// A snapshot may come from a store that has damaged it, or from somebody else. What no
// events can have made of an account is refused, part by part: then no later command
// reaches for a lot that does not exist, no sum overflows, and nobody is owed what was
// never granted.

// reachable reports whether events can have made a decoded account.
func (a *Account) reachable() bool {
	if a.version == 0 {
		return a.pristine()
	}
	return a.version <= canon.MaxInt && a.last >= firstSecond*1e9 && a.last < endOfActivity*1e9 &&
		a.sound() && a.lapsed >= 0 && a.lapsed <= maxPoints && a.debt <= a.reversed &&
		a.balanced() && a.remembered() && a.counted() && a.pursued() && a.acted() && a.joined()
}

// pristine reports whether nothing has happened.
func (a *Account) pristine() bool {
	return a.last == 0 && a.totals == totals{} && a.closed.IsZero() && a.book.Last() == 0 && a.owners == 0 &&
		len(a.orders.names)+len(a.holds.names)+len(a.keys.names)+len(a.days)+len(a.parked.names)+len(a.goals)+len(a.members.names)+len(a.took)+len(a.sources.names) == 0 && a.granted == 0
}

// balanced reports whether what came in is somewhere,
//
//	issued + received = Σ left + held - debt + redeemed + lapsed + reversed + sent
//
// and whether everything that an open reservation refers to is there.
func (a *Account) balanced() bool {
	sum := a.redeemed + a.reversed + a.sent + a.lapsed - a.debt // each at most 2^53
	add := func(n int64) bool {
		sum += n
		return n >= 0 && n <= maxPoints && sum <= 4*maxPoints
	}
	for l := range a.book.All() {
		if !add(l.Left) || l.Until < firstSecond*1e9 || l.From < firstSecond*1e9 || l.From >= endOfTime*1e9 || l.Owner > a.owners {
			return false
		}
	}
	for i := range a.holds.items {
		h := &a.holds.items[i]
		for _, t := range h.Takes {
			_, there := a.book.Find(t.Lot)
			if t.Units <= 0 || t.Lot == 0 || t.Lot > a.book.Last() || h.Status == lot.Open && (!add(t.Units) || !there) {
				return false
			}
		}
	}
	return sum == a.issued+a.received
}

// remembered reports whether names are names, each command has one key and one place,
// and orders are what can have become of them.
func (a *Account) remembered() bool {
	seq := uint64(0)
	for i := range a.keys.items {
		k := &a.keys.items[i]
		if k.seq <= seq || k.seq > a.version || k.at < firstSecond*1e9 || k.at >= endOfActivity*1e9 {
			return false
		}
		seq = k.seq
	}
	granted := int64(0)
	for i := range a.orders.items {
		o := &a.orders.items[i]
		granted = plusZero(granted, o.granted)
		if !o.whole() || o.lot > a.book.Last() || (o.granted > 0) != (o.lot > 0) {
			return false
		}
	}
	for _, list := range a.parked.items {
		if len(list) == 0 || slices.ContainsFunc(list, func(p parked) bool { return !p.sound() }) {
			return false
		}
	}
	return granted <= a.issued && uint64(len(a.orders.names)) <= a.version &&
		valid(a.keys.names) && valid(a.parked.names) && valid(a.orders.names) && valid(a.holds.names)
}

// counted reports whether days are in order, their counts no more than what was issued,
// and goals within their bounds and listed once.
func (a *Account) counted() bool {
	granted := int64(0)
	before := relmark.Date{}
	for _, d := range a.days {
		if !d.on.After(before) || d.granted <= 0 {
			return false
		}
		before = d.on
		granted = plus(granted, d.granted)
	}
	rules := map[string]bool{}
	for _, g := range a.goals {
		if g.Validate() != nil || rules[g.Rule] {
			return false
		}
		rules[g.Rule] = true
	}
	return granted <= a.granted && a.granted <= a.issued
}

// acted reports whether what is remembered of activities can be: rules with dates in
// order, and sources of kinds.
func (a *Account) acted() bool {
	rules := map[string]bool{}
	for _, r := range a.took {
		if !canon.IsName(r.rule) || rules[r.rule] || len(r.days) == 0 {
			return false
		}
		rules[r.rule] = true
		before := relmark.Date{}
		for _, d := range r.days {
			if !d.After(before) {
				return false
			}
			before = d
		}
	}
	for name, on := range a.sources.all() {
		if !isSource(name) || on.IsZero() {
			return false
		}
	}
	return true
}

// pursued reports whether goals are held up by orders: what these contribute is a part of
// the progress, and bonuses that can fall were granted with orders that there are, each
// beyond the one before.
func (a *Account) pursued() bool {
	for i := range a.goals {
		if !a.ascends(&a.goals[i]) {
			return false
		}
	}
	type place struct {
		rule  string
		month int64
	}
	sums := map[place]int64{}
	for i := range a.orders.items {
		o := &a.orders.items[i]
		for _, u := range o.pursuits() {
			g := a.progress(u.rule)
			if g == nil || !u.sound(o, g.Kind) {
				return false
			}
			at := place{rule: u.rule}
			if g.Kind == earning.CountMonths {
				at.month = o.monthOf()
			}
			sums[at] = plusZero(sums[at], u.now)
		}
	}
	for at, n := range sums {
		g := a.progress(at.rule)
		most := g.Count
		if at.month != 0 {
			i := slices.IndexFunc(g.Months, func(t earning.Tally) bool { return t.Month == at.month })
			if most = 0; i >= 0 {
				most = g.Months[i].Orders
			}
		}
		if n > most {
			return false
		}
	}
	return true
}

// ascends reports whether bonuses of a goal can stand as they do.
func (a *Account) ascends(g *earning.Progress) bool {
	mark := int64(0)
	for _, r := range g.Bonuses {
		if o := a.orders.find(r.Order); !r.Keep && (o == nil || o.more == nil || r.Points > o.bonus()-o.fallen()) {
			return false
		}
		if g.Kind != earning.CountMonths && r.Mark <= mark {
			return false
		}
		mark = r.Mark + (r.Times-1)*r.Every
	}
	return true
}

// sound reports whether an order can do that for a goal.
func (u *pursuit) sound(o *order, kind earning.Counting) bool {
	most := int64(1)
	if kind == earning.CountSpend {
		most = o.total
	}
	positions := max(1, len(o.lines()))
	for i, n := range u.lines {
		if n < 0 || n >= positions || i > 0 && n <= u.lines[i-1] {
			return false
		}
	}
	return u.least >= 0 && u.least <= maxPoints && u.now >= 0 && u.now <= most
}

// joined reports whether the members of a pool have names and marks of their own, and
// brought no more than was received.
func (a *Account) joined() bool {
	brought := int64(0)
	marks := map[uint32]bool{}
	for name, c := range a.members.all() {
		if !canon.IsName(name) || c.owner == 0 || c.owner > a.owners || marks[c.owner] || c.brought <= 0 {
			return false
		}
		marks[c.owner] = true
		brought = plus(brought, c.brought)
	}
	return brought <= a.received
}

// valid reports whether all are names.
func valid(names []string) bool {
	return !slices.ContainsFunc(names, func(s string) bool { return !canon.IsName(s) })
}

// plusZero is plus for a part that may be 0.
func plusZero(sum, points int64) int64 {
	if points == 0 {
		return sum
	}
	return plus(sum, points)
}

// whole reports whether an order can be one.
func (o *order) whole() bool {
	if o.more != nil && !o.parted() || o.paid != nil && (total(o.paid.parts) != o.paid.spent || o.paid.value < 0 || o.paid.value > o.total) {
		return false
	}
	return !o.date.IsZero() &&
		min(o.total, o.refunded, o.granted, o.taken, o.lost, o.deducted, o.restored, o.spent()) >= 0 &&
		max(o.total, o.granted, o.spent()) <= maxPoints &&
		o.refunded <= o.total && o.taken <= o.granted && o.lost <= maxPoints && o.deducted <= o.total && o.restored <= o.spent()
}

// sound reports whether a parked refund can be one.
func (p *parked) sound() bool {
	b := Refunded{Amount: p.amount, Parts: p.parts}
	return b.parkable() && !p.date.IsZero()
}

// parted reports whether the lines of an order add up to it, and no more was named of
// them than they are.
func (o *order) parted() bool {
	m := o.more
	if m.bonus < 0 || m.bonus > o.granted || m.fallen < 0 || m.fallen > m.bonus {
		return false
	}
	if m.lines == nil {
		return true
	}
	var total, earned, value, named int64
	for i := range m.lines {
		l := &m.lines[i]
		if !l.sound() || l.rest != (l.quantity == 0) || l.rest && i+1 < len(m.lines) {
			return false
		}
		total, earned, value, named = plusZero(total, l.total), plusZero(earned, l.earned), plusZero(value, l.value), plusZero(named, l.named())
	}
	return total == o.total && earned == o.earned() && value == o.value() && named <= o.refunded && o.refunded <= o.total
}

// sound reports whether a line can be one.
func (l *line) sound() bool {
	return min(l.total, l.earned, l.value, l.quantity, l.amount, l.returned) >= 0 && max(l.total, l.earned) <= maxPoints &&
		l.value <= l.total && l.amount <= l.total && l.quantity < maxQuantity && l.returned <= l.quantity && canon.IsNote(l.id)
}

package points

import (
	"math/big"
	"slices"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// A Fallen bonus is one of a goal that no longer stands, as an order behind it has come
// back: its points are taken back with those of the order with which it was granted.
type Fallen struct {
	Rule   string `json:"rule,omitzero"`
	Order  string `json:"order,omitzero"`  // with which it was granted
	Points int64  `json:"points,omitzero"` // that were granted for it
	Taken  int64  `json:"taken,omitzero"`  // of them, and of what that order owed before: reversed, turned into debt or lost
}

func (g *Fallen) code(f *canon.Form) {
	f.Name("rule", &g.Rule)
	f.Text("order", &g.Order)
	f.Int("points", &g.Points)
	f.Int("taken", &g.Taken)
}

// A pursuit is what an order does for a goal that acts on it.
type pursuit struct {
	rule  string
	least int64 // minor units of its lines that must be left for it to count
	lines []int // positions on which the goal acts; nil is all
	now   int64 // what it contributes
}

// pursuits returns those of the order.
func (o *order) pursuits() []pursuit {
	if o.more == nil {
		return nil
	}
	return o.more.pursuits
}

// contributes returns what the order does for a goal with what has been given back of
// it: 1 if it counts, or the money that it counts for. It counts as long as something is
// left of a line on which the goal acts, and the least of all of them.
func (o *order) contributes(p *pursuit, spend bool) int64 {
	lines := o.lines()
	if o.over() {
		return 0
	}
	if lines == nil {
		if o.total-o.refunded < p.least {
			return 0
		}
		l := o.alone()
		return measured(spend, l.of(cashOf)-ratio(l.of(cashOf), o.refunded, o.total, money.Ceiling))
	}
	var on []line
	var total, cash int64
	left := false
	for i := range lines {
		if p.lines != nil && !slices.Contains(p.lines, i) {
			continue
		}
		all, _ := lines[i].whole()
		left = left || !all
		total, cash = total+lines[i].total, cash+lines[i].of(cashOf)
		on = append(on, lines[i])
	}
	if !left || o.share(on, totalOf).Cmp(big.NewRat(total-p.least, 1)) > 0 {
		return 0
	}
	return measured(spend, cash-rounded(o.share(on, cashOf), money.Ceiling))
}

// measured returns what a goal counts of an order that counts.
func measured(spend bool, cash int64) int64 {
	if spend {
		return cash
	}
	return 1
}

// monthOf numbers the month of an order as goals do.
func (o *order) monthOf() int64 {
	year, month, _ := o.date.Civil()
	return 12*int64(year) + int64(month)
}

// follow brings progress up to date with what is left of an order, for each goal that
// acts on it, and returns the bonuses that fall. What is only tried keeps them.
func (o *order) follow(goals standing) (fallen []Fallen) {
	pursuits := o.pursuits()
	if o.over() && !goals.try {
		defer func() { o.more = o.ended() }()
	}
	for i := range pursuits {
		p := &pursuits[i]
		at := goals.at(p.rule)
		now := o.contributes(p, at.Kind == earning.CountSpend)
		if now == p.now { // then nothing can fall: what stands did so before
			continue
		}
		at.Advance(&earning.Step{Rule: p.rule, Kind: at.Kind, Month: o.monthOf()}, p.now, now)
		p.now = now
		list := at.Falling()
		if !goals.try {
			at.Drop(list)
		}
		for _, r := range list {
			fallen = append(fallen, Fallen{Rule: p.rule, Order: r.Order, Points: r.Points})
		}
	}
	return fallen
}

// ended returns what is remembered of an order that can no longer do anything for goals.
func (o *order) ended() *detail {
	if o.more != nil {
		o.more.pursuits = nil
	}
	return o.more
}

// progress returns that of a rule, to be changed; nil if the goal has not been begun.
func (a *Account) progress(rule string) *earning.Progress {
	for i := range a.goals {
		if a.goals[i].Rule == rule {
			return &a.goals[i]
		}
	}
	return nil
}

// ahead returns progress to try a refund on. Its bonuses are those of the account, and
// not to be changed.
func (a *Account) ahead(rule string) *earning.Progress {
	p := earning.Progress{Rule: rule}
	if at := a.progress(rule); at != nil {
		p = *at
	}
	p.Months = slices.Clone(p.Months)
	return &p
}

// begun returns the progress of the goals that act on an order with what it has done for
// them. Refunds of the order can only undo that: what was reached before stands on what
// there was before.
func (b *Earned) begun(a *Account) standing {
	list := make([]earning.Progress, len(b.Steps))
	for i := range b.Steps {
		s := &b.Steps[i]
		list[i] = *a.ahead(s.Rule)
		list[i].Bonuses = nil
		list[i].Advance(s, 0, s.Counts)
		r := s.Reached
		r.Order = b.Order
		list[i].Stand(r)
	}
	return standing{list: list}
}

// A standing is the progress that a refund is judged by: of the account, to be changed or
// only tried, or of the goals in a list.
type standing struct {
	a    *Account
	list []earning.Progress
	try  bool
}

// at returns the progress of a rule that has been begun.
func (s *standing) at(rule string) *earning.Progress {
	switch {
	case s.a == nil:
		return &s.list[slices.IndexFunc(s.list, func(p earning.Progress) bool { return p.Rule == rule })]
	case s.try:
		return s.a.ahead(rule)
	}
	return s.a.progress(rule)
}

// pursued returns what an order does for goals, to be remembered.
func (b *Earned) pursued() []pursuit {
	list := make([]pursuit, len(b.Steps))
	for i := range b.Steps {
		s := &b.Steps[i]
		list[i] = pursuit{s.Rule, s.MinTotal, s.Lines, s.Counts}
	}
	return list
}

// strives reports whether steps can be those of an order of the account.
func (b *Earned) strives(a *Account) bool {
	granted := b.Award.Granted - b.Award.Earned()
	o := order{date: b.Facts.Date}
	for i := range b.Steps {
		s := &b.Steps[i]
		if s.Validate() != nil || s.Month != o.monthOf() || s.Counts > max(1, b.Facts.Total) || slices.ContainsFunc(b.Steps[:i], func(t earning.Step) bool { return t.Rule == s.Rule }) ||
			len(s.Lines) > 0 && s.Lines[len(s.Lines)-1] >= b.Facts.Positions() {
			return false
		}
		if p := a.progress(s.Rule); p != nil && !follows(s, p) {
			return false
		}
		granted -= s.Reached.Points
	}
	return granted == 0
}

// follows reports whether a step can come next.
func follows(s *earning.Step, p *earning.Progress) bool {
	if s.Kind != p.Kind || s.Counts > maxPoints-p.Count {
		return false
	}
	n := len(p.Bonuses)
	return s.Reached.Times == 0 || n == 0 || s.Kind == earning.CountMonths || s.Reached.Mark > p.Bonuses[n-1].Mark
}

// fall takes back the points of bonuses that have fallen, each with the order with which
// it was granted, and returns how many there are not. The order that is refunded is
// after, which goes on from what its own refund has taken.
func (d *decider) fall(w shelf, after *order, b *Refunded) (short int64) {
	others := map[string]order{}
	for i := range b.Goals {
		g := &b.Goals[i]
		if g.Order == b.Order {
			short += d.reclaim(w, after, b, g)
			continue
		}
		o, known := others[g.Order]
		if !known {
			o = d.a.order(g.Order).copied()
		}
		short += d.reclaim(w, &o, b, g)
		others[g.Order] = o
	}
	return short
}

// reclaim takes back the points of one bonus with its order.
func (d *decider) reclaim(w shelf, o *order, b *Refunded, g *Fallen) (short int64) {
	o.more.fallen += g.Points
	g.Taken = d.due(w, o)
	o.taken += g.Taken
	return d.reverse(w, o.lot, b, g.Taken)
}

// order returns an order of the account, nil if it has none of that name.
func (a *Account) order(name string) *order {
	if a.names == nil {
		return a.orders.find(name)
	}
	if i := a.names.position(name); i >= 0 {
		return &a.orders.items[i]
	}
	return nil
}

// falls reports whether the bonuses of an event are those that have fallen, and can have
// been taken back.
func (b *Refunded) falls(fallen []Fallen, order func(name string) *order) bool {
	same := slices.EqualFunc(b.Goals, fallen, func(x, y Fallen) bool { return x.Rule == y.Rule && x.Order == y.Order && x.Points == y.Points })
	for i := range b.Goals {
		g := &b.Goals[i]
		if o := order(g.Order); !same || g.Taken < 0 || g.Order != b.Order && (o == nil || g.Taken > o.granted-o.taken || g.Points > o.bonus()-o.fallen()) {
			return false
		}
	}
	return same
}

// bonus returns what goals granted with the order.
func (o *order) bonus() int64 { return o.granted - o.earned() }

// elsewhere notes what was taken back with bonuses of other orders.
func (b *Refunded) elsewhere(order func(name string) *order) {
	for i := range b.Goals {
		if g := &b.Goals[i]; g.Order != b.Order {
			o := order(g.Order)
			after := o.copied()
			after.taken += g.Taken
			after.more.fallen += g.Points
			*o = after
		}
	}
}

// taken returns what was taken back with bonuses, and how much of that with those of the
// order itself.
func (b *Refunded) goals() (all, own, fallen int64) {
	for i := range b.Goals {
		g := &b.Goals[i]
		if all += g.Taken; g.Order == b.Order {
			own += g.Taken
			fallen += g.Points
		}
	}
	return all, own, fallen
}

// renamedGoals returns bonuses that have fallen with other names of orders.
func renamedGoals(list []Fallen, rename func(string) string) []Fallen {
	list = slices.Clone(list)
	for i := range list {
		list[i].Order = rename(list[i].Order)
	}
	return list
}

// settleGoals lets the bonuses of orders that are forgotten stand for good: what was
// granted in a period that is closed stays.
func (a *Account) settleGoals(forgotten func(o *order) bool) {
	for i := range a.goals {
		for j := range a.goals[i].Bonuses {
			r := &a.goals[i].Bonuses[j]
			if o := a.order(r.Order); o == nil || forgotten(o) {
				r.Keep, r.Order = true, ""
			}
		}
	}
}

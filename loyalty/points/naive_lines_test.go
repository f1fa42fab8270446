package points_test

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A naive line: what came back of it is a fraction, worked out anew each time from all
// that was ever named.
type naiveLine struct {
	id             string // of the rest, none
	total, earned  int64
	paid           int64 // of total, with points
	quantity, back *big.Rat
	named          int64 // by amounts
}

// A naive part is what a refund names: of a line, or of the order.
type naivePart struct {
	line     string
	amount   int64
	quantity *big.Rat // nil: an amount
}

// partsAsked reads a refund.
func partsAsked(c points.Refund) (parts []naivePart) {
	for _, l := range c.Lines {
		p := naivePart{line: l.ID}
		if l.Quantity != nil {
			p.quantity = l.Quantity.Rat()
		} else {
			p.amount = cents(*l.Amount)
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		parts = append(parts, naivePart{amount: cents(c.Amount)})
	}
	return parts
}

// shared gives whole units to weights: all of the exact share that is whole, and one more
// to who lacks most, the first of them where it is the same.
func shared(n int64, weights []*big.Rat) []int64 {
	sum, shares := new(big.Rat), make([]int64, len(weights))
	for _, w := range weights {
		sum.Add(sum, w)
	}
	if sum.Sign() == 0 {
		return shares
	}
	lacks, odd := make([]*big.Rat, len(weights)), n
	for i, w := range weights {
		exact := new(big.Rat).Mul(whole(n), new(big.Rat).Quo(w, sum))
		shares[i] = below(exact)
		lacks[i] = exact.Sub(exact, whole(shares[i]))
		odd -= shares[i]
	}
	for ; odd > 0; odd-- {
		most := 0
		for i := range lacks {
			if lacks[i].Cmp(lacks[most]) > 0 {
				most = i
			}
		}
		shares[most]++
		lacks[most] = new(big.Rat)
	}
	return shares
}

// amounts returns what the lines of an order come to, the rest last.
func amounts(c *points.Earn) (list []*big.Rat, rest bool) {
	total, sum := cents(c.Amount), int64(0)
	for _, l := range c.Lines {
		sum += cents(l.Amount)
		list = append(list, whole(cents(l.Amount)))
	}
	if sum > total {
		for i, n := range shared(total, list) {
			list[i] = whole(n)
		}
	}
	if rest = sum < total || len(c.Lines) == 0; rest {
		list = append(list, whole(total-sum))
	}
	return list, rest
}

// split returns the lines of an order, with what points paid of each.
func (m *naive) split(c *points.Earn, x *naiveOrder) (lines []*naiveLine) {
	list, rest := amounts(c)
	paid := shared(x.value, list)
	for i := range list {
		l := &naiveLine{id: fmt.Sprint(i + 1), total: list[i].Num().Int64(), paid: paid[i], quantity: whole(1), back: new(big.Rat)}
		if rest && i == len(list)-1 {
			l.id = ""
		} else {
			if c.Lines[i].ID != "" {
				l.id = c.Lines[i].ID
			}
			if c.Lines[i].Quantity != nil {
				l.quantity = c.Lines[i].Quantity.Rat()
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// divide notes what each line earned.
func (m *naive) divide(v *earning.Version, c *points.Earn, x *naiveOrder, date int) {
	weights := make([]*big.Rat, len(x.lines))
	for i, l := range x.lines {
		base := new(big.Rat)
		for _, r := range v.Rates {
			if m.applies(&r.When, c, date) {
				rate := new(big.Rat).Quo(whole(r.Points), r.Per.Rat())
				base.Add(base, rate.Mul(rate, big.NewRat(l.total-l.paid, 100)))
			}
		}
		weights[i] = base.Mul(base, m.factor(v, c, date))
		for _, b := range v.Bonuses {
			switch {
			case !m.applies(&b.When, c, date):
			case x.total > 0:
				weights[i].Add(weights[i], big.NewRat(b.Points*l.total, x.total))
			default:
				weights[i].Add(weights[i], big.NewRat(b.Points, int64(len(x.lines))))
			}
		}
	}
	for i, n := range shared(x.granted-x.bonus, weights) {
		x.lines[i].earned = n
	}
}

// comes returns how much of the line comes back where units do.
func (l *naiveLine) comes(units *big.Rat) int64 {
	exact := new(big.Rat).Mul(whole(l.total), new(big.Rat).Quo(units, l.quantity))
	return -below(exact.Neg(exact))
}

// gone returns how much of the line has been given back by naming it.
func (l *naiveLine) gone() int64 { return min(l.total, l.named+l.comes(l.back)) }

// over reports whether all of the order is back.
func (o *naiveOrder) over() bool { return o.total > 0 && o.refunded == o.total }

// share returns how much of a line has been given back.
func (o *naiveOrder) share(l *naiveLine) *big.Rat {
	if o.over() {
		return whole(1)
	}
	unnamed, never := o.refunded, o.total
	for _, x := range o.lines {
		unnamed, never = unnamed-x.gone(), never-x.gone()
	}
	own := new(big.Rat).Quo(l.back, l.quantity)
	if l.total > 0 {
		own = big.NewRat(l.gone(), l.total)
	}
	if never == 0 {
		return own
	}
	left := new(big.Rat).Sub(whole(1), own)
	return own.Add(own, left.Mul(left, big.NewRat(unnamed, never)))
}

// sum adds up what has been given back of something that lines have.
func (o *naiveOrder) sum(of func(*naiveLine) int64) *big.Rat {
	sum := new(big.Rat)
	for _, l := range o.lines {
		share := o.share(l)
		sum.Add(sum, share.Mul(share, whole(of(l))))
	}
	return sum
}

// cashBack returns what has to have been paid back in money.
func (o *naiveOrder) cashBack() int64 {
	sum := o.sum(func(l *naiveLine) int64 { return l.total - l.paid })
	return -below(sum.Neg(sum))
}

// pointsBack returns what has to have been restored of the points that paid.
func (o *naiveOrder) pointsBack() int64 {
	if o.spent == 0 {
		return 0
	}
	sum := o.sum(func(l *naiveLine) int64 { return l.paid })
	return below(sum.Mul(sum, big.NewRat(o.spent, o.value)))
}

func (o *naiveOrder) line(id string) *naiveLine {
	i := slices.IndexFunc(o.lines, func(l *naiveLine) bool { return l.id == id && id != "" })
	if i < 0 {
		return nil
	}
	return o.lines[i]
}

// give notes what is given back, or says why it cannot be, and is as it was then.
func (o *naiveOrder) give(parts []naivePart) string {
	unnamed := o.refunded
	for _, l := range o.lines {
		unnamed -= l.gone()
	}
	kept := make([]naiveLine, len(o.lines))
	for i, l := range o.lines {
		kept[i] = *l
	}
	reason := ""
	for _, p := range parts {
		switch l := o.line(p.line); {
		case p.line == "":
			unnamed += p.amount
		case l == nil:
			reason = "unknown_line"
		case p.quantity != nil:
			l.back = new(big.Rat).Add(l.back, p.quantity)
		default:
			l.named += p.amount
		}
	}
	sum := unnamed
	for _, l := range o.lines {
		named := slices.ContainsFunc(parts, func(p naivePart) bool { return p.line == l.id && p.quantity == nil && l.id != "" })
		if reason == "" && (l.back.Cmp(l.quantity) > 0 || named && l.named+l.comes(l.back) > l.total) {
			reason = "refund_exceeds_order"
		}
		sum += l.gone()
	}
	if reason == "" && sum > o.total {
		reason = "refund_exceeds_order"
	}
	if reason == "" {
		o.refunded = sum
		return ""
	}
	for i, l := range o.lines {
		*l = kept[i]
	}
	return reason
}

// fitting cuts parts to what there is of the order, one after the other, on a copy.
func (o *naiveOrder) fitting(parts []naivePart) (fit []naivePart) {
	c := *o
	c.lines = nil
	for _, l := range o.lines {
		x := *l
		c.lines = append(c.lines, &x)
	}
	for _, p := range parts {
		room := c.total - c.refunded
		switch l := c.line(p.line); {
		case l == nil && p.quantity != nil:
			continue
		case l == nil:
			p = naivePart{amount: min(p.amount, room)}
		case p.quantity != nil:
			left := new(big.Rat).Sub(l.quantity, l.back)
			if p.quantity.Cmp(left) > 0 {
				p.quantity = left
			}
			x := *l
			x.back = new(big.Rat).Add(l.back, p.quantity)
			if x.gone()-l.gone() > room {
				p = naivePart{line: p.line, amount: room}
			}
		default:
			p.amount = min(p.amount, l.total-l.gone(), room)
		}
		if p.amount > 0 || p.quantity != nil && p.quantity.Sign() > 0 {
			if c.give([]naivePart{p}) == "" {
				fit = append(fit, p)
			}
		}
	}
	return fit
}

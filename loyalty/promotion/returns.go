package promotion

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Policy says what goods that come back are worth.
type Policy string

// The policies.
const (
	// Proportional refunds of each article the share of what was paid for it, rounded down
	// in all. Discounts stay where they were: of "one of two free" each is worth half.
	Proportional Policy = "proportional"
	// Reprice refunds what was paid beyond the price of the goods that are kept, as if they
	// had been ordered so, with the same offers, codes, limits and budgets. A customer who
	// sends back the jacket loses the boots for 10. No return costs the customer anything.
	Reprice Policy = "reprice"
)

func policies() enum.Set[Policy] { return enum.Of(Proportional, Reprice) }

// A Return is a number of units of a line that come back.
type Return struct {
	Line  int   `json:"line"`  // position in the order
	Units int64 `json:"units"` // 1 or more, at most what has not come back
}

// A Refund is the answer to one step of returns.
type Refund struct {
	Refund   decimal.Decimal  `json:"refund"`             // what the customer gets back now, 0 or more
	Paid     decimal.Decimal  `json:"paid"`               // what then remains paid
	Kept     *decimal.Decimal `json:"kept,omitempty"`     // under [Reprice]: what the goods that are kept cost
	Released []Released       `json:"released,omitempty"` // what goes back to the offers, in ascending order of ID; nil: nothing
}

// Released is what a return gives back to an offer.
type Released struct {
	ID     string          `json:"id"`
	Amount decimal.Decimal `json:"amount"`        // to its budget, above 0
	Use    bool            `json:"use,omitempty"` // whether its use comes back, to each of its limits: with the last of its discount
}

// Returns are what came back of one order, step by step. They are not safe for concurrent
// use. Obtain them from [Pricer.Returns]; a host that stores the order, the stack and the
// steps makes them again by adding the steps.
type Returns struct {
	opaque
	pricer *Pricer
	order  Order
	policy Policy

	back     []int64 // units of each line that came back
	paid     int64
	articles []bought
	offers   []given
}

// bought is what was paid for an article.
type bought struct {
	lines []int32
	n     int64
	paid  int64
}

// given is what an offer took off, and how much of it has come back.
type given struct {
	id       string
	discount int64
	shares   []int64 // by article
	released int64
}

// Returns prices an order as [Pricer.Price] does, and fails as that does, and on an
// unknown policy. The order, which must not be changed afterwards, is the one that was
// placed, with the limits and budgets of then, and p has the offers of then: compare
// [Returns.Paid] with what was charged.
func (p *Pricer) Returns(o Order, policy Policy) (*Returns, error) {
	if err := policies().Check("Policy", policy); err != nil {
		return nil, fault.Room(room, err)
	}
	t, err := p.till(&o)
	if err != nil {
		return nil, err
	}
	if err := t.choose(); err != nil {
		return nil, err
	}
	receipt := t.play(&o)
	r := &Returns{pricer: p, order: o, policy: policy, back: make([]int64, len(o.Lines)), paid: receipt.subtotal - receipt.discount}
	for i := range t.basket.articles {
		a := &t.basket.articles[i]
		b := bought{lines: a.lines, n: a.n, paid: a.n * a.price}
		for _, l := range a.lines {
			b.paid -= receipt.priced[l].off
		}
		r.articles = append(r.articles, b)
	}
	for i, x := range receipt.applied {
		g := given{id: x.id, discount: x.discount, shares: make([]int64, len(r.articles))}
		for k := range r.articles {
			for _, l := range r.articles[k].lines {
				g.shares[k] += receipt.shares[i*receipt.lines+int(l)]
			}
		}
		r.offers = append(r.offers, g)
	}
	slices.SortFunc(r.offers, func(a, b given) int { return cmp.Compare(a.id, b.id) })
	return r, nil
}

// Paid returns what remains paid after all that came back: at first what the order cost.
func (r *Returns) Paid() decimal.Decimal {
	if r == nil || r.pricer == nil {
		return decimal.Decimal{}
	}
	return money.Decimal(r.paid, r.pricer.digits)
}

// Add adds one step of returns and says what it is worth. A line that comes twice adds up.
// Units of an article are alike: on which of its lines they come back changes nothing. It
// fails, leaving r unchanged, with [relmark.ErrInvalid] on a line that the order does not
// have and on more units than the line still has. Under [Proportional] it takes time
// proportional to articles times offers, under [Reprice] that of pricing the order.
func (r *Returns) Add(step []Return) (Refund, error) {
	if r == nil || r.pricer == nil {
		return Refund{}, errNil("Returns")
	}
	back, err := r.check(step)
	if err != nil {
		return Refund{}, err
	}
	digits := r.pricer.digits
	var out Refund
	var paid int64
	var released []int64
	if r.policy == Proportional {
		paid, released = r.proportional(back)
	} else {
		var kept int64
		if kept, released, err = r.reprice(back); err != nil {
			return Refund{}, err
		}
		paid = min(r.paid, kept)
		out.Kept = new(money.Decimal(kept, digits))
	}
	out.Refund, out.Paid = money.Decimal(r.paid-paid, digits), money.Decimal(paid, digits)
	r.back, r.paid = back, paid
	for i := range r.offers {
		g := &r.offers[i]
		if more := released[i] - g.released; more > 0 {
			g.released = released[i]
			out.Released = append(out.Released, Released{g.id, money.Decimal(more, digits), g.released == g.discount})
		}
	}
	return out, nil
}

// check returns how many units of each line have come back with a step.
func (r *Returns) check(step []Return) ([]int64, error) {
	var c checker
	back := slices.Clone(r.back)
	for i, x := range step {
		field := fmt.Sprintf("Returns[%d]", i)
		if x.Line < 0 || x.Line >= len(back) {
			c.Add(field+".Line", x.Line, "must be a line of the order")
			continue
		}
		if left := r.order.Lines[x.Line].Quantity - back[x.Line]; x.Units < 1 || x.Units > left {
			c.Add(field+".Units", x.Units, "must be 1 or more, and no more than the line still has")
			continue
		}
		back[x.Line] += x.Units
	}
	return back, c.Err(room)
}

// proportional returns what remains paid, and what comes back of each offer in all.
func (r *Returns) proportional(back []int64) (paid int64, released []int64) {
	released = make([]int64, len(r.offers))
	for k := range r.articles {
		a := &r.articles[k]
		var n int64
		for _, l := range a.lines {
			n += back[l]
		}
		paid += a.paid - portion(a.paid, n, a.n)
		for i := range r.offers {
			released[i] += portion(r.offers[i].shares[k], n, a.n)
		}
	}
	return paid, released
}

// portion returns ⌊amount·n/of⌋.
func portion(amount, n, of int64) int64 {
	v, _ := money.MulDiv(amount, n, of, money.Down) // at most the amount
	return v
}

// reprice returns what the goods that are kept cost, and what comes back of each offer:
// by how much it would have taken off less.
func (r *Returns) reprice(back []int64) (kept int64, released []int64, err error) {
	o := r.order
	o.Lines = nil
	for i, l := range r.order.Lines {
		if l.Quantity -= back[i]; l.Quantity > 0 {
			o.Lines = append(o.Lines, l)
		}
	}
	receipt, err := r.pricer.Price(o)
	if err != nil {
		return 0, nil, err
	}
	released = make([]int64, len(r.offers))
	for i := range r.offers {
		released[i] = r.offers[i].discount
	}
	for _, x := range receipt.applied {
		if i := slices.IndexFunc(r.offers, func(g given) bool { return g.id == x.id }); i >= 0 {
			released[i] -= x.discount
		}
	}
	return receipt.subtotal - receipt.discount, released, nil
}

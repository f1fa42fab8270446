package voucher

import (
	"time"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/promotion"
)

// Remaining returns what a member has left of the limits and budgets of the campaign for
// a code, at an instant: what package promotion has to know of an offer with this code
// before it prices an order. Limits are the uses left by the names of the caps that count
// them, and "code", "member" and "campaign" of those [Limits] that are set; Budget is the
// least that is left of the caps in money, nil if there is none. Nothing is below 0.
//
// It fails if the code or the member is missing or malformed, asOf is out of range, g has
// money with other fraction digits, or c or g is nil.
func (c *Campaign) Remaining(g *Register, code, member string, asOf time.Time) (promotion.Remaining, error) {
	if c == nil || g == nil {
		return promotion.Remaining{}, errNil("Campaign")
	}
	var f fault.List
	q := c.ask(&Redemption{Key: "-", Code: code, Member: member, At: asOf}, &f)
	g.check(c, &f)
	if err := f.Err(room); err != nil {
		return promotion.Remaining{}, err
	}
	return c.remaining(g, &q), nil
}

func (c *Campaign) remaining(g *Register, q *request) promotion.Remaining {
	left := promotion.Remaining{Limits: map[string]int64{}}
	u := g.Uses(q.Code, q.Member)
	for name, x := range map[string]struct {
		most *int64
		uses int64
	}{"code": {c.limits.Code, u.Code}, "member": {c.limits.Member, u.Member}, "campaign": {c.limits.Campaign, u.Campaign}} {
		if x.most != nil {
			left.Limits[name] = max(0, *x.most-x.uses)
		}
	}
	least := int64(-1)
	for i := range c.caps {
		b := &c.caps[i]
		t := g.counts.of(b, q.Code, q.Member, q.day)
		if b.Uses != nil {
			left.Limits[b.Name] = max(0, b.uses-t.uses)
		}
		if b.Amount != nil && (least < 0 || b.amount-t.amount < least) {
			least = max(0, b.amount-t.amount)
		}
	}
	if least >= 0 {
		budget := money.Decimal(least, c.digits)
		left.Budget = &budget
	}
	return left
}

// count returns what is live for a request, with those that come before it.
func (c *Campaign) count(g *Register, q *request, before []*request) (Uses, []tally) {
	u := g.Uses(q.Code, q.Member)
	for _, b := range before {
		u.Code += one(b.Code == q.Code)
		u.Member += one(b.Member == q.Member)
		u.Campaign++
	}
	if len(c.caps) == 0 {
		return u, nil
	}
	tallies := make([]tally, len(c.caps))
	for i := range c.caps {
		k := &c.caps[i]
		tallies[i] = g.counts.of(k, q.Code, q.Member, q.day)
		g.step(k.days())
		for _, b := range before {
			if k.together(q, b) {
				tallies[i].uses++
				tallies[i].amount += b.amount
			}
		}
	}
	return u, tallies
}

// together reports whether a cap counts two requests together.
func (b *bound) together(q, o *request) bool {
	switch {
	case b.Of == OfCode && q.Code != o.Code, b.Of == OfMember && q.Member != o.Member:
		return false
	case b.Per == PerLife:
		return true
	}
	return b.Per.first(q.day) == b.Per.first(o.day)
}

// one returns 1 if something is so.
func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// sum returns what requests take off.
func sum(requests []*request) (total int64) {
	for _, q := range requests {
		total += q.amount
	}
	return total
}

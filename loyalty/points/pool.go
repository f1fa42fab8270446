package points

import (
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// Leave pays a member out who leaves a pool, by the programme's [Payout]. A pool is
// an account like any other, to which members contribute by [Send] and [Receive];
// the payout is a [Sent] event, whose parcel the member's account receives. Held
// and pending points stay in the pool. Deciding it takes time linear in the members and
// the lots with points of the pool.
type Leave struct {
	Member string `json:"member,omitzero"` // the contributor, as [Receive] named it
}

func (c Leave) payload(f *digest) { f.Text("leave", &c.Member) }

// A contributor is a member of a pool.
type contributor struct {
	owner   uint32 // marks the lots that the member brought
	brought int64
}

// decide takes the payout from the member's own lots as far as they reach, each in
// burn order, and then from those of others, so that points which expire soon are not
// left to those who stay.
func (c Leave) decide(d *decider) (Body, error) {
	if !canon.IsName(c.Member) {
		return nil, invalid("Member", nil, nameRule)
	}
	m := d.a.members.find(c.Member)
	if m == nil {
		return nil, refuse(NotAMember)
	}
	own := func(l lot.Lot) bool { return l.Owner == m.owner }
	takes, missing := d.w.Plan(nil, d.payout(m.owner, own), d.now, own)
	takes, _ = d.w.Plan(takes, missing, d.now, func(l lot.Lot) bool { return !own(l) })
	b := &Sent{Leaver: c.Member}
	for _, t := range takes {
		b.pack(&d.w, t)
	}
	return b, nil
}

// payout returns how many points the member with a mark takes along: what is left of the own
// lots, or, of a balance b and contributions c, the largest-remainder share b·cᵢ/Σc
// among the members who are still there. Reserved points are not part of b.
func (d *decider) payout(owner uint32, own func(lot.Lot) bool) int64 {
	balance := d.w.Sums(d.now).Available
	if d.e.program.Payout == ByLot {
		_, missing := d.w.Plan(nil, balance, d.now, own)
		return balance - missing
	}
	var weights []int64
	i := 0
	for _, m := range d.a.members.all() {
		if m.owner == owner {
			i = len(weights)
		}
		weights = append(weights, m.brought)
	}
	shares, err := money.Allocate(balance, weights)
	if err != nil {
		return 0 // nobody brought anything
	}
	return shares[i]
}

// owner returns the mark of a member's lots, a new one for a new member. One who
// comes back gets a new mark too: what was left behind belongs to the pool.
func (a *Account) owner(name string) uint32 {
	if m := a.members.find(name); m != nil {
		return m.owner
	}
	return a.owners + 1
}

// join adds to what a member has brought.
func (a *Account) join(name string, owner uint32, points int64) {
	if m := a.members.find(name); m != nil {
		m.brought += points
		return
	}
	a.members.add(name, contributor{owner, points})
	a.owners = owner
}

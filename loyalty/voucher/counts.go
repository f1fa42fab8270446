package voucher

import (
	"maps"

	"github.com/relmark/relmark"
)

// A tally is a number of live redemptions, and what they take off.
type tally struct{ uses, amount int64 }

// A slot is one day of a code, of a member or of the campaign. Weeks and months are added
// up when a cap asks for them: that takes 31 look-ups at most, and no memory.
type slot struct {
	of   Scope
	name string
	day  relmark.Date
}

// counts are what is live of redemptions, also of those that are forgotten; what is 0 is
// not there: a register must not grow with names that are out of use.
type counts struct {
	all            tally
	codes, members map[string]tally
	days           map[slot]tally // of redemptions whose day is known
}

// ready makes room.
func (n *counts) ready() {
	if n.codes == nil {
		n.codes, n.members, n.days = map[string]tally{}, map[string]tally{}, map[slot]tally{}
	}
}

// add adds a tally, which may be negative, to all that a redemption counts in.
func (n *counts) add(e *entry, by tally) {
	n.all.uses += by.uses
	n.all.amount += by.amount
	addTo(n.codes, e.code, by)
	addTo(n.members, e.member, by)
	if e.day.IsZero() {
		return
	}
	addTo(n.days, slot{OfCode, e.code, e.day}, by)
	addTo(n.days, slot{OfMember, e.member, e.day}, by)
	addTo(n.days, slot{OfCampaign, "", e.day}, by)
}

// addTo changes a count. One of 0 is dropped.
func addTo[K comparable](m map[K]tally, key K, by tally) {
	t := m[key]
	t.uses += by.uses
	t.amount += by.amount
	if t == (tally{}) {
		delete(m, key)
		return
	}
	m[key] = t
}

// of returns what a cap counts for a redemption on a day.
func (n *counts) of(b *bound, code, member string, day relmark.Date) tally {
	life, name := n.all, ""
	switch b.Of {
	case OfCode:
		life, name = n.codes[code], code
	case OfMember:
		life, name = n.members[member], member
	default:
	}
	if b.Per == PerLife {
		return life
	}
	return n.sum(slot{b.Of, name, b.Per.first(day)}, b.Per.next(day))
}

// sum adds up the days from that of a slot to another, which is left out.
func (n *counts) sum(s slot, end relmark.Date) (out tally) {
	for ; s.day.Before(end); s.day = s.day.AddDays(1) {
		t := n.days[s]
		out.uses += t.uses
		out.amount += t.amount
	}
	return out
}

// forget drops the days that no period reaches any more in which a date lies.
func (n *counts) forget(open relmark.Date) {
	first := PerMonth.first(open)
	if week := PerWeek.first(open); week.Before(first) {
		first = week
	}
	maps.DeleteFunc(n.days, func(s slot, _ tally) bool { return s.day.Before(first) })
}

// clone returns counts that share nothing with n.
func (n *counts) clone() counts {
	return counts{n.all, maps.Clone(n.codes), maps.Clone(n.members), maps.Clone(n.days)}
}

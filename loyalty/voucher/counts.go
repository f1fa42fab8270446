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
	name string
	day  relmark.Date
	of   scope
}

// A scope is the position of a [Scope], which a look-up hashes faster than its word.
type scope uint8

// The scopes.
const (
	ofCode scope = iota
	ofMember
	ofCampaign
)

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
	addTo(n.codes, e.of, by)
	addTo(n.members, e.member, by)
	if e.day.IsZero() {
		return
	}
	addTo(n.days, slot{e.of, e.day, ofCode}, by)
	addTo(n.days, slot{e.member, e.day, ofMember}, by)
	addTo(n.days, slot{"", e.day, ofCampaign}, by)
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
	s := slot{day: day, of: ofCampaign}
	switch b.Of {
	case OfCode:
		s.name, s.of = code, ofCode
	case OfMember:
		s.name, s.of = member, ofMember
	default:
	}
	if b.Per == PerLife {
		return n.life(s)
	}
	s.day = b.Per.first(day)
	return n.sum(s, b.Per.next(day))
}

// life returns what the days of a slot are a part of.
func (n *counts) life(s slot) tally {
	switch s.of {
	case ofCode:
		return n.codes[s.name]
	case ofMember:
		return n.members[s.name]
	default:
		return n.all
	}
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

// clone returns counts that share nothing with n, with room for so many redemptions more.
func (n *counts) clone(more int) counts {
	c := counts{n.all, make(map[string]tally, len(n.codes)), make(map[string]tally, len(n.members)+more/4), make(map[slot]tally, len(n.days)+more)}
	maps.Copy(c.codes, n.codes)
	maps.Copy(c.members, n.members)
	maps.Copy(c.days, n.days)
	return c
}

package structural

import (
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// whole reports whether events can have made a ledger, so that no later command can reach
// for a lot that does not exist, and no sum can overflow. Its grants, uses and keys explain
// the totals: all of them if no key is forgotten, and otherwise at most.
func (l *Ledger) whole() bool {
	if l.version == 0 {
		return l.empty()
	}
	open := l.closed.IsZero()
	left, ok := l.lotsFit()
	// Each sum is at most 2^53-1, so no sum of few of them leaves int64.
	rest := l.granted - left - l.held - l.used // what was revoked, or has lapsed in lots that are forgotten
	ok = ok && l.held <= money.MaxExact && l.rolled <= l.granted && rest >= 0
	return ok && (!open || rest == 0 || l.anyOver()) && l.grantsFit(open) && l.keysFit(open)
}

// empty reports whether nothing has happened.
func (l *Ledger) empty() bool {
	return l.granted+l.used+l.rolled == 0 && l.closed.IsZero() && l.book.Last() == 0 && l.born == 0
}

func (l *Ledger) anyOver() bool {
	for _, g := range l.grants {
		if g.over {
			return true
		}
	}
	return false
}

// lotsFit adds up what lots hold; false if one is none of a grant's.
func (l *Ledger) lotsFit() (left int64, ok bool) {
	for x := range l.book.All() {
		g := l.grants[x.Owner]
		fits := g != nil && x.From <= l.last && lives(wall(x.From)) && (x.Until == lot.Never || lives(wall(x.Until)))
		if !fits || !within(left, x.Left) {
			return 0, false
		}
		left += x.Left
	}
	return left, true
}

// within reports whether a sum of units stays in range.
func within(sum, n int64) bool { return n <= money.MaxExact-sum }

// grantsFit reports whether every grant has come as far as it must have, and has the lots of
// its last period, if that has not ended.
func (l *Ledger) grantsFit(open bool) bool {
	granted := int64(0)
	for _, g := range l.grants {
		begun := 0
		for begun < g.periods() && g.bounds[begun] <= l.last {
			begun++
		}
		n := g.units * int64(g.next)
		if g.next > begun || !g.over && g.next < begun || !within(granted, n) || !l.stands(g) {
			return false
		}
		granted += n
	}
	if open {
		return granted == l.granted && l.born == uint32(len(l.grants)) && l.book.Last() == uint64(l.book.Len())
	}
	return granted <= l.granted
}

// stands reports whether the lots of the last period of a grant are there and its own. Those
// of one that has ended may be forgotten.
func (l *Ledger) stands(g *grant) bool {
	if g.next == 0 {
		return g.quota == 0 && g.roll == 0
	}
	from, until := g.bounds[g.next-1], g.end(g.next-1)
	needed := !g.over && until > l.last
	quota, there := l.book.Find(g.quota)
	ok := there && quota.Owner == g.number && quota.From == from && quota.Until == until || !there && !needed
	roll, there := l.book.Find(g.roll)
	ok = ok && (there && g.roll < g.quota && roll.Owner == g.number && roll.From == from && roll.Until == until || !there && (g.roll == 0 || !needed))
	return ok && g.quota <= l.book.Last() && g.roll <= l.book.Last()
}

// keysFit reports whether the keys explain grants, reservations and uses.
func (l *Ledger) keysFit(open bool) bool {
	used, grants, over, closed := int64(0), 0, 0, open
	reversed, resolved := map[string]int64{}, map[string]bool{}
	for name, k := range l.keys {
		ok := l.aboutFits(&k, open)
		switch k.typ {
		case Granted:
			g := l.named[name]
			ok = ok && (g == nil && !open || g != nil && g.made(&k))
			grants++
		case Reserved:
			ok = ok && l.holdFits(name, k.units)
		case Consumed, Committed:
			u := l.uses[name]
			left := u.units - u.reversed
			ok = ok && k.units >= 1 && within(used, left) && l.partsFit(u.parts)
			used += left
		case Reversed:
			reversed[k.of] += k.units
			ok = ok && k.units >= 1 && reversed[k.of] <= money.MaxExact
		case Revoked:
			over++
			ok = ok && k.units == 0
		case Released:
			ok = ok && k.units == 0
		case Closed:
			ok = ok && k.units == 0 && !open && k.until <= l.closed.UnixNano()
			closed = closed || k.until == l.closed.UnixNano()
		}
		if k.typ == Committed || k.typ == Released {
			ok = ok && !resolved[k.of]
			resolved[k.of] = true
		}
		if !ok {
			return false
		}
	}
	if open {
		return used == l.used && grants == len(l.grants) && l.allOver(over) && l.version == uint64(len(l.keys)) && l.reversedFits(reversed) && l.resolvedFits(resolved)
	}
	return closed && used <= l.used && l.version > uint64(len(l.keys))-1
}

// aboutFits reports whether a command is about what is there, or may be forgotten.
func (l *Ledger) aboutFits(k *keyed, open bool) bool {
	refers := k.typ == Committed || k.typ == Released || k.typ == Reversed || k.typ == Revoked
	if !refers {
		return k.of == ""
	}
	var there bool
	switch k.typ {
	case Committed, Released:
		h := l.holds[k.of]
		if there = h != nil; there && h.Status != lot.Resolved {
			return false
		}
	case Reversed:
		there = l.uses[k.of] != nil
	default:
		g := l.named[k.of]
		if there = g != nil; there && !g.over {
			return false
		}
	}
	return fault.ValidName(k.of) && (there || !open)
}

// made reports whether a command is the one that made a grant.
func (g *grant) made(k *keyed) bool {
	if !k.start.IsZero() {
		return len(g.bounds) > 1
	}
	return len(g.bounds) <= 2 && k.units == g.units && g.rollover == 0 && k.from == g.bounds[0] && k.until == g.end(0)
}

// holdFits reports whether a reservation is open until its deadline, and its units are those
// of lots.
func (l *Ledger) holdFits(name string, units int64) bool {
	h := l.holds[name]
	switch h.Status {
	case lot.Open:
		return units >= 1 && h.Deadline > l.last && l.partsFit(partsOf(h.Takes))
	case lot.TimedOut:
		return units >= 1 && h.Deadline <= l.last
	default:
		return units >= 1
	}
}

// partsFit reports whether there are the lots of parts.
func (l *Ledger) partsFit(parts []Part) bool {
	for _, p := range parts {
		if _, there := l.book.Find(p.Lot); !there {
			return false
		}
	}
	return true
}

// allOver reports whether as many grants are over as were revoked.
func (l *Ledger) allOver(n int) bool {
	for _, g := range l.grants {
		if g.over {
			n--
		}
	}
	return n == 0
}

// reversedFits reports whether what came back of uses is what the keys say.
func (l *Ledger) reversedFits(reversed map[string]int64) bool {
	for name, u := range l.uses {
		if reversed[name] != u.reversed {
			return false
		}
	}
	return true
}

// resolvedFits reports whether reservations are resolved that commands have resolved.
func (l *Ledger) resolvedFits(resolved map[string]bool) bool {
	for name, h := range l.holds {
		if (h.Status == lot.Resolved) != resolved[name] {
			return false
		}
	}
	return true
}

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
		fits := g != nil && x.From <= l.last && lot.Lives(wall(x.From)) && (x.Until == lot.Never || lot.Lives(wall(x.Until)))
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

// A tally is what the keys of a ledger say.
type tally struct {
	used         int64
	grants, over int
	closed       bool // whether there is the key of the closing that ended the period
	reversed     map[string]int64
	resolved     map[string]bool
}

// keysFit reports whether the keys explain grants, reservations and uses.
func (l *Ledger) keysFit(open bool) bool {
	x := tally{reversed: map[string]int64{}, resolved: map[string]bool{}}
	for name, k := range l.keys {
		if !l.aboutFits(&k, open) || !l.keyFits(&x, name, &k) {
			return false
		}
	}
	if !open {
		return x.closed && x.used <= l.used && l.version >= uint64(len(l.keys))
	}
	all := x.grants == len(l.grants) && l.allOver(x.over) && l.version == uint64(len(l.keys))
	return all && x.used == l.used && l.reversedFits(x.reversed) && l.resolvedFits(x.resolved)
}

// keyFits reports whether a command can have done what there is of it, and counts it.
func (l *Ledger) keyFits(x *tally, name string, k *keyed) bool {
	switch k.typ {
	case Granted:
		x.grants++
		g := l.named[name]
		return g == nil && !l.closed.IsZero() || g != nil && g.made(k)
	case Reserved:
		return l.holdFits(name, k.units)
	case Consumed:
		return l.useFits(x, name, k.units)
	case Committed:
		return x.resolve(k.of) && l.useFits(x, name, k.units)
	case Released:
		return x.resolve(k.of) && k.units == 0
	case Reversed:
		x.reversed[k.of] += k.units
		return k.units >= 1 && x.reversed[k.of] <= money.MaxExact
	case Revoked:
		x.over++
	case Closed:
		x.closed = x.closed || k.until == l.closed.UnixNano()
		return k.units == 0 && k.until <= l.closed.UnixNano() && !l.closed.IsZero()
	}
	return k.units == 0
}

// resolve counts a reservation that was resolved, which happens once.
func (x *tally) resolve(reservation string) bool {
	twice := x.resolved[reservation]
	x.resolved[reservation] = true
	return !twice
}

// useFits reports whether a use is of lots that are there, and adds what is left of it.
func (l *Ledger) useFits(x *tally, name string, units int64) bool {
	u := l.uses[name]
	left := u.units - u.reversed
	ok := units >= 1 && within(x.used, left) && l.partsFit(u.parts)
	x.used += left
	return ok
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

package tier

import (
	"cmp"
	"slices"
	"strings"
)

// find returns the entry of an id.
func (s *Membership) find(id string) (int32, bool) {
	for _, names := range [2][]int32{s.names.main, s.names.late} {
		at, found := slices.BinarySearchFunc(names, id, func(i int32, id string) int {
			return strings.Compare(s.entries[i].id, id)
		})
		if found {
			return names[at], true
		}
	}
	return 0, false
}

// insert adds an entry that was admitted. The row may be the spare room behind the
// amounts. Two lists of positions keep the entries sorted by time and by id.
func (s *Membership) insert(e entry, o override, row []int64) {
	i := s.push(e, o, row)
	s.link(i)
	s.steps += 1 + s.names.insert(i, s.byID) + s.order.insert(i, s.compare)
}

// push stores an entry and returns its position. Entries stay where they are once
// added, so that links between them hold.
func (s *Membership) push(e entry, o override, row []int64) int32 {
	s.amounts = append(s.amounts, row...)
	if e.kind == earn {
		for m, v := range row {
			s.gross[m] += v
		}
	}
	if e.kind == grant {
		e.link = int32(len(s.overrides))
		s.overrides = append(s.overrides, o)
	}
	s.entries = append(s.entries, e)
	return int32(len(s.entries) - 1)
}

// index does for entries that were pushed what insert does for one after the other,
// in O(n log n): no list moves. It reports false if two share an id.
func (s *Membership) index() bool {
	s.order = positions{main: resize(s.order.main, len(s.entries))}
	order := s.order.main
	for i := range order {
		order[i] = int32(i)
	}
	if !slices.IsSortedFunc(order, s.compare) {
		slices.SortFunc(order, s.compare)
	}
	s.names = positions{main: append(s.names.main[:0], order...)}
	names := s.names.main
	slices.SortFunc(names, s.byID)
	for k := 1; k < len(names); k++ {
		if s.entries[names[k-1]].id == s.entries[names[k]].id {
			return false
		}
	}
	clear(s.waiting)
	for i := range s.entries {
		s.entries[i].early = false
	}
	for i := range s.entries {
		if s.entries[i].kind.reverses() {
			s.trace(int32(i))
		}
	}
	return true
}

func (s *Membership) byID(a, b int32) int { return strings.Compare(s.entries[a].id, s.entries[b].id) }

// compare orders entries as they are applied: by instant, then amounts, overrides,
// reversals, then by id. The order is total, since ids are unique, so the fold and
// the encoding do not depend on the order of arrival.
func (s *Membership) compare(a, b int32) int {
	x, y := &s.entries[a], &s.entries[b]
	if c := cmp.Or(x.at.compare(y.at), cmp.Compare(x.kind, y.kind)); c != 0 {
		return c
	}
	return strings.Compare(x.id, y.id)
}

// link ties the new entry i to the reversals that wait for it, or to what it
// reverses. A reversal of a reversal waits for ever: to undo a refund, the host adds
// the amounts anew.
func (s *Membership) link(i int32) {
	e := &s.entries[i]
	if e.kind.reverses() {
		s.trace(i)
		return
	}
	next, some := s.waiting[e.id]
	if !some {
		return
	}
	delete(s.waiting, e.id)
	for next >= 0 {
		r := next
		next = behind(s.entries[r].link)
		s.tie(r, i)
		s.steps++
	}
}

// trace ties reversal i to what it reverses, or has it wait for that. Those that wait
// for the same id are a chain, the latest first: the link of each leads to the next.
func (s *Membership) trace(i int32) {
	e := &s.entries[i]
	if original, ok := s.find(e.ref); ok && !s.entries[original].kind.reverses() {
		s.tie(i, original)
		return
	}
	if s.waiting == nil {
		s.waiting = map[string]int32{}
	}
	next, some := s.waiting[e.ref]
	if !some {
		next = -1
	}
	e.link = behind(next)
	s.waiting[e.ref] = i
}

// behind returns the link of a reversal that waits before another, -1 for none, and what
// is behind a link: below 0, for no original has it.
func behind(i int32) int32 { return -2 - i }

func (s *Membership) tie(reversal, original int32) {
	r, o := &s.entries[reversal], &s.entries[original]
	r.link = original
	o.early = o.early || r.at.before(o.at)
}

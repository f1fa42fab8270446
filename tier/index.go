package tier

import (
	"cmp"
	"slices"
	"strings"
)

// find returns where an id is, or belongs, among the names.
func (s *Membership) find(id string) (int, bool) {
	return slices.BinarySearchFunc(s.names, id, func(i int32, id string) int {
		return strings.Compare(s.entries[i].id, id)
	})
}

// awaited returns where the reversals that wait for an id begin, or belong, among
// those that wait.
func (s *Membership) awaited(id string) int {
	at, _ := slices.BinarySearchFunc(s.waiting, id, func(i int32, id string) int {
		return strings.Compare(s.entries[i].ref, id)
	})
	return at
}

// insert adds an entry that was admitted. The row may be the spare room behind the
// amounts. Three lists of positions keep the entries sorted by time, by id, and by
// what they wait for. Events mostly come in order of time, so the end of that list is
// looked at first.
func (s *Membership) insert(e entry, o override, row []int64) {
	i := s.push(e, o, row)
	s.link(i)
	at, _ := s.find(e.id)
	s.names = slices.Insert(s.names, at, i)
	at = len(s.order)
	if at > 0 && s.compare(s.order[at-1], i) > 0 {
		at, _ = slices.BinarySearchFunc(s.order, i, s.compare)
	}
	s.order = slices.Insert(s.order, at, i)
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
	s.order = resize(s.order, len(s.entries))
	for i := range s.order {
		s.order[i] = int32(i)
	}
	if !slices.IsSortedFunc(s.order, s.compare) {
		slices.SortFunc(s.order, s.compare)
	}
	s.names = append(s.names[:0], s.order...)
	slices.SortFunc(s.names, func(a, b int32) int { return strings.Compare(s.entries[a].id, s.entries[b].id) })
	for k := 1; k < len(s.names); k++ {
		if s.entries[s.names[k-1]].id == s.entries[s.names[k]].id {
			return false
		}
	}
	s.waiting = s.waiting[:0]
	for i := range s.entries {
		s.entries[i].early = false
	}
	for i := range s.entries {
		if s.entries[i].kind.reverses() && !s.trace(int32(i)) {
			s.waiting = append(s.waiting, int32(i))
		}
	}
	slices.SortFunc(s.waiting, func(a, b int32) int { return strings.Compare(s.entries[a].ref, s.entries[b].ref) })
	return true
}

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
		if !s.trace(i) {
			s.waiting = slices.Insert(s.waiting, s.awaited(e.ref), i)
		}
		return
	}
	first := s.awaited(e.id)
	last := first
	for ; last < len(s.waiting) && s.entries[s.waiting[last]].ref == e.id; last++ {
		s.tie(s.waiting[last], i)
	}
	s.waiting = slices.Delete(s.waiting, first, last)
}

// trace ties reversal i to what it reverses; false if that is not there.
func (s *Membership) trace(i int32) bool {
	at, ok := s.find(s.entries[i].ref)
	if !ok || s.entries[s.names[at]].kind.reverses() {
		return false
	}
	s.tie(i, s.names[at])
	return true
}

func (s *Membership) tie(reversal, original int32) {
	r, o := &s.entries[reversal], &s.entries[original]
	r.link = original
	o.early = o.early || r.at.before(o.at)
}

package tier

import "slices"

// A roster is the overrides that have happened, as the events that brought them, in
// heaps: those to come by From, and those that have begun by rank, by Until, and the
// floors among them by what they give. What has ended stays in a heap until it comes
// up, so that each override costs O(log n) whatever happens to it.
type roster struct {
	m *moment
	s *Membership

	ranked  bool   // whether there are pins; without them ranks do not matter
	live    []bool // by override: it has happened and has not been taken back
	waiting []int32
	begun   []int32
	ending  []int32
	floors  []int32
	given   []uint8 // by override: position of its level
}

// reset empties the roster, for the overrides of s.
func (o *roster) reset(s *Membership) {
	o.s = s
	o.live, o.given = resize(o.live, len(s.overrides)), resize(o.given, len(s.overrides))
	o.ranked = slices.ContainsFunc(s.overrides, func(v override) bool { return v.pins })
	o.waiting, o.begun, o.ending, o.floors = o.waiting[:0], o.begun[:0], o.ending[:0], o.floors[:0]
}

func (o *roster) empty() bool { return len(o.waiting)+len(o.ending) == 0 }

// enrol takes the override of event i in. It may begin later than its event, never
// earlier.
func (o *roster) enrol(i int32) {
	at := o.s.entries[i].link
	o.live[at] = true
	o.given[at] = uint8(o.m.ladder.level(o.override(i).level))
	o.waiting = push(o.waiting, i, o.beginsFirst)
}

// strike ends the override of event i.
func (o *roster) strike(i int32) { o.live[o.s.entries[i].link] = false }

// holds reports whether the override of event i has happened and is not over.
func (o *roster) holds(i int32) bool {
	return o.live[o.s.entries[i].link] && o.m.now.before(o.override(i).until)
}

// gives returns the level that the override of event i gives.
func (o *roster) gives(i int32) int { return int(o.given[o.s.entries[i].link]) }

// sweep moves on what has begun, forgets what is over, and returns the event whose
// override counts, -1 if none does, and when the next override begins or ends. An
// override holds in [From, Until): at Until it is over, and what happens then belongs
// to what comes after it. If a pin ranks first it alone counts; else all floors do,
// and the one that gives most stands for them.
func (o *roster) sweep() (best int, edge instant) {
	for len(o.waiting) > 0 {
		o.m.steps++
		i := o.waiting[0]
		if o.holds(i) {
			if o.m.now.before(o.override(i).from) {
				break
			}
			o.ending = push(o.ending, i, o.endsFirst)
			if o.ranked {
				o.begun = push(o.begun, i, o.outranks)
			}
			if !o.override(i).pins {
				o.floors = push(o.floors, i, o.givesMore)
			}
		}
		o.waiting = pop(o.waiting, o.beginsFirst)
	}
	o.begun, o.ending = o.settled(o.begun, o.outranks), o.settled(o.ending, o.endsFirst)
	o.floors = o.settled(o.floors, o.givesMore)
	best, edge = -1, never()
	if len(o.waiting) > 0 {
		edge = o.override(o.waiting[0]).from
	}
	if len(o.ending) > 0 {
		edge = earlier(edge, o.override(o.ending[0]).until)
	}
	switch {
	case len(o.begun) > 0 && o.override(o.begun[0]).pins:
		best = int(o.begun[0])
	case len(o.floors) > 0:
		best = int(o.floors[0])
	}
	return best, edge
}

// settled returns a heap whose first override is not over.
func (o *roster) settled(heap []int32, first func(i, j int32) bool) []int32 {
	for len(heap) > 0 && !o.holds(heap[0]) {
		o.m.steps++
		heap = pop(heap, first)
	}
	return heap
}

// counting reports whether the override of event i is one of those that count while
// that of event best stands for them.
func (o *roster) counting(i, best int) bool {
	return i == best || best >= 0 && o.holds(int32(i)) && !o.override(int32(i)).pins && !o.override(int32(best)).pins
}

// override returns the override of event i.
func (o *roster) override(i int32) *override { return &o.s.overrides[o.s.entries[i].link] }

func (o *roster) beginsFirst(i, j int32) bool { return o.override(i).from.before(o.override(j).from) }

func (o *roster) endsFirst(i, j int32) bool { return o.override(i).until.before(o.override(j).until) }

// givesMore reports whether the floor of event i stands for that of event j too: it
// gives a higher level, or the same one for longer.
func (o *roster) givesMore(i, j int32) bool {
	x, y := &o.s.entries[i], &o.s.entries[j]
	if a, b := o.given[x.link], o.given[y.link]; a != b {
		return a > b
	}
	if a, b := o.s.overrides[x.link].until, o.s.overrides[y.link].until; a != b {
		return b.before(a)
	}
	if x.at != y.at {
		return x.at.before(y.at) // what comes in order of time needs no sorting
	}
	return x.id < y.id
}

// outranks reports whether the override of event i counts before that of event j:
// by priority, pins before floors, then by the later event, then by the greater id.
// Ids are unique, so the order is total and no order of arrival can show through.
func (o *roster) outranks(i, j int32) bool {
	a, b := o.override(i), o.override(j)
	if a.priority != b.priority {
		return a.priority > b.priority
	}
	if a.pins != b.pins {
		return a.pins
	}
	x, y := &o.s.entries[i], &o.s.entries[j]
	if x.at != y.at {
		return y.at.before(x.at)
	}
	return x.id > y.id
}

// held returns the ids of the overrides that hold now, by rank.
func (o *roster) held() []string {
	var held []int32
	for _, i := range o.ending {
		if o.holds(i) {
			held = append(held, i)
		}
	}
	slices.SortFunc(held, func(i, j int32) int {
		if o.outranks(i, j) {
			return -1
		}
		return 1 // the order is total, and no override is here twice
	})
	var ids []string
	for _, i := range held {
		ids = append(ids, o.s.entries[i].id)
	}
	return ids
}

// push adds i to a heap whose first element comes before all others.
func push(heap []int32, i int32, first func(i, j int32) bool) []int32 {
	heap = append(heap, i)
	for at := len(heap) - 1; at > 0; {
		up := (at - 1) / 2
		if !first(heap[at], heap[up]) {
			break
		}
		heap[at], heap[up] = heap[up], heap[at]
		at = up
	}
	return heap
}

// pop removes the first element of a heap.
func pop(heap []int32, first func(i, j int32) bool) []int32 {
	last := len(heap) - 1
	heap[0], heap = heap[last], heap[:last]
	for at, kid := 0, 1; kid < last; kid = 2*at + 1 {
		if kid+1 < last && first(heap[kid+1], heap[kid]) {
			kid++
		}
		if !first(heap[kid], heap[at]) {
			break
		}
		heap[at], heap[kid] = heap[kid], heap[at]
		at = kid
	}
	return heap
}

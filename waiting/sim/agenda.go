package sim

import "math/bits"

// What happens at one instant happens in this order.
const (
	departs uint64 = iota << 62
	shifts
	leaves
	arrives
)

// An entry of the agenda is something that will happen to an actor.
type entry struct {
	at    uint64 // when, as ordered has it
	key   uint64 // what it is, then in which order it was planned
	actor int32
}

// before returns 1 if e comes before o, otherwise 0, without a branch: which entry is
// the first cannot be guessed.
func (e *entry) before(o *entry) uint64 {
	_, less := bits.Sub64(e.key, o.key, 0)
	_, less = bits.Sub64(e.at, o.at, less)
	return less
}

// An agenda holds what will happen, in the order in which it will: a heap of four
// children a node that knows where each actor's entry is. An actor has one at most.
// What has just happened stays on top until something is planned in its place, which
// saves half of the work: mostly one thing leads to another.
type agenda struct {
	entries []entry
	place   []int32 // by actor, where it has an entry
	planned uint64
	past    bool // the entry on top has happened
}

// actor adds an actor without plans.
func (a *agenda) actor() int32 {
	a.place = append(a.place, 0)
	return int32(len(a.place) - 1)
}

// plan enters what will happen to an actor that has no entry.
func (a *agenda) plan(at float64, kind uint64, actor int32) {
	e := entry{at: ordered(at), key: kind | a.planned, actor: actor}
	a.planned++
	if a.past {
		a.past = false
		a.sink(0, e)
		return
	}
	a.entries = append(a.entries, e)
	a.rise(len(a.entries)-1, e)
}

// first returns what happens next, which is then past. Something has been planned.
func (a *agenda) first() entry {
	if a.past {
		a.remove(0)
	}
	a.past = true
	return a.entries[0]
}

// cancel removes the entry of an actor.
func (a *agenda) cancel(actor int32) { a.remove(int(a.place[actor])) }

// remove takes out the entry at a place of the heap.
func (a *agenda) remove(i int) {
	end := len(a.entries) - 1
	moved := a.entries[end]
	a.entries = a.entries[:end]
	if i == end {
		return
	}
	if i > 0 && moved.before(&a.entries[(i-1)/4]) == 1 {
		a.rise(i, moved)
		return
	}
	a.sink(i, moved)
}

// rise puts e at i or above.
func (a *agenda) rise(i int, e entry) {
	for i > 0 {
		parent := (i - 1) / 4
		if e.before(&a.entries[parent]) == 0 {
			break
		}
		a.put(i, a.entries[parent])
		i = parent
	}
	a.put(i, e)
}

// sink puts e at i or below.
func (a *agenda) sink(i int, e entry) {
	for 4*i+1 < len(a.entries) {
		child := a.firstChild(i)
		if a.entries[child].before(&e) == 0 {
			break
		}
		a.put(i, a.entries[child])
		i = child
	}
	a.put(i, e)
}

// firstChild returns the first child of a place that has one.
func (a *agenda) firstChild(i int) int {
	first := 4*i + 1
	if first+4 <= len(a.entries) {
		c := (*[4]entry)(a.entries[first:])
		left, right := c[1].before(&c[0]), 2+c[3].before(&c[2])
		return first + int(left+(right-left)*c[right&3].before(&c[left&3]))
	}
	least := first
	for c := first + 1; c < len(a.entries); c++ {
		least += (c - least) * int(a.entries[c].before(&a.entries[least]))
	}
	return least
}

func (a *agenda) put(i int, e entry) {
	a.entries[i] = e
	a.place[e.actor] = int32(i)
}

package tier

// A roster is the overrides that have happened, as the events that brought them, in
// heaps: those to come by From, and those that have begun by rank, by Until, and the
// floors among them by what they give. What has ended stays in a heap until it comes
// up, so that each override costs O(log n) whatever happens to it.
type roster struct {
	live    []bool // by override: it has happened and has not been taken back
	waiting []int32
	begun   []int32
	ending  []int32
	floors  []int32
	given   []uint8 // by override: position of its level
}

// reset empties the roster of a state with n overrides.
func (o *roster) reset(n int) {
	o.live, o.given = resize(o.live, n), resize(o.given, n)
	o.waiting, o.begun, o.ending, o.floors = o.waiting[:0], o.begun[:0], o.ending[:0], o.floors[:0]
}

func (o *roster) empty() bool { return len(o.waiting)+len(o.begun) == 0 }

// enrol takes the override of event i in. It may begin later than its event, never
// earlier.
func (r *Runner) enrol(i int32) {
	o, at := &r.roster, r.s.entries[i].link
	o.live[at] = true
	o.given[at] = uint8(r.p.level(r.override(i).level))
	o.waiting = push(o.waiting, i, r.beginsFirst)
}

// strike ends the override of event i.
func (r *Runner) strike(i int32) { r.roster.live[r.s.entries[i].link] = false }

// holds reports whether the override of event i has happened and is not over.
func (r *Runner) holds(i int32) bool {
	return r.roster.live[r.s.entries[i].link] && r.now.before(r.override(i).until)
}

// given returns the level that the override of event i gives.
func (r *Runner) given(i int32) int { return int(r.roster.given[r.s.entries[i].link]) }

// sweep moves on what has begun, forgets what is over, and returns the event whose
// override counts, -1 if none does, and when the next override begins or ends. An
// override holds in [From, Until): at Until it is over, and what happens then belongs
// to what comes after it. If a pin ranks first it alone counts; else all floors do,
// and the one that gives most stands for them.
func (r *Runner) sweep() (best int, edge instant) {
	o := &r.roster
	for len(o.waiting) > 0 {
		i := o.waiting[0]
		if r.holds(i) {
			if r.now.before(r.override(i).from) {
				break
			}
			o.begun, o.ending = push(o.begun, i, r.outranks), push(o.ending, i, r.endsFirst)
			if r.override(i).mode == Floor {
				o.floors = push(o.floors, i, r.givesMore)
			}
		}
		o.waiting = pop(o.waiting, r.beginsFirst)
	}
	o.begun, o.ending = r.settled(o.begun, r.outranks), r.settled(o.ending, r.endsFirst)
	o.floors = r.settled(o.floors, r.givesMore)
	best, edge = -1, never()
	if len(o.waiting) > 0 {
		edge = r.override(o.waiting[0]).from
	}
	if len(o.begun) > 0 {
		best, edge = int(o.begun[0]), earlier(edge, r.override(o.ending[0]).until)
		if r.override(o.begun[0]).mode == Floor {
			best = int(o.floors[0])
		}
	}
	return best, edge
}

// settled returns a heap whose first override is not over.
func (r *Runner) settled(heap []int32, first func(i, j int32) bool) []int32 {
	for len(heap) > 0 && !r.holds(heap[0]) {
		heap = pop(heap, first)
	}
	return heap
}

// counting reports whether the override of event i is one of those that count while
// that of event best stands for them.
func (r *Runner) counting(i, best int) bool {
	return i == best || best >= 0 && r.holds(int32(i)) && r.override(int32(i)).mode == Floor && r.override(int32(best)).mode == Floor
}

// override returns the override of event i.
func (r *Runner) override(i int32) *override { return &r.s.overrides[r.s.entries[i].link] }

func (r *Runner) beginsFirst(i, j int32) bool { return r.override(i).from.before(r.override(j).from) }

func (r *Runner) endsFirst(i, j int32) bool { return r.override(i).until.before(r.override(j).until) }

// givesMore reports whether the floor of event i stands for that of event j too: it
// gives a higher level, or the same one for longer.
func (r *Runner) givesMore(i, j int32) bool {
	if a, b := r.given(i), r.given(j); a != b {
		return a > b
	}
	if a, b := r.override(i).until, r.override(j).until; a != b {
		return b.before(a)
	}
	return r.outranks(i, j)
}

// outranks reports whether the override of event i counts before that of event j:
// by priority, pins before floors, then by the later event, then by the greater id.
// Ids are unique, so the order is total and no order of arrival can show through.
func (r *Runner) outranks(i, j int32) bool {
	a, b := r.override(i), r.override(j)
	if a.priority != b.priority {
		return a.priority > b.priority
	}
	if a.mode != b.mode {
		return a.mode == Pin
	}
	x, y := &r.s.entries[i], &r.s.entries[j]
	if x.at != y.at {
		return y.at.before(x.at)
	}
	return x.id > y.id
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

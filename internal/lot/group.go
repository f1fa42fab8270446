package lot

import "slices"

// A group is the rolling lots that expire at one instant, which is written down once:
// activity moves them all by moving it. Lots that meet at an instant stay together for
// good, as nothing can tell them apart any more; one of two groups becomes a part of the
// other. What is empty belongs to its group as well, as units can return to it.
type group struct {
	until int64
	lots  queue  // those that hold units, by ID
	size  int    // how many lots have been in it, at least
	into  *group // the group that this one has become a part of, nil if it is none
}

// root returns the group that a group is a part of.
func (g *group) root() *group {
	for g.into != nil {
		g = g.into
	}
	return g
}

// firstGroup returns the position of the first group that has not expired at t.
func (b *Book) firstGroup(t int64) int {
	if len(b.groups) == 0 || b.groups[0].until > t { // most often
		return 0
	}
	i, _ := slices.BinarySearchFunc(b.groups, t, func(g *group, t int64) int {
		if g.until <= t {
			return -1
		}
		return 1
	})
	return i
}

// groupOf returns the group of lots that expire at an instant, a new one if there is none.
func (b *Book) groupOf(until int64) *group {
	i := b.firstGroup(until - 1)
	if i < len(b.groups) && b.groups[i].until == until {
		return b.groups[i]
	}
	g := new(group)
	if n := len(b.spare); n > 0 {
		g, b.spare = b.spare[n-1], b.spare[:n-1]
	}
	g.until = until
	b.steps += int64(len(b.groups) - i)
	b.groups = slices.Insert(b.groups, i, g)
	return g
}

// Roll moves the Until of every rolling lot that has not expired at t to until,
// unless it is later already: activity prolongs a lot, and never revives one. Its cost
// does not depend on how many lots there are, but for those that other instants
// applied to before: each is moved a logarithm of times in its life.
func (b *Book) Roll(t, until int64) {
	from := b.firstGroup(t)
	to := from
	for to < len(b.groups) && b.groups[to].until < until {
		to++
	}
	if from == to { // nothing moves
		return
	}
	if to < len(b.groups) && b.groups[to].until == until {
		to++
	}
	g := b.groups[from]
	for _, h := range b.groups[from+1 : to] {
		g = b.merge(g, h)
	}
	g.until = until
	b.groups[from] = g
	b.groups = slices.Delete(b.groups, from+1, to)
	b.steps++
}

// merge makes the smaller of two groups a part of the other, which it returns. Where
// nothing can come back to the smaller one, it is used again.
func (b *Book) merge(g, h *group) *group {
	if g.size < h.size {
		g, h = h, g
	}
	g.size += h.size
	for s := h.lots.first(); ; s = h.lots.after(s) {
		k, ok := h.lots.at(s)
		if !ok {
			break
		}
		b.steps++
		g.lots.insert(k)
		b.find(k.id).group = g
	}
	b.steps += h.lots.steps
	if h.size == h.lots.n {
		h.lots.reset()
		h.size = 0
		b.spare = append(b.spare, h)
		return g
	}
	h.lots, h.into = queue{}, g
	return g
}

package lot

import "slices"

// A key says where a lot is in burn order.
type key struct {
	until int64 // 0 within a group, whose lots all expire at once
	id    uint64
}

func (k key) before(o key) bool {
	return k.until < o.until || k.until == o.until && k.id < o.id
}

// full is how many keys a block has before it is split.
const full = 128

// A queue keeps keys in order, in blocks that are small enough to move: finding a place
// takes a logarithm of their number, and making room there half a block. What is added
// at the end and taken from the front, as lots mostly are, moves nothing. The zero queue
// is empty and ready.
type queue struct {
	blocks []block // none is empty, but for a single one
	n      int
	steps  int64 // keys looked at and moved
}

// A block is a run of keys, of which those before head have been taken out.
type block struct {
	keys []key
	head int
}

func (b *block) live() []key { return b.keys[b.head:] }

// first is the position of the first key.
func (q *queue) first() spot {
	if len(q.blocks) == 0 {
		return spot{}
	}
	return spot{0, q.blocks[0].head}
}

// A spot is a position in a queue, valid until the next change.
type spot struct{ block, key int }

// at returns the key at a position; false at the end.
func (q *queue) at(s spot) (key, bool) {
	if s.block >= len(q.blocks) || s.key >= len(q.blocks[s.block].keys) {
		return key{}, false
	}
	return q.blocks[s.block].keys[s.key], true
}

// after returns the position after one that is not the end.
func (q *queue) after(s spot) spot {
	if s.key++; s.key < len(q.blocks[s.block].keys) || s.block+1 == len(q.blocks) {
		return s
	}
	return spot{s.block + 1, q.blocks[s.block+1].head}
}

// seek returns the position of the first key that does not come before k, and how many
// keys it looked at. The position may be the end of the last block.
func (q *queue) seek(k key) (s spot, steps int64) {
	lo, hi := 0, len(q.blocks)-1 // the first block whose last key is not before k, or the last one
	for lo < hi {
		mid := (lo + hi) / 2
		keys := q.blocks[mid].keys
		if steps++; keys[len(keys)-1].before(k) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if hi < 0 {
		return spot{}, 1
	}
	b := &q.blocks[lo]
	i, j := b.head, len(b.keys)
	if i < j && !b.keys[i].before(k) { // what is taken out is mostly the first
		return spot{lo, i}, steps + 1
	}
	for i < j {
		mid := (i + j) / 2
		if steps++; b.keys[mid].before(k) {
			i = mid + 1
		} else {
			j = mid
		}
	}
	return spot{lo, i}, steps
}

// insert adds a key that is not there.
func (q *queue) insert(k key) {
	q.n++
	if len(q.blocks) == 0 {
		q.blocks = append(q.blocks, block{})
	}
	last := &q.blocks[len(q.blocks)-1]
	if n := len(last.keys); n == last.head || last.keys[n-1].before(k) { // what is new mostly comes last
		q.steps++
		if len(last.live()) >= full {
			q.blocks = append(q.blocks, block{})
			last = &q.blocks[len(q.blocks)-1]
		}
		last.tidy()
		last.keys = append(last.keys, k)
		return
	}
	s, steps := q.seek(k)
	if q.steps += steps; len(q.blocks[s.block].live()) >= full {
		s = q.split(s)
	}
	b := &q.blocks[s.block]
	if s.key == b.head && b.head > 0 { // what returns often comes first
		b.head--
		b.keys[b.head] = k
		return
	}
	q.steps += int64(len(b.keys) - s.key)
	b.keys = slices.Insert(b.keys, s.key, k)
}

// tidy makes use of the room before the head, once it is half of a block that is used up.
func (b *block) tidy() {
	if len(b.keys) == cap(b.keys) && b.head > 0 && 2*b.head >= len(b.keys) {
		b.keys = b.keys[:copy(b.keys, b.live())]
		b.head = 0
	}
}

// split divides a block in two, and returns where a position in it has gone.
func (q *queue) split(s spot) spot {
	b := &q.blocks[s.block]
	mid := b.head + len(b.live())/2
	upper := block{keys: slices.Clone(b.keys[mid:])}
	b.keys = b.keys[:mid]
	q.steps += full/2 + int64(len(q.blocks)-s.block)/full
	q.blocks = slices.Insert(q.blocks, s.block+1, upper)
	if s.key > mid {
		return spot{s.block + 1, s.key - mid}
	}
	return s
}

// remove takes out a key that is there.
func (q *queue) remove(k key) {
	q.n--
	s, steps := q.seek(k)
	q.steps += steps
	b := &q.blocks[s.block]
	if s.key == b.head {
		b.head++
	} else {
		q.steps += int64(len(b.keys) - s.key)
		b.keys = slices.Delete(b.keys, s.key, s.key+1)
	}
	if len(b.live()) > 0 {
		return
	}
	if len(q.blocks) == 1 {
		b.keys, b.head = b.keys[:0], 0
		return
	}
	q.steps += int64(len(q.blocks)-s.block) / full
	q.blocks = slices.Delete(q.blocks, s.block, s.block+1)
}

// reset empties the queue, and keeps the memory of a block.
func (q *queue) reset() {
	q.blocks, q.n, q.steps = q.blocks[:min(1, len(q.blocks))], 0, 0
	if len(q.blocks) == 1 {
		q.blocks[0].keys, q.blocks[0].head = q.blocks[0].keys[:0], 0
	}
}

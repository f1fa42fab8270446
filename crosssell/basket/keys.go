package basket

import "slices"

// keys keeps generators, to tell whether a set is one. All parts of a generator are
// generators, so it is enough to look for those with one item less; they must
// have been offered before.
type keys struct {
	baskets int64
	found   found
	hashes  []uint64
	slots   slots
	part    []uint32
}

// filter passes on the generators among the sets that s is to have.
func (k *keys) filter(s sink) sink {
	return func(places []uint32, _ int, count int64) verdict {
		if !k.admit(places, count) {
			return skip
		}
		if len(places) == 1 && count == k.baskets {
			return onward // as the empty set has it: kept for the sake of larger ones
		}
		return s(places, 0, count)
	}
}

// admit reports whether a set is a generator, and keeps it if so.
func (k *keys) admit(places []uint32, count int64) bool {
	whole := uint64(0)
	for _, p := range places {
		whole ^= mix(0, p+1)
	}
	for i, p := range places {
		if len(places) == 1 {
			break
		}
		k.part = append(append(k.part[:0], places[:i]...), places[i+1:]...)
		if n, known := k.count(k.part, whole^mix(0, p+1)); !known || n == count {
			return false
		}
	}
	k.keep(places, whole, count)
	return true
}

// count returns the count of a set that is kept.
func (k *keys) count(places []uint32, hash uint64) (n int64, known bool) {
	if len(k.slots.cells) == 0 {
		return 0, false
	}
	for at := k.slots.start(hash); k.slots.cells[at] != 0; at = k.slots.next(at) {
		i := int(k.slots.cells[at] - 1)
		if k.hashes[i] == hash && slices.Equal(k.found.set(i), places) {
			return k.found.counts[i], true
		}
	}
	return 0, false
}

// keep adds a set. The table doubles when it is half full.
func (k *keys) keep(places []uint32, hash uint64, count int64) {
	k.found.add(places, count)
	k.hashes = append(k.hashes, hash)
	n := len(k.hashes)
	if 2*n <= len(k.slots.cells) {
		k.put(n)
		return
	}
	k.slots.reset(2 * n)
	for i := range n {
		k.put(i + 1)
	}
}

// put enters the number of a set plus 1.
func (k *keys) put(number int) {
	at := k.slots.start(k.hashes[number-1])
	for k.slots.cells[at] != 0 {
		at = k.slots.next(at)
	}
	k.slots.cells[at] = uint32(number)
}

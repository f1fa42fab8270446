package points

import "encoding/binary"

// A table finds names by hash, in slots of eight bytes: for an account that is read for
// one command, building a map would take longer than the command. Its hash is no secret,
// so names can be made to collide: where they do, a map takes over. The zero table is
// empty and has no room.
type table struct {
	slots []slot // a power of two of them, at least half of them free
}

// A slot is a part of a hash and the position of a name plus one, 0 if it is free.
type slot struct{ hash, at uint32 }

// patience is how many slots are looked at, at most.
const patience = 64

// hashOf mixes eight bytes at a time.
func hashOf(name string) uint64 {
	const prime = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio
	h := uint64(len(name)) * prime
	for len(name) >= 8 {
		h = (h ^ binary.LittleEndian.Uint64([]byte(name[:8]))) * prime
		h ^= h >> 29
		name = name[8:]
	}
	rest := uint64(0)
	for i := range len(name) {
		rest = rest<<8 | uint64(name[i])
	}
	h = (h ^ rest) * prime
	return h ^ h>>32
}

// find returns the position of a name, -1 if it is not there.
func (t *table) find(names []string, name string) int {
	h := hashOf(name)
	mask := uint64(len(t.slots) - 1)
	for i := h; ; i++ {
		s := t.slots[i&mask]
		if s.at == 0 {
			return -1
		}
		if s.hash == uint32(h>>32) && names[s.at-1] == name {
			return int(s.at - 1)
		}
	}
}

// add adds the name at a position. It answers unique false if it is there already, and
// placed false if it does not find a place soon.
func (t *table) add(names []string, at int) (unique, placed bool) {
	name := names[at]
	h := hashOf(name)
	mask := uint64(len(t.slots) - 1)
	for i := h; i-h < patience; i++ {
		s := &t.slots[i&mask]
		if s.at == 0 {
			*s = slot{uint32(h >> 32), uint32(at + 1)}
			return true, true
		}
		if s.hash == uint32(h>>32) && names[s.at-1] == name {
			return false, true
		}
	}
	return true, false
}

// place adds the last of the names, which is not there; false if there is no place.
func (t *table) place(names []string) bool {
	_, placed := t.add(names, len(names)-1)
	return placed
}

// build makes the table of names. It answers false if one of them is there twice, and
// full if names collide.
func (t *table) build(names []string) (unique, full bool) {
	size := 4 * short
	for size < 3*len(names) {
		size *= 2
	}
	*t = table{slots: make([]slot, size)}
	for i, name := range names {
		if name == "" { // it has been removed
			continue
		}
		if unique, placed := t.add(names, i); !unique || !placed {
			return unique, !placed
		}
	}
	return true, false
}

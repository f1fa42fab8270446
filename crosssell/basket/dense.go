package basket

import "slices"

// mostDense is the most items of data that count as dense: rows of so few kinds of
// items are alike, and it takes many of them to see that nothing is common to all.
// There, all sets of a table are looked at together instead of one by one.
const mostDense = 128

// dense tells for all sets of a table at once whether their rows have an item in
// common that makes them not closed, 64 items at a time as bits of a word.
type dense struct {
	words  []uint64 // set → items that its rows have in common
	barred []bool   // set → whether there are any
}

// bar looks at the rows of a prefix, whose sets of the table are given, for common
// items below a rank and outside the prefix.
func (d *dense) bar(l *level, holders []occurrence, sets []uint32, size int, below uint32, in []bool) {
	d.barred = slices.Grow(d.barred[:0], size)[:size]
	clear(d.barred)
	for base := uint32(0); base < below; base += 64 {
		outside := uint64(0)
		for i := range min(64, below-base) {
			if !in[base+i] {
				outside |= 1 << i
			}
		}
		d.meet(l, holders, sets, size, base)
		for set, w := range d.words {
			d.barred[set] = d.barred[set] || w&outside != 0
		}
	}
}

// meet finds what the rows of each set have in common among 64 items: what the rows
// that are of just this set have, and those of the sets that include it.
func (d *dense) meet(l *level, holders []occurrence, sets []uint32, size int, base uint32) {
	d.words = slices.Grow(d.words[:0], size)[:size]
	for set := range d.words {
		d.words[set] = ^uint64(0)
	}
	for i, h := range holders {
		w := uint64(0)
		for _, rank := range l.wide[h.row].ranks {
			w |= 1 << (rank - base) // nothing where that is 64 or more, or below 0
		}
		d.words[sets[i]] &= w
	}
	for half := 1; half < size; half *= 2 {
		for i := 0; i < size; i += 2 * half {
			without, with := d.words[i:i+half], d.words[i+half:i+2*half]
			for j := range without {
				without[j] &= with[j]
			}
		}
	}
}

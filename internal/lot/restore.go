package lot

import "slices"

// Restore returns a book with the given lots, as decoders need it. It answers false if
// they are not in burn order, an ID is zero, repeated or above last, or a Left negative.
func Restore(lots []Lot, last uint64) (Book, bool) {
	if !slices.IsSortedFunc(lots, Burn) {
		return Book{}, false
	}
	byID := slices.Clone(lots)
	slices.SortFunc(byID, func(a, b Lot) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return RestoreByID(byID, last)
}

// RestoreByID is [Restore] for lots in the order of their IDs.
func RestoreByID(lots []Lot, last uint64) (Book, bool) {
	b := Book{cells: make([]cell, len(lots)), last: last}
	before := uint64(0)
	for i, l := range lots {
		if l.ID <= before || l.ID > last || l.Left < 0 {
			return Book{}, false
		}
		before = l.ID
		b.enter(&b.cells[i], &l)
	}
	b.steps, b.fixed.steps = 0, 0
	return b, true
}

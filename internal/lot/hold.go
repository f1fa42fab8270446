package lot

// A Hold is a number of units taken out of their lots for a while. It is plain
// data; Takes are in the order in which they were taken, and never written to.
type Hold struct {
	Takes    []Take
	Deadline int64 // first instant at which the hold is no longer valid
	Status   Status
}

// A Status says whether a hold still holds.
type Status uint8

// The states of a hold. Only an open one can change.
const (
	Open     Status = iota
	Resolved        // committed or voided
	TimedOut        // released by its deadline
)

// Units returns how many units the hold took.
func (h *Hold) Units() int64 {
	var n int64
	for _, t := range h.Takes {
		n += t.Units
	}
	return n
}

// Split divides the takes into the first n units, which are used, and the rest,
// which returns to its lots. It answers false unless 0 ≤ n ≤ [Hold.Units].
func (h *Hold) Split(n int64) (used, freed []Take, ok bool) {
	if n < 0 || n > h.Units() {
		return nil, nil, false
	}
	for _, t := range h.Takes {
		use := min(n, t.Units)
		if use > 0 {
			used = append(used, Take{t.Lot, use})
		}
		if use < t.Units {
			freed = append(freed, Take{t.Lot, t.Units - use})
		}
		n -= use
	}
	return used, freed, true
}

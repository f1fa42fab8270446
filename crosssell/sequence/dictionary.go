package sequence

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark"
)

// A dictionary numbers names in order of their first appearance.
type dictionary[T relmark.ID] struct {
	codes map[T]uint32
	names []T
}

func (d *dictionary[T]) len() int { return len(d.names) }

// code returns the number of a name, a new one if it is new.
func (d *dictionary[T]) code(name T) uint32 {
	if code, known := d.codes[name]; known {
		return code
	}
	if d.codes == nil {
		d.codes = make(map[T]uint32)
	}
	code := uint32(len(d.names)) // callers keep it below 2³¹
	d.codes[name] = code
	d.names = append(d.names, name)
	return code
}

// adopt takes in all names of o and returns their numbers here.
func (d *dictionary[T]) adopt(o *dictionary[T]) []uint32 {
	codes := make([]uint32, len(o.names))
	for i, name := range o.names {
		codes[i] = d.code(name)
	}
	return codes
}

// order returns the numbers in ascending order of names.
func (d *dictionary[T]) order() []uint32 {
	order := make([]uint32, len(d.names))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(d.names[a], d.names[b]) })
	return order
}

// ranks returns the place of each number in ascending order of names.
func (d *dictionary[T]) ranks() []uint32 {
	ranks := make([]uint32, len(d.names))
	for rank, code := range d.order() {
		ranks[code] = uint32(rank)
	}
	return ranks
}

// epoch is the first date there is.
func epoch() relmark.Date { return relmark.MustParseDate("0001-01-01") }

// dayOf returns the days from 0001-01-01 to a date; the zero date lies before it.
func dayOf(d relmark.Date) int32 { return int32(d.Sub(epoch())) }

func dateOf(day int32) relmark.Date { return epoch().AddDays(int(day)) }

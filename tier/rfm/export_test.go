package rfm

import "unsafe"

// Steps returns how many rows, days and places b has gone through so far.
func (b *Base[C]) Steps() int { return b.steps }

// Footprint returns the bytes that b takes, texts of identifiers apart.
func (b *Base[C]) Footprint() int {
	var customer C
	bytes := len(b.customers.blocks)*block*int(unsafe.Sizeof(customer)) + 8*len(b.slots)
	bytes += len(b.histories.blocks) * block * int(unsafe.Sizeof(History{}))
	days := cap(b.spare)
	for place := range b.histories.len() {
		if h := b.histories.at(place); h != b.newest || cap(h.days) != len(b.spare) {
			days += cap(h.days)
		}
	}
	rows := cap(b.log.tail) + blockRows*len(b.log.blocks)
	bytes += cap(b.arrivals) * int(unsafe.Sizeof(arrival[C]{}))
	return bytes + days*int(unsafe.Sizeof(day{})) + rows*int(unsafe.Sizeof(row{}))
}

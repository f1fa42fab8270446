package rfm

import (
	"cmp"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A row is what a purchase comes to: units of 10^-digits, those of the log it waits in,
// on a date, of the customer at a place.
type row struct {
	place uint32
	on    relmark.Date
	units int64
}

// A log is the rows that wait to be booked. A row that comes by date or in no order
// belongs to a history that lies anywhere in memory: thousands of rows sorted by customer
// and booked together take a fraction of the time that they take one by one.
//
// What waits is sure to be booked: the sums of the histories are known to stay in range.
type log struct {
	blocks [][]row // all full
	tail   []row

	digits int   // of the units, the finest so far
	most   int64 // no sum of any history is larger, in these units
	sum    int64 // of the rows, purchases and returns alike
}

const (
	blockRows   = 4096
	fewest      = 1 << 20 // rows that may wait however few the days that are booked
	mostWaiting = 1<<31 - 1
)

func (l *log) len() int { return len(l.blocks)*blockRows + len(l.tail) }

// takes reports whether units more leave all sums in range.
func (l *log) takes(units int64) bool {
	sum, ok := money.Add(l.sum, max(units, -units))
	_, fits := money.Add(l.most, sum)
	return ok && fits && units != math.MinInt64
}

// count takes note of the units of a row that will wait.
func (l *log) count(units int64) { l.sum += max(units, -units) }

// add has a row wait that was counted.
func (l *log) add(r row) {
	if len(l.tail) == cap(l.tail) {
		l.grow()
	}
	l.tail = append(l.tail, r)
}

// grow makes room in the tail: twice as much, up to a block, and then another block.
func (l *log) grow() {
	if len(l.tail) == blockRows {
		l.blocks, l.tail = append(l.blocks, l.tail), nil
	}
	room := blockRows
	if len(l.blocks) == 0 {
		room = min(max(16, 2*len(l.tail)), blockRows)
	}
	l.tail = append(make([]row, 0, room), l.tail...)
}

// full reports whether what waits is to be booked, given the number of days that are.
func (l *log) full(days int) bool {
	return l.len() >= min(max(fewest, days), mostWaiting)
}

// refine measures in finer units from now on; nothing may wait.
func (l *log) refine(digits int) {
	factor, _ := money.Rescale(1, 0, digits-l.digits)
	most, ok := money.Mul(l.most, factor)
	if !ok {
		most = math.MaxInt64 // nothing waits any more
	}
	l.digits, l.most = digits, most
}

// hold makes sure that no sum of h is larger than it says.
func (l *log) hold(h *History) {
	if h.digits > l.digits {
		l.refine(h.digits)
	}
	most, ok := max(h.sold, h.returned), true
	if h.digits < l.digits {
		most, ok = money.Rescale(most, h.digits, l.digits)
	}
	if !ok {
		most = math.MaxInt64
	}
	l.most = max(l.most, most)
}

// take empties the log and returns its rows.
func (l *log) take() [][]row {
	blocks := slices.Concat(l.blocks, [][]row{l.tail})
	l.blocks, l.sum = nil, 0
	if l.tail = nil; len(blocks) == 1 {
		l.tail = blocks[0][:0] // for the next rows, once these are booked
	}
	return blocks
}

// compared sorts rows by place, by comparing: where they are few.
func compared(blocks [][]row) []row {
	rows := blocks[0]
	if len(blocks) > 1 {
		rows = slices.Concat(blocks...)
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.place, b.place) })
	return rows
}

// counted sorts n rows by new places, given by the old ones, by counting: where they are
// many.
func counted(blocks [][]row, n int, ranks []uint32) []row {
	next := make([]uint32, len(ranks))
	for _, rows := range blocks {
		for i := range rows {
			rows[i].place = ranks[rows[i].place]
			next[rows[i].place]++
		}
	}
	at := uint32(0)
	for place, n := range next {
		next[place], at = at, at+n
	}
	sorted := make([]row, n)
	for _, rows := range blocks {
		for _, r := range rows {
			sorted[next[r.place]] = r
			next[r.place]++
		}
	}
	return sorted
}

// book adds rows of one customer to the history, in their order.
func (l *log) book(h *History, rows []row) {
	for _, r := range rows {
		_ = h.enter(r.on, r.units, l.digits)
	}
}

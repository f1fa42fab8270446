package rfm

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A History accumulates what one customer bought and returned, day by day. The
// zero History is empty and ready to use. It is not safe for concurrent mutation;
// a History that nobody changes may be read concurrently. A copy shares memory with
// its original: make one with [History.Clone] if either will change.
type History struct {
	opaque

	digits         int   // fraction digits of every amount below
	sold, returned int64 // sums over days, both ≥ 0; they bound every partial sum
	days           []day // by date, each date once
}

// A day sums what was booked on one date.
type day struct {
	on             relmark.Date
	bought         bool // there was a purchase, perhaps a free one
	sold, returned int64
}

const maxDigits = 9 // fraction digits of an amount, trailing zeros apart

// Add books an amount on a date: a purchase if it is 0 or more, a return if it is
// negative. Order does not matter. It fails on the zero Date and on more than nine
// fraction digits with a [relmark.FieldError], and with [relmark.ErrLimit] where
// the sum of the amounts leaves its range; h is unchanged then. It takes amortised
// constant time for the newest date, O(days) for a late one.
func (h *History) Add(on relmark.Date, amount decimal.Decimal) error {
	if err := h.add(on, amount); err != nil {
		return fault.Room(room, err)
	}
	return nil
}

func (h *History) add(on relmark.Date, amount decimal.Decimal) error {
	if on.IsZero() {
		return errNoDate("On")
	}
	units, digits, err := exact(amount)
	if err != nil {
		return err
	}
	return h.enter(on, units, digits)
}

// enter adds units of 10^-digits to a date.
func (h *History) enter(on relmark.Date, units int64, digits int) error {
	units, digits = plain(units, digits, h.digits)
	if digits > h.digits {
		return h.addFine(on, units, digits)
	}
	ok := true
	if digits < h.digits {
		units, ok = money.Rescale(units, digits, h.digits)
	}
	if !ok || !h.book(on, units) {
		return errSum
	}
	return nil
}

// plain drops zeros at the end of units of 10^-digits, which are no digits, down to the
// digits that are there anyway.
func plain(units int64, digits, least int) (int64, int) {
	for digits > least && units%10 == 0 {
		units, digits = units/10, digits-1
	}
	return units, digits
}

// addFine adds an amount with more digits than h has.
func (h *History) addFine(on relmark.Date, units int64, digits int) error {
	factor, _ := money.Rescale(1, 0, digits-h.digits)
	fine := History{digits: digits}
	var ok, okToo bool
	fine.sold, ok = money.Mul(h.sold, factor)
	fine.returned, okToo = money.Mul(h.returned, factor)
	if !ok || !okToo || !fine.takes(units) {
		return errSum
	}
	fine.days = h.days
	for i := range fine.days {
		fine.days[i].sold *= factor
		fine.days[i].returned *= factor
	}
	fine.book(on, units)
	*h = fine
	return nil
}

// takes reports whether the sums of h stay in range with units more.
func (h *History) takes(units int64) (ok bool) {
	if units < 0 {
		_, ok = money.Sub(h.returned, units)
	} else {
		_, ok = money.Add(h.sold, units)
	}
	return ok
}

// Merge adds everything that o holds. It is associative and commutative, and the
// empty History is its identity. It fails with [relmark.ErrLimit] where a sum
// leaves its range; h is unchanged then. Rows that both hold count twice:
// partition the log, by customer or by time, so that each row is in one part.
func (h *History) Merge(o History) error {
	if err := h.merge(o); err != nil {
		return fault.Room(room, err)
	}
	return nil
}

func (h *History) merge(o History) error {
	digits := max(h.digits, o.digits)
	mine, ok := h.scaled(digits)
	theirs, okToo := o.scaled(digits)
	if !ok || !okToo {
		return errSum
	}
	mine.sold, ok = money.Add(mine.sold, theirs.sold)
	mine.returned, okToo = money.Add(mine.returned, theirs.returned)
	if !ok || !okToo {
		return errSum
	}
	mine.days = union(mine.days, theirs.days)
	*h = mine
	return nil
}

// Len returns the number of distinct days with a purchase or a return.
func (h History) Len() int { return len(h.days) }

// Clone returns a History that shares nothing with h.
func (h History) Clone() History {
	h.days = slices.Clone(h.days)
	return h
}

var errSum = fmt.Errorf("sum of amounts: %w", relmark.ErrLimit)

// exact returns an amount as units of 10^-digits.
func exact(amount decimal.Decimal) (units int64, digits int, err error) {
	units, digits, ok := money.Coefficient(amount)
	if !ok {
		return 0, 0, fault.New("Amount", nil, "must be below 9.2e18 with at most 9 fraction digits")
	}
	for ; digits > maxDigits; digits-- {
		if units%10 != 0 {
			return 0, 0, fault.New("Amount", nil, "must have at most 9 fraction digits")
		}
		units /= 10
	}
	return units, digits, nil
}

// scaled returns h with amounts in units of 10^-digits, at least as fine as now.
// It shares days with h where nothing changes.
func (h *History) scaled(digits int) (History, bool) {
	if digits == h.digits || len(h.days) == 0 {
		return History{digits: digits, sold: h.sold, returned: h.returned, days: h.days}, true
	}
	factor, _ := money.Rescale(1, 0, digits-h.digits)
	sold, ok := money.Mul(h.sold, factor)
	returned, okToo := money.Mul(h.returned, factor)
	if !ok || !okToo {
		return History{}, false
	}
	fine := History{digits: digits, sold: sold, returned: returned, days: slices.Clone(h.days)}
	for i := range fine.days {
		fine.days[i].sold *= factor
		fine.days[i].returned *= factor
	}
	return fine, true
}

// book adds units, in those of h, to a date; false, with h unchanged, if a sum
// leaves its range.
func (h *History) book(on relmark.Date, units int64) bool {
	if units < 0 {
		returned, ok := money.Sub(h.returned, units)
		if ok {
			h.returned = returned
			h.put(day{on: on, returned: -units})
		}
		return ok
	}
	sold, ok := money.Add(h.sold, units)
	if ok {
		h.sold = sold
		h.put(day{on: on, bought: true, sold: units})
	}
	return ok
}

func (h *History) put(d day) {
	n := len(h.days)
	switch {
	case n == 0 || h.days[n-1].on.Before(d.on):
		h.days = append(h.days, d)
		return
	case h.days[n-1].on == d.on:
		h.days[n-1].add(d)
		return
	}
	at, found := slices.BinarySearchFunc(h.days, d.on, func(e day, on relmark.Date) int { return e.on.Compare(on) })
	if found {
		h.days[at].add(d)
	} else {
		h.days = slices.Insert(h.days, at, d)
	}
}

// late reports whether a date comes before the last day.
func (h *History) late(on relmark.Date) bool {
	n := len(h.days)
	return n > 0 && on.Before(h.days[n-1].on)
}

func (d *day) add(e day) {
	d.bought = d.bought || e.bought
	d.sold += e.sold
	d.returned += e.returned
}

// union merges two ascending lists of days into a new one.
func union(a, b []day) []day {
	all := make([]day, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0].on.Sub(b[0].on), 0) {
		case -1:
			all, a = append(all, a[0]), a[1:]
		case +1:
			all, b = append(all, b[0]), b[1:]
		default:
			both := a[0]
			both.add(b[0])
			all, a, b = append(all, both), a[1:], b[1:]
		}
	}
	return append(append(all, a...), b...)
}

package rfm

import (
	"iter"
	"slices"
	"sort"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// DayTotals are what one customer did on one date. They are plain data, safe for concurrent
// use.
type DayTotals struct {
	On       relmark.Date    `json:"on"`
	Bought   bool            `json:"bought"`   // there was a purchase, perhaps a free one
	Sold     decimal.Decimal `json:"sold"`     // sum of the purchases, 0 or more
	Returned decimal.Decimal `json:"returned"` // sum of the returns as a positive amount
}

// Days yields what was booked, by date, each date once. Nothing is netted: what
// counts as a purchase is for [History.PurchaseDays] to say.
func (h History) Days() iter.Seq[DayTotals] {
	return func(yield func(DayTotals) bool) {
		for _, d := range h.days {
			if !yield(DayTotals{d.on, d.bought, money.Decimal(d.sold, h.digits), money.Decimal(d.returned, h.digits)}) {
				return
			}
		}
	}
}

// PurchaseDays yields the date and the value of each purchase day up to a date, which
// is included: those that [History.Summary] counts and sums up, in their order. It
// yields nothing where there is none. From them come the times of purchases that a
// tracking curve is drawn through, and the occasions taken that discrete models of
// purchase count. It fails with a [relmark.FieldError] if an option is invalid or
// asOf is no date.
func (h History) PurchaseDays(asOf relmark.Date, o Options) (iter.Seq2[relmark.Date, decimal.Decimal], error) {
	if err := checkAsOf("AsOf", asOf, o); err != nil {
		return nil, fault.Room(room, err)
	}
	return func(yield func(relmark.Date, decimal.Decimal) bool) {
		for v := range h.visits(asOf, o.reading()) {
			if v.purchase && !yield(v.on, money.Decimal(v.value, h.digits)) {
				return
			}
		}
	}, nil
}

// visits yields the occasions that begin up to a date, as far as they lie before it.
func (h *History) visits(asOf relmark.Date, o reading) iter.Seq[visit] {
	return func(yield func(visit) bool) {
		days := h.days
		for len(days) > 0 && !days[0].on.After(asOf) {
			var v visit
			if v, days = next(days, asOf, &o); !yield(v) {
				return
			}
		}
	}
}

// Window returns the part of h from one date to another, both included, such as
// the twelve months up to asOf: from asOf.AddMonths(-12).AddDays(1) to asOf. A
// summary of it scores what was done lately; its first purchase is the first one in
// the window, so it says nothing of the age of the customer that purchase models ask
// for. It shares nothing with h. It fails with a [relmark.FieldError] unless both
// are dates and in order.
func (h History) Window(from, to relmark.Date) (History, error) {
	if err := checkWindow(from, to); err != nil {
		return History{}, err
	}
	return h.window(from, to), nil
}

func checkWindow(from, to relmark.Date) error {
	var err error
	switch {
	case from.IsZero():
		err = errNoDate("From")
	case to.IsZero():
		err = errNoDate("To")
	case to.Before(from):
		err = fault.New("To", to, "must not precede From")
	default:
		return nil
	}
	return fault.Room(room, err)
}

func (h *History) window(from, to relmark.Date) History {
	start := sort.Search(len(h.days), func(i int) bool { return !h.days[i].on.Before(from) })
	end := sort.Search(len(h.days), func(i int) bool { return h.days[i].on.After(to) })
	part := History{digits: h.digits, days: slices.Clone(h.days[start:end])}
	for _, d := range part.days {
		part.sold += d.sold
		part.returned += d.returned
	}
	return part
}

// Window returns a Base of what the customers did from one date to another, both
// included, as [History.Window] does. Customers who did nothing then are not in it.
// It takes O(days + customers·log customers).
func (b *Base[C]) Window(from, to relmark.Date) (*Base[C], error) {
	if err := checkWindow(from, to); err != nil {
		return nil, err
	}
	part := &Base[C]{}
	b.ready()
	for place := range b.sorted() {
		if h := b.histories.at(place).window(from, to); h.Len() > 0 {
			part.put(*b.customers.at(place), h)
		}
	}
	return part, nil
}

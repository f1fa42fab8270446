package rfm

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Summary describes one customer as of a date. It is an immutable value, safe
// for concurrent use; obtain one from [History.Summary]. Amounts are kept as exact
// integers and become decimals or floats in its methods.
type Summary struct {
	Purchases   int          // purchase days: the F of RFM, at least 1
	X           int          // repeat purchase days, Purchases − 1: the frequency of purchase models
	TX          float64      // t_x, from the first to the last purchase, in the unit; 0 if X = 0
	T           float64      // from the first purchase to the as-of date, in the unit; at least TX
	SinceLast   float64      // from the last purchase to the as-of date, in the unit: the R of RFM
	First, Last relmark.Date // of the purchase days
	AsOf        relmark.Date // included

	digits                  int   // fraction digits of the amounts
	total, returned         int64 // the M of RFM; returns as a positive amount
	purchaseTotal, firstDay int64 // values of all purchase days and of the first
}

// Total returns the M of RFM: the sum of all amounts, less returns under [NetDay].
// It is negative where more was returned than bought.
func (s Summary) Total() decimal.Decimal { return money.Decimal(s.total, s.digits) }

// Returned returns the sum of the returns as a positive amount, whatever
// [Returns] says.
func (s Summary) Returned() decimal.Decimal { return money.Decimal(s.returned, s.digits) }

// PurchaseTotal returns the sum of the values of all purchase days, the first one
// included. Days with returns only are in [Summary.Total], not here.
func (s Summary) PurchaseTotal() decimal.Decimal { return money.Decimal(s.purchaseTotal, s.digits) }

// RepeatTotal returns the sum of the values of the repeat purchase days.
func (s Summary) RepeatTotal() decimal.Decimal { return money.Decimal(s.repeatTotal(), s.digits) }

// MeanRepeat returns the mean value of a repeat purchase day, the monetary value
// of purchase models; 0 if there is none. Returns booked on later days are not taken
// off it: who bought four times for 100 and returned everything days later has a
// total of 0 and a mean repeat of 100. Where refunds come late, book them on the day
// of their purchase.
func (s Summary) MeanRepeat() float64 { return mean(s.repeatTotal(), s.X, s.digits) }

// MeanDay returns the mean value of a purchase day, the first one included.
func (s Summary) MeanDay() float64 { return mean(s.purchaseTotal, s.Purchases, s.digits) }

func (s Summary) repeatTotal() int64 { return s.purchaseTotal - s.firstDay }

// daysSinceLast is SinceLast in days.
func (s Summary) daysSinceLast() int { return s.AsOf.Sub(s.Last) }

// Summary describes the customer as of a date, which is included; later rows are
// ignored. It fails with a [relmark.FieldError] if an option is invalid or the
// as-of date is none or comes before everything the customer did, and with
// [relmark.ErrTooFew] if no purchase day remains. It takes O(days) and does not
// allocate.
func (h History) Summary(asOf relmark.Date, o Options) (Summary, error) {
	return h.summaryAt("AsOf", asOf, o)
}

// summaryAt is Summary for an argument of the given name.
func (h *History) summaryAt(field string, asOf relmark.Date, o Options) (Summary, error) {
	if err := checkAsOf(field, asOf, o); err != nil {
		return Summary{}, fault.Room(room, err)
	}
	if len(h.days) > 0 && asOf.Before(h.days[0].on) {
		err := fault.New(field, asOf, "must not precede the first purchase or return")
		return Summary{}, fault.Room(room, err)
	}
	s, ok := h.summary(asOf, o.reading())
	if !ok {
		return Summary{}, fmt.Errorf("rfm: no purchase day up to %s: %w", field, relmark.ErrTooFew)
	}
	return s, nil
}

func checkAsOf(field string, asOf relmark.Date, o Options) error {
	if asOf.IsZero() {
		return errNoDate(field)
	}
	return o.Validate()
}

func errNoDate(field string) error {
	return fault.New(field, nil, "must be a date")
}

// summary is Summary for arguments already checked; false without purchase day.
func (h *History) summary(asOf relmark.Date, o reading) (Summary, bool) {
	s := Summary{AsOf: asOf, digits: h.digits}
	days := h.days
	for len(days) > 0 && !days[0].on.After(asOf) {
		var v visit
		v, days = next(days, asOf, &o)
		s.returned += v.returned
		s.total += v.amount
		if !v.purchase {
			continue
		}
		if s.Purchases == 0 {
			s.First, s.firstDay = v.on, v.value
		}
		s.Last = v.on
		s.Purchases++
		s.purchaseTotal += v.value
	}
	if s.Purchases == 0 {
		return Summary{}, false
	}
	s.X = s.Purchases - 1
	s.TX = o.in(s.Last.Sub(s.First))
	s.T = o.in(asOf.Sub(s.First))
	s.SinceLast = o.in(asOf.Sub(s.Last))
	return s, true
}

// A visit is one occasion: all rows of a date, a week or a month.
type visit struct {
	on       relmark.Date // of its first purchase
	purchase bool
	value    int64 // as a purchase day
	amount   int64 // what it adds to the total, purchase or not
	returned int64
}

// next reads the first occasion of days, as far as it lies within until, as its
// first day does, and returns the days after it.
func next(days []day, until relmark.Date, o *reading) (visit, []day) {
	all, n := days[0], 1
	if o.collapse != 0 {
		start := o.starts(all.on)
		for n < len(days) && !days[n].on.After(until) && o.starts(days[n].on) == start {
			if !all.bought && days[n].bought {
				all.on = days[n].on
			}
			all.add(days[n])
			n++
		}
	}
	v := visit{on: all.on, purchase: all.bought, value: all.sold, amount: all.sold, returned: all.returned}
	if !o.gross {
		v.amount -= all.returned
		v.value = v.amount
		v.purchase = v.amount > 0 || v.amount == 0 && all.returned == 0
	}
	return v, days[n:]
}

// mean returns total·10^-digits / n, 0 if n is 0. It is rounded once where total
// and n·10^digits are below 2^53, else within two units of the last place.
func mean(total int64, n, digits int) float64 {
	if n == 0 {
		return 0
	}
	unit, _ := money.Rescale(1, 0, digits)
	return float64(total) / (float64(n) * float64(unit))
}

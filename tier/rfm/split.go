package rfm

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Split divides a history in two: what a model may learn from, and what then
// happened. It is an immutable value, safe for concurrent use.
type Split struct {
	Calibration Summary // as of the end of the calibration period
	Purchases   int     // purchase days in the holdout period
	Length      float64 // of the holdout period, in the unit

	value int64 // of the purchase days in the holdout period
}

// Total returns the value of the purchase days in the holdout period.
func (s Split) Total() decimal.Decimal { return money.Decimal(s.value, s.Calibration.digits) }

// Mean returns the mean value of a purchase day in the holdout period, 0 if there
// is none.
func (s Split) Mean() float64 { return mean(s.value, s.Purchases, s.Calibration.digits) }

// Split describes the customer as of the last day of a calibration period and
// counts what the customer bought after it, up to and including the last day of
// the holdout period. An occasion that straddles the border counts in both. It
// fails as [History.Summary] does, and unless the holdout ends after the
// calibration.
func (h History) Split(calibrationEnd, holdoutEnd relmark.Date, o Options) (Split, error) {
	if !holdoutEnd.After(calibrationEnd) {
		return Split{}, fault.Room(room, errHoldout(holdoutEnd))
	}
	s, err := h.summaryAt("CalibrationEnd", calibrationEnd, o)
	if err != nil {
		return Split{}, err
	}
	return h.split(s, holdoutEnd, o.reading()), nil
}

func errHoldout(end relmark.Date) error {
	return fault.New("HoldoutEnd", end, "must come after CalibrationEnd")
}

func (h *History) split(calibration Summary, holdoutEnd relmark.Date, o reading) Split {
	s := Split{Calibration: calibration, Length: o.in(holdoutEnd.Sub(calibration.AsOf))}
	days := h.days
	for len(days) > 0 && !days[0].on.After(calibration.AsOf) {
		days = days[1:]
	}
	for len(days) > 0 && !days[0].on.After(holdoutEnd) {
		var v visit
		if v, days = next(days, holdoutEnd, &o); v.purchase {
			s.Purchases++
			s.value += v.value
		}
	}
	return s
}

// A CustomerSplit is a [Split] with a name to it.
type CustomerSplit[C relmark.ID] struct {
	ID C
	Split
}

// Splits divides the history of every customer who bought in the calibration
// period, in ascending order of customer. It fails as [Base.Summaries] does, and
// unless the holdout ends after the calibration.
func (b *Base[C]) Splits(calibrationEnd, holdoutEnd relmark.Date, o Options) ([]CustomerSplit[C], error) {
	if !holdoutEnd.After(calibrationEnd) {
		return nil, fault.Room(room, errHoldout(holdoutEnd))
	}
	if err := checkAsOf("CalibrationEnd", calibrationEnd, o); err != nil {
		return nil, fault.Room(room, err)
	}
	r := o.reading()
	b.ready()
	splits := make([]CustomerSplit[C], 0, b.Len())
	for place := range b.sorted() {
		h := b.histories.at(place)
		if s, ok := h.summary(calibrationEnd, r); ok {
			splits = append(splits, CustomerSplit[C]{*b.customers.at(place), h.split(s, holdoutEnd, r)})
		}
	}
	return splits, nil
}

package clv

import (
	"fmt"
	"iter"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// A Holdout is a customer at the end of a calibration period and what then
// happened.
type Holdout struct {
	rfm.Pattern
	Length    float64 `json:"length"`    // of the holdout period; finite, 0 or more
	Purchases int     `json:"purchases"` // in it; 0 or more
}

// HoldoutOf returns the holdout that a split describes.
func HoldoutOf(s rfm.Split) Holdout {
	return Holdout{s.Calibration.Pattern(), s.Length, s.Purchases}
}

// A Bin sums up forecasts and what came of them. It is plain data.
type Bin struct {
	N        int64   `json:"n"`        // customers
	Actual   int64   `json:"actual"`   // purchases made
	Expected float64 `json:"expected"` // purchases forecast
	Absolute float64 `json:"absolute"` // sum of |actual − expected|
	Squared  float64 `json:"squared"`  // sum of (actual − expected)²
}

func (b *Bin) add(o Bin) {
	b.N += o.N
	b.Actual += o.Actual
	b.Expected += o.Expected
	b.Absolute += o.Absolute
	b.Squared += o.Squared
}

// sums lists the sums that are floats.
func (b *Bin) sums() [3]*float64 { return [...]*float64{&b.Expected, &b.Absolute, &b.Squared} }

// sumOf reports whether v can be a sum of what is never negative.
func sumOf(v float64) bool { return v >= 0 && v <= math.MaxFloat64 }

// valid reports whether customers can have added up to b.
func (b Bin) valid() bool {
	for _, sum := range b.sums() {
		if !sumOf(*sum) {
			return false
		}
	}
	return b.N > 0 && b.Actual >= 0 || b == Bin{}
}

// MeanActual returns the purchases made per customer; NaN without customers.
func (b Bin) MeanActual() float64 { return float64(b.Actual) / float64(b.N) }

// MeanExpected returns the purchases forecast per customer; NaN without customers.
func (b Bin) MeanExpected() float64 { return b.Expected / float64(b.N) }

// MAE returns the mean absolute error per customer; NaN without customers.
func (b Bin) MAE() float64 { return b.Absolute / float64(b.N) }

// RMSE returns the root of the mean squared error; NaN without customers.
func (b Bin) RMSE() float64 { return math.Sqrt(b.Squared / float64(b.N)) }

// An Evaluation compares forecasts with a holdout period, by the number of repeat
// purchases before it: 0 to 6, and 7 or more. The zero Evaluation is empty and ready
// to use. It is plain data, not safe for concurrent mutation.
type Evaluation struct {
	ByFrequency [8]Bin `json:"by_frequency"`
}

// Add counts n customers with x repeat purchases before, and expected and actual
// ones in the holdout period. It fails with a [relmark.FieldError] unless counts are
// 0 or more and expected is finite and 0 or more, and with [relmark.ErrLimit] where a
// sum would pass an int64 or the range of floats; e is unchanged then.
func (e *Evaluation) Add(x int, expected float64, actual int, n int64) error {
	switch {
	case x < 0:
		return invalid("X", x, "must be 0 or more")
	case actual < 0:
		return invalid("Purchases", actual, "must be 0 or more")
	case n < 0:
		return invalid("N", n, "must be 0 or more")
	case !sumOf(expected):
		return invalid("Expected", expected, "must be finite and 0 or more")
	}
	total, count, off := e.Total(), float64(n), expected-float64(actual)
	if n == 0 {
		return nil
	}
	if total.N > math.MaxInt64-n || int64(actual) > (math.MaxInt64-total.Actual)/n {
		return errEvaluation
	}
	more := Bin{n, int64(actual) * n, expected * count, math.Abs(off) * count, off * off * count}
	if total.add(more); !total.valid() {
		return errEvaluation
	}
	e.bin(x).add(more)
	return nil
}

var errEvaluation = fmt.Errorf("clv: evaluation: %w", relmark.ErrLimit)

func (e *Evaluation) bin(x int) *Bin { return &e.ByFrequency[min(x, len(e.ByFrequency)-1)] }

// Merge adds the sums of o: associative and commutative up to the rounding of
// floats, with the empty Evaluation as identity. It fails if o is invalid and with
// [relmark.ErrLimit] as [Evaluation.Add] does; e is unchanged then.
func (e *Evaluation) Merge(o Evaluation) error {
	if err := o.Validate(); err != nil {
		return err
	}
	a, b := e.Total(), o.Total()
	if a.N > math.MaxInt64-b.N || a.Actual > math.MaxInt64-b.Actual {
		return errEvaluation
	}
	if a.add(b); !a.valid() {
		return errEvaluation
	}
	for i := range e.ByFrequency {
		e.ByFrequency[i].add(o.ByFrequency[i])
	}
	return nil
}

// Validate reports the first bin that no customers add up to as a
// [relmark.FieldError]: one with a negative, infinite or undefined sum, or with a sum
// and no customers. Sums over all bins past an int64 or the range of floats are
// [relmark.ErrLimit].
func (e Evaluation) Validate() error {
	var total Bin
	for i, b := range e.ByFrequency {
		if !b.valid() {
			return invalid(fmt.Sprintf("ByFrequency[%d]", i), nil, "must have sums of customers, finite and 0 or more")
		}
		if total.N > math.MaxInt64-b.N || total.Actual > math.MaxInt64-b.Actual {
			return errEvaluation
		}
		if total.add(b); !total.valid() {
			return errEvaluation
		}
	}
	return nil
}

// Total returns the sums over all customers.
func (e Evaluation) Total() Bin {
	var total Bin
	for _, b := range e.ByFrequency {
		total.add(b)
	}
	return total
}

// Evaluate forecasts the holdout period of every customer and compares. It fails as
// [Evaluation.Add] does; an error says which customer, counted from 0, has no
// forecast.
func Evaluate[M PurchaseModel](m M, customers iter.Seq[Holdout]) (Evaluation, error) {
	var e Evaluation
	f := newForecaster(m)
	i := 0
	for c := range customers {
		if err := e.Add(c.X, f.expected(c), c.Purchases, 1); err != nil {
			return Evaluation{}, fmt.Errorf("%w (customer %d)", err, i)
		}
		i++
	}
	return e, nil
}

// A forecaster forecasts holdout periods and remembers what living customers of one age
// and number of purchases share.
type forecaster struct {
	model PurchaseModel
	alive map[float64]ageMemo // by length of the period
}

func newForecaster(m PurchaseModel) *forecaster { return &forecaster{m, map[float64]ageMemo{}} }

func (f *forecaster) expected(c Holdout) float64 {
	alive, ok := f.alive[c.Length]
	if !ok {
		length := c.Length
		alive = byAge(0, func(c rfm.Pattern) float64 { return f.model.ExpectedIfAlive(c, length) })
		if forward(length) { // a NaN is no key
			f.alive[length] = alive
		}
	}
	return f.model.PAlive(c.Pattern) * alive.of(c.Pattern)
}

package clv

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/tier/rfm"
)

// A SpendMean is what a [GammaGamma] model sees of a customer: x repeat purchases and
// their mean value, in any one currency.
type SpendMean struct {
	X     int     `json:"x"`     // 1 or more
	Value float64 `json:"value"` // finite, > 0
}

// Validate reports the first rule that m breaks as a [relmark.FieldError].
func (m SpendMean) Validate() error {
	switch {
	case m.X < 1:
		return fault.New("X", m.X, "must be 1 or more")
	case !(m.Value > 0) || math.IsInf(m.Value, 1):
		return fault.New("Value", m.Value, "must be finite and > 0")
	}
	return nil
}

func (m SpendMean) compare(n SpendMean) int {
	return cmp.Or(cmp.Compare(m.X, n.X), cmp.Compare(m.Value, n.Value))
}

// Spend counts customers by [SpendMean]: the sufficient statistic of spend per purchase.
// The zero Spend is empty and ready to use. It is not safe for concurrent mutation;
// concurrent reads are safe while nobody changes it.
type Spend struct {
	opaque
	counts map[SpendMean]int64
	total  int64
}

// Add counts n customers. It fails with a [relmark.FieldError] unless m is valid
// and n is 0 or more, and with [relmark.ErrLimit] where the number of customers
// would pass an int64; s is unchanged then.
func (s *Spend) Add(m SpendMean, n int64) error {
	if err := m.Validate(); err != nil {
		return fault.Room(room, err)
	}
	if n < 0 {
		return invalid("N", n, "must be 0 or more")
	}
	if s.total > math.MaxInt64-n {
		return errCustomers
	}
	s.add(m, n)
	return nil
}

var errCustomers = fmt.Errorf("clv: number of customers: %w", relmark.ErrLimit)

func (s *Spend) add(m SpendMean, n int64) {
	if n == 0 {
		return
	}
	if s.counts == nil {
		s.counts = map[SpendMean]int64{}
	}
	s.counts[m] += n
	s.total += n
}

// AddSummary counts a customer and reports whether there was anything to count: a
// customer without repeat purchase, or whose repeat purchases are worth nothing,
// says nothing about spend. Returns booked after the day of their purchase are not
// taken off the mean, as [rfm.Summary.MeanRepeat] says.
func (s *Spend) AddSummary(c rfm.Summary) (counted bool, err error) {
	m := SpendMean{c.X, c.MeanRepeat()}
	if m.X < 1 || !(m.Value > 0) {
		return false, nil
	}
	return true, s.Add(m, 1)
}

// Merge adds the counts of o. It is associative and commutative, with the empty
// Spend as identity. It fails with [relmark.ErrLimit] as [Spend.Add] does.
func (s *Spend) Merge(o Spend) error {
	if s.total > math.MaxInt64-o.total {
		return errCustomers
	}
	for m, n := range o.counts {
		s.add(m, n)
	}
	return nil
}

// Len returns the number of distinct means.
func (s *Spend) Len() int { return len(s.counts) }

// N returns the number of customers.
func (s *Spend) N() int64 { return s.total }

// All yields each mean with its number of customers, by X, then Value.
func (s *Spend) All() iter.Seq2[SpendMean, int64] {
	return func(yield func(SpendMean, int64) bool) {
		for _, m := range slices.SortedFunc(maps.Keys(s.counts), SpendMean.compare) {
			if !yield(m, s.counts[m]) {
				return
			}
		}
	}
}

// AppendBinary appends the encoding of s, version 1: the means in the order of
// [Spend.All] with their counts. Equal counts have equal encodings. It never fails.
func (s Spend) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindSpend, spendVersion)
	w.Count(s.Len())
	for m, n := range s.All() {
		w.Uvarint(uint64(m.X))
		w.Float64(m.Value)
		w.Uvarint(uint64(n))
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Spend.AppendBinary] appends.
func (s Spend) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Spend encodes to; s is unchanged then.
func (s *Spend) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindSpend, spendVersion)
	var decoded Spend
	var previous SpendMean
	for range r.Count(10) {
		x, value, n := r.Uvarint(), r.Finite(), number(&r)
		m := SpendMean{int(x), value}
		r.Check(x <= math.MaxInt && m.Validate() == nil && previous.compare(m) < 0 && n > 0 && decoded.total <= math.MaxInt64-n)
		if r.Err() != nil {
			break
		}
		decoded.add(m, n)
		previous = m
	}
	if err := fault.Decode(room, "spend", r.Done()); err != nil {
		return err
	}
	*s = decoded
	return nil
}

package accrual

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// MaxAge bounds the ages that a history and a curve know.
const MaxAge = 1200

// A Vintage is what became of points that were granted together: of one lot, or of
// all lots of a month.
type Vintage struct {
	Granted int64 `json:"granted"`
	// Ages are what happened to the points in each period since, the period of the
	// grant first. Its length is how long they have been watched: a period that is
	// not over does not belong in it.
	Ages []Movement `json:"ages"`
}

// A Movement is what happened to points within one period.
type Movement struct {
	Redeemed int64 `json:"redeemed"` // net of what was restored
	Expired  int64 `json:"expired"`
	Reversed int64 `json:"reversed"` // taken back with returned goods; neither used nor lost
}

// A History counts points at risk and what became of them, by age. The zero
// History is ready and empty. It is an accumulator: not safe for concurrent
// mutation, and a copy shares its memory; merging any split of the vintages gives
// exactly the same. Memory grows with the ages, not with the vintages.
type History struct {
	opaque
	vintages, granted int64
	ages              []count
}

// A count sums one age.
type count struct {
	exposed          int64 // neither redeemed, expired nor reversed when the age began
	redeemed, lapsed int64
}

// Add counts a vintage in time linear in its ages, and allocates only where it is
// watched for longer than all before. It fails, leaving h unchanged, if a number is
// negative, if more happens than points are left, or if there are more than
// [MaxAge] ages; and with [relmark.ErrLimit] if a sum would exceed 2^53-1.
func (h *History) Add(v Vintage) error {
	if v.Granted < 1 || v.Granted > money.MaxExact {
		return invalid("Granted", v.Granted, "must be 1 to 2^53-1")
	}
	if len(v.Ages) > MaxAge {
		return invalid("Ages", len(v.Ages), "must be at most 1200")
	}
	left := v.Granted
	for i, m := range v.Ages {
		if min(m.Redeemed, m.Expired, m.Reversed) < 0 ||
			m.Redeemed > left || m.Expired > left-m.Redeemed || m.Reversed > left-m.Redeemed-m.Expired {
			return invalid(fmt.Sprintf("Ages[%d]", i), nil, "must be 0 or more, and not more than is left")
		}
		left -= m.Redeemed + m.Expired + m.Reversed
	}
	if v.Granted > money.MaxExact-h.granted { // all other sums are smaller
		return beyond("history")
	}
	h.reach(len(v.Ages))
	left = v.Granted
	for i, m := range v.Ages {
		h.ages[i].add(count{left, m.Redeemed, m.Expired})
		left -= m.Redeemed + m.Expired + m.Reversed
	}
	h.vintages, h.granted = h.vintages+1, h.granted+v.Granted
	return nil
}

// reach makes room for n ages.
func (h *History) reach(n int) {
	if more := n - len(h.ages); more > 0 {
		h.ages = append(h.ages, make([]count, more)...)
	}
}

func (c *count) add(o count) {
	c.exposed += o.exposed
	c.redeemed += o.redeemed
	c.lapsed += o.lapsed
}

// Merge adds what o counted, in time linear in its ages. It fails, leaving h
// unchanged, with [relmark.ErrLimit] if a sum would exceed 2^53-1.
func (h *History) Merge(o History) error {
	if o.granted > money.MaxExact-h.granted {
		return beyond("history")
	}
	h.reach(len(o.ages))
	for i, a := range o.ages {
		h.ages[i].add(a)
	}
	h.vintages, h.granted = h.vintages+o.vintages, h.granted+o.granted
	return nil
}

// Granted returns how many points the history has seen granted.
func (h *History) Granted() int64 { return h.granted }

// AppendBinary appends the encoding, version 1; it never fails.
func (h *History) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRedemption, version)
	w.Uvarint(uint64(h.vintages))
	w.Uvarint(uint64(h.granted))
	w.Count(len(h.ages))
	for _, a := range h.ages {
		w.Uvarint(uint64(a.exposed))
		w.Uvarint(uint64(a.redeemed))
		w.Uvarint(uint64(a.lapsed))
	}
	return w.Data(), nil
}

// MarshalBinary returns what [History.AppendBinary] appends.
func (h *History) MarshalBinary() ([]byte, error) { return h.AppendBinary(nil) }

// UnmarshalBinary decodes any version that was ever written. It fails with
// [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves h unchanged then.
func (h *History) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindRedemption, version)
	in := History{vintages: r.UpTo(money.MaxExact), granted: r.UpTo(money.MaxExact)}
	r.Check(in.vintages <= in.granted && (in.vintages > 0 || in.granted == 0))
	n := r.Count(3)
	r.Check(n <= MaxAge)
	if r.Err() == nil && n > 0 {
		in.ages = make([]count, n)
	}
	before := in.granted
	for i := range in.ages {
		a := count{r.UpTo(money.MaxExact), r.UpTo(money.MaxExact), r.UpTo(money.MaxExact)}
		r.Check(a.exposed <= before && a.redeemed+a.lapsed <= a.exposed && (i > 0 || a.exposed > 0))
		in.ages[i] = a
		before = a.exposed - a.redeemed - a.lapsed
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "history", err)
	}
	*h = in
	return nil
}

// AgeOn returns the age in months of points granted on one date, on another: how
// many full months lie between, clamped to the end of shorter months. It fails if
// a date is zero or asOf comes first.
func AgeOn(granted, asOf relmark.Date) (int, error) {
	age, err := ageOn(granted, asOf)
	return age, fault.Room(room, err)
}

func ageOn(granted, asOf relmark.Date) (int, error) {
	if granted.IsZero() || asOf.IsZero() || asOf.Before(granted) {
		return 0, fault.New("Date", asOf, "must be set, and not come before the grant")
	}
	y0, m0, _ := granted.Civil()
	y1, m1, _ := asOf.Civil()
	months := 12*(y1-y0) + int(m1) - int(m0)
	if granted.AddMonths(months).After(asOf) {
		months--
	}
	return months, nil
}

// A Dated is a movement on a date.
type Dated struct {
	On relmark.Date `json:"on"`
	Movement
}

// Watch returns the vintage of points granted on a date, in any order of moves, as
// it was watched until asOf, that day excluded: the months that are complete by
// then. Moves outside them are left out. It fails if a date is zero or before the
// grant, and with [relmark.ErrLimit] if more than [MaxAge] months are complete or
// a sum exceeds 2^53-1.
func Watch(granted int64, on relmark.Date, moves []Dated, asOf relmark.Date) (Vintage, error) {
	n, err := AgeOn(on, asOf)
	if err != nil {
		return Vintage{}, err
	}
	if n > MaxAge {
		return Vintage{}, fmt.Errorf("%s: more than 1200 months: %w", room, relmark.ErrLimit)
	}
	v := Vintage{granted, make([]Movement, n)}
	for i, m := range moves {
		age, err := ageOn(on, m.On)
		if err != nil {
			return Vintage{}, fault.Room(room, fault.At(fmt.Sprintf("Moves[%d]", i), err))
		}
		if age >= n {
			continue
		}
		a := &v.Ages[age]
		for _, s := range []struct {
			sum *int64
			add int64
		}{{&a.Redeemed, m.Redeemed}, {&a.Expired, m.Expired}, {&a.Reversed, m.Reversed}} {
			sum, ok := money.Add(*s.sum, s.add)
			if !ok || sum > money.MaxExact || sum < -money.MaxExact {
				return Vintage{}, beyond("moves")
			}
			*s.sum = sum
		}
	}
	return v, nil
}

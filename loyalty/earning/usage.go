package earning

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Usage counts what all members together have been granted for orders, by month of
// the activity, as the budgets of a version ([Version.Budgets]) are counted. The zero
// Usage is ready. Merging is exact, associative and commutative, and zero is its
// identity. It is not safe for concurrent mutation.
//
// No account knows what others were granted, so the host passes on what is left:
//
//	left := engine.BudgetLeft(&usage, at)
//	award, err := engine.Quote(&Order{…, Budget: left})
//	err = usage.Add(date, award.Granted) // or what an event of a ledger granted
//
// Between the first line and the third somebody else may be granted the same points.
// Hosts with one writer need nothing else. Others keep the usage in the database and
// update it in the transaction of the event, which makes them wait for each other, or
// cut the budget into slices: a server takes one by adding it to the shared usage
// ([Usage.Add]), grants from it without asking anybody, passing what is left of it as
// Budget, and gives back what it has not used with a negative number. Then no more is
// granted than the budget, whatever servers do and whenever they die, and what lies in
// slices is not granted meanwhile. The usage of all events, added up at any time, says
// what really was granted.
type Usage struct {
	opaque

	months []granted
}

// granted is what was granted for activity in a month.
type granted struct {
	month  int64 // 12·year + month - 1
	points int64 // > 0
}

// monthOf numbers months.
func monthOf(d relmark.Date) int64 {
	year, m, _ := d.Civil()
	return 12*int64(year) + int64(m) - 1
}

// Add counts points that were granted for activity on a date, or may be: with a negative
// number, those that are not going to be. Refunds and adjustments count nothing, as they
// do towards no cap. No points need no date. It fails with [relmark.ErrLimit] if a count
// would leave int64, with [relmark.ErrRefused] if more is given back than was counted,
// and with [relmark.ErrInvalid] without a date, and leaves u unchanged then.
func (u *Usage) Add(on relmark.Date, points int64) error {
	switch {
	case points == 0:
		return nil
	case on.IsZero():
		return invalid("On", nil, "must be a date")
	}
	return u.count(monthOf(on), points)
}

// Merge adds another usage, in time linear in the months of both. It fails with
// [relmark.ErrLimit], leaving u unchanged, if a count would leave int64.
func (u *Usage) Merge(o Usage) error {
	if _, ok := money.Add(u.total(), o.total()); !ok {
		return fmt.Errorf("earning: usage: %w", relmark.ErrLimit)
	}
	months, rest := make([]granted, 0, len(u.months)+len(o.months)), u.months
	for _, g := range o.months {
		for len(rest) > 0 && rest[0].month < g.month {
			months, rest = append(months, rest[0]), rest[1:]
		}
		if len(rest) > 0 && rest[0].month == g.month {
			g.points += rest[0].points // at most the sum of both totals
			rest = rest[1:]
		}
		months = append(months, g)
	}
	months = append(months, rest...)
	u.months = months
	return nil
}

// count adds to a month. Counts of months that add up to int64 each keep all sums in
// it, so only the total has to be looked at.
func (u *Usage) count(month, points int64) error {
	i, found := slices.BinarySearchFunc(u.months, month, func(g granted, m int64) int { return cmp.Compare(g.month, m) })
	before := int64(0)
	if found {
		before = u.months[i].points
	}
	after, ok := money.Add(before, points)
	if _, whole := money.Add(u.total(), points); !ok || !whole {
		return fmt.Errorf("earning: usage: %w", relmark.ErrLimit)
	}
	switch {
	case after < 0:
		return fmt.Errorf("earning: usage: more is given back than was counted: %w", relmark.ErrRefused)
	case found && after == 0:
		u.months = slices.Delete(u.months, i, i+1)
	case found:
		u.months[i].points = after
	case after > 0:
		u.months = slices.Insert(u.months, i, granted{month, after})
	}
	return nil
}

// total returns what has been granted in all.
func (u *Usage) total() (n int64) {
	for _, g := range u.months {
		n += g.points
	}
	return n
}

// Granted returns what has been granted in the period around a date: its month, its
// year or, with [PerLife] whatever the date, in all. It is 0 for other periods.
func (u *Usage) Granted(per Period, on relmark.Date) int64 {
	month := monthOf(on)
	n := int64(0)
	for _, g := range u.months {
		if per == PerLife || per == PerYear && g.month/12 == month/12 || per == PerMonth && g.month == month {
			n += g.points
		}
	}
	return n
}

// BudgetLeft returns what the budgets leave for an order at an instant, 0 or more, to be
// passed on as [Order.Budget]. It is nil where the rules have no budget, or no rules
// at all, on the local date.
func (e *Engine) BudgetLeft(u *Usage, asOf time.Time) *int64 {
	date, err := relmark.DateOf(asOf, e.zone)
	if err != nil {
		return nil
	}
	rules := e.versionOn(date)
	if rules == nil || len(rules.Budgets) == 0 {
		return nil
	}
	left := int64(maxPoints)
	for _, b := range rules.Budgets {
		left = min(left, b.Points-u.Granted(b.Per, date))
	}
	return new(max(0, left))
}

// The encoding, version 1, in the primitives of internal/codec: the months, in order,
// as their number and points.

// AppendBinary appends the encoding of the usage.
func (u *Usage) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindUsage, 1)
	w.Count(len(u.months))
	for _, g := range u.months {
		w.Uvarint(uint64(g.month))
		w.Uvarint(uint64(g.points))
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Usage.AppendBinary] appends.
func (u *Usage) MarshalBinary() ([]byte, error) { return u.AppendBinary(nil) }

// UnmarshalBinary decodes a usage of any version ever written. It fails with
// [relmark.ErrUnsupported] on an unknown version and with [relmark.ErrInvalid] on
// anything else, such as months out of order, and leaves u unchanged then.
func (u *Usage) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindUsage, 1)
	var in Usage
	last, sum := int64(-1), int64(0)
	for range r.Count(2) {
		month, points := r.Uvarint(), r.Uvarint()
		ok := month >= firstMonth && month <= lastMonth && points > 0 && points <= maxCount
		if r.Check(ok); !ok {
			break
		}
		g := granted{int64(month), int64(points)}
		sum, ok = money.Add(sum, g.points)
		r.Check(ok && g.month > last)
		last, in.months = g.month, append(in.months, g)
	}
	if err := fault.Decode("earning", "usage", r.Done()); err != nil {
		return err
	}
	*u = in
	return nil
}

// What an encoding can hold: January of the year 1 to December 9999, and the counts of
// int64.
const (
	firstMonth = 12
	lastMonth  = 12*9999 + 11
	maxCount   = 1<<63 - 1
)

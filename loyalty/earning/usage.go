package earning

import (
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Usage counts what all members together have been granted, by the date of the
// activity, as the budgets of a version ([Version.Budgets]) are counted. The zero
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

	days []granted
}

// granted is what was granted for activity on a date.
type granted struct {
	day    relmark.Date
	points int64 // > 0
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
	return u.count(on, points)
}

// Merge adds another usage, in time linear in the days of both. It fails with
// [relmark.ErrLimit], leaving u unchanged, if a count would leave int64.
func (u *Usage) Merge(o Usage) error {
	if _, ok := money.Add(u.total(), o.total()); !ok {
		return fmt.Errorf("earning: usage: %w", relmark.ErrLimit)
	}
	days, rest := make([]granted, 0, len(u.days)+len(o.days)), u.days
	for _, g := range o.days {
		for len(rest) > 0 && rest[0].day.Before(g.day) {
			days, rest = append(days, rest[0]), rest[1:]
		}
		if len(rest) > 0 && rest[0].day == g.day {
			g.points += rest[0].points // at most the sum of both totals
			rest = rest[1:]
		}
		days = append(days, g)
	}
	days = append(days, rest...)
	u.days = days
	return nil
}

// count adds to a day. Counts of days that add up to int64 each keep all sums in
// it, so only the total has to be looked at.
func (u *Usage) count(day relmark.Date, points int64) error {
	i, found := slices.BinarySearchFunc(u.days, day, func(g granted, d relmark.Date) int { return g.day.Compare(d) })
	before := int64(0)
	if found {
		before = u.days[i].points
	}
	after, ok := money.Add(before, points)
	if _, whole := money.Add(u.total(), points); !ok || !whole {
		return fmt.Errorf("earning: usage: %w", relmark.ErrLimit)
	}
	switch {
	case after < 0:
		return fmt.Errorf("earning: usage: more is given back than was counted: %w", relmark.ErrRefused)
	case found && after == 0:
		u.days = slices.Delete(u.days, i, i+1)
	case found:
		u.days[i].points = after
	case after > 0:
		u.days = slices.Insert(u.days, i, granted{day, after})
	}
	return nil
}

// total returns what has been granted in all.
func (u *Usage) total() (n int64) {
	for _, g := range u.days {
		n += g.points
	}
	return n
}

// Granted returns what has been granted for activity on dates from one to another; a zero
// date is an open end.
func (u *Usage) Granted(from, to relmark.Date) int64 {
	n := int64(0)
	for _, g := range u.days {
		if (span{from, to}).has(g.day) {
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
		p := e.span(b.Per, date)
		left = min(left, b.Points-u.Granted(p.from, p.to))
	}
	return new(max(0, left))
}

// The encoding, version 1, in the primitives of internal/codec: the days, in order, as
// their number and points.

// firstDay is the day with the number 0.
func firstDay() relmark.Date { return relmark.MustParseDate("0001-01-01") }

// daysOfUsage is how many days there are to 9999.
const daysOfUsage = 3_652_059

// AppendBinary appends the encoding of the usage.
func (u *Usage) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindUsage, 1)
	w.Count(len(u.days))
	first := firstDay()
	for _, g := range u.days {
		w.Uvarint(uint64(g.day.Sub(first)))
		w.Uvarint(uint64(g.points))
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Usage.AppendBinary] appends.
func (u *Usage) MarshalBinary() ([]byte, error) { return u.AppendBinary(nil) }

// UnmarshalBinary decodes a usage of any version ever written. It fails with
// [relmark.ErrUnsupported] on an unknown version and with [relmark.ErrInvalid] on
// anything else, such as days out of order, and leaves u unchanged then.
func (u *Usage) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindUsage, 1)
	var in Usage
	first, last, sum := firstDay(), relmark.Date{}, int64(0)
	for range r.Count(2) {
		day, points := r.Uvarint(), r.Uvarint()
		ok := day < daysOfUsage && points > 0 && points <= maxCount
		if r.Check(ok); !ok {
			break
		}
		g := granted{first.AddDays(int(day)), int64(points)}
		sum, ok = money.Add(sum, g.points)
		r.Check(ok && g.day.After(last))
		last, in.days = g.day, append(in.days, g)
	}
	if err := fault.Decode("earning", "usage", r.Done()); err != nil {
		return err
	}
	*u = in
	return nil
}

// maxCount is the largest count.
const maxCount = 1<<63 - 1

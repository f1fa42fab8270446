package points

import (
	"iter"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// An Account is the present of one member's points, as its events made it. The
// zero Account is a member who has done nothing yet. It is not safe for concurrent
// mutation; a host loads one, decides, stores the event and drops it.
type Account struct {
	opaque

	version uint64 // of the last event
	last    int64  // instant at which it was processed
	totals
	book    lot.Book
	orders  index[order]
	holds   register
	keys    index[keyed]
	days    []day // on which something was granted, in order
	granted int64 // for orders, in all
	parked  index[[]parked]
	took    []record            // activities, by rule
	sources index[relmark.Date] // of activities, with their dates
	goals   []earning.Progress
	// Of a pool: who is in it, and how many marks of owners have been given out.
	members index[contributor]
	owners  uint32
	closed  relmark.Date  // activity before it is refused; zero if none is
	archive bool          // closings forget neither orders nor lots; not part of the state
	names   *index[order] // of the orders, where the account has only their places; likewise
}

// totals are the counters of an account. Each is at least 0.
type totals struct {
	issued      int64
	redeemed    int64 // net of what was restored
	reversed    int64
	received    int64 // from other accounts
	sent        int64 // to other accounts
	lapsed      int64 // expired from lots that a closing dropped
	debt        int64
	unrecovered int64
	activity    relmark.Date // of the last earn or redemption
}

// keyed remembers the command that had a key.
type keyed struct {
	fingerprint uint64
	seq         uint64
	at          int64 // of the activity
}

// A day is what was granted for activity on one date.
type day struct {
	on      relmark.Date
	granted int64
}

// room returns how many more points may come in.
func (t *totals) room() int64 { return maxPoints - t.issued - t.received }

// reversible returns how many more points may be taken back. What comes in bounds
// everything else, but not this: points that are owed are taken back without being
// there, so that with them more can be than ever came in.
func (t *totals) reversible() int64 { return maxPoints - t.reversed }

// sound reports whether the counters are what they can be: all bits of all of them
// lie under 2^53, which no negative number's do.
func (t *totals) sound() bool {
	all := t.issued | t.redeemed | t.reversed | t.received | t.sent | t.debt | t.unrecovered
	return uint64(all) <= maxPoints && t.issued+t.received <= maxPoints
}

// Version returns the number of events that made the account.
func (a *Account) Version() uint64 { return a.version }

// Reset makes a the zero account and keeps its memory for the next one.
func (a *Account) Reset() {
	a.orders.reset()
	a.holds.empty()
	a.keys.reset()
	a.parked.reset()
	a.sources.reset()
	a.members.reset()
	a.book.Reset()
	*a = Account{
		book: a.book, orders: a.orders, holds: a.holds, keys: a.keys, parked: a.parked,
		members: a.members, sources: a.sources, took: a.took[:0], days: a.days[:0], goals: a.goals[:0], archive: a.archive, names: a.names,
	}
}

// Clone returns a copy that shares nothing which either can change.
func (a *Account) Clone() *Account {
	b := *a
	b.book = a.book.Clone()
	b.orders, b.keys, b.members = a.orders.clone(), a.keys.clone(), a.members.clone()
	b.holds.index, b.holds.due = a.holds.clone(), slices.Clone(a.holds.due)
	b.parked = a.parked.clone()
	for i := range b.parked.items {
		b.parked.items[i] = slices.Clone(b.parked.items[i])
	}
	b.sources, b.took = a.sources.clone(), slices.Clone(a.took)
	for i := range b.took {
		b.took[i].days = slices.Clone(b.took[i].days)
	}
	b.days, b.goals = slices.Clone(a.days), a.Goals()
	return &b
}

// grow adds a lot to a book or a draft; false if it is not the next one or its life is
// none.
func grow(s shelf, l *Lot, rolls bool, owner uint32) bool {
	return l.Points >= 0 && lives(l.AvailableAt, l.ExpiresAt) && s.Add(lot.Lot{
		ID: l.ID, Left: l.Points, From: l.AvailableAt.UnixNano(), Until: until(l.ExpiresAt), Rolls: rolls, Owner: owner,
	})
}

// lives reports whether a lot can live from an instant to another, the zero time if for ever.
func lives(from, to time.Time) bool {
	return !from.IsZero() && canon.IsInstant(from) && canon.IsInstant(to)
}

// A shelf is what commands are planned on and carried out on: the draft of a book, or
// the book itself.
type shelf interface {
	Next() uint64
	Find(id uint64) (lot.Lot, bool)
	Add(l lot.Lot) bool
	Put(id uint64, n int64) bool
	Draw(id uint64, n int64) bool
	Plan(dst []lot.Take, n, t int64, ok func(lot.Lot) bool) (takes []lot.Take, short int64)
}

// instantOf returns t in nanoseconds, but not before the last event: an account
// knows its present and, as long as nothing happens, its future. Beyond what
// nanoseconds can say it answers with an instant at which all that can expire has.
func (a *Account) instantOf(t time.Time) int64 {
	switch {
	case t.Unix() >= endOfTime:
		return lot.Never - 1
	case t.Unix() < firstSecond || a.version > 0 && t.UnixNano() < a.last:
		return a.last
	}
	return t.UnixNano()
}

// A Balance is the state of an account at one instant. At every instant
//
//	Issued + Received = Pending + Available + Held - Debt
//	                  + Redeemed + Expired + Reversed + Sent
type Balance struct {
	Pending   int64 `json:"pending"`   // cannot be spent yet
	Available int64 `json:"available"` // can be spent
	Held      int64 `json:"held"`      // kept for open reservations
	Debt      int64 `json:"debt"`      // owed, paid off by the next points earned

	Issued   int64 `json:"issued"`   // ever granted, whatever became of it
	Redeemed int64 `json:"redeemed"` // spent, less what was restored
	Expired  int64 `json:"expired"`
	Reversed int64 `json:"reversed"` // taken back after refunds and by negative adjustments
	Received int64 `json:"received"` // from other accounts
	Sent     int64 `json:"sent"`     // to other accounts, without fees

	Unrecovered   int64 `json:"unrecovered"`    // points that could not be taken back; a memo
	ParkedRefunds int   `json:"parked_refunds"` // refunds that wait for their order

	// NextExpiry is when the next available or pending points expire if nothing
	// happens, zero if none ever do, and NextExpiring how many expire then.
	NextExpiry   time.Time `json:"next_expiry,omitzero"`
	NextExpiring int64     `json:"next_expiring"`
}

// Balance returns the balance at an instant, exactly, whether or not anything has
// been recorded since the last event. For an instant before the last event it
// answers as of that event: fold the events up to then ([Before]) to see the past.
// It takes time linear in the lots that hold points and have not expired by the last
// event.
func (a *Account) Balance(asOf time.Time) Balance {
	now := a.instantOf(asOf)
	d := a.draft(now)
	b := a.sums(&d, now)
	until := lot.Never - 1
	for l := range d.Alive(now) {
		if l.Until > until {
			break
		}
		until = l.Until
		b.NextExpiry, b.NextExpiring = at(until), b.NextExpiring+l.Left
	}
	return b
}

// sums returns the balance at an instant, of lots as they are then, without what expires
// next.
func (a *Account) sums(d *lot.Draft, now int64) Balance {
	s := d.Sums(now)
	b := Balance{
		Pending: s.Pending, Available: s.Available, Held: a.held(now), Debt: a.debt,
		Issued: a.issued, Redeemed: a.redeemed, Expired: s.Expired + a.lapsed, Reversed: a.reversed,
		Received: a.received, Sent: a.sent, Unrecovered: a.unrecovered,
	}
	for _, list := range a.parked.items {
		b.ParkedRefunds += len(list)
	}
	return b
}

// A Lot is a number of points with one life span.
type Lot struct {
	ID          uint64    `json:"id"`     // order of creation in its account, from 1
	Points      int64     `json:"points"` // left, without what reservations hold
	AvailableAt time.Time `json:"available_at,omitzero"`
	ExpiresAt   time.Time `json:"expires_at,omitzero"` // zero if never
	State       State     `json:"state,omitzero"`      // at the instant that was asked for
}

// Lots returns the lots that have points left at an instant, in burn order:
// earliest expiry first, ties by order of creation; expired ones are left out.
func (a *Account) Lots(asOf time.Time) iter.Seq[Lot] {
	return func(yield func(Lot) bool) {
		now := a.instantOf(asOf)
		d := a.draft(now)
		for l := range d.Alive(now) {
			if !yield(Lot{l.ID, l.Left, at(l.From), never(l.Until), stateOf(&l, now)}) {
				return
			}
		}
	}
}

// never returns an instant as a time, zero for [lot.Never].
func never(ns int64) time.Time {
	if ns == lot.Never {
		return time.Time{}
	}
	return at(ns)
}

// until is the reverse of never.
func until(t time.Time) int64 {
	if t.IsZero() {
		return lot.Never
	}
	return t.UnixNano()
}

// stateOf returns the state of a lot.
func stateOf(l *lot.Lot, now int64) State {
	switch l.At(now) {
	case lot.Pending:
		return Pending
	case lot.Available:
		return Available
	default:
		return Expired
	}
}

// Before passes on the events that were processed at t or before, so that folding
// them gives the account as it was then.
func Before(t time.Time, events iter.Seq2[Event, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for ev, err := range events {
			if err == nil && ev.Recorded.After(t) || !yield(ev, err) {
				return
			}
		}
	}
}

// Granted returns what has been granted for activity on dates from one to another; a zero
// date is an open end.
func (a *Account) Granted(from, to relmark.Date) int64 {
	if from.IsZero() && to.IsZero() {
		return a.granted
	}
	var n int64
	for i := a.dayOf(from); i < len(a.days) && (to.IsZero() || !a.days[i].on.After(to)); i++ {
		n += a.days[i].granted
	}
	return n
}

// dayOf returns the position of the first day that is not before a date.
func (a *Account) dayOf(on relmark.Date) int {
	if n := len(a.days); n == 0 || a.days[n-1].on.Before(on) { // most often
		return n
	}
	i, _ := slices.BinarySearchFunc(a.days, on, func(d day, on relmark.Date) int { return d.on.Compare(on) })
	return i
}

// Goals returns the progress towards all goals that have been begun, in the order
// in which they were.
func (a *Account) Goals() []earning.Progress {
	list := slices.Clone(a.goals)
	for i := range list {
		list[i].Months, list[i].Bonuses = slices.Clone(list[i].Months), slices.Clone(list[i].Bonuses)
	}
	return list
}

// Progress returns how far the member is on the way to the goal of a rule.
func (a *Account) Progress(rule string) earning.Progress {
	for i := range a.goals {
		if a.goals[i].Rule == rule {
			return a.goals[i]
		}
	}
	return earning.Progress{Rule: rule}
}

// advance takes over what an order does for goals.
func (a *Account) advance(order string, steps []earning.Step) {
	for i := range steps {
		s := &steps[i]
		at := slices.IndexFunc(a.goals, func(p earning.Progress) bool { return p.Rule == s.Rule })
		if at < 0 {
			at = len(a.goals)
			a.goals = append(a.goals, earning.Progress{})
		}
		a.goals[at].Advance(s, 0, s.Counts)
		reached := s.Reached
		reached.Order = order
		a.goals[at].Stand(reached)
	}
}

// count adds points to what has been granted on a date.
func (a *Account) count(on relmark.Date, points int64) {
	if points == 0 {
		return
	}
	a.granted += points
	i := a.dayOf(on)
	switch {
	case i == len(a.days):
		a.days = append(a.days, day{on, points})
	case a.days[i].on == on:
		a.days[i].granted += points
	default:
		a.days = slices.Insert(a.days, i, day{on, points})
	}
}

package cashback

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// A Wallet is a member's cashback and store credit in one currency: a fold of its
// events. Credit lives in lots, as points do. Its time is the latest of its
// events. The zero Wallet is ready and empty; its first event fixes the fraction
// digits. It is not safe for concurrent mutation: a host keeps events with
// (wallet, sequence number) unique. Memory grows with the events since the last
// [Engine.Close]. [Wallet.AppendBinary] makes a snapshot.
type Wallet struct {
	opaque
	version uint64
	last    int64 // the latest time of an event
	digits  int
	book    lot.Book
	debt    int64

	granted, credited, spent, reversed, cancelled int64

	lapsed int64     // expired in lots that are forgotten
	closed time.Time // what comes before is forgotten; zero: nothing is
	since  monthOf   // that of closed, in the zone of the terms

	orders  map[string]*order
	spends  map[string]*spend
	credits map[string]credit // by key, as long as their lots are there
	kin     kin
	months  map[monthOf]int64 // granted; refunds do not reopen a cap
	keys    map[string]keyed

	steps *int // of work, which tests count; nil: nobody does
}

// step counts elementary steps, where a test asks for them.
func (w *Wallet) step(n int) {
	if w.steps != nil {
		*w.steps += n
	}
}

// keyed remembers the command that had a key.
type keyed struct {
	payload payload
	seq     uint64
}

// A payload is what makes two commands the same: all but the results.
type payload struct {
	typ       EventType
	of        string // the order, the spending or the credit that it names
	amount    int64
	at, until int64 // until of credit alone: that of grants is a result; from of a closing
}

type monthOf struct {
	year  int
	month time.Month
}

func monthIn(d relmark.Date) monthOf {
	year, month, _ := d.Civil()
	return monthOf{year, month}
}

func (m monthOf) compare(o monthOf) int {
	return cmp.Or(cmp.Compare(m.year, o.year), cmp.Compare(m.month, o.month))
}

// An order is an order that paid back.
type order struct {
	net, granted, refunded, reversed int64
	lot                              uint64
}

// A spend is what a spending took and what of it was returned.
type spend struct {
	amount, returned int64
	parts            []Part // what has not come back, in the order in which it was taken
}

// reverse returns the parts of the next n units to be returned: those used last
// come first.
func (s *spend) reverse(n int64) []Part {
	var parts []Part
	for i := len(s.parts) - 1; n > 0; i-- { // which there are
		p := s.parts[i]
		back := min(n, p.Units)
		parts = append(parts, Part{p.Lot, back})
		n -= back
	}
	return parts
}

// giveBack takes the next n units off the end.
func (s *spend) giveBack(n int64) {
	for s.returned += n; n > 0; {
		last := &s.parts[len(s.parts)-1]
		back := min(n, last.Units)
		if n -= back; back < last.Units {
			last.Units -= back
			return
		}
		s.parts = s.parts[:len(s.parts)-1]
	}
}

// A Balance is the state of a wallet at one instant. At every instant
//
//	Granted + Credited = Pending + Available + Expired - Debt + Spent + Reversed + Cancelled
type Balance struct {
	Pending   decimal.Decimal `json:"pending"`   // cannot be spent yet
	Available decimal.Decimal `json:"available"` // can be spent
	Expired   decimal.Decimal `json:"expired"`
	Debt      decimal.Decimal `json:"debt"`      // taken back beyond what there was; the next grants settle it
	Granted   decimal.Decimal `json:"granted"`   // ever, by orders
	Credited  decimal.Decimal `json:"credited"`  // ever, by store credit
	Spent     decimal.Decimal `json:"spent"`     // less what was given back
	Reversed  decimal.Decimal `json:"reversed"`  // taken back after refunds of orders
	Cancelled decimal.Decimal `json:"cancelled"` // of store credit that was cancelled
}

// Balance returns the balance at an instant: of all events so far, with lots as
// they are then. Fold the events up to an instant to see the past: what is here of
// lots that a closing has forgotten, is expired. It takes time linear in the lots.
func (w *Wallet) Balance(asOf time.Time) Balance {
	s := w.book.Sums(lot.Instant(asOf))
	m := func(v int64) decimal.Decimal { return money.Decimal(v, w.digits) }
	return Balance{
		m(s.Pending), m(s.Available), m(s.Expired + w.lapsed), m(w.debt),
		m(w.granted), m(w.credited), m(w.spent), m(w.reversed), m(w.cancelled),
	}
}

// Version returns the number of events that made the wallet.
func (w *Wallet) Version() uint64 { return w.version }

// takeBack plans where units to be taken back come from. The order's own lot, with its
// heirs, comes first even where it has expired: those units are gone already, and taking
// others for them would take them twice.
func (w *Wallet) takeBack(own uint64, n int64, at time.Time) (parts []Part, debt int64) {
	parts, n = w.plan(own, n, 0, true)
	others, short := w.available(n, at, func(l lot.Lot) bool { return w.kin.root(l.ID) != own })
	return append(parts, others...), short
}

// available plans where units are to be taken from that can be spent at an instant, of the
// lots that ok accepts, of all if it is nil.
func (w *Wallet) available(n int64, at time.Time, ok func(lot.Lot) bool) (parts []Part, short int64) {
	d := w.book.Draft()
	takes, short := d.Plan(nil, n, at.UnixNano(), ok)
	w.step(int(d.Steps()))
	return partsOf(takes), short
}

// room reports whether an event keeps the totals in range.
func (w *Wallet) room(ev *Event) bool {
	add := ev.Granted
	if ev.Type == Credited {
		add = ev.Amount
	}
	return add <= money.MaxExact-w.granted-w.credited
}

// Apply makes a wallet of version n-1 one of version n by the event with sequence
// number n. It needs no terms: events carry outcomes. It fails, leaving w
// unchanged, with [relmark.ErrConflict] if the event is not the next one and with
// [relmark.ErrInvalid] if it cannot have come from this wallet.
func (w *Wallet) Apply(ev Event) error {
	if w == nil {
		return invalid("Wallet", nil, "must not be nil")
	}
	if err := ev.validate(); err != nil {
		return err
	}
	ev.normalize()
	if ev.Seq != w.version+1 {
		return fmt.Errorf("%s: event out of sequence: %w", room, relmark.ErrConflict)
	}
	if err := w.fits(&ev); err != nil {
		return err
	}
	if w.keys == nil {
		w.digits, w.orders, w.spends, w.credits = ev.Digits, map[string]*order{}, map[string]*spend{}, map[string]credit{}
		w.months, w.keys = map[monthOf]int64{}, map[string]keyed{}
	}
	w.change(&ev)
	w.keys[ev.Key] = keyed{ev.payload(), ev.Seq}
	w.pass(ev.At.UnixNano())
	w.version++
	return nil
}

// pass moves the time of the wallet forward, never back.
func (w *Wallet) pass(at int64) {
	if w.version == 0 || at > w.last {
		w.last = at
	}
}

// inTime reports whether an event comes in time. Lots that are drawn from have the
// state of that instant: were it in the past, what has expired since would be spent.
// Grants and credit only add, so they may be entered late.
func (w *Wallet) inTime(ev *Event) bool {
	late := w.version > 0 && ev.At.UnixNano() < w.last
	return !late || ev.Type == Granted || ev.Type == Credited
}

// open reports whether an event lies in no period that is closed.
func (w *Wallet) open(ev *Event) bool {
	dated := ev.Type == Granted || ev.Type == Closed
	return !ev.At.Before(w.closed) && (!dated || monthIn(ev.Month).compare(w.since) >= 0)
}

// fits checks an event against the wallet, so that change cannot fail half way. It
// asks for what no fold could mend: time that runs back, units that are not there or
// cannot be spent, an order or a spending exceeded, a return to other lots than the
// spending came from. Caps and rates are not asked again: events are facts.
func (w *Wallet) fits(ev *Event) error {
	o, s := w.orders[ev.Order], w.spends[ev.Spending]
	c, named := w.credits[ev.Credit]
	ok := (w.version == 0 || ev.Digits == w.digits) && w.inTime(ev) && w.open(ev) && (ev.Credit == "" || named && !c.void)
	switch ev.Type {
	case Granted:
		ok = ok && o == nil && ev.Settled <= w.debt
	case Reversed:
		ok = ok && o != nil && ev.Amount <= o.net-o.refunded && ev.Reversed <= o.granted-o.reversed && w.has(ev, o.lot)
	case Spent:
		ok = ok && w.has(ev, 0) && (ev.Credit == "" || w.of(c.lot, ev.Parts))
	case Returned:
		ok = ok && s != nil && ev.Amount <= s.amount-s.returned && slices.Equal(ev.Parts, s.reverse(ev.Amount)) && w.told(ev)
	case Cancelled:
		parts, _ := w.plan(c.lot, money.MaxExact, 0, true)
		ok = ok && slices.Equal(ev.Parts, parts)
	case Closed:
		ok = ok && !ev.From.Before(w.closed)
	default:
	}
	switch {
	case w.used(ev.Key):
		return refuse(KeyConflict)
	case !ok:
		return invalid("Event", nil, "must fit the wallet that it is applied to")
	case !w.room(ev):
		return tooMuch()
	}
	return nil
}

// has reports whether every part can be drawn at the time of the event, those of
// one lot whatever its state; each is of another lot.
func (w *Wallet) has(ev *Event, own uint64) bool {
	at := ev.At.UnixNano()
	return !slices.ContainsFunc(ev.Parts, func(p Part) bool {
		w.step(1)
		l, there := w.lot(p.Lot)
		return !there || l.Left < p.Units || w.kin.root(l.ID) != own && l.At(at) != lot.Available
	})
}

// used reports whether a key stands for something: for a command, or for credit that has
// outlived the memory of its command.
func (w *Wallet) used(key string) bool {
	_, command := w.keys[key]
	_, name := w.credits[key]
	return command || name
}

// of reports whether all parts are of one family.
func (w *Wallet) of(root uint64, parts []Part) bool {
	return !slices.ContainsFunc(parts, func(p Part) bool { return w.kin.root(p.Lot) != root })
}

// told reports whether a return says what becomes of its parts.
func (w *Wallet) told(ev *Event) bool {
	sums := w.falling(ev, ev.Graced > 0)
	return sums[revived] == ev.Graced && sums[annul] == ev.Cancelled
}

// change applies an event that fits.
func (w *Wallet) change(ev *Event) {
	switch ev.Type {
	case Granted:
		w.orders[ev.Order] = &order{net: ev.Amount, granted: ev.Granted, lot: w.grow(ev, ev.Granted-ev.Settled)}
		w.months[monthIn(ev.Month)] += ev.Granted
		w.granted += ev.Granted
		w.debt -= ev.Settled
	case Reversed:
		o := w.orders[ev.Order]
		o.refunded += ev.Amount
		o.reversed += ev.Reversed
		w.reversed += ev.Reversed
		w.debt += ev.Debt
		w.draw(ev.Parts)
	case Credited:
		w.credits[ev.Key] = credit{lot: w.grow(ev, ev.Amount)}
		w.credited += ev.Amount
	case Spent:
		w.spends[ev.Key] = &spend{amount: ev.Amount, parts: slices.Clone(ev.Parts)}
		w.spent += ev.Amount
		w.draw(ev.Parts)
	case Returned:
		w.spends[ev.Spending].giveBack(ev.Amount)
		w.spent -= ev.Amount
		for _, p := range ev.Parts {
			w.back(p, ev)
		}
	case Cancelled:
		root := w.credits[ev.Credit].lot
		w.credits[ev.Credit] = credit{root, true}
		w.kin.cancel(root)
		w.cancelled += ev.Cancelled
		w.draw(ev.Parts)
	case Closed:
		w.forget(ev)
	}
}

// grow adds the lot of an event.
func (w *Wallet) grow(ev *Event, units int64) uint64 {
	l := lot.Lot{ID: w.book.Next(), Left: units, From: ev.From.UnixNano(), Until: ends(ev.Until)}
	w.book.Add(l)
	return l.ID
}

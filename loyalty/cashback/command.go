package cashback

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// A Purchase is an order that pays back.
type Purchase struct {
	Key   string          `json:"key"` // unique among the commands of the wallet
	Order string          `json:"order"`
	Net   decimal.Decimal `json:"net"` // what counts, 0 or more
	At    time.Time       `json:"at"`  // when, in years 1700 to 2150; it decides the month
}

// A Refund takes back a part of an order. What was paid with credit comes back
// by [GiveBack], not by this.
type Refund struct {
	Key    string          `json:"key"`
	Order  string          `json:"order"`
	Amount decimal.Decimal `json:"amount"` // of the net amount, 0 or more
	At     time.Time       `json:"at"`
}

// A Credit gives store credit, or a gift card, that no order earned.
type Credit struct {
	Key       string          `json:"key"`
	Amount    decimal.Decimal `json:"amount"`              // 0 or more
	At        time.Time       `json:"at"`                  // spendable from then on
	ExpiresAt time.Time       `json:"expires_at,omitzero"` // first instant at which it no longer is; zero: never
}

// A Spending pays with what is in the wallet, or with one credit of it.
type Spending struct {
	Key    string          `json:"key"`
	Amount decimal.Decimal `json:"amount"` // 0 or more
	At     time.Time       `json:"at"`
	// Credit is the key of the store credit, such as a gift card, that pays alone; empty:
	// all that is in the wallet may.
	Credit string `json:"credit,omitempty"`
}

// A GiveBack undoes a part of a spending: units return to their lots in reverse
// order of their use, with the expiry that they had.
type GiveBack struct {
	Key      string          `json:"key"`
	Spending string          `json:"spending"` // its key
	Amount   decimal.Decimal `json:"amount"`   // 0 or more
	At       time.Time       `json:"at"`
}

// A Decision answers a command. Spending, refunds and giving back are judged at their
// time, which must not come before that of any event so far: [TimeRunsBack]. Purchases
// and credit may come late: they take nothing away, and wait and expire from their own
// time. What comes before the end of a period that is closed is [PeriodClosed], also if
// it was carried out then: so repeat a command with the time that it had.
type Decision struct {
	// Seq is the sequence number of the event that carries the command out.
	Seq uint64 `json:"seq"`
	// Replayed says that it has been carried out before: nothing is to be stored.
	Replayed bool `json:"replayed,omitempty"`
	// Event is to be stored and applied; zero if Replayed.
	Event Event `json:"event,omitzero"`
}

// Purchase grants min(floor(rate·net), order cap, what is left of the cap of the
// local month of the order); Cut is the rest of floor(rate·net). It changes
// nothing: store the event, then apply it. An order that has earned under another
// key is [DuplicateOrder]. A key that comes again with the same payload is
// answered with its event; with another one it is [KeyConflict].
func (e *Engine) Purchase(w *Wallet, p Purchase) (Decision, error) {
	d := e.start(w, Event{Type: Granted, Key: p.Key, Order: p.Order, At: p.At})
	d.Name("Order", p.Order)
	d.ev.Amount = d.amount(p.Net, d.ev.Digits, "Net")
	return d.decide(func(ev *Event) error {
		if _, twice := w.orders[p.Order]; twice {
			return refuse(DuplicateOrder)
		}
		date, err := relmark.DateOf(ev.At, e.terms.Zone)
		if err != nil {
			return err
		}
		if ev.Month = firstOf(date); !w.open(ev) {
			return refuse(PeriodClosed)
		}
		e.grant(w, ev, date)
		return nil
	})
}

// grant completes the event of an order of a local date.
func (e *Engine) grant(w *Wallet, ev *Event, date relmark.Date) {
	all, _ := e.rate.Apply(ev.Amount, money.Floor) // at most the amount
	ev.Granted = min(all, e.order, max(0, e.month-w.months[monthIn(date)]))
	ev.Cut = all - ev.Granted
	ev.Settled = min(w.debt, ev.Granted)
	ev.From, ev.Until = ev.At, time.Time{}
	if n := e.terms.MaturityDays; n > 0 {
		ev.From = date.AddDays(n).Start(e.terms.Zone)
	}
	if n := e.terms.Months; n != nil {
		ev.Until = date.AddMonths(*n).AddDays(1).Start(e.terms.Zone)
	}
}

// Refund takes back floor(granted·refunded/net), counted over all refunds of the
// order together, less what was taken before: from the order's own lot, whatever
// its state, then from other lots that can be spent, then as debt, which the next
// grants settle. Caps do not reopen. More than the order is [RefundExceedsOrder]. An
// order that is not known is [UnknownOrder], or [PeriodClosed] once a period is closed.
func (e *Engine) Refund(w *Wallet, r Refund) (Decision, error) {
	d := e.start(w, Event{Type: Reversed, Key: r.Key, Order: r.Order, At: r.At})
	d.Name("Order", r.Order)
	d.ev.Amount = d.amount(r.Amount, d.ev.Digits, "Amount")
	return d.decide(func(ev *Event) error {
		o, known := w.orders[r.Order]
		switch {
		case !known:
			return refuse(w.forgotten(UnknownOrder))
		case ev.Amount > o.net-o.refunded:
			return refuse(RefundExceedsOrder)
		case ev.Amount == 0:
			return nil
		}
		target, _ := money.MulDiv(o.granted, o.refunded+ev.Amount, o.net, money.Floor) // at most granted
		ev.Reversed = max(0, target-o.reversed)                                        // an event may have taken more
		ev.Parts, ev.Debt = w.takeBack(o.lot, ev.Reversed, ev.At)
		return nil
	})
}

// Credit adds a lot of store credit. It does not settle debt.
func (e *Engine) Credit(w *Wallet, g Credit) (Decision, error) {
	d := e.start(w, Event{Type: Credited, Key: g.Key, At: g.At, From: g.At, Until: g.ExpiresAt})
	d.ev.Amount = d.amount(g.Amount, d.ev.Digits, "Amount")
	d.Check(g.ExpiresAt.IsZero() || g.ExpiresAt.After(g.At) && calendar.InRange(g.ExpiresAt), "ExpiresAt", nil, "must come after At, up to year 2150")
	return d.decide(func(*Event) error { return nil })
}

// Spend takes what can be spent at the time of the command, from the lot that
// expires first, ties by order of creation. Debt is not in the way: it waits for
// the next grants. If there is too little, in the wallet or in the credit that is named,
// it is [Insufficient]. A credit that is not known is [UnknownCredit], or [PeriodClosed]
// once a period is closed, and one that was cancelled is [CreditCancelled].
func (e *Engine) Spend(w *Wallet, s Spending) (Decision, error) {
	d := e.start(w, Event{Type: Spent, Key: s.Key, Credit: s.Credit, At: s.At})
	d.ev.Amount = d.amount(s.Amount, d.ev.Digits, "Amount")
	if s.Credit != "" {
		d.Name("Credit", s.Credit)
	}
	return d.decide(func(ev *Event) (err error) {
		var short int64
		if ev.Parts, short, err = w.pay(ev); err == nil && short > 0 {
			return refuse(Insufficient)
		}
		return err
	})
}

// pay plans where a spending takes its amount from.
func (w *Wallet) pay(ev *Event) (parts []Part, short int64, err error) {
	if ev.Credit == "" {
		parts, short = w.available(ev.Amount, ev.At, nil)
		return parts, short, nil
	}
	c, err := w.credit(ev.Credit)
	if err != nil {
		return nil, 0, err
	}
	parts, short = w.plan(c.lot, ev.Amount, ev.At.UnixNano(), false)
	return parts, short, nil
}

// GiveBack returns a part of a spending to its lots. What belongs to a lot that has
// expired meanwhile is expired at once, or gets the grace of the terms; what belongs to
// credit that was cancelled is cancelled. A spending that is not known
// is [UnknownSpend], or [PeriodClosed] once a period is closed; more than it was is
// [ExceedsSpend].
func (e *Engine) GiveBack(w *Wallet, g GiveBack) (Decision, error) {
	d := e.start(w, Event{Type: Returned, Key: g.Key, Spending: g.Spending, At: g.At})
	d.Name("Spending", g.Spending)
	d.ev.Amount = d.amount(g.Amount, d.ev.Digits, "Amount")
	return d.decide(func(ev *Event) error {
		s, known := w.spends[g.Spending]
		switch {
		case !known:
			return refuse(w.forgotten(UnknownSpend))
		case ev.Amount > s.amount-s.returned:
			return refuse(ExceedsSpend)
		}
		ev.Parts = s.reverse(ev.Amount)
		return e.settle(w, ev)
	})
}

// settle says what becomes of what is given back.
func (e *Engine) settle(w *Wallet, ev *Event) error {
	days := e.terms.GraceDays
	sums := w.falling(ev, days != nil)
	if ev.Graced, ev.Cancelled = sums[revived], sums[annul]; ev.Graced == 0 {
		return nil
	}
	date, err := relmark.DateOf(ev.At, e.terms.Zone)
	ev.From, ev.Until = ev.At, date.AddDays(*days+1).Start(e.terms.Zone)
	return err
}

// A decider is a command at work.
type decider struct {
	checker
	w  *Wallet
	ev Event // what would happen, as far as it is known
}

// start checks what all commands have in common. Checks that need a wallet or terms
// are left out where there are none: that is an error already, not a panic.
func (e *Engine) start(w *Wallet, ev Event) *decider {
	d := &decider{w: w, ev: ev}
	if e == nil {
		d.Add("Engine", nil, "must not be nil")
		return d
	}
	d.Check(w != nil, "Wallet", nil, "must not be nil")
	d.Name("Key", ev.Key)
	d.Check(calendar.InRange(ev.At), "At", nil, calendar.RangeRule)
	d.ev.Digits = e.terms.Digits
	if w != nil {
		d.ev.Seq = w.version + 1
		d.Check(w.version == 0 || w.digits == e.terms.Digits, "Digits", e.terms.Digits, "must be those of the wallet")
	}
	return d
}

// decide answers from the record, or completes the event. The key comes first: a
// command that was carried out must be answered as before, whatever has happened
// since.
func (d *decider) decide(complete func(*Event) error) (Decision, error) {
	if err := d.Err(room); err != nil {
		return Decision{}, err
	}
	d.ev.normalize()
	if known, used := d.w.keys[d.ev.Key]; used {
		if known.payload != d.ev.payload() {
			return Decision{}, refuse(KeyConflict)
		}
		return Decision{Seq: known.seq, Replayed: true}, nil
	}
	// Before [TimeRunsBack], which asks for a later time: with one, a command that has
	// been forgotten would be carried out twice.
	if d.ev.At.Before(d.w.closed) {
		return Decision{}, refuse(PeriodClosed)
	}
	if d.w.used(d.ev.Key) {
		return Decision{}, refuse(KeyConflict)
	}
	if !d.w.inTime(&d.ev) {
		return Decision{}, refuse(TimeRunsBack)
	}
	if err := complete(&d.ev); err != nil {
		return Decision{}, err
	}
	if !d.w.room(&d.ev) {
		return Decision{}, tooMuch()
	}
	d.ev.normalize()
	return Decision{Seq: d.ev.Seq, Event: d.ev}, nil
}

// firstOf returns the first day of a month.
func firstOf(date relmark.Date) relmark.Date {
	_, _, day := date.Civil()
	return date.AddDays(1 - day)
}

// partsOf returns takes as parts, nil if there are none.
func partsOf(takes []lot.Take) []Part {
	var parts []Part
	for _, t := range takes {
		parts = append(parts, Part{t.Lot, t.Units})
	}
	return parts
}

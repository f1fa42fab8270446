package voucher

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// CashbackTerms say what orders pay back into a wallet and how long it lasts. They
// are plain data, safe for concurrent use while nobody changes them;
// [NewCashback] makes a [Cashback] of them.
type CashbackTerms struct {
	Zone     *time.Location   // of months and days; required
	Digits   int              // fraction digits of the currency
	Rate     decimal.Decimal  // of the net amount, 0 to 1, at most 9 fraction digits
	OrderCap *decimal.Decimal // most that an order pays back; nil: no cap
	MonthCap *decimal.Decimal // most that the orders of a local month do; nil: no cap
	// MaturityDays is how many days credit waits: it can be spent from the start of
	// the local date of the order plus as many days; 0 is at once.
	MaturityDays int
	// Months is how long credit lives: through the local date of the order plus as
	// many months, clamped to the end of the month; nil: for ever.
	Months *int
}

// Validate reports every rule that t breaks, joined into one error.
func (t CashbackTerms) Validate() error {
	_, err := NewCashback(t)
	return err
}

// A Cashback decides about wallets. It is an immutable value, safe for concurrent
// use. Obtain one from [NewCashback].
type Cashback struct {
	terms       CashbackTerms
	rate        money.Rate
	order, many int64 // caps of an order and a month, in minor units; no cap is the largest amount
}

// NewCashback prepares terms. It fails exactly when [CashbackTerms.Validate] does.
func NewCashback(t CashbackTerms) (*Cashback, error) {
	var c checker
	c.check(t.Zone != nil, "Zone", nil, zoneRule)
	c.digits(t.Digits)
	rate, err := money.RateOf(t.Rate)
	num, den := rate.Fraction()
	c.check(err == nil && num >= 0 && num <= den, "Rate", nil, "must be 0 to 1, with at most 9 fraction digits")
	c.check(t.MaturityDays >= 0 && t.MaturityDays <= 36_500, "MaturityDays", t.MaturityDays, "must be 0 to 36500")
	if t.Months != nil {
		c.check(*t.Months >= 0 && *t.Months <= 1200, "Months", *t.Months, "must be 0 to 1200")
	}
	if len(c) > 0 {
		return nil, c.err()
	}
	order := c.optional(t.OrderCap, t.Digits, "OrderCap")
	month := c.optional(t.MonthCap, t.Digits, "MonthCap")
	if err := c.err(); err != nil {
		return nil, err
	}
	return &Cashback{t, rate, order, month}, nil
}

// A Purchase is an order that pays back.
type Purchase struct {
	Key   string // unique among the commands of the wallet
	Order string
	Net   decimal.Decimal // what counts, 0 or more
	At    time.Time       // when, in years 1700 to 2150; it decides the month
}

// A Refund takes back a part of an order. What was paid with credit comes back
// by [GiveBack], not by this.
type Refund struct {
	Key    string
	Order  string
	Amount decimal.Decimal // of the net amount, 0 or more
	At     time.Time
}

// A Credit gives store credit that no order earned.
type Credit struct {
	Key       string
	Amount    decimal.Decimal // 0 or more
	At        time.Time       // spendable from then on
	ExpiresAt time.Time       // first instant at which it no longer is; zero: never
}

// A Spending pays with what is in the wallet.
type Spending struct {
	Key    string
	Amount decimal.Decimal // 0 or more
	At     time.Time
}

// A GiveBack undoes a part of a spending: units return to their lots in reverse
// order of their use, with the expiry that they had.
type GiveBack struct {
	Key      string
	Spending string // its key
	Amount   decimal.Decimal
	At       time.Time
}

// A WalletDecision answers a command. Spending, refunds and giving back are judged
// at their time, which must not come before that of any event so far:
// [TimeRunsBack]. Purchases and credit may come late: they take nothing away, and
// wait and expire from their own time. What comes before the end of a period that
// is closed is [PeriodClosed], also if it was carried out then: so repeat a command
// with the time that it had.
type WalletDecision struct {
	// Event is to be stored and applied. If Replayed, only Seq and Key are set.
	Event WalletEvent
	// Replayed says that the command has been carried out before, by the event with
	// the sequence number Event.Seq.
	Replayed bool
}

// Purchase grants min(floor(rate·net), order cap, what is left of the cap of the
// local month of the order); Cut is the rest of floor(rate·net). It changes
// nothing: store the event, then apply it. An order that has earned under another
// key is [DuplicateOrder]. A key that comes again with the same payload is
// answered with its event; with another one it is [KeyConflict].
func (c *Cashback) Purchase(w *Wallet, p Purchase) (WalletDecision, error) {
	d := c.start(w, WalletEvent{Type: Granted, Key: p.Key, Order: p.Order, At: p.At})
	d.name(p.Order, "Order")
	d.ev.Amount = d.amount(p.Net, d.ev.Digits, "Net")
	return d.decide(func(ev *WalletEvent) error {
		if _, twice := w.orders[p.Order]; twice {
			return refuse(DuplicateOrder)
		}
		date, err := relmark.DateOf(ev.At, c.terms.Zone)
		if err != nil {
			return err
		}
		if ev.Month = firstOf(date); !w.open(ev) {
			return refuse(PeriodClosed)
		}
		all, _ := c.rate.Apply(ev.Amount, money.Floor) // at most the amount
		ev.Granted = min(all, c.order, max(0, c.many-w.months[monthIn(date)]))
		ev.Cut = all - ev.Granted
		ev.Settled = min(w.debt, ev.Granted)
		ev.From, ev.Until = ev.At, time.Time{}
		if n := c.terms.MaturityDays; n > 0 {
			ev.From = date.AddDays(n).Start(c.terms.Zone)
		}
		if n := c.terms.Months; n != nil {
			ev.Until = date.AddMonths(*n).AddDays(1).Start(c.terms.Zone)
		}
		return nil
	})
}

// Refund takes back floor(granted·refunded/net), counted over all refunds of the
// order together, less what was taken before: from the order's own lot, whatever
// its state, then from other lots that can be spent, then as debt, which the next
// grants settle. Caps do not reopen. More than the order is [ExceedsOrder]. An order
// that is not known is [UnknownOrder], or [PeriodClosed] once a period is closed.
func (c *Cashback) Refund(w *Wallet, r Refund) (WalletDecision, error) {
	d := c.start(w, WalletEvent{Type: Reversed, Key: r.Key, Order: r.Order, At: r.At})
	d.name(r.Order, "Order")
	d.ev.Amount = d.amount(r.Amount, d.ev.Digits, "Amount")
	return d.decide(func(ev *WalletEvent) error {
		o, known := w.orders[r.Order]
		switch {
		case !known && !w.closed.IsZero():
			return refuse(PeriodClosed)
		case !known:
			return refuse(UnknownOrder)
		case ev.Amount > o.net-o.refunded:
			return refuse(ExceedsOrder)
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
func (c *Cashback) Credit(w *Wallet, g Credit) (WalletDecision, error) {
	d := c.start(w, WalletEvent{Type: Credited, Key: g.Key, At: g.At, From: g.At, Until: g.ExpiresAt})
	d.ev.Amount = d.amount(g.Amount, d.ev.Digits, "Amount")
	d.check(g.ExpiresAt.IsZero() || g.ExpiresAt.After(g.At) && inRange(g.ExpiresAt), "ExpiresAt", nil, "must come after At, up to year 2150")
	return d.decide(func(*WalletEvent) error { return nil })
}

// Spend takes what can be spent at the time of the command, from the lot that
// expires first, ties by order of creation. Debt is not in the way: it waits for
// the next grants. If there is too little it is [Insufficient].
func (c *Cashback) Spend(w *Wallet, s Spending) (WalletDecision, error) {
	d := c.start(w, WalletEvent{Type: Spent, Key: s.Key, At: s.At})
	d.ev.Amount = d.amount(s.Amount, d.ev.Digits, "Amount")
	return d.decide(func(ev *WalletEvent) error {
		takes, short := w.book.Plan(nil, ev.Amount, ev.At.UnixNano(), nil)
		if short > 0 {
			return refuse(Insufficient)
		}
		ev.Parts = partsOf(takes)
		return nil
	})
}

// GiveBack returns a part of a spending to its lots. What belongs to a lot that
// has expired meanwhile is expired at once. A spending that is not known
// is [UnknownSpend], or [PeriodClosed] once a period is closed; more than it was is
// [ExceedsSpend].
func (c *Cashback) GiveBack(w *Wallet, g GiveBack) (WalletDecision, error) {
	d := c.start(w, WalletEvent{Type: Returned, Key: g.Key, Spending: g.Spending, At: g.At})
	d.name(g.Spending, "Spending")
	d.ev.Amount = d.amount(g.Amount, d.ev.Digits, "Amount")
	return d.decide(func(ev *WalletEvent) error {
		s, known := w.spends[g.Spending]
		switch {
		case !known && !w.closed.IsZero():
			return refuse(PeriodClosed)
		case !known:
			return refuse(UnknownSpend)
		case ev.Amount > s.amount-s.returned:
			return refuse(ExceedsSpend)
		}
		ev.Parts = s.reverse(ev.Amount)
		return nil
	})
}

// A walletDecider is a command at work.
type walletDecider struct {
	checker
	w  *Wallet
	ev WalletEvent // what would happen, as far as it is known
}

// start checks what all commands have in common. Checks that need a wallet or terms
// are left out where there are none: that is an error already, not a panic.
func (c *Cashback) start(w *Wallet, ev WalletEvent) *walletDecider {
	d := &walletDecider{w: w, ev: ev}
	if c == nil {
		d.check(false, "Cashback", nil, "must not be nil")
		return d
	}
	d.check(w != nil, "Wallet", nil, "must not be nil")
	d.name(ev.Key, "Key")
	d.check(inRange(ev.At), "At", nil, timeRule)
	d.ev.Digits = c.terms.Digits
	if w != nil {
		d.ev.Seq = w.version + 1
		d.check(w.version == 0 || w.digits == c.terms.Digits, "Digits", c.terms.Digits, "must be those of the wallet")
	}
	return d
}

// decide answers from the record, or completes the event. The key comes first: a
// command that was carried out must be answered as before, whatever has happened
// since.
func (d *walletDecider) decide(complete func(*WalletEvent) error) (WalletDecision, error) {
	if err := d.err(); err != nil {
		return WalletDecision{}, err
	}
	d.ev.normalize()
	if known, used := d.w.keys[d.ev.Key]; used {
		if known.payload != d.ev.payload() {
			return WalletDecision{}, refuse(KeyConflict)
		}
		return WalletDecision{WalletEvent{Seq: known.seq, Key: d.ev.Key}, true}, nil
	}
	// Before [TimeRunsBack], which asks for a later time: with one, a command that has
	// been forgotten would be carried out twice.
	if d.ev.At.Before(d.w.closed) {
		return WalletDecision{}, refuse(PeriodClosed)
	}
	if !d.w.inTime(&d.ev) {
		return WalletDecision{}, refuse(TimeRunsBack)
	}
	if err := complete(&d.ev); err != nil {
		return WalletDecision{}, err
	}
	if !d.w.room(&d.ev) {
		return WalletDecision{}, tooMuch()
	}
	d.ev.normalize()
	return WalletDecision{Event: d.ev}, nil
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

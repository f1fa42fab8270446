package points

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// Earn grants points for an order, or for another activity, by the version of the rules
// that is valid on the local date of the activity. Points that pay for a part of the
// order are redeemed first, and earn nothing. An order earns once.
type Earn struct {
	Order     string              `json:"order,omitzero"`      // identifies the order within the account
	Amount    decimal.Decimal     `json:"amount,omitzero"`     // order total, in whole minor units; ≥ 0
	Currency  string              `json:"currency,omitzero"`   // of Amount; empty is the programme's, another one an error
	PayPoints int64               `json:"pay_points,omitzero"` // points that pay a part of it; 0 or more
	Lines     []earning.OrderLine `json:"lines,omitzero"`      // what was bought, for rules and refunds; see [earning.OrderLine.Amount]
	Tier      string              `json:"tier,omitzero"`       // of the member, for conditions; not part of the payload
	Tags      []earning.Tag       `json:"tags,omitzero"`       // further facts, for conditions
	// Expires replaces the programme's expiry for this lot, which then does not roll
	// with activity either: the zero time is never, nil is by the programme.
	Expires *time.Time `json:"expires,omitzero"`
	// Budget is what is left for the programme as a whole, a limit beside the
	// version's caps; nil is no limit, and an error where the version has budgets. It
	// is not part of the payload. See [earning.Engine.BudgetLeft].
	Budget *int64 `json:"budget,omitzero"`
}

// payload leaves out the tier and the budget: they are what the host has looked up, which
// the first delivery may itself have changed, and not what it asks for.
func (c Earn) payload(f *digest) {
	f.Text("earn", &c.Order)
	amount(&f.Form, c.Amount)
	f.unit(c.Currency)
	f.Int("pay", &c.PayPoints)
	linesPayload(&f.Form, c.Lines)
	tagsPayload(&f.Form, c.Tags)
	expires(&f.Form, c.Expires)
}

// expires tells an expiry that is stated as never from one that is not stated.
func expires(f *canon.Form, t *time.Time) {
	if t != nil {
		given := true
		f.Flag("own", &given)
		f.Time("expires", t)
	}
}

// Earned is the body of an event that granted points for an order, and applied the
// refunds that had come before it.
type Earned struct {
	Order       string         `json:"order,omitzero"`
	Facts       earning.Facts  `json:"facts,omitzero"`
	Award       earning.Award  `json:"award,omitzero"`
	Lot         uint64         `json:"lot,omitzero"`        // the new lot, 0 if nothing was granted
	AvailableAt time.Time      `json:"available,omitzero"`  // of the lot
	ExpiresAt   time.Time      `json:"expires,omitzero"`    // of the lot, zero if never
	Rolls       bool           `json:"rolls,omitzero"`      // the lot's expiry moves with activity
	Stated      bool           `json:"stated,omitzero"`     // the command stated the expiry
	Rolled      time.Time      `json:"rolled,omitzero"`     // what activity moves the expiry of rolling lots to, zero if nothing
	Settled     int64          `json:"settled,omitzero"`    // of what was granted, paid off debt
	Paid        []Part         `json:"paid,omitzero"`       // points that paid for the order
	PaidValue   int64          `json:"paid_value,omitzero"` // what they paid, in minor units
	Steps       []earning.Step `json:"steps,omitzero"`      // towards goals
	Refunds     []Refunded     `json:"refunds,omitzero"`
}

func (*Earned) kind() string { return "earned" }

func (b *Earned) code(f *canon.Form) {
	f.Text("order", &b.Order)
	canon.Object(f, "facts", &b.Facts, codeFacts)
	canon.Object(f, "award", &b.Award, codeAward)
	f.ID("lot", &b.Lot)
	f.Time("available", &b.AvailableAt)
	f.Time("expires", &b.ExpiresAt)
	f.Flag("rolls", &b.Rolls)
	f.Flag("stated", &b.Stated)
	f.Time("rolled", &b.Rolled)
	f.Int("settled", &b.Settled)
	canon.List(f, "paid", &b.Paid, (*Part).code)
	f.Amount("paid_value", &b.PaidValue, b.Facts.Digits)
	codeSteps(f, &b.Steps)
	canon.List(f, "refunds", &b.Refunds, (*Refunded).code)
}

// decide goes through the order in the order that the conventions state: what points
// pay, what the rest earns by rates, factor, bonuses and caps, what of it pays off
// debt, how long it lives, and last the refunds that were here before.
func (c Earn) decide(d *decider) (Body, error) {
	if !canon.IsName(c.Order) {
		return nil, invalid("Order", nil, nameRule)
	}
	b := &Earned{Order: c.Order, Stated: c.Expires != nil}
	var err error
	if b.Stated {
		if err = ownExpiry(&b.ExpiresAt, *c.Expires); err != nil {
			return nil, err
		}
	}
	out, err := d.e.earning.Earn(c.order(d.at), d.a)
	if refused := asRefusal(err); refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, within("", err)
	}
	b.Facts, b.PaidValue, b.Award, b.Steps = out.Facts, out.PaidValue, out.Award, out.Steps
	if len(b.Award.Grants) == 0 { // as it will be read
		b.Award.Grants = nil
	}
	if d.a.orders.find(c.Order) != nil {
		return nil, refuse(DuplicateOrder)
	}
	if b.Paid, err = d.take(c.PayPoints); err != nil {
		return nil, err
	}
	if b.Award.Granted > d.a.room() {
		return nil, refuse(TooMany)
	}
	if b.Award.Granted > 0 {
		b.Lot = d.a.book.Next()
		b.Settled = min(d.a.debt, b.Award.Granted)
	}
	d.life(b)
	return b, d.unpark(b)
}

// order returns what the rules have to know of the order.
func (c *Earn) order(at time.Time) *earning.Order {
	return &earning.Order{
		At: at, Amount: c.Amount, Currency: c.Currency, PayPoints: c.PayPoints,
		Lines: c.Lines, Tier: c.Tier, Tags: c.Tags, Budget: c.Budget,
	}
}

// life says from when until when the points of an order live, and what the
// activity does to other lots; a stated expiry stays. With maturity, points can be
// spent from the start of the local date of the activity plus as many days; without,
// from the activity on.
func (d *decider) life(b *Earned) {
	p := &d.e.program
	b.AvailableAt = d.at
	if p.MaturityDays > 0 {
		b.AvailableAt = d.date.AddDays(p.MaturityDays).Start(d.e.zone)
	}
	b.Rolled = d.rolled()
	switch b.Rolls = p.Expiry.rolls() && !b.Stated; {
	case b.Stated:
	case b.Rolls:
		b.ExpiresAt = b.Rolled
	default:
		b.ExpiresAt = p.Expiry.ExpiresAt(d.date, p.YearEnd, d.e.zone)
	}
}

// ownExpiry takes over an expiry that a command states; the zero time is never.
func ownExpiry(to *time.Time, own time.Time) (err error) {
	if !own.IsZero() {
		*to, err = instant("Expires", own)
	}
	return err
}

// rolled returns what an activity on d.date moves the expiry of rolling lots to: the
// latest activity counts, in whatever order they are processed. It is the zero time
// unless the programme expires points by inactivity.
func (d *decider) rolled() time.Time {
	if !d.e.program.Expiry.rolls() {
		return time.Time{}
	}
	last := d.date
	if d.a.activity.After(last) {
		last = d.a.activity
	}
	return d.e.program.Expiry.ExpiresAt(last, d.e.program.YearEnd, d.e.zone)
}

func (b *Earned) apply(a *Account, now int64) error {
	if !canon.IsName(b.Order) || a.orders.find(b.Order) != nil {
		return errEvent("Order")
	}
	return b.applyNew(a, now)
}

// applyNew applies an order that is not there.
func (b *Earned) applyNew(a *Account, now int64) error {
	if err := b.enter(a, now); err != nil {
		return err
	}
	if len(b.Refunds) == 0 {
		return nil
	}
	var o order
	b.order(&o)
	progress := b.begun(a)
	for i := range b.Refunds {
		if err := b.Refunds[i].applyTo(a, &o, now); err != nil {
			return err
		}
		if b.Refunds[i].Order != b.Order || !b.Refunds[i].falls(o.follow(progress), a.orders.find) {
			return errEvent("Refunds")
		}
	}
	return nil
}

// note remembers the order, its refunds and where it led.
func (b *Earned) note(a *Account, now int64) {
	a.orders.add(b.Order, order{})
	b.remember(&a.orders.items[len(a.orders.items)-1])
	b.move(a, now)
}

// remember fills in what is to be remembered of the order and its refunds.
func (b *Earned) remember(o *order) {
	b.order(o)
	for i := range b.Refunds {
		b.Refunds[i].give(o)
		b.Refunds[i].enter(o)
	}
}

// move notes where the order led.
func (b *Earned) move(a *Account, now int64) {
	a.roll(now, b.Facts.Date, b.Rolled)
	a.count(b.Facts.Date, b.Award.Granted)
	if len(b.Steps) > 0 {
		a.advance(b.Order, b.Steps)
		if len(b.Refunds) > 0 {
			a.orders.items[len(a.orders.items)-1].follow(standing{a: a})
		}
	}
	if len(a.parked.names) > 0 {
		a.parked.remove(b.Order)
	}
}

// order fills in what is to be remembered of the order, refunds aside.
func (b *Earned) order(o *order) {
	o.date, o.total, o.granted, o.lot = b.Facts.Date, b.Facts.Total, b.Award.Granted, b.Lot
	if len(b.Paid) > 0 {
		o.paid = &payment{slices.Clone(b.Paid), total(b.Paid), b.PaidValue}
	}
	if len(b.Facts.Lines)+len(b.Steps) > 0 {
		o.more = &detail{lines: b.linesOf(), pursuits: b.pursued(), bonus: b.Award.Granted - b.Award.Earned()}
	}
}

// enter does to the book and the totals what the order did, refunds aside.
func (b *Earned) enter(a *Account, now int64) error {
	x, granted := &b.Facts, b.Award.Granted
	if granted < 0 || granted > a.room() || (granted > 0) != (b.Lot > 0) ||
		b.Settled < 0 || b.Settled > min(granted, a.debt) || x.Total < 0 || x.Total > maxPoints ||
		b.PaidValue < 0 || b.PaidValue > x.Total || x.Cash < 0 || x.Cash > x.Total || x.Date.IsZero() || len(x.Lines) > 0 && !b.parted() {
		return errEvent("Earned")
	}
	if len(b.Steps) > 0 && !b.strives(a) {
		return errEvent("Steps")
	}
	if len(b.Paid) > 0 {
		if !a.draw(b.Paid, now) {
			return errEvent("Paid")
		}
		a.redeemed += total(b.Paid)
	}
	if b.Lot != 0 && (!lives(b.AvailableAt, b.ExpiresAt) || !a.book.Add(lot.Lot{
		ID: b.Lot, Left: granted - b.Settled, From: b.AvailableAt.UnixNano(), Until: until(b.ExpiresAt), Rolls: b.Rolls,
	})) {
		return errEvent("Lot")
	}
	a.issued += granted
	a.debt -= b.Settled
	return nil
}

// draw takes parts out of their lots; false, half done, if one is not there in the
// state that it says.
func (a *Account) draw(parts []Part, now int64) bool {
	for i := range parts {
		p := &parts[i]
		state := lot.Available
		switch p.State {
		case Available:
		case Pending:
			state = lot.Pending
		default:
			return false
		}
		if !a.book.DrawIf(p.Lot, p.Points, now, state) {
			return false
		}
	}
	return true
}

func (b *Earned) about() string { return b.Order }

func (b *Earned) again(w *WhatIf, d *decider, i int) error { return w.earn(d, b, i) }

func (b *Earned) redacted(rename func(string) string) Body {
	c := *b
	c.Order = rename(b.Order)
	c.Facts.Tier, c.Facts.Tags = "", nil
	c.Facts.Lines = bare(b.Facts.Lines)
	c.Award.Grants = nil
	c.Refunds = slices.Clone(b.Refunds)
	for i := range c.Refunds {
		c.Refunds[i].Order = c.Order
		c.Refunds[i].Goals = renamedGoals(b.Refunds[i].Goals, func(string) string { return c.Order })
	}
	return &c
}

// An order posts what paid for it, what it was granted, what of that paid off debt,
// and the refunds that had been waiting.
func (b *Earned) postings(p *poster) {
	for _, x := range b.Paid {
		p.move(AtAvailable, AtRedeemed, x.Points, x.Lot)
	}
	place := p.state(b.AvailableAt, b.ExpiresAt).place()
	p.move(AtIssued, place, b.Award.Granted, b.Lot)
	p.move(place, AtDebt, b.Settled, b.Lot)
	for i := range b.Refunds {
		b.Refunds[i].postings(p)
	}
}

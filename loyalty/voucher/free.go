package voucher

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Voiding asks to undo a redemption, or all redemptions of an order that was cancelled
// or returned in whole, and to free what is left of their uses and their money. It names
// one of both.
type Voiding struct {
	Key        string    `json:"key"`                  // unique among the commands of the campaign
	Redemption string    `json:"redemption,omitempty"` // key of the redemption
	Order      string    `json:"order,omitempty"`      // or the order that it was for
	At         time.Time `json:"at"`                   // when; not part of the payload
}

// A Release asks to free a part of a redemption after a part of the order was returned:
// what the returned goods give back of the discount, as package promotion says.
type Release struct {
	Key        string          `json:"key"` // unique among the commands of the campaign
	Redemption string          `json:"redemption"`
	Amount     decimal.Decimal `json:"amount"`        // 0 or more
	Use        bool            `json:"use,omitempty"` // whether the use is free again, too
	At         time.Time       `json:"at"`            // when; not part of the payload
}

// Void decides about undoing a redemption or all of an order; it changes nothing. A
// redemption that is not live is [UnknownRedemption], as is an order without one that is;
// and once a period is closed, a redemption that is unknown, and an order without one that
// is live, is [PeriodClosed]. What a closing has forgotten of an order stays redeemed, as it
// does when it is named: redeem the codes of an order at one time, with [RedeemAll], and
// they are kept or forgotten together. Keys work as
// in [Campaign.Redeem]. It fails if a field of v is missing or malformed, or g is nil.
func (g *Register) Void(v Voiding) (Decision, error) {
	if g == nil {
		return Decision{}, errNil("Register")
	}
	var f fault.List
	f.Name("Key", v.Key)
	if v.Order == "" {
		f.Name("Redemption", v.Redemption)
	} else {
		f.Name("Order", v.Order)
		f.Check(v.Redemption == "", "Redemption", nil, "must be empty where Order is not")
	}
	f.Check(calendar.InRange(v.At), "At", nil, calendar.RangeRule)
	if err := f.Err(room); err != nil {
		return Decision{}, err
	}
	ev := Event{Seq: g.version + 1, Type: Voided, Key: v.Key, Redemption: v.Redemption, Order: v.Order, At: v.At.UTC()}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	target, known := g.keys[v.Redemption]
	open := target.open()
	if v.Order != "" { // of which a register remembers what is live
		open = g.anyOpen(v.Order)
		known = open
	}
	return g.undo(ev, known, open, UnknownRedemption)
}

// Release decides about freeing a part of a redemption; it changes nothing. More than is
// left of its money, or a use that is free, is [ExceedsRedemption]; what is unknown, and
// keys, are as in [Register.Void]. It fails if a field of r is missing or malformed, g has
// money with other fraction digits, or c or g is nil.
func (c *Campaign) Release(g *Register, r Release) (Decision, error) {
	if c == nil || g == nil {
		return Decision{}, errNil("Campaign")
	}
	var f fault.List
	f.Name("Key", r.Key)
	f.Name("Redemption", r.Redemption)
	minor := amount(&f, "Amount", r.Amount, c.digits)
	g.check(c, &f)
	f.Check(calendar.InRange(r.At), "At", nil, calendar.RangeRule)
	if err := f.Err(room); err != nil {
		return Decision{}, err
	}
	ev := Event{Seq: g.version + 1, Type: Released, Key: r.Key, Redemption: r.Redemption, Amount: minor, Use: r.Use, At: r.At.UTC()}
	if minor > 0 {
		ev.Digits = c.digits
	}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	target, known := g.keys[r.Redemption]
	if known && target.typ != Redeemed {
		return Decision{Reasons: []Reason{UnknownRedemption}}, nil
	}
	return g.undo(ev, known, target.holds(minor, r.Use), ExceedsRedemption)
}

// undo answers a command that undoes something.
func (g *Register) undo(ev Event, known, ok bool, why Reason) (Decision, error) {
	switch {
	case !known && !g.closed.IsZero():
		return Decision{Reasons: []Reason{PeriodClosed}}, nil
	case !known:
		return Decision{Reasons: []Reason{UnknownRedemption}}, nil
	case !ok:
		return Decision{Reasons: []Reason{why}}, nil
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// releaseJSON has the keys of a [Release].
type releaseJSON struct {
	Key        string      `json:"key"`
	Redemption string      `json:"redemption"`
	Amount     money.Plain `json:"amount"`
	Use        bool        `json:"use,omitempty"`
	At         time.Time   `json:"at"`
}

// MarshalJSON encodes the command, its amount as exact text. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (r Release) MarshalJSON() ([]byte, error) {
	return encode(releaseJSON{r.Key, r.Redemption, money.Plain(r.Amount), r.Use, r.At})
}

// UnmarshalJSON decodes what [Release.MarshalJSON] writes; whether the command is valid,
// [Campaign.Release] says. It fails with [relmark.ErrInvalid], and leaves r unchanged then.
func (r *Release) UnmarshalJSON(data []byte) error {
	var in releaseJSON
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*r = Release{in.Key, in.Redemption, decimal.Decimal(in.Amount), in.Use, in.At}
	return nil
}

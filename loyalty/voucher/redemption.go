package voucher

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Redemption asks to use a code. It is plain data.
type Redemption struct {
	Key    string   `json:"key"`              // unique among the commands of the campaign
	Code   string   `json:"code"`             // as typed; codes match byte by byte
	Member string   `json:"member"`           // who uses it
	Order  string   `json:"order,omitempty"`  // what it is used for, by which it can be freed; empty: not said
	Labels []string `json:"labels,omitempty"` // of the member, for the audience; not part of the payload
	// Amount is what the code takes off the order, which caps in money count, 0 or more.
	// It is not part of the payload: an order that is sent again and priced again, when
	// less is left of a budget, is the same order, and what was taken first stays.
	Amount decimal.Decimal `json:"amount,omitzero"`
	At     time.Time       `json:"at"` // when, in years 1700 to 2150; not part of the payload
}

// Uses are what is live of redemptions.
type Uses struct {
	Code     int64 `json:"code"`
	Member   int64 `json:"member"`
	Campaign int64 `json:"campaign"`
	// Caps are by name what the caps of the terms count, in the period of the redemption;
	// each must be there. [Register.Uses] leaves them out.
	Caps map[string]Use `json:"caps,omitempty"`
}

// A Use is what a cap counts.
type Use struct {
	Uses   int64           `json:"uses"`   // live redemptions
	Amount decimal.Decimal `json:"amount"` // what they take off
}

// useJSON has the keys of a [Use].
type useJSON struct {
	Uses   int64       `json:"uses"`
	Amount money.Plain `json:"amount"`
}

// MarshalJSON encodes the use, its amount as exact text. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text.
func (u Use) MarshalJSON() ([]byte, error) { return encode(useJSON{u.Uses, money.Plain(u.Amount)}) }

// UnmarshalJSON decodes what [Use.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid], and leaves u unchanged then.
func (u *Use) UnmarshalJSON(data []byte) error {
	var in useJSON
	if err := alone("use", data, &in); err != nil {
		return err
	}
	*u = Use{in.Uses, decimal.Decimal(in.Amount)}
	return nil
}

// A request is a redemption that has been checked.
type request struct {
	*Redemption
	amount int64
	day    relmark.Date
}

// ask checks a redemption.
func (c *Campaign) ask(r *Redemption, f *fault.List) request {
	f.Name("Key", r.Key)
	f.Name("Code", r.Code)
	f.Name("Member", r.Member)
	if r.Order != "" {
		f.Name("Order", r.Order)
	}
	for i, label := range r.Labels {
		if !fault.ValidName(label) {
			f.Add(fmt.Sprintf("Labels[%d]", i), nil, fault.NameRule)
		}
	}
	q := request{Redemption: r, amount: amount(f, "Amount", r.Amount, c.digits)}
	f.Check(calendar.InRange(r.At), "At", nil, calendar.RangeRule)
	q.day, _ = relmark.DateOf(r.At, c.zone) // which is there for every such instant
	return q
}

// Check says whether a redemption may be made in view of the uses so far: every
// reason against it, in the order of [Reason], nil if there is none. It serves
// hosts that count in their own database; [Campaign.Redeem] counts in a
// [Register]. It fails if a field of r is missing or malformed, u is negative or lacks a
// cap, or c is nil.
func (c *Campaign) Check(r Redemption, u Uses) ([]Reason, error) {
	if c == nil {
		return nil, errNil("Campaign")
	}
	var f fault.List
	q := c.ask(&r, &f)
	f.Check(min(u.Code, u.Member, u.Campaign) >= 0, "Uses", nil, "must be 0 or more")
	tallies := c.given(u.Caps, &f)
	if err := f.Err(room); err != nil {
		return nil, err
	}
	return c.verdict(&q, &u, tallies).Reasons, nil
}

// given converts what a host has counted, in the order of the caps.
func (c *Campaign) given(uses map[string]Use, f *fault.List) []tally {
	var out []tally
	for i := range c.caps {
		name := c.caps[i].Name
		use, there := uses[name]
		minor, ok := money.Amount(use.Amount, c.digits)
		f.Check(there && use.Uses >= 0 && ok, fmt.Sprintf("Uses.Caps of Caps[%d]", i), nil, "must be there, with 0 or more uses and "+money.AmountRule)
		out = append(out, tally{use.Uses, minor})
	}
	return out
}

// verdict lists all that is against a redemption, not the first thing only: who has
// to explain a refusal at a till needs them all. Next is set if time alone will clear
// everything out of the way.
func (c *Campaign) verdict(q *request, u *Uses, tallies []tally) Decision {
	var v verdict
	reached := func(most *int64, uses int64) bool { return most != nil && uses >= *most }
	v.never(!c.anyCode && !c.codes[q.Code], UnknownCode)
	v.until(q.At.Before(c.from), NotStarted, c.from)
	v.never(!c.until.IsZero() && !q.At.Before(c.until), Expired)
	v.never(!c.reaches(q.Labels), NotEligible)
	v.never(reached(c.limits.Code, u.Code), CodeLimit)
	v.never(reached(c.limits.Member, u.Member), MemberLimit)
	v.never(reached(c.limits.Campaign, u.Campaign), CampaignLimit)
	for i := range c.caps {
		b, t := &c.caps[i], tallies[i]
		full, spent := b.full(t), b.spent(t, q.amount)
		if full == "" && spent == "" {
			continue
		}
		v.d.Caps = append(v.d.Caps, b.Name)
		for _, why := range []Reason{full, spent} {
			if why != "" {
				v.until(true, why, b.reopens(q.day, c.zone))
			}
		}
	}
	return v.decision()
}

// A verdict collects what is against a command.
type verdict struct {
	d     Decision
	stays bool // something is in the way that time does not clear
}

// never adds a reason that time does not clear.
func (v *verdict) never(yes bool, why Reason) { v.until(yes, why, time.Time{}) }

// until adds a reason that is gone from an instant on, zero if it is not.
func (v *verdict) until(yes bool, why Reason, next time.Time) {
	if !yes {
		return
	}
	v.d.Reasons = append(v.d.Reasons, why)
	v.stays = v.stays || next.IsZero()
	if next.After(v.d.Next) {
		v.d.Next = next
	}
}

// decision returns what was collected, each reason once and in its order.
func (v *verdict) decision() Decision {
	if v.stays {
		v.d.Next = time.Time{}
	}
	v.d.Reasons = inOrder(v.d.Reasons)
	return v.d
}

// redemptionJSON has the keys of a [Redemption].
type redemptionJSON struct {
	Key    string      `json:"key"`
	Code   string      `json:"code"`
	Member string      `json:"member"`
	Order  string      `json:"order,omitempty"`
	Labels []string    `json:"labels,omitempty"`
	Amount money.Plain `json:"amount,omitzero"`
	At     time.Time   `json:"at"`
}

// MarshalJSON encodes the command, its amount as exact text. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (r Redemption) MarshalJSON() ([]byte, error) {
	return encode(redemptionJSON{r.Key, r.Code, r.Member, r.Order, r.Labels, money.Plain(r.Amount), r.At})
}

// UnmarshalJSON decodes what [Redemption.MarshalJSON] writes; whether the command is
// valid, [Campaign.Redeem] says. It fails with [relmark.ErrInvalid], and leaves r
// unchanged then.
func (r *Redemption) UnmarshalJSON(data []byte) error {
	var in redemptionJSON
	if err := alone("command", data, &in); err != nil {
		return err
	}
	*r = Redemption{in.Key, in.Code, in.Member, in.Order, in.Labels, decimal.Decimal(in.Amount), in.At}
	return nil
}

// alone decodes the JSON of what, which has no version.
func alone(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.Object(data, v))
}

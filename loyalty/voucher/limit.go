package voucher

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Limits bound the live redemptions of a campaign as long as it lasts; nil is no limit.
// What begins anew with every day, week or month, and what is counted in money, is a
// [Cap].
type Limits struct {
	Code     *int64 `json:"code,omitempty"`     // of one code, 1 or more
	Member   *int64 `json:"member,omitempty"`   // of one member, 1 or more
	Campaign *int64 `json:"campaign,omitempty"` // of all, 1 or more
}

// clone returns a copy that shares no memory.
func (l Limits) clone() Limits {
	for _, n := range []**int64{&l.Code, &l.Member, &l.Campaign} {
		if *n != nil {
			*n = new(**n)
		}
	}
	return l
}

// validate checks limits.
func (l Limits) validate(f *fault.List) {
	for _, x := range []struct {
		max   *int64
		field string
	}{{l.Code, "Limits.Code"}, {l.Member, "Limits.Member"}, {l.Campaign, "Limits.Campaign"}} {
		if x.max != nil {
			f.Check(*x.max >= 1, x.field, *x.max, "must be 1 or more")
		}
	}
}

// A Cap bounds the uses or the money of a period: three a day for a member, 500.00 a
// month for the campaign. It has one of Uses and Amount, or both. It is plain data.
type Cap struct {
	Name string `json:"name"` // unique in the terms, and none of "code", "member" and "campaign"
	Of   Scope  `json:"of"`
	Per  Period `json:"per"`
	// Uses is how many live redemptions there are at most, 0 or more; nil: no bound.
	Uses *int64 `json:"uses,omitempty"`
	// Amount is how much they take off at most, 0 or more: a budget; nil: no bound.
	Amount *decimal.Decimal `json:"amount,omitempty"`
}

// A Scope says whose redemptions a cap counts together.
type Scope string

// The scopes.
const (
	OfCode     Scope = "code"     // those of the code
	OfMember   Scope = "member"   // those of the member
	OfCampaign Scope = "campaign" // all
)

func scopes() enum.Set[Scope] { return enum.Of(OfCode, OfMember, OfCampaign) }

// A Period is what a cap is counted over, by the local date of the redemption in the zone
// of the terms. What is freed later, is freed in the period of the redemption.
type Period string

// The periods.
const (
	PerDay   Period = "day"
	PerWeek  Period = "week" // Monday to Sunday
	PerMonth Period = "month"
	PerLife  Period = "life" // of the campaign
)

func periods() enum.Set[Period] { return enum.Of(PerDay, PerWeek, PerMonth, PerLife) }

// first returns the first date of the period that a date lies in; not of [PerLife].
func (p Period) first(d relmark.Date) relmark.Date {
	switch p {
	case PerWeek:
		return d.AddDays(-(int(d.Weekday()+6) % 7))
	case PerMonth:
		_, _, day := d.Civil()
		return d.AddDays(1 - day)
	default:
		return d
	}
}

// next returns the first date after the period that a date lies in; not of [PerLife].
func (p Period) next(d relmark.Date) relmark.Date {
	switch first := p.first(d); p {
	case PerWeek:
		return first.AddDays(7)
	case PerMonth:
		return first.AddMonths(1)
	default:
		return first.AddDays(1)
	}
}

// days returns how many days are looked up for a cap, at most.
func (b *bound) days() int {
	switch b.Per {
	case PerWeek:
		return 7
	case PerMonth:
		return 31
	default:
		return 1
	}
}

// maxCaps bounds the caps of a campaign: each costs up to 31 look-ups.
const maxCaps = 100

// A cap is a [Cap] in minor units; what has no bound is bounded by all that there can be.
type bound struct {
	Cap
	uses, amount int64
}

// bounds checks caps and converts them.
func bounds(f *fault.List, caps []Cap, digits int) []bound {
	f.Check(len(caps) <= maxCaps, "Caps", len(caps), "must be at most 100")
	if len(caps) > maxCaps {
		return nil
	}
	names := map[string]bool{"code": true, "member": true, "campaign": true}
	var out []bound
	for i, c := range caps {
		var part fault.List
		part.Check(fault.ValidName(c.Name) && !names[c.Name], "Name", nil, fault.NameRule+", once, and not code, member or campaign")
		names[c.Name] = true
		part.Join("", scopes().Check("Of", c.Of))
		part.Join("", periods().Check("Per", c.Per))
		part.Check(c.Uses != nil || c.Amount != nil, "Uses", nil, "must be set, or Amount")
		b := bound{c, money.MaxExact, money.MaxExact}
		if c.Uses != nil {
			b.uses = *c.Uses
			part.Check(b.uses >= 0 && b.uses <= money.MaxExact, "Uses", b.uses, "must be 0 to 2^53-1")
		}
		if c.Amount != nil {
			b.amount = amount(&part, "Amount", *c.Amount, digits)
		}
		f.Join(fmt.Sprintf("Caps[%d]", i), part.Err(""))
		out = append(out, b)
	}
	return out
}

// amount converts a decimal of at least 0 into minor units.
func amount(f *fault.List, field string, d decimal.Decimal, digits int) int64 {
	minor, ok := money.Amount(d, digits)
	f.Check(ok, field, nil, money.AmountRule)
	return minor
}

// full returns why no use is left, empty if one is.
func (b *bound) full(t tally) Reason {
	switch {
	case t.uses < b.uses:
		return ""
	case b.Per != PerLife:
		return PeriodLimit
	case b.Of == OfCode:
		return CodeLimit
	case b.Of == OfMember:
		return MemberLimit
	}
	return CampaignLimit
}

// spent returns why there is too little money for an amount, empty if there is not. What
// takes nothing off needs none.
func (b *bound) spent(t tally, amount int64) Reason {
	switch {
	case amount == 0 || amount <= b.amount-t.amount:
		return ""
	case b.Per == PerLife:
		return BudgetLimit
	}
	return PeriodBudget
}

// reopens returns when the period ends that a date lies in, zero if it does not.
func (b *bound) reopens(day relmark.Date, zone *time.Location) time.Time {
	if b.Per == PerLife {
		return time.Time{}
	}
	return b.Per.next(day).Start(zone)
}

// capJSON has the keys of a [Cap].
type capJSON struct {
	Name   string       `json:"name"`
	Of     Scope        `json:"of"`
	Per    Period       `json:"per"`
	Uses   *int64       `json:"uses,omitempty"`
	Amount *money.Plain `json:"amount,omitempty"`
}

// MarshalJSON encodes the cap, its amount as exact text. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (c Cap) MarshalJSON() ([]byte, error) {
	return encode(capJSON{c.Name, c.Of, c.Per, c.Uses, (*money.Plain)(c.Amount)})
}

// UnmarshalJSON decodes what [Cap.MarshalJSON] writes; whether the cap is valid,
// [NewCampaign] says. It fails with [relmark.ErrInvalid], and leaves c unchanged then.
func (c *Cap) UnmarshalJSON(data []byte) error {
	var in capJSON
	if err := alone("cap", data, &in); err != nil {
		return err
	}
	*c = Cap{in.Name, in.Of, in.Per, in.Uses, (*decimal.Decimal)(in.Amount)}
	return nil
}

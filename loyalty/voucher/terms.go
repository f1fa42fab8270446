package voucher

import (
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// Terms say who may redeem which codes, when and how often. They are plain data,
// safe for concurrent use while nobody changes them; [NewCampaign] makes a
// [Campaign] of them.
type Terms struct {
	Zone          *time.Location // where the days of the campaign begin; required
	From, Through relmark.Date   // first and last local date; zero is open
	// Codes are the codes of the campaign; without any, none is accepted.
	Codes []string
	// AnyCode accepts every code, for hosts that keep codes in a table or check them by
	// a [Scheme]; there are no Codes then. What a query leaves empty is not taken for it.
	AnyCode bool
	// Audience are labels such as segments or tiers, of which a member needs one; nil:
	// everybody is eligible. A list that is there has 1 to 1000 labels, or what a
	// computation left empty would open the campaign to everybody.
	Audience []string
	Limits   Limits
}

// Limits bound the live redemptions of a campaign; nil is no limit.
type Limits struct {
	Code     *int64 `json:"code,omitempty"`     // of one code, 1 or more
	Member   *int64 `json:"member,omitempty"`   // of one member, 1 or more
	Campaign *int64 `json:"campaign,omitempty"` // of all, 1 or more
}

// Validate reports the rules that t breaks in one error.
func (t Terms) Validate() error {
	_, err := NewCampaign(t)
	return err
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

// A Campaign decides about redemptions. It is an immutable value, safe for
// concurrent use. Obtain one from [NewCampaign].
type Campaign struct {
	opaque
	zone            *time.Location
	anyCode         bool
	codes, audience map[string]bool // lists of millions; no audience: everybody
	limits          Limits
	from, until     time.Time
}

// NewCampaign prepares a campaign. It keeps nothing of the lists of t, takes time linear
// in its codes, and fails exactly when [Terms.Validate] does.
func NewCampaign(t Terms) (*Campaign, error) {
	var f fault.List
	f.Check(t.Zone != nil, "Zone", nil, "must not be nil")
	f.Check(t.Through.IsZero() || !t.Through.Before(t.From), "Through", t.Through, "must not come before From")
	f.Check(!t.AnyCode || len(t.Codes) == 0, "Codes", len(t.Codes), "must be none where any code is accepted")
	f.Check(t.Audience == nil || len(t.Audience) >= 1 && len(t.Audience) <= 1000, "Audience", len(t.Audience), "must be nil or have 1 to 1000 labels")
	t.Limits.validate(&f)
	c := &Campaign{zone: t.Zone, anyCode: t.AnyCode, codes: f.Names("Codes", t.Codes), audience: f.Names("Audience", t.Audience), limits: t.Limits}
	if err := f.Err(room); err != nil {
		return nil, err
	}
	c.from, c.until = t.From.Start(t.Zone), t.Through.AddDays(1).Start(t.Zone)
	return c, nil
}

// ValidFrom returns the first instant of the campaign, zero if it is open.
func (c *Campaign) ValidFrom() time.Time { return c.from }

// ValidUntil returns the first instant after the campaign, zero if it is open.
func (c *Campaign) ValidUntil() time.Time { return c.until }

// A Redemption asks to use a code.
type Redemption struct {
	Key    string    `json:"key"`              // unique among the commands of the campaign
	Code   string    `json:"code"`             // as typed; codes match byte by byte
	Member string    `json:"member"`           // who uses it
	Labels []string  `json:"labels,omitempty"` // of the member, for the audience; not part of the payload
	At     time.Time `json:"at"`               // when, in years 1700 to 2150; not part of the payload
}

// Uses are numbers of live redemptions.
type Uses struct {
	Code     int64 `json:"code"`
	Member   int64 `json:"member"`
	Campaign int64 `json:"campaign"`
}

// Check says whether a redemption may be made in view of the uses so far: every
// reason against it, in the order of [Reason], nil if there is none. It serves
// hosts that count in their own database; [Campaign.Redeem] counts in a
// [Register]. It fails if a field of r is missing or malformed, u is negative or c
// is nil.
func (c *Campaign) Check(r Redemption, u Uses) ([]Reason, error) {
	if c == nil {
		return nil, errNil("Campaign")
	}
	var f fault.List
	f.Name("Key", r.Key)
	f.Name("Code", r.Code)
	f.Name("Member", r.Member)
	for i, label := range r.Labels {
		if !fault.ValidName(label) {
			f.Add(fmt.Sprintf("Labels[%d]", i), nil, fault.NameRule)
		}
	}
	f.Check(calendar.InRange(r.At), "At", nil, calendar.RangeRule)
	f.Check(min(u.Code, u.Member, u.Campaign) >= 0, "Uses", nil, "must be 0 or more")
	if err := f.Err(room); err != nil {
		return nil, err
	}
	return c.reasons(r, u), nil
}

// reasons lists all that is against a redemption, not the first thing only: who has
// to explain a refusal at a till needs them all.
func (c *Campaign) reasons(r Redemption, u Uses) (reasons []Reason) {
	against := func(yes bool, why Reason) {
		if yes {
			reasons = append(reasons, why)
		}
	}
	reached := func(most *int64, uses int64) bool { return most != nil && uses >= *most }
	against(!c.anyCode && !c.codes[r.Code], UnknownCode)
	against(r.At.Before(c.from), NotStarted)
	against(!c.until.IsZero() && !r.At.Before(c.until), Expired)
	against(!c.reaches(r.Labels), NotEligible)
	against(reached(c.limits.Code, u.Code), CodeLimit)
	against(reached(c.limits.Member, u.Member), MemberLimit)
	against(reached(c.limits.Campaign, u.Campaign), CampaignLimit)
	return reasons
}

// reaches reports whether the audience includes a member with these labels.
func (c *Campaign) reaches(labels []string) bool {
	return len(c.audience) == 0 || slices.ContainsFunc(labels, func(s string) bool { return c.audience[s] })
}

type termsJSON struct {
	V        int          `json:"v"`
	Zone     string       `json:"zone"`
	From     relmark.Date `json:"from,omitzero"`
	Through  relmark.Date `json:"through,omitzero"`
	Codes    []string     `json:"codes,omitempty"`
	AnyCode  bool         `json:"any_code,omitempty"`
	Audience []string     `json:"audience,omitempty"`
	Limits   Limits       `json:"limits,omitzero"`
}

// MarshalJSON encodes valid terms in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","from":"2025-03-01","through":"2025-03-31",
//	 "codes":["X"],"audience":["gold"],"limits":{"code":2,"member":1,"campaign":3}}
//
// without the spaces, in this order, what is open left out, and "any_code":true in the
// place of codes where any is accepted. The zone must have a name that a loader can find
// again: [time.Local] is an error.
func (t Terms) MarshalJSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(t.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	return encode(termsJSON{version, zone, t.From, t.Through, t.Codes, t.AnyCode, t.Audience, t.Limits})
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: decode terms with [DecodeTerms],
// which takes a loader of zones.
func (*Terms) UnmarshalJSON([]byte) error {
	return fault.Room(room, canon.NeedsZone("DecodeTerms"))
}

// DecodeTerms decodes terms of any version that was ever written and looks up
// their zone by name with zone, such as [time.LoadLocation]. An unknown version is
// [relmark.ErrUnsupported]; text that is no such JSON, unknown or repeated keys,
// an unknown zone and terms that are not valid are [relmark.ErrInvalid]. The error
// of zone is wrapped.
func DecodeTerms(data []byte, zone func(name string) (*time.Location, error)) (Terms, error) {
	var in termsJSON
	if err := decode("terms", data, &in); err != nil {
		return Terms{}, err
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return Terms{}, fault.Room(room, err)
	}
	t := Terms{loc, in.From, in.Through, in.Codes, in.AnyCode, in.Audience, in.Limits}
	if err := t.Validate(); err != nil {
		return Terms{}, err
	}
	return t, nil
}

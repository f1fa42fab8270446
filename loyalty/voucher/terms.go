package voucher

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// Terms say who may redeem which codes, when, how often and for how much. They are plain data,
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
	// Digits are the fraction digits of the currency, 0 to 9: of caps in money and of what
	// redemptions take off.
	Digits int
	Caps   []Cap // by period, and in money; at most 100
}

// Validate reports the rules that t breaks in one error.
func (t Terms) Validate() error {
	_, err := NewCampaign(t)
	return err
}

// A Campaign decides about redemptions. It is an immutable value, safe for
// concurrent use. Obtain one from [NewCampaign].
type Campaign struct {
	opaque
	zone            *time.Location
	anyCode         bool
	codes, audience map[string]bool // lists of millions; no audience: everybody
	limits          Limits
	digits          int
	caps            []bound
	from, until     time.Time
}

// NewCampaign prepares a campaign. It keeps no list and no pointer of t, takes time linear
// in its codes, and fails exactly when [Terms.Validate] does.
func NewCampaign(t Terms) (*Campaign, error) {
	var f fault.List
	f.Check(t.Zone != nil, "Zone", nil, "must not be nil")
	f.Check(t.Through.IsZero() || !t.Through.Before(t.From), "Through", t.Through, "must not come before From")
	f.Check(!t.AnyCode || len(t.Codes) == 0, "Codes", len(t.Codes), "must be none where any code is accepted")
	f.Check(t.Audience == nil || len(t.Audience) >= 1 && len(t.Audience) <= 1000, "Audience", len(t.Audience), "must be nil or have 1 to 1000 labels")
	t.Limits.validate(&f)
	f.Check(t.Digits >= 0 && t.Digits <= maxDigits, "Digits", t.Digits, digitsRule)
	c := &Campaign{
		zone: t.Zone, anyCode: t.AnyCode, codes: f.Names("Codes", t.Codes), audience: f.Names("Audience", t.Audience), limits: t.Limits.clone(),
		digits: t.Digits, caps: bounds(&f, t.Caps, t.Digits),
	}
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
	Digits   int          `json:"digits,omitempty"`
	Caps     []Cap        `json:"caps,omitempty"`
}

// MarshalJSON encodes valid terms in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","from":"2025-03-01","through":"2025-03-31",
//	 "codes":["X"],"audience":["gold"],"limits":{"code":2,"member":1,"campaign":3},
//	 "digits":2,"caps":[{"name":"monthly","of":"campaign","per":"month","amount":"500"}]}
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
	return encode(termsJSON{version, zone, t.From, t.Through, t.Codes, t.AnyCode, t.Audience, t.Limits, t.Digits, t.Caps})
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
	t := Terms{loc, in.From, in.Through, in.Codes, in.AnyCode, in.Audience, in.Limits, in.Digits, in.Caps}
	if err := t.Validate(); err != nil {
		return Terms{}, err
	}
	return t, nil
}

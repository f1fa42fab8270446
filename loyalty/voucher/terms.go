package voucher

import (
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
)

// Terms say who may redeem which codes, when and how often. They are plain data,
// safe for concurrent use while nobody changes them; [NewCampaign] makes a
// [Campaign] of them.
type Terms struct {
	Zone          *time.Location // where the days of the campaign begin; required
	From, Through relmark.Date   // first and last local date; zero is open
	// Codes are the codes of the campaign; nil accepts any, for hosts that keep
	// codes in a table or check them by a [Scheme], and an empty list accepts none.
	Codes []string
	// Audience are labels such as segments or tiers. A member needs one of them;
	// none are needed if it is empty.
	Audience []string
	Limits   Limits
}

// Limits bound the live redemptions of a campaign; nil is no limit.
type Limits struct {
	Code     *int64 `json:"code,omitempty"`     // of one code, 1 or more
	Member   *int64 `json:"member,omitempty"`   // of one member, 1 or more
	Campaign *int64 `json:"campaign,omitempty"` // of all, 1 or more
}

// Validate reports every rule that t breaks, joined into one error.
func (t Terms) Validate() error {
	var c checker
	c.check(t.Zone != nil, "Zone", nil, zoneRule)
	c.check(t.Through.IsZero() || !t.Through.Before(t.From), "Through", t.Through, "must not come before From")
	c.set(t.Codes, "Codes")
	c.set(t.Audience, "Audience")
	for _, l := range []struct {
		max   *int64
		field string
	}{{t.Limits.Code, "Code"}, {t.Limits.Member, "Member"}, {t.Limits.Campaign, "Campaign"}} {
		if l.max != nil {
			c.check(*l.max >= 1, "Limits."+l.field, *l.max, "must be 1 or more")
		}
	}
	return c.err()
}

// set checks a list of names without repetitions.
func (c *checker) set(names []string, field string) {
	seen := make(map[string]bool, len(names))
	for i, s := range names {
		if !validName(s) || seen[s] {
			c.check(false, fmt.Sprintf("%s[%d]", field, i), nil, nameRule+", once")
		}
		seen[s] = true
	}
}

// A Campaign decides about redemptions. It is an immutable value, safe for
// concurrent use. Obtain one from [NewCampaign].
type Campaign struct {
	terms       Terms
	codes       map[string]struct{} // of terms.Codes, for lists of millions
	from, until time.Time
}

// NewCampaign prepares a campaign. It copies t, takes time linear in its codes,
// and fails exactly when [Terms.Validate] does.
func NewCampaign(t Terms) (*Campaign, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	c := &Campaign{terms: t, from: t.From.Start(t.Zone), until: t.Through.AddDays(1).Start(t.Zone)}
	c.terms.Audience = slices.Clone(t.Audience)
	c.codes = make(map[string]struct{}, len(t.Codes))
	for _, code := range t.Codes {
		c.codes[code] = struct{}{}
	}
	return c, nil
}

// ValidFrom returns the first instant of the campaign, zero if it is open.
func (c *Campaign) ValidFrom() time.Time { return c.from }

// ValidUntil returns the first instant after the campaign, zero if it is open.
func (c *Campaign) ValidUntil() time.Time { return c.until }

// A Redemption asks to use a code.
type Redemption struct {
	Key    string    // unique among the commands of the campaign
	Code   string    // as typed; codes match byte by byte
	Member string    // who uses it
	Labels []string  // of the member, for the audience; not part of the payload
	At     time.Time // when, in years 1700 to 2150; not part of the payload
}

// Uses are numbers of live redemptions.
type Uses struct {
	Code, Member, Campaign int64
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
	var fault checker
	fault.name(r.Key, "Key")
	fault.name(r.Code, "Code")
	fault.name(r.Member, "Member")
	fault.check(inRange(r.At), "At", nil, timeRule)
	fault.check(min(u.Code, u.Member, u.Campaign) >= 0, "Uses", nil, "must be 0 or more")
	if err := fault.err(); err != nil {
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
	_, known := c.codes[r.Code]
	limits := c.terms.Limits
	against(c.terms.Codes != nil && !known, UnknownCode)
	against(r.At.Before(c.from), NotStarted)
	against(!c.until.IsZero() && !r.At.Before(c.until), Expired)
	against(!c.reaches(r.Labels), NotEligible)
	against(limits.Code != nil && u.Code >= *limits.Code, CodeLimit)
	against(limits.Member != nil && u.Member >= *limits.Member, MemberLimit)
	against(limits.Campaign != nil && u.Campaign >= *limits.Campaign, CampaignLimit)
	return reasons
}

// reaches reports whether the audience includes a member with these labels.
func (c *Campaign) reaches(labels []string) bool {
	audience := c.terms.Audience
	return len(audience) == 0 || slices.ContainsFunc(labels, func(s string) bool { return slices.Contains(audience, s) })
}

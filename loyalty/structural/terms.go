package structural

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const (
	mostMonths  = 1200 // of a grant, or of the term of a contract
	mostDays    = 36_500
	mostPeriods = 1200
)

// EntitlementTerms say how many units of a service a customer may use in each period, such
// as four visits to the lounge a month, two of which roll over. They are plain data, safe
// for concurrent use while nobody changes them; [NewEntitlement] prepares them.
type EntitlementTerms struct {
	Zone    *time.Location // of the days on which periods begin; required
	Units   int64          // in each period, 1 or more
	Months  int            // length of a period, 1 or more, unless Days is given
	Days    int            // length of a period, 1 or more, unless Months is given
	Periods int            // how many there are, 1 to 1200, in at most a century
	// Rollover is how many units that are unused at the end of a period live on in the next
	// one, at most, and in no other; 0 if none does.
	Rollover int64
}

// Validate reports the rules that t breaks in one error.
func (t EntitlementTerms) Validate() error {
	_, err := NewEntitlement(t)
	return err
}

// An Entitlement decides about ledgers. It is an immutable value, safe for concurrent use.
// Obtain one from [NewEntitlement]. Terms matter to [Entitlement.Grant] and, by their zone,
// to [Entitlement.Close]: about all other commands any entitlement decides alike.
type Entitlement struct {
	opaque
	terms EntitlementTerms
}

// NewEntitlement prepares terms. It fails exactly when [EntitlementTerms.Validate] does.
func NewEntitlement(t EntitlementTerms) (*Entitlement, error) {
	var c checker
	c.Check(t.Zone != nil, "Zone", nil, "must not be nil")
	c.units(t.Units)
	c.Check(t.Periods >= 1 && t.Periods <= mostPeriods, "Periods", t.Periods, "must be 1 to 1200")
	n := max(1, min(t.Periods, mostPeriods))
	c.Check(t.Months >= 0 && t.Months <= mostMonths/n, "Months", t.Months, "must be 0 or more, and at most 1200 in all periods")
	c.Check(t.Days >= 0 && t.Days <= mostDays/n, "Days", t.Days, "must be 0 or more, and at most 36500 in all periods")
	c.Check((t.Months == 0) != (t.Days == 0), "Months", t.Months, "must be given, or Days, and not both")
	c.Check(t.Rollover >= 0 && t.Rollover <= money.MaxExact, "Rollover", t.Rollover, "must be 0 to 2^53-1")
	c.Check(t.Units <= money.MaxExact/int64(n), "Units", t.Units, "must be at most 2^53-1 in all periods")
	if err := c.Err(room); err != nil {
		return nil, err
	}
	return &Entitlement{terms: t}, nil
}

// bounds returns where the periods from a start begin, and where the last one ends. Each is
// counted from the start, so that what a short month cuts off comes back.
func (t *EntitlementTerms) bounds(start relmark.Date) []time.Time {
	list := make([]time.Time, t.Periods+1)
	for p := range list {
		date := start.AddDays(p * t.Days)
		if t.Months > 0 {
			date = start.AddMonths(p * t.Months)
		}
		list[p] = date.Start(t.Zone)
	}
	return list
}

type termsJSON struct {
	V        int    `json:"v"`
	Zone     string `json:"zone"`
	Units    int64  `json:"units"`
	Months   int    `json:"months,omitempty"`
	Days     int    `json:"days,omitempty"`
	Periods  int    `json:"periods"`
	Rollover int64  `json:"rollover,omitempty"`
}

// MarshalJSON encodes valid terms in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","units":4,"months":1,"periods":12,"rollover":2}
//
// without what is 0. The zone must have a name that a loader can find again: [time.Local]
// is an error.
func (t EntitlementTerms) MarshalJSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(t.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	return encode(termsJSON{version, zone, t.Units, t.Months, t.Days, t.Periods, t.Rollover})
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: decode terms with
// [DecodeEntitlementTerms], which takes a loader of zones.
func (*EntitlementTerms) UnmarshalJSON([]byte) error {
	return fault.Room(room, canon.NeedsZone("DecodeEntitlementTerms"))
}

// DecodeEntitlementTerms decodes terms of any version that was ever written and looks up
// their zone by name with zone, such as [time.LoadLocation]. An unknown version is
// [relmark.ErrUnsupported]; text that is no such JSON, unknown or repeated keys, an unknown
// zone and terms that are not valid are [relmark.ErrInvalid]. The error of zone is wrapped.
func DecodeEntitlementTerms(data []byte, zone func(name string) (*time.Location, error)) (EntitlementTerms, error) {
	var in termsJSON
	if err := decode("terms", data, &in); err != nil {
		return EntitlementTerms{}, err
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return EntitlementTerms{}, fault.Room(room, err)
	}
	t := EntitlementTerms{loc, in.Units, in.Months, in.Days, in.Periods, in.Rollover}
	if err := t.Validate(); err != nil {
		return EntitlementTerms{}, err
	}
	return t, nil
}

package social

import (
	"fmt"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// A BadgeRule says what a badge is given for and how long it holds. It is plain data.
type BadgeRule struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`  // of the activities that count; accepted ones do that were not removed
	Count int    `json:"count"` // how many it takes, 1 to 10^6
	// WithinDays is the rolling window in which it takes them, days of 24 hours, 1 or more;
	// nil: ever.
	WithinDays *int `json:"within_days,omitempty"`
	// ValidDays is how long it holds from when it was earned last, likewise; nil: for good.
	ValidDays *int `json:"valid_days,omitempty"`
}

// A BadgePolicy is the badges of a community. It is plain data.
type BadgePolicy struct {
	Rules []BadgeRule `json:"rules"` // with names that differ, 1 to 1000
}

const maxDays = 36_525 // a hundred years

// Validate reports every rule that p breaks, in one error.
func (p BadgePolicy) Validate() error {
	var f fault.List
	f.Check(len(p.Rules) >= 1 && len(p.Rules) <= 1000, "Rules", len(p.Rules), "must be 1 to 1000")
	seen := map[string]bool{}
	for i, r := range p.Rules[:min(len(p.Rules), 1000)] {
		var part fault.List
		part.Check(fault.ValidName(r.Name) && !seen[r.Name], "Name", nil, fault.NameRule+", once")
		part.Name("Kind", r.Kind)
		part.Check(r.Count >= 1 && r.Count <= 1e6, "Count", r.Count, "must be 1 to 1000000")
		checkDays(&part, "WithinDays", r.WithinDays)
		checkDays(&part, "ValidDays", r.ValidDays)
		f.Join(fmt.Sprintf("Rules[%d]", i), part.Err(""))
		seen[r.Name] = true
	}
	return f.Err(room)
}

func checkDays(f *fault.List, field string, n *int) {
	if n != nil {
		f.Check(*n >= 1 && *n <= maxDays, field, *n, "must be 1 to 36525")
	}
}

type plainBadges BadgePolicy

type badgesJSON struct {
	V int `json:"v"`
	plainBadges
}

// MarshalJSON encodes a valid policy:
//
//	{"v":1,"rules":[{"name":"critic","kind":"review","count":10,"within_days":365,"valid_days":180}]}
func (p BadgePolicy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(badgesJSON{version, plainBadges(p)})
}

// UnmarshalJSON decodes and validates a policy of any version so far. It leaves p
// unchanged on error.
func (p *BadgePolicy) UnmarshalJSON(data []byte) error {
	var in badgesJSON
	if err := decode("badge policy", data, &in); err != nil {
		return err
	}
	if err := BadgePolicy(in.plainBadges).Validate(); err != nil {
		return err
	}
	*p = BadgePolicy(in.plainBadges)
	return nil
}

// A BadgeState says whether a member has a badge.
type BadgeState string

// The states.
const (
	BadgeOpen    BadgeState = "open"    // not earned yet
	BadgeHeld    BadgeState = "held"    // earned and valid
	BadgeExpired BadgeState = "expired" // earned, and not valid any more
)

// A Badge is what a member has of a badge, and why. It is plain data.
type Badge struct {
	Name  string     `json:"name"`
	State BadgeState `json:"state"`
	Have  int        `json:"have"` // activities that count now
	Need  int        `json:"need"`
	// Since is when it was earned, without a break to Until; zero if it never was.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"` // first instant at which it does not hold; zero: for good, or never earned
	// Because are the IDs of the activities by which it was earned last, in order of time.
	Because []string `json:"because,omitempty"`
}

// Badges says which badges a member has at asOf, in the order of the rules, also those
// that are not earned. They follow from the activities alone: what is removed takes with it
// what it earned. It fails if p is not valid or asOf is not set. It takes time n log n in
// the activities, and linear for each rule.
func (p BadgePolicy) Badges(a *Activities, asOf time.Time) ([]Badge, error) {
	if a == nil {
		return nil, errNil("Activities")
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if !canon.IsActivity(asOf) {
		return nil, invalid("AsOf", "must be set, in years 1700 to 2150")
	}
	all := a.counting(asOf)
	badges := make([]Badge, 0, len(p.Rules))
	for i := range p.Rules {
		badges = append(badges, p.Rules[i].badge(all, asOf))
	}
	return badges, nil
}

// counting returns the activities up to an instant that were accepted and have not been
// removed by then, in order of time and ID.
func (a *Activities) counting(asOf time.Time) []named {
	all := a.sorted(asOf.UnixNano())
	kept := all[:0]
	for i := range all {
		if x := &all[i]; x.accepted && x.removed > asOf.UnixNano() {
			kept = append(kept, *x)
		}
	}
	return kept
}

// badge goes through the activities in order of time.
func (r *BadgeRule) badge(all []named, asOf time.Time) Badge {
	b := Badge{Name: r.Name, State: BadgeOpen, Need: r.Count}
	var mine []*named
	first := 0 // of mine in the window
	for i := range all {
		x := &all[i]
		if x.kind != r.Kind {
			continue
		}
		mine = append(mine, x)
		first = r.slide(mine, first, x.at)
		if len(mine)-first >= r.Count {
			r.earn(&b, mine[len(mine)-r.Count:])
		}
	}
	b.Have = len(mine) - r.slide(mine, first, asOf.UnixNano())
	switch {
	case b.Since.IsZero():
	case b.Until.IsZero() || asOf.Before(b.Until):
		b.State = BadgeHeld
	default:
		b.State = BadgeExpired
	}
	return b
}

// slide returns the first of mine, from a position on, in the window at an instant.
func (r *BadgeRule) slide(mine []*named, first int, at int64) int {
	if r.WithinDays == nil {
		return first
	}
	window := uint64(*r.WithinDays) * uint64(day)
	for first < len(mine) && uint64(at-mine[first].at) >= window {
		first++
	}
	return first
}

// earn gives a badge for activities, or gives it anew. What holds for good is earned once.
func (r *BadgeRule) earn(b *Badge, by []*named) {
	at := time.Unix(0, by[len(by)-1].at).UTC()
	switch {
	case r.ValidDays == nil && !b.Since.IsZero():
		return
	case b.Since.IsZero() || !at.Before(b.Until):
		b.Since = at
	}
	if r.ValidDays != nil {
		b.Until = at.Add(time.Duration(*r.ValidDays) * day)
	}
	b.Because = b.Because[:0]
	for _, x := range by {
		b.Because = append(b.Because, x.id)
	}
}

package relmark

import (
	"fmt"
	"strconv"
	"time"
)

// A Consent allows contacts on exactly one channel for exactly one purpose, from
// From until Until, which is excluded. Several consents for the same two things
// add up; a withdrawal ends each of them by its Until.
type Consent struct {
	Channel Channel   `json:"channel"`
	Purpose Purpose   `json:"purpose"`
	From    time.Time `json:"from,omitzero"`  // zero: since ever
	Until   time.Time `json:"until,omitzero"` // zero: until it is withdrawn; never before From
}

// A Contact is one that was made.
type Contact struct {
	At      time.Time `json:"at"`
	Channel Channel   `json:"channel"`
	Purpose Purpose   `json:"purpose"`
}

// ContactFacts are what a decision has to know about one customer. They are plain
// data, safe for concurrent use while nobody changes them. They have no JSON of their
// own: what is worth storing is the consents, the contacts and the name of the zone.
type ContactFacts struct {
	Zone     *time.Location // nil: the zone of the policy
	Consents []Consent      // in any order
	History  []Contact      // in any order; contacts older than every cap and gap may be left out
}

// MarshalJSON fails with [ErrUnsupported]: a zone would be lost.
func (ContactFacts) MarshalJSON() ([]byte, error) { return nil, errFactsJSON }

// UnmarshalJSON fails with [ErrUnsupported].
func (*ContactFacts) UnmarshalJSON([]byte) error { return errFactsJSON }

var errFactsJSON = fmt.Errorf("relmark: contact facts: %w: keep Consents, History and the name of Zone", ErrUnsupported)

// A ContactRule names what a contact would break.
type ContactRule string

// The rules, in the order in which a decision lists them.
const (
	RuleConsent    ContactRule = "no_consent"  // no consent for this channel and this purpose now
	RuleQuietHours ContactRule = "quiet_hours" // quiet hours on the customer's clock
	RuleCap        ContactRule = "cap"         // as many contacts as a cap allows were made
	RuleMinGap     ContactRule = "min_gap"     // too soon after a contact
)

// A ContactBreach is one rule that a contact would break. Index is the position
// of the cap, of the gap or of the first quiet hours that forbid it in the
// policy, and 0 for consent.
type ContactBreach struct {
	Rule  ContactRule `json:"rule"`
	Index int         `json:"index"`
}

// String returns the rule, with the index of a cap or a gap: "cap:1".
func (b ContactBreach) String() string {
	if b.Rule == RuleCap || b.Rule == RuleMinGap {
		return string(b.Rule) + ":" + strconv.Itoa(b.Index)
	}
	return string(b.Rule)
}

// A ContactDecision answers whether a contact may be made. The zero decision,
// which comes with every error, does not allow it. It is plain data and the
// caller's own.
type ContactDecision struct {
	Allowed  bool            `json:"allowed"`
	Breaches []ContactBreach `json:"breaches,omitempty"` // every rule in the way, consent first; none if allowed
	// Next is the earliest instant, now or later, at which the contact breaks no
	// rule if nothing else happens, in UTC: asOf itself if it is allowed, and the
	// zero time if there is none within 400 days of 24 hours.
	Next time.Time `json:"next,omitzero"`
}

// Decide says whether a customer may be contacted on a channel for a purpose at
// asOf. It lists every rule in the way, in the order of [ContactRule] and of the
// policy, and says when to ask again.
//
// It fails if p is not valid, if a channel or purpose is empty or no text, if channel
// is [AnyChannel], if the zone is known neither of the customer nor to the policy, if
// a consent ends before it starts, if asOf is zero or outside the years 1 to 9999, and
// if a contact in the history has no time or comes after asOf. Errors name positions
// and repeat no channel or purpose.
//
// A decision that allows costs one pass over the consents, and one over the history
// for each cap and gap, and allocates nothing. One that forbids also sorts consents
// and history, and goes over the quiet hours again for each consent, quiet hours and
// change of clocks that it has to wait for: tens of thousands of consents take some
// milliseconds.
func (p ContactPolicy) Decide(channel Channel, purpose Purpose, facts ContactFacts, asOf time.Time) (ContactDecision, error) {
	if facts.Zone == nil {
		facts.Zone = p.Zone
	}
	if err := p.Validate(); err != nil {
		return ContactDecision{}, err
	}
	if err := facts.check(channel, purpose, asOf); err != nil {
		return ContactDecision{}, err
	}
	q := p.query(channel, purpose, facts, asOf)
	return q.decide(), nil
}

func (f *ContactFacts) check(channel Channel, purpose Purpose, asOf time.Time) error {
	var faults contactFaults
	faults.name(string(channel), "Channel")
	faults.name(string(purpose), "Purpose")
	if channel == AnyChannel {
		faults.add(nil, "must name one channel", "Channel")
	}
	if year := asOf.UTC().Year(); asOf.IsZero() || year < 1 || year > 9999 {
		faults.add(asOf, "must be set, in years 1 to 9999", "AsOf")
	}
	if f.Zone == nil {
		faults.add(nil, "must be known of the customer or to the policy", "Zone")
	}
	for i := range f.Consents {
		c := &f.Consents[i]
		faults.name(string(c.Channel), "Consents[%d].Channel", i)
		faults.name(string(c.Purpose), "Consents[%d].Purpose", i)
		if !c.Until.IsZero() && c.Until.Before(c.From) {
			faults.add(c.Until, "must not come before From", "Consents[%d].Until", i)
		}
	}
	for i := range f.History {
		c := &f.History[i]
		faults.name(string(c.Channel), "History[%d].Channel", i)
		faults.name(string(c.Purpose), "History[%d].Purpose", i)
		if c.At.IsZero() || c.At.After(asOf) {
			faults.add(c.At, "must be set and not come after the decision", "History[%d].At", i)
		}
	}
	return faults.err()
}

package crosssell

import (
	"time"

	"github.com/relmark/relmark"
)

// An Outcome is what became of a candidate.
type Outcome string

// The outcomes.
const (
	Chosen     Outcome = "chosen"      // the offer to make
	LowerValue Outcome = "lower_value" // may be made, but another is worth more, or as much and comes first
	Rejected   Outcome = "rejected"    // stopped by a gate
)

// A Reason says what stops a candidate.
type Reason string

// The reasons, in the order of the gates: first whether the customer may be
// contacted, in the words of [relmark.ContactRule], then what is owed to the
// relationship, then what would be of no use.
const (
	NotAsked      Reason = "not_asked"                    // the contact policy was not asked about this channel and purpose
	NoConsent     Reason = Reason(relmark.RuleConsent)    // no consent for this channel and this purpose
	QuietHours    Reason = Reason(relmark.RuleQuietHours) // quiet hours on the customer's clock
	CapReached    Reason = Reason(relmark.RuleCap)        // as many contacts as a cap allows were made
	TooSoon       Reason = Reason(relmark.RuleMinGap)     // too soon after a contact
	OpenComplaint Reason = "open_complaint"               // recovery comes first: nothing is sold meanwhile
	Owned         Reason = "owned"                        // the customer has the item, and it is not repeatable
	BelowFloor    Reason = "below_floor"                  // not worth more than the floor of the policy
)

// A Verdict says what became of one candidate and why. It is plain data, and
// immutable by convention: the verdicts of one decision share memory, with each
// other and with the contact answers of the customer.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	// Reasons lists everything that stops the candidate, in order of the gates, each
	// once. It is empty unless the candidate is rejected.
	Reasons []Reason `json:"reasons,omitempty"`
	// Breaches is what the contact policy says against the contact, with the position
	// of the cap, the gap or the quiet hours.
	Breaches []relmark.ContactBreach `json:"breaches,omitempty"`
	// Next is when to ask the contact policy again, as it says itself, in UTC; zero where it
	// allows the contact, knows no such instant or was not asked. What else stops the
	// candidate may well go on until later.
	Next  time.Time `json:"next,omitzero"`
	Worth float64   `json:"worth"` // as [Candidate.Worth] returns it, whatever the outcome
	// Rank is the place among the candidates that are not rejected: 1 for the
	// chosen one, 2 for the next best; 0 if it is rejected.
	Rank int `json:"rank,omitempty"`
}

// waits reports whether the contact policy alone stops the candidate, and not for
// ever.
func (v *Verdict) waits() bool {
	if v.Next.IsZero() {
		return false
	}
	for _, r := range v.Reasons {
		switch r {
		case NoConsent, QuietHours, CapReached, TooSoon:
		default:
			return false
		}
	}
	return true
}

// A Decision has one verdict for each candidate, in the order of the candidates.
// It is plain data. The zero Decision, which comes with every error, makes no
// offer.
type Decision struct {
	Verdicts []Verdict `json:"verdicts"`
}

// Chosen returns the position of the chosen candidate; ok is false if no offer is
// to be made. It takes O(n) time.
func (d Decision) Chosen() (i int, ok bool) {
	for i := range d.Verdicts {
		if d.Verdicts[i].Outcome == Chosen {
			return i, true
		}
	}
	return 0, false
}

// Next returns when to decide again: the earliest instant at which a candidate that
// only the contact policy stops may be offered. It is false if there is no such
// candidate. It takes O(n) time.
func (d Decision) Next() (at time.Time, ok bool) {
	for i := range d.Verdicts {
		if v := &d.Verdicts[i]; v.waits() && (!ok || v.Next.Before(at)) {
			at, ok = v.Next, true
		}
	}
	return at, ok
}

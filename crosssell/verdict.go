package crosssell

import (
	"slices"
	"time"
)

// An Outcome is what became of a candidate.
type Outcome string

// The outcomes.
const (
	Chosen       Outcome = "chosen"        // to be made
	Withheld     Outcome = "withheld"      // would be made, but the customer is in the control group
	LowerValue   Outcome = "lower_value"   // may be made, but others fill the slots
	CategoryFull Outcome = "category_full" // may be made, but as many of its category as the policy allows go before it
	SameItem     Outcome = "same_item"     // may be made, but the item is offered in another way
	Rejected     Outcome = "rejected"      // stopped by a gate
)

// A Verdict says what became of one candidate and why. It is plain data, and
// immutable by convention: the verdicts of one decision share memory.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	// Reasons lists everything that stops the candidate, in order of the gates: each was
	// asked, and those that are not named let it pass. The first is the one to act on.
	// It is empty unless the candidate is rejected.
	Reasons []Reason `json:"reasons,omitempty"`
	// Worth is Score·Margin + Relationship − Fatigue, in the unit of margins, whatever
	// the outcome; Fatigue is what the policy takes off a sale, 0 where it is not known.
	Worth   float64 `json:"worth"`
	Fatigue float64 `json:"fatigue,omitzero"`
	Lever   float64 `json:"lever,omitzero"` // what the business adds
	Final   float64 `json:"final"`          // Worth + Lever, by which candidates are compared
	// Rank is the place among the candidates that are not rejected, by priority, then
	// Final, then item, channel and purpose: 1 for the first; 0 if it is rejected.
	Rank int `json:"rank,omitzero"`
	// Propensity is the probability with which exploration put the candidate first; 0
	// also where nothing was explored: see [Decision.Explored].
	Propensity float64 `json:"propensity,omitzero"`
}

// Next returns when the candidate may pass the gates: the latest instant that its
// reasons name. It is false if one of them names none, or if there is none.
func (v Verdict) Next() (at time.Time, ok bool) {
	for i := range v.Reasons {
		next := v.Reasons[i].Next
		if next.IsZero() {
			return time.Time{}, false
		}
		if next.After(at) {
			at = next
		}
	}
	return at, len(v.Reasons) > 0
}

// A Decision has one verdict for each candidate, in the order of the candidates.
// It is plain data. The zero Decision, which comes with every error, makes no
// offer.
type Decision struct {
	Verdicts []Verdict `json:"verdicts"`
	// Chosen lists the positions of the candidates to offer, in the order of the slots.
	Chosen []int `json:"chosen,omitempty"`
	// Withheld lists instead what would have been offered to a customer in the control
	// group, so that both groups can be compared.
	Withheld []int `json:"withheld,omitempty"`
	Explored bool  `json:"explored,omitempty"` // the first slot was drawn: verdicts have propensities
}

// Next returns when to decide again: the earliest instant at which a candidate that
// is stopped for a time only may be offered. It is false if there is no such
// candidate. It takes O(n) time.
func (d Decision) Next() (at time.Time, ok bool) {
	for i := range d.Verdicts {
		if next, waits := d.Verdicts[i].Next(); waits && (!ok || next.Before(at)) {
			at, ok = next, true
		}
	}
	return at, ok
}

// Clone returns a copy of d that shares no memory with it: what is kept of a [Decider]
// that goes on.
func (d Decision) Clone() Decision {
	d.Verdicts = slices.Clone(d.Verdicts)
	for i := range d.Verdicts {
		d.Verdicts[i].Reasons = slices.Clone(d.Verdicts[i].Reasons)
	}
	d.Chosen, d.Withheld = slices.Clone(d.Chosen), slices.Clone(d.Withheld)
	return d
}

package crosssell

// An Outcome is what became of a candidate.
type Outcome string

// The outcomes.
const (
	Chosen     Outcome = "chosen"      // the offer to make
	LowerValue Outcome = "lower_value" // may be made, but another is worth more, or as much and comes first
	Rejected   Outcome = "rejected"    // stopped by a gate
)

// A Reason names a gate that stops a candidate.
type Reason string

// The reasons, in the order of the gates: first what the customer decided, then
// what is owed to the relationship, then what would be of no use.
const (
	NoConsent     Reason = "no_consent"     // no permission for this channel and this purpose
	OpenComplaint Reason = "open_complaint" // recovery comes first: nothing is sold meanwhile
	Owned         Reason = "owned"          // the customer has the item, and it is not repeatable
	BelowFloor    Reason = "below_floor"    // not worth more than the floor of the policy
)

// A Verdict says what became of one candidate and why. It is plain data, and
// immutable by convention: the verdicts of one decision share memory.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	// Reasons lists every gate that stops the candidate, in order of the gates. It
	// is empty unless the candidate is rejected.
	Reasons []Reason `json:"reasons,omitempty"`
	Worth   float64  `json:"worth"` // as [Candidate.Worth] returns it, whatever the outcome
	// Rank is the place among the candidates that are not rejected: 1 for the
	// chosen one, 2 for the next best; 0 if it is rejected.
	Rank int `json:"rank,omitempty"`
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

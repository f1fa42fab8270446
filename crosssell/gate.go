package crosssell

import "time"

// A Gate is one question that every candidate is asked.
type Gate string

// The gates, in the order in which they are asked and reasons listed: what the customer
// and the law forbid, what is owed to the relationship, what would be of no use, what
// would not pay. Those marked with an S stop sales only; the others stop any kind.
const (
	GateConsent      Gate = "consent"      // is contact on this channel for this purpose consented to
	GateLegal        Gate = "legal"        // does the customer meet what law and market ask
	GateComplaint    Gate = "complaint"    // S: is no complaint open and no recovery under way
	GateSatisfaction Gate = "satisfaction" // S: is the customer surely satisfied enough
	GateOwned        Gate = "owned"        // S: has the customer not got it, or may buy it again
	GateStanding     Gate = "standing"     // is the customer's tier or relationship right for it
	GateStock        Gate = "stock"        // is one left
	GateContact      Gate = "contact"      // do quiet hours, caps and gaps allow a contact now
	GateMargin       Gate = "margin"       // S: does acceptance earn enough
	GateWorth        Gate = "worth"        // is it worth more than the floor
	GateFatigue      Gate = "fatigue"      // S: has the customer not been asked too often
	GateLever        Gate = "lever"        // does no lever of the business hold it back
)

// A Code says what a gate found.
type Code string

// The codes. Those that compare two numbers have them in Value and Limit.
const (
	NotAsked      Code = "not_asked"      // a fact that the gate needs was not stated, by nobody or not in that form
	Erased        Code = "erased"         // consent: the customer's data are erased
	NoConsent     Code = "no_consent"     // consent: there is none for this channel and this purpose
	QuietHours    Code = "quiet_hours"    // contact: quiet hours on the customer's clock
	CapReached    Code = "cap"            // contact: as many contacts as a cap allows were made
	TooSoon       Code = "min_gap"        // contact: too soon after a contact
	NotOneOf      Code = "not_one_of"     // legal, standing: a fact is none of the words asked for
	OpenComplaint Code = "open_complaint" // complaint: recovery comes first
	Recovering    Code = "in_recovery"    // complaint: it is not finished
	AlreadyOwned  Code = "owned"          // owned: the customer has it, and it is not repeatable
	OutOfStock    Code = "out_of_stock"   // stock: Value are left, Limit are needed
	TooLow        Code = "too_low"        // Value is less than Limit; of worth, less or equal
	TooHigh       Code = "too_high"       // Value is more than Limit
)

// A Reason is one thing that stops a candidate, as data: what to say, and in which
// language, is the host's. It is plain data.
type Reason struct {
	Gate Gate `json:"gate"`
	Code Code `json:"code"`
	// Fact names the fact that a requirement asks for, and Index is the position of the
	// requirement in its list. Of the contact gate, Index is the position of the cap,
	// the gap or the quiet hours in the contact policy.
	Fact  string `json:"fact,omitempty"`
	Index int    `json:"index,omitzero"`
	// Value and Limit are what was compared, where the code compares numbers.
	Value float64 `json:"value,omitzero"`
	Limit float64 `json:"limit,omitzero"`
	// Next is when this reason may be gone if nothing else happens, in UTC; zero where
	// nobody knows. The contact policy says so for all of its reasons at once.
	Next time.Time `json:"next,omitzero"`
}

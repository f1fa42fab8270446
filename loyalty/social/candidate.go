package social

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Treatment is something that may be done for one customer, which takes a contact: an
// offer, a call, an invitation. It is plain data.
type Treatment struct {
	ID      string          // unique in a list
	Kind    string          // what is done, by which quotas count; 1 to 200 bytes
	Channel relmark.Channel // by which the customer is reached
	Purpose relmark.Purpose // what the contact is for, which consent must name
	Value   decimal.Decimal // what it is expected to bring, such as uplift times margin; may be negative
	Cost    decimal.Decimal // 0 or more
}

type treatmentJSON struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`
	Channel relmark.Channel `json:"channel"`
	Purpose relmark.Purpose `json:"purpose"`
	Value   money.Plain     `json:"value"`
	Cost    money.Plain     `json:"cost"`
}

// MarshalJSON encodes the treatment, its amounts as exact text.
func (t Treatment) MarshalJSON() ([]byte, error) {
	return encode(treatmentJSON{t.ID, t.Kind, t.Channel, t.Purpose, money.Plain(t.Value), money.Plain(t.Cost)})
}

// UnmarshalJSON decodes what [Treatment.MarshalJSON] writes. It leaves t unchanged on
// error.
func (t *Treatment) UnmarshalJSON(data []byte) error {
	var in treatmentJSON
	if err := alone("treatment", data, &in); err != nil {
		return err
	}
	*t = Treatment{in.ID, in.Kind, in.Channel, in.Purpose, decimal.Decimal(in.Value), decimal.Decimal(in.Cost)}
	return nil
}

// ok reports whether t is well-formed but for its amounts, which [ledger.see] looks at.
func (t *Treatment) ok() bool {
	return fault.ValidName(t.ID) && fault.ValidName(t.Kind) && isText(string(t.Channel)) && t.Channel != relmark.AnyChannel && isText(string(t.Purpose))
}

// fault says what is wrong with t at a position.
func (t *Treatment) fault(f *fault.List, field string, i int) {
	var part fault.List
	part.Name("ID", t.ID)
	part.Name("Kind", t.Kind)
	checkContact(&part, t.Channel, t.Purpose)
	f.Join(fmt.Sprintf("%s[%d]", field, i), part.Err(""))
}

// A Reason says why a candidate is not chosen.
type Reason string

// The reasons, in the order in which they are looked at. Up to [NoValue] the first that
// applies is the only one.
const (
	InControl    Reason = "control"     // the customer is in the control group
	NoConsent    Reason = "no_consent"  // none for the channel and the purpose now
	NotNow       Reason = "not_now"     // quiet hours, or contacted too often or too lately: see the decision
	NoValue      Reason = "no_value"    // value - λ·cost is not above 0
	AtCap        Reason = "cap"         // the customer would be contacted too often
	AtChannelCap Reason = "cap_channel" // on this channel
	AtQuota      Reason = "quota"       // nothing is left of this kind of treatment
	AtBudget     Reason = "budget"      // too little money is left
	Outranked    Reason = "outranked"   // another treatment is worth more to the same customer
)

// blocked returns why a decision does not allow a contact; empty if it does.
func blocked(d *relmark.ContactDecision) Reason {
	switch {
	case d.Allowed:
		return ""
	case len(d.Breaches) > 0 && d.Breaches[0].Rule != relmark.RuleConsent:
		return NotNow
	}
	return NoConsent // also of the zero decision, which allows nothing
}

// A ledger brings values and costs to whole units of one size each, in which net values
// and sums of costs are exact.
type ledger struct {
	lambda                int64
	lambdaScale           int
	valueScale, costScale int
	ok                    bool
}

// open begins a ledger; false unless lambda is 0 or more with 9 fraction digits at most.
func (l *ledger) open(lambda decimal.Decimal) bool {
	coef, scale, ok := money.Coefficient(lambda)
	*l = ledger{lambda: coef, lambdaScale: scale, ok: true}
	return ok && coef >= 0 && scale <= 9
}

const amountRule = "must have 18 digits at most, 9 of them in the fraction"

// amounts are the value and the cost of a candidate, first as they are written and then
// in whole units.
type amounts struct {
	value, cost           int64
	valueScale, costScale int
	net                   int64 // value - λ·cost
}

// see reads a value and a cost and takes note of their fraction digits; false if they have
// more than 9 or the cost is negative.
func (l *ledger) see(value, cost decimal.Decimal, a *amounts) bool {
	var okValue, okCost bool
	a.value, a.valueScale, okValue = money.Coefficient(value)
	a.cost, a.costScale, okCost = money.Coefficient(cost)
	if !okValue || !okCost || a.valueScale > 9 || a.costScale > 9 || a.cost < 0 {
		return false
	}
	l.valueScale, l.costScale = max(l.valueScale, a.valueScale), max(l.costScale, a.costScale)
	return true
}

// netScale returns the fraction digits of net values.
func (l *ledger) netScale() int { return max(l.valueScale, l.costScale+l.lambdaScale) }

// convert brings the cost to whole units and computes the net value; the ledger is not ok
// any more if they do not fit.
func (l *ledger) convert(a *amounts) {
	scale := l.netScale()
	value, ok1 := money.Rescale(a.value, a.valueScale, scale)
	cost, ok2 := money.Rescale(a.cost, a.costScale, l.costScale)
	price, ok3 := money.Mul(cost, l.lambda)
	price, ok4 := money.Rescale(price, l.costScale+l.lambdaScale, scale)
	net, ok5 := money.Sub(value, price)
	a.net, a.cost, a.costScale = net, cost, l.costScale
	l.ok = l.ok && ok1 && ok2 && ok3 && ok4 && ok5
}

func errAmounts() error {
	return fault.Room(room, fmt.Errorf("values and costs with too many digits for exact sums: round them: %w", relmark.ErrLimit))
}

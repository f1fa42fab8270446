package crosssell

import (
	"slices"

	"github.com/relmark/relmark"
)

// askAll asks every gate about every candidate: it makes the verdicts, with the reasons
// of those that are rejected, and lists the others.
func (d *Decider[I]) askAll() {
	n := len(d.candidates)
	d.verdicts = slices.Grow(d.verdicts[:0], n)[:n]
	if d.verdicts == nil {
		d.verdicts = []Verdict{} // no candidates are no verdicts, and not null
	}
	d.reasons, d.ends, d.passed = d.reasons[:0], d.ends[:0], d.passed[:0]
	answered := -1 // as of the candidate before, which often has the same channel and purpose
	for i := range d.candidates {
		c := &d.candidates[i]
		if i == 0 || c.Channel != d.candidates[i-1].Channel || c.Purpose != d.candidates[i-1].Purpose {
			answered = answer(d.customer.Contact, d.answers, c.Channel, c.Purpose)
		}
		v := &d.verdicts[i]
		*v = Verdict{Lever: c.Lever, Worth: c.Worth()}
		if c.Kind == Sale {
			v.Fatigue = d.fatigue
			v.Worth -= v.Fatigue
		}
		v.Final = v.Worth + v.Lever
		start := len(d.reasons)
		d.ask(i, c, v, answered)
		d.ends = append(d.ends, int32(len(d.reasons)))
		if len(d.reasons) == start {
			d.passed = append(d.passed, contender{final: v.Final, priority: c.Priority, at: int32(i)})
		}
	}
	// Only now do the reasons stay where they are.
	start := int32(0)
	for i, end := range d.ends {
		if start < end {
			d.verdicts[i].Outcome, d.verdicts[i].Reasons = Rejected, d.reasons[start:end:end]
		}
		start = end
	}
}

// ask asks the gates in their order and appends what stops candidate i.
func (d *Decider[I]) ask(i int, c *Candidate[I], v *Verdict, answered int) {
	var contact *relmark.ContactDecision
	if answered >= 0 {
		contact = &d.customer.Contact[answered].Decision
	}
	sale := c.Kind == Sale
	d.askConsent(contact)
	d.askRequirements(GateLegal, c.Legal)
	if sale {
		d.askRelationship()
		if d.owned[i] && !c.Repeatable {
			d.stop(GateOwned, AlreadyOwned)
		}
	}
	d.askRequirements(GateStanding, c.Standing)
	if c.Stock != nil && *c.Stock < 1 {
		d.compare(GateStock, OutOfStock, float64(*c.Stock), 1)
	}
	if contact != nil && !contact.Allowed {
		d.askContact(contact)
	}
	if least := d.policy.MinMargin; sale && least != nil && c.Margin < *least {
		d.compare(GateMargin, TooLow, c.Margin, *least)
	}
	if !(v.Worth > d.policy.Floor) {
		d.compare(GateWorth, TooLow, v.Worth, d.policy.Floor)
	}
	if sale {
		d.askFatigue()
	}
	if !(v.Final > 0) && v.Lever < 0 {
		d.compare(GateLever, TooLow, v.Final, 0)
	}
}

// stop appends a reason without numbers.
func (d *Decider[I]) stop(g Gate, c Code) { d.reasons = append(d.reasons, Reason{Gate: g, Code: c}) }

// compare appends a reason with two numbers.
func (d *Decider[I]) compare(g Gate, c Code, value, limit float64) {
	d.reasons = append(d.reasons, Reason{Gate: g, Code: c, Value: value, Limit: limit})
}

// askConsent asks whether the customer wants to hear of it at all.
func (d *Decider[I]) askConsent(contact *relmark.ContactDecision) {
	if d.customer.Erased {
		d.stop(GateConsent, Erased)
	}
	if contact == nil {
		d.stop(GateConsent, NotAsked)
		return
	}
	for _, b := range contact.Breaches {
		if b.Rule == relmark.RuleConsent {
			d.reasons = append(d.reasons, Reason{Gate: GateConsent, Code: NoConsent, Next: contact.Next.UTC()})
			return
		}
	}
}

// askContact passes on what else the contact policy says, each rule once.
func (d *Decider[I]) askContact(contact *relmark.ContactDecision) {
	next := contact.Next.UTC()
	for k, b := range contact.Breaches {
		if b.Rule != relmark.RuleConsent && !slices.Contains(contact.Breaches[:k], b) {
			d.reasons = append(d.reasons, Reason{Gate: GateContact, Code: Code(b.Rule), Index: b.Index, Next: next})
		}
	}
}

// askRequirements asks for each fact in turn, so that a host learns of all that is missing
// at once.
func (d *Decider[I]) askRequirements(g Gate, list []Requirement) {
	for k := range list {
		if code, value, limit, ok := list[k].meet(d.customer.Facts); !ok {
			d.reasons = append(d.reasons, Reason{Gate: g, Code: code, Fact: list[k].Fact, Index: k, Value: value, Limit: limit})
		}
	}
}

// askRelationship asks whether this is a time to sell anything to the customer: first is
// what went wrong made good, then is the customer surely satisfied.
func (d *Decider[I]) askRelationship() {
	switch d.customer.Complaint {
	case ComplaintOpen:
		d.stop(GateComplaint, OpenComplaint)
	case InRecovery:
		d.stop(GateComplaint, Recovering)
	case NoComplaint:
	default:
		d.stop(GateComplaint, NotAsked)
	}
	if least := d.policy.MinSatisfaction; least != nil {
		switch s := d.customer.Satisfaction; {
		case s == nil:
			d.stop(GateSatisfaction, NotAsked)
		case *s < *least:
			d.compare(GateSatisfaction, TooLow, *s, *least)
		}
	}
}

// askFatigue asks whether the customer was asked too often.
func (d *Decider[I]) askFatigue() {
	most := d.policy.MaxFatigue
	if most == nil && d.policy.FatigueWeight == 0 {
		return
	}
	switch f := d.customer.Fatigue; {
	case f == nil:
		d.stop(GateFatigue, NotAsked)
	case most != nil && *f > *most:
		d.compare(GateFatigue, TooHigh, *f, *most)
	}
}

package relmark

import "time"

// DecideSteps returns how many consents, contacts and quiet hours a valid question goes
// through.
func (p ContactPolicy) DecideSteps(channel Channel, purpose Purpose, facts ContactFacts, asOf time.Time) int {
	q := p.query(channel, purpose, facts, asOf)
	q.decide()
	return q.steps
}

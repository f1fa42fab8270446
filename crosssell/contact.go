package crosssell

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A ContactAnswer is what a [relmark.ContactPolicy] answers about one customer on
// exactly this channel for exactly this purpose, at the instant of the decision:
// whether there may be a contact, else why not and when to ask again. Ask
// [relmark.ContactPolicy.Decide] and pass its decision on as it is, also where it
// forbids: the reason is what a record of the decision has to show. It is plain data.
type ContactAnswer struct {
	Channel  relmark.Channel         `json:"channel"`
	Purpose  relmark.Purpose         `json:"purpose"`
	Decision relmark.ContactDecision `json:"decision"`
}

// check adds what is wrong with a.
func (a *ContactAnswer) check(l *fault.List) {
	checkContact(l, a.Channel, a.Purpose)
	d := &a.Decision
	l.Check(!d.Allowed || len(d.Breaches) == 0, "Decision.Breaches", nil, "must be empty where the contact is allowed")
	l.Check(d.Allowed || len(d.Breaches) > 0, "Decision.Breaches", nil, "must say why the contact is not allowed")
	for i, b := range d.Breaches {
		switch b.Rule {
		case relmark.RuleConsent, relmark.RuleQuietHours, relmark.RuleCap, relmark.RuleMinGap:
		default:
			l.Add(fmt.Sprintf("Decision.Breaches[%d].Rule", i), nil, "must be a rule of contacts")
		}
		if b.Index < 0 {
			l.Add(fmt.Sprintf("Decision.Breaches[%d].Index", i), b.Index, "must be 0 or more")
		}
	}
}

// byContact returns the positions of the answers in order of channel, purpose and
// position.
func byContact(answers []ContactAnswer) []int {
	order := make([]int, len(answers))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(answers[i].compare(answers[j].Channel, answers[j].Purpose), cmp.Compare(i, j))
	})
	return order
}

// compare orders answers by channel and purpose.
func (a *ContactAnswer) compare(channel relmark.Channel, purpose relmark.Purpose) int {
	if by := cmp.Compare(a.Channel, channel); by != 0 {
		return by
	}
	return cmp.Compare(a.Purpose, purpose)
}

// checkUniqueAnswers adds an error for each answer that repeats an earlier one.
func checkUniqueAnswers(l *fault.List, answers []ContactAnswer, order []int) {
	for k := 1; k < len(order); k++ {
		before := &answers[order[k-1]]
		if answers[order[k]].compare(before.Channel, before.Purpose) == 0 {
			l.Add(fmt.Sprintf("Contact[%d]", order[k]), nil, "must not repeat channel and purpose of another")
		}
	}
}

// answer returns what the contact policy answers for a channel and a purpose; nil if
// it was not asked. order is that of [byContact].
func answer(answers []ContactAnswer, order []int, channel relmark.Channel, purpose relmark.Purpose) *relmark.ContactDecision {
	k, found := slices.BinarySearchFunc(order, 0, func(i, _ int) int { return answers[i].compare(channel, purpose) })
	if !found {
		return nil
	}
	return &answers[order[k]].Decision
}

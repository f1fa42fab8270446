package crosssell

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A ComplaintState says whether a complaint stands between the firm and a customer.
type ComplaintState string

// The states.
const (
	ComplaintUnknown ComplaintState = ""            // nobody asked: nothing is sold
	NoComplaint      ComplaintState = "none"        // none is open, and no recovery under way
	ComplaintOpen    ComplaintState = "open"        // one is open
	InRecovery       ComplaintState = "in_recovery" // what was promised to make it good is not finished
)

func complaintStates() enum.Set[ComplaintState] {
	return enum.Of(ComplaintUnknown, NoComplaint, ComplaintOpen, InRecovery)
}

// A Customer is what the gates have to know about one customer. It is plain data.
// Of the zero Customer nothing is known, so it gets no offer.
type Customer[I relmark.ID] struct {
	// Erased says that the customer's data are erased, or are to be: nothing is offered.
	Erased bool `json:"erased,omitempty"`
	// Control says that the customer belongs to a group that is left alone, to compare
	// with: the decision chooses nothing and says what it would have chosen.
	Control bool `json:"control,omitempty"`
	// Contact is what the contact policy answers, in any order: one answer for each
	// channel and purpose that a candidate needs.
	Contact []ContactAnswer `json:"contact,omitempty"`
	// Complaint must be known before anything is sold.
	Complaint ComplaintState `json:"complaint,omitempty"`
	// Satisfaction is the lower bound of what is known of the customer's satisfaction,
	// on the scale of the policy's floor; finite. Nil: there is no estimate.
	Satisfaction *float64 `json:"satisfaction,omitempty"`
	// Owned lists items that the customer has, in any order; UTF-8 if they are text.
	Owned []I `json:"owned,omitempty"`
	// Facts are what requirements ask for, in any order, each name once.
	Facts []Fact `json:"facts,omitempty"`
	// Fatigue is how much the customer has been addressed of late, such as what [Fatigue]
	// returns; finite, at least 0. Nil: it is not known.
	Fatigue *float64 `json:"fatigue,omitempty"`
}

// Validate reports every rule that c breaks, joined into one error: each answer is
// about one channel and one purpose, no two are about the same, and each says why
// where it forbids; no two facts have one name. Errors repeat no text.
func (c Customer[I]) Validate() error {
	var l fault.List
	c.check(&l)
	checkUniqueAnswers(&l, c.Contact, byContact(nil, c.Contact))
	return l.Err(room)
}

// check adds what is wrong with c but for answers that come twice. It does not allocate
// where nothing is.
func (c *Customer[I]) check(l *fault.List) {
	for i := range c.Contact {
		var part fault.List
		if c.Contact[i].check(&part); part.Len() > 0 {
			l.Join(at("Contact", i), part.Err(""))
		}
	}
	if err := complaintStates().Check("Complaint", c.Complaint); err != nil {
		l.Join("", err)
	}
	if c.Satisfaction != nil {
		checkFinite(l, "Satisfaction", *c.Satisfaction)
	}
	for i := range c.Owned {
		if !codec.IsUTF8(&c.Owned[i]) {
			l.Add(at("Owned", i), nil, "must be UTF-8")
		}
	}
	c.checkFacts(l)
	if c.Fatigue != nil {
		checkAmount(l, "Fatigue", *c.Fatigue)
	}
}

// checkFacts compares each fact with those before it: there are few.
func (c *Customer[I]) checkFacts(l *fault.List) {
	if len(c.Facts) > maxFacts {
		l.Add("Facts", len(c.Facts), "must be 64 at most")
		return
	}
	for i := range c.Facts {
		f := &c.Facts[i]
		var part fault.List
		if f.check(&part); part.Len() > 0 {
			l.Join(at("Facts", i), part.Err(""))
		}
		if slices.ContainsFunc(c.Facts[:i], func(g Fact) bool { return g.Name == f.Name }) {
			l.Add(at("Facts", i)+".Name", nil, "must not repeat that of another")
		}
	}
}

const maxFacts = 64

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
			l.Add(at("Decision.Breaches", i)+".Rule", nil, "must be a rule of contacts")
		}
		if b.Index < 0 {
			l.Add(at("Decision.Breaches", i)+".Index", b.Index, "must be 0 or more")
		}
	}
}

// byContact appends the positions of the answers in order of channel, purpose and
// position.
func byContact(order []int, answers []ContactAnswer) []int {
	for i := range answers {
		order = append(order, i)
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
			l.Add(at("Contact", order[k]), nil, "must not repeat channel and purpose of another")
		}
	}
}

// answer returns the position of what the contact policy answers for a channel and a
// purpose; -1 if it was not asked. order is that of [byContact].
func answer(answers []ContactAnswer, order []int, channel relmark.Channel, purpose relmark.Purpose) int {
	k, found := slices.BinarySearchFunc(order, 0, func(i, _ int) int { return answers[i].compare(channel, purpose) })
	if !found {
		return -1
	}
	return order[k]
}

package crosssell

import (
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const room = "crosssell" // whose errors these are

// A Candidate is an offer that could be made to one customer: an item, and the
// contact that it takes to offer it. One item on two channels makes two
// candidates. It is plain data. Where the score comes from is the host's affair:
// the confidence of a rule, an affinity, a forecast, an expert.
type Candidate[I relmark.ID] struct {
	Item    I               `json:"item"`    // UTF-8 if it is text
	Channel relmark.Channel `json:"channel"` // one channel; UTF-8 and not empty
	Purpose relmark.Purpose `json:"purpose"` // what the contact is for, in the words of consents; UTF-8 and not empty

	// Score says how well the offer suits the customer, at best the probability
	// that it is accepted; finite, at least 0, on one scale for all candidates.
	Score float64 `json:"score"`
	// Value is what an accepted offer is worth to the firm, such as its margin;
	// finite, at least 0, in one unit for all candidates. If it is 1 throughout,
	// the score alone decides.
	Value float64 `json:"value"`
	// Repeatable says that who owns the item may well buy it again: coffee, not
	// the machine.
	Repeatable bool `json:"repeatable,omitempty"`
}

// Worth returns Score·Value, by which offers are compared.
func (c Candidate[I]) Worth() float64 { return c.Score * c.Value }

// Validate reports every rule that c breaks, joined into one error. Errors repeat
// neither the item nor the channel nor the purpose.
func (c Candidate[I]) Validate() error {
	var l fault.List
	c.check(&l)
	return l.Err(room)
}

func (c *Candidate[I]) check(l *fault.List) {
	l.Check(codec.IsUTF8(&c.Item), "Item", nil, "must be UTF-8")
	checkContact(l, c.Channel, c.Purpose)
	score, value := checkAmount(l, "Score", c.Score), checkAmount(l, "Value", c.Value)
	if score && value && !isAmount(c.Worth()) {
		l.Add("Value", c.Value, "must be finite times Score")
	}
}

// A Customer is what the gates have to know about one customer. It is plain data.
// Of the zero Customer nothing is known, so it gets no offer.
type Customer[I relmark.ID] struct {
	// Contact is what the contact policy answers, in any order: one answer for each
	// channel and purpose that a candidate needs.
	Contact []ContactAnswer `json:"contact,omitempty"`
	// OpenComplaint says that a complaint is open or its recovery is not finished.
	OpenComplaint bool `json:"open_complaint,omitempty"`
	Owned         []I  `json:"owned,omitempty"` // items that the customer has, in any order; UTF-8 if they are text
}

// Validate reports every rule that c breaks, joined into one error: each answer is
// about one channel and one purpose, no two are about the same, and each says why
// where it forbids. Errors repeat neither channels nor purposes nor items.
func (c Customer[I]) Validate() error {
	var l fault.List
	c.check(&l)
	checkUniqueAnswers(&l, c.Contact, byContact(c.Contact))
	return l.Err(room)
}

func (c *Customer[I]) check(l *fault.List) {
	for i := range c.Contact {
		var part fault.List
		if c.Contact[i].check(&part); part.Len() > 0 {
			l.Join(fmt.Sprintf("Contact[%d]", i), part.Err(""))
		}
	}
	for i := range c.Owned {
		if !codec.IsUTF8(&c.Owned[i]) {
			l.Add(fmt.Sprintf("Owned[%d]", i), nil, "must be UTF-8")
		}
	}
}

// checkAmount adds what is wrong with a score, a value or a floor, if anything.
func checkAmount(l *fault.List, field string, x float64) bool {
	ok := isAmount(x)
	if !ok {
		l.Add(field, x, "must be finite and >= 0")
	}
	return ok
}

func isAmount(x float64) bool { return x >= 0 && x <= math.MaxFloat64 }

// checkContact adds what is wrong with a channel and a purpose.
func checkContact(l *fault.List, channel relmark.Channel, purpose relmark.Purpose) {
	const rule = "must be UTF-8 text and not empty"
	l.Check(isName(string(channel)), "Channel", nil, rule)
	l.Check(channel != relmark.AnyChannel, "Channel", nil, "must name one channel")
	l.Check(isName(string(purpose)), "Purpose", nil, rule)
}

func isName(s string) bool { return s != "" && utf8.ValidString(s) }

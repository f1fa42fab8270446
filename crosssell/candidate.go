package crosssell

import (
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const room = "crosssell" // whose errors these are

// A Kind says what a contact is about. Gates that guard against selling at the wrong
// time ask about sales only: see [Gate].
type Kind string

// The kinds.
const (
	Sale     Kind = ""         // the default: it wants to be bought
	Thanks   Kind = "thanks"   // a thank-you, a birthday card
	Service  Kind = "service"  // a service call, advice, a reminder of what is owed
	Recovery Kind = "recovery" // it makes good what went wrong
)

func kinds() enum.Set[Kind] { return enum.Of(Sale, Thanks, Service, Recovery) }

// A Candidate is something that could be done for one customer: an item, and the
// contact that it takes to offer it. One item on two channels makes two candidates,
// of which one is chosen at most. It is plain data. Where the score comes from is the
// host's affair: a [Suggestion], a forecast, an expert.
type Candidate[I relmark.ID] struct {
	Item    I               `json:"item"`              // UTF-8 if it is text
	Kind    Kind            `json:"kind,omitempty"`    // what is no sale competes under the same gates, but for those of sales
	Channel relmark.Channel `json:"channel"`           // one channel; UTF-8 and not empty
	Purpose relmark.Purpose `json:"purpose"`           // what the contact is for, in the words of consents; UTF-8 and not empty
	Because []Evidence[I]   `json:"because,omitempty"` // why it suits the customer; not looked at, kept for who explains

	// Score is the probability that the offer is accepted, or, where only the order
	// matters, any figure on one scale for all candidates; finite, at least 0.
	Score float64 `json:"score"`
	// Belief says how sure the score is, as a beta distribution whose mean is Score
	// within 1e-9. Nil: the score is taken for known. Only exploration looks at it.
	Belief *Belief `json:"belief,omitempty"`
	// Margin is what acceptance earns, in the unit of worth; finite, negative where the
	// firm pays for it. If it is 1 throughout, the score alone decides.
	Margin float64 `json:"margin"`
	// Relationship is what the contact is worth to the relationship, accepted or not,
	// in the unit of worth: a step to the next tier, a customer kept; finite.
	Relationship float64 `json:"relationship,omitzero"`

	// Lever is what the business adds to the worth for reasons of its own, such as a
	// campaign; finite, of either sign. It stands apart: no lever lifts an offer over
	// a floor, and the verdict shows it.
	Lever float64 `json:"lever,omitzero"`
	// Priority goes before all worth: of those that pass the gates, the higher come first.
	Priority int `json:"priority,omitzero"`

	// Category is what a policy of variety counts by; UTF-8, or empty for a category of
	// all that have none. Candidates of one item have one category.
	Category string `json:"category,omitempty"`
	// Repeatable says that who owns the item may well buy it again: coffee, not
	// the machine.
	Repeatable bool `json:"repeatable,omitempty"`
	// Stock is how many are left, 0 or more; nil for what does not run out, such as a
	// service plan.
	Stock *int64 `json:"stock,omitempty"`
	// Legal is what the law and the market ask of the customer, such as an age of 18;
	// Standing what the firm asks, such as a tier or an active relationship.
	Legal    []Requirement `json:"legal,omitempty"`
	Standing []Requirement `json:"standing,omitempty"`
}

// From makes a candidate for a sale of what a room suggests, with its score and its
// evidence; channel, purpose and margin are the host's.
func From[I relmark.ID](s Suggestion[I], channel relmark.Channel, purpose relmark.Purpose, margin float64) Candidate[I] {
	return Candidate[I]{Item: s.Item, Channel: channel, Purpose: purpose, Because: s.Because, Score: s.Score, Margin: margin}
}

// Worth returns Score·Margin + Relationship, from which a policy may take fatigue.
func (c Candidate[I]) Worth() float64 { return float64(c.Score*c.Margin) + c.Relationship }

// Validate reports every rule that c breaks, joined into one error. Errors repeat
// neither the item nor any other text.
func (c Candidate[I]) Validate() error {
	var l fault.List
	c.check(&l, new(Candidate[I]))
	return l.Err(room)
}

// check adds what is wrong with c. It does not allocate where nothing is. What c shares
// with the candidate before, which was checked, is not read again: candidates of one
// decision often have channel, purpose, category and requirements in common.
func (c *Candidate[I]) check(l *fault.List, before *Candidate[I]) {
	if !codec.IsUTF8(&c.Item) {
		l.Add("Item", nil, "must be UTF-8")
	}
	if c.Kind != Sale && !kinds().Valid(c.Kind) {
		l.Add("Kind", nil, kinds().Rule())
	}
	if c.Channel != before.Channel || c.Purpose != before.Purpose || c.Channel == "" || c.Purpose == "" {
		checkContact(l, c.Channel, c.Purpose)
	}
	checkEvidence(l, c.Because)
	amounts := checkAmount(l, "Score", c.Score)
	amounts = checkFinite(l, "Margin", c.Margin) && amounts
	amounts = checkFinite(l, "Relationship", c.Relationship) && amounts
	amounts = checkFinite(l, "Lever", c.Lever) && amounts
	if worth := c.Worth(); amounts && !(isFinite(worth) && isFinite(worth+c.Lever)) {
		l.Add("Margin", c.Margin, "must be finite times Score, and with Relationship and Lever added")
	}
	if c.Belief != nil {
		c.Belief.check(l, c.Score)
	}
	if c.Category != before.Category && !utf8.ValidString(c.Category) {
		l.Add("Category", nil, "must be UTF-8")
	}
	if c.Stock != nil && *c.Stock < 0 {
		l.Add("Stock", *c.Stock, "must be 0 or more")
	}
	if !same(c.Legal, before.Legal) {
		checkRequirements(l, "Legal", c.Legal)
	}
	if !same(c.Standing, before.Standing) {
		checkRequirements(l, "Standing", c.Standing)
	}
}

// same reports whether two lists are one, in the same memory.
func same(a, b []Requirement) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// compare orders candidates by item, channel and purpose.
func compare[I relmark.ID](a, b *Candidate[I]) int {
	switch {
	case a.Item < b.Item:
		return -1
	case a.Item > b.Item:
		return 1
	case a.Channel < b.Channel:
		return -1
	case a.Channel > b.Channel:
		return 1
	case a.Purpose < b.Purpose:
		return -1
	case a.Purpose > b.Purpose:
		return 1
	}
	return 0
}

// checkAmount adds what is wrong with a score or a weight, if anything.
func checkAmount(l *fault.List, field string, x float64) bool {
	if x >= 0 && x <= math.MaxFloat64 {
		return true
	}
	l.Add(field, x, "must be finite and >= 0")
	return false
}

// checkFinite adds what is wrong with a margin or a lever, if anything.
func checkFinite(l *fault.List, field string, x float64) bool {
	if isFinite(x) {
		return true
	}
	l.Add(field, x, "must be finite")
	return false
}

func isFinite(x float64) bool { return x-x == 0 }

// checkContact adds what is wrong with a channel and a purpose.
func checkContact(l *fault.List, channel relmark.Channel, purpose relmark.Purpose) {
	const rule = "must be UTF-8 text and not empty"
	if !isName(string(channel)) {
		l.Add("Channel", nil, rule)
	}
	if channel == relmark.AnyChannel {
		l.Add("Channel", nil, "must name one channel")
	}
	if !isName(string(purpose)) {
		l.Add("Purpose", nil, rule)
	}
}

func isName(s string) bool { return s != "" && utf8.ValidString(s) }

// at names an element of a list in an error.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

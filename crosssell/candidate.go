package crosssell

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/relmark/relmark"
)

// A Candidate is an offer that could be made to one customer: an item, and the
// contact that it takes to offer it. One item on two channels makes two
// candidates. It is plain data. Where the score comes from is the host's affair:
// the confidence of a rule, an affinity, a forecast, an expert.
type Candidate[I relmark.ID] struct {
	Item    I               `json:"item"`
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
func (c Candidate[I]) Validate() error { return joined(c.check(nil, "")) }

// check appends what is wrong with c; path is put before the names of fields.
func (c *Candidate[I]) check(errs []error, path string) []error {
	errs = checkContact(errs, path, c.Channel, c.Purpose)
	if !isAmount(c.Score) {
		errs = append(errs, fault(path, "Score", c.Score, amountRule))
	}
	if !isAmount(c.Value) {
		return append(errs, fault(path, "Value", c.Value, amountRule))
	}
	if isAmount(c.Score) && !isAmount(c.Worth()) {
		errs = append(errs, fault(path, "Value", c.Value, "must be finite times Score"))
	}
	return errs
}

// A Permission says that the customer may be contacted now on exactly this
// channel for exactly this purpose. It is what a consent comes to on the day; a
// [relmark.ContactPolicy] tells it from consents, quiet hours and caps. There is
// no word for every channel or every purpose: consent is specific.
type Permission struct {
	Channel relmark.Channel `json:"channel"`
	Purpose relmark.Purpose `json:"purpose"`
}

// A Customer is what the gates have to know about one customer. It is plain data.
// The zero Customer has consented to nothing, so it gets no offer.
type Customer[I relmark.ID] struct {
	Permissions []Permission `json:"permissions,omitempty"` // in any order
	// OpenComplaint says that a complaint is open or its recovery is not finished.
	OpenComplaint bool `json:"open_complaint,omitempty"`
	Owned         []I  `json:"owned,omitempty"` // items that the customer has, in any order
}

// Validate reports every rule that c breaks, joined into one error: each
// permission names one channel and one purpose. Errors repeat neither.
func (c Customer[I]) Validate() error { return joined(c.check(nil)) }

func (c *Customer[I]) check(errs []error) []error {
	for i, p := range c.Permissions {
		if checkContact(nil, "", p.Channel, p.Purpose) != nil {
			errs = checkContact(errs, fmt.Sprintf("Permissions[%d].", i), p.Channel, p.Purpose)
		}
	}
	return errs
}

const amountRule = "must be finite and >= 0"

func isAmount(x float64) bool { return x >= 0 && x <= math.MaxFloat64 }

// checkContact appends what is wrong with a channel and a purpose.
func checkContact(errs []error, path string, channel relmark.Channel, purpose relmark.Purpose) []error {
	const rule = "must be UTF-8 text and not empty"
	if !isName(string(channel)) {
		errs = append(errs, fault(path, "Channel", nil, rule))
	}
	if channel == relmark.AnyChannel {
		errs = append(errs, fault(path, "Channel", nil, "must name one channel"))
	}
	if !isName(string(purpose)) {
		errs = append(errs, fault(path, "Purpose", nil, rule))
	}
	return errs
}

func isName(s string) bool { return s != "" && utf8.ValidString(s) }

func fault(path, field string, value any, rule string) error {
	return &relmark.FieldError{Field: path + field, Value: value, Rule: rule}
}

// joined makes one error of those found, nil if there are none.
func joined(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("crosssell: %w", errors.Join(errs...))
}

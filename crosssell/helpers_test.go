package crosssell_test

import (
	"errors"
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

const (
	email  relmark.Channel = "email"
	call   relmark.Channel = "call"
	offers relmark.Purpose = "offers"
	advice relmark.Purpose = "advice"
)

// fields returns the names in all field errors that err joins.
func fields(err error) []string {
	var names []string
	if field, ok := err.(*relmark.FieldError); ok { //nolint:errorlint // the tree is walked by hand
		return []string{field.Field}
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			names = append(names, fields(e)...)
		}
	} else if one := errors.Unwrap(err); one != nil {
		names = fields(one)
	}
	return names
}

// notFinite lists numbers that are none.
func notFinite() []float64 { return []float64{math.NaN(), math.Inf(1), math.Inf(-1)} }

// notAmounts lists numbers that are neither a score nor a weight.
func notAmounts() []float64 {
	return append(notFinite(), -1, -math.SmallestNonzeroFloat64)
}

// offer returns a candidate by e-mail for offers.
func offer(item string, score, margin float64) crosssell.Candidate[string] {
	return crosssell.Candidate[string]{Item: item, Channel: email, Purpose: offers, Score: score, Margin: margin}
}

// willing returns a customer without complaints who takes offers by e-mail and owns some items.
func willing(owned ...string) crosssell.Customer[string] {
	return crosssell.Customer[string]{
		Contact: []crosssell.ContactAnswer{allowed(email, offers)}, Complaint: crosssell.NoComplaint, Owned: owned,
	}
}

// allowed is the answer that a contact may be made.
func allowed(channel relmark.Channel, purpose relmark.Purpose) crosssell.ContactAnswer {
	return crosssell.ContactAnswer{Channel: channel, Purpose: purpose, Decision: relmark.ContactDecision{Allowed: true}}
}

// forbidden is the answer that a contact breaks rules, but not for ever.
func forbidden(channel relmark.Channel, purpose relmark.Purpose, next time.Time, breaches ...relmark.ContactBreach) crosssell.ContactAnswer {
	return crosssell.ContactAnswer{Channel: channel, Purpose: purpose, Decision: relmark.ContactDecision{Breaches: breaches, Next: next}}
}

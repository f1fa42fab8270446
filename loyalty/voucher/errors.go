package voucher

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A Reason says why something was refused. It is part of the interface: hosts
// branch on it.
type Reason string

// The reasons of campaigns, in the order in which a decision lists them, and what
// a retry can achieve.
const (
	UnknownCode       Reason = "unknown_code"       // nothing: the campaign has no such code
	NotStarted        Reason = "not_started"        // success, from the first day on
	Expired           Reason = "expired"            // nothing
	NotEligible       Reason = "not_eligible"       // success, once the member carries a label of the audience
	CodeLimit         Reason = "code_limit"         // success, if a redemption of the code is voided
	MemberLimit       Reason = "member_limit"       // success, if one of the member's is
	CampaignLimit     Reason = "campaign_limit"     // success, if any is
	KeyConflict       Reason = "key_conflict"       // nothing: the key stands for another command
	UnknownRedemption Reason = "unknown_redemption" // nothing: no live redemption has this key
)

// PeriodClosed says that the time of a command, or what it undoes, lies in a period
// that is closed. A retry achieves nothing: whether the command has been carried out
// before, only the stored events can tell. Once a period is closed, an order, a
// spending or a redemption that is unknown may be one that is forgotten, and has this
// reason too; there a retry succeeds if it is recorded after all.
const PeriodClosed Reason = "period_closed"

// The reasons of wallets.
const (
	Insufficient   Reason = "insufficient"    // success, once the member has more credit
	DuplicateOrder Reason = "duplicate_order" // nothing: the order has earned
	UnknownOrder   Reason = "unknown_order"   // success, once the order has been recorded
	ExceedsOrder   Reason = "exceeds_order"   // nothing: more than the order would be refunded
	UnknownSpend   Reason = "unknown_spend"   // nothing: no spending has this key
	ExceedsSpend   Reason = "exceeds_spend"   // nothing: more than was spent would be returned
	TimeRunsBack   Reason = "time_runs_back"  // success, at the latest time of an event or after it
)

// A RefusedError says why a command was not carried out; the state is as it was.
// It matches [relmark.ErrInvalid] if the command contradicts what has been
// recorded: a key or an order used twice, an unknown order, redemption or
// spending, or more than there was. Otherwise it matches [relmark.ErrRefused]. It
// is an immutable value, safe for concurrent use.
type RefusedError struct {
	Reasons []Reason // all of them, one or more
}

// Error lists the reasons.
func (e *RefusedError) Error() string {
	texts := make([]string, len(e.Reasons))
	for i, r := range e.Reasons {
		texts[i] = string(r)
	}
	return "voucher: " + strings.Join(texts, ", ")
}

// Unwrap returns the error of the root package that says what a retry can do.
func (e *RefusedError) Unwrap() error {
	contradicts := slices.ContainsFunc(e.Reasons, func(r Reason) bool {
		switch r {
		case KeyConflict, UnknownRedemption, DuplicateOrder, UnknownOrder, ExceedsOrder, UnknownSpend, ExceedsSpend:
			return true
		default:
			return false
		}
	})
	if contradicts {
		return relmark.ErrInvalid
	}
	return relmark.ErrRefused
}

func refuse(reasons ...Reason) error { return &RefusedError{reasons} }

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fmt.Errorf("voucher: %w", &relmark.FieldError{Field: field, Value: value, Rule: rule})
}

// errNil returns the error of a pointer or function that is missing.
func errNil(field string) error { return invalid(field, nil, "must not be nil") }

// A checker collects the rules that an input breaks.
type checker []error

func (c *checker) check(ok bool, field string, value any, rule string) {
	if !ok {
		*c = append(*c, invalid(field, value, rule))
	}
}

// amount converts a decimal of at least 0 into minor units.
func (c *checker) amount(d decimal.Decimal, digits int, field string) int64 {
	minor, err := money.Minor(d, digits)
	c.check(err == nil && minor >= 0 && minor <= money.MaxExact, field, nil, amountRule)
	return minor
}

// optional is amount for what may be missing; the bound is then above all amounts.
func (c *checker) optional(d *decimal.Decimal, digits int, field string) int64 {
	if d == nil {
		return money.MaxExact
	}
	return c.amount(*d, digits, field)
}

func (c *checker) name(s, field string) { c.check(validName(s), field, nil, nameRule) }

func (c *checker) digits(n int) {
	c.check(n >= 0 && n <= maxDigits, "Digits", n, "must be 0 to 9")
}

func (c *checker) err() error { return errors.Join(*c...) }

const (
	maxDigits = 9
	maxName   = 200 // bytes of a name, key or identifier

	amountRule = "must be 0 or more, whole minor units, at most 2^53-1 of them"
	nameRule   = "must be 1 to 200 bytes of UTF-8"
	zoneRule   = "must be a zone with a name that a loader knows"
)

func validName(s string) bool { return s != "" && len(s) <= maxName && utf8.ValidString(s) }

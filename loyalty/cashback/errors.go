package cashback

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

const (
	room      = "cashback"
	maxDigits = 9
)

// A Reason says why a command is not carried out. It is part of the interface: hosts
// branch on it.
type Reason string

// The reasons, and what a retry can achieve.
const (
	KeyConflict        Reason = "key_conflict"         // nothing: the key stands for another command
	Insufficient       Reason = "insufficient"         // success, once the member has more credit
	DuplicateOrder     Reason = "duplicate_order"      // nothing: the order has earned
	UnknownOrder       Reason = "unknown_order"        // success, once the order has been recorded
	RefundExceedsOrder Reason = "refund_exceeds_order" // nothing: more than the order would be refunded
	UnknownSpend       Reason = "unknown_spend"        // nothing: no spending has this key
	ExceedsSpend       Reason = "exceeds_spend"        // nothing: more than was spent would be returned
	UnknownCredit      Reason = "unknown_credit"       // nothing: no store credit has this key
	CreditCancelled    Reason = "credit_cancelled"     // nothing: it has been cancelled
	TimeRunsBack       Reason = "time_runs_back"       // success, at the latest time of an event or after it
)

// PeriodClosed says that the time of a command, or what it undoes, lies in a period
// that is closed. A retry achieves nothing: whether the command has been carried out
// before, only the stored events can tell. Once a period is closed, an order, a
// spending or credit that is unknown may be one that is forgotten, and has this reason too; there
// a retry succeeds if it is recorded after all.
const PeriodClosed Reason = "period_closed"

// A CommandError says why a command was not carried out; the wallet is as it was. It
// matches [relmark.ErrRefused]: what has been recorded forbids the command. Only
// [KeyConflict] matches [relmark.ErrInvalid], as a key is the caller's alone to choose.
// It is an immutable value, safe for concurrent use.
type CommandError struct {
	Reason Reason `json:"reason"`
}

// Error names the reason.
func (e *CommandError) Error() string { return room + ": " + string(e.Reason) }

// Unwrap returns the error of the root package that says what a retry can do.
func (e *CommandError) Unwrap() error {
	if e.Reason == KeyConflict {
		return relmark.ErrInvalid
	}
	return relmark.ErrRefused
}

func refuse(r Reason) error { return &CommandError{r} }

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

// tooMuch is the error of a wallet above its bound.
func tooMuch() error {
	return fmt.Errorf("%s: wallet above 2^53-1 minor units: %w", room, relmark.ErrLimit)
}

// A checker collects the rules that an input breaks.
type checker struct{ fault.List }

// amount converts a decimal of at least 0 into minor units.
func (c *checker) amount(d decimal.Decimal, digits int, field string) int64 {
	minor, ok := money.Amount(d, digits)
	c.Check(ok, field, nil, money.AmountRule)
	return minor
}

// optional is amount for what may be missing; the bound is then above all amounts.
func (c *checker) optional(d *decimal.Decimal, digits int, field string) int64 {
	if d == nil {
		return money.MaxExact
	}
	return c.amount(*d, digits, field)
}

func (c *checker) digits(n int) {
	c.Check(n >= 0 && n <= maxDigits, "Digits", n, "must be 0 to 9")
}

// version is the version of every encoding that is written here. Every version
// that was ever written can be read.
const version = 1

// decode decodes the JSON of what strictly.
func decode(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.JSON(data, version, v))
}

// alone decodes the JSON of what, which has no version.
func alone(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.Object(data, v))
}

// encode encodes what has been validated.
func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

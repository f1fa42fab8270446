package structural

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

const room = "structural"

// A Reason says why a command is not carried out. It is part of the interface: hosts
// branch on it.
type Reason string

// The reasons, and what a retry can achieve.
const (
	KeyConflict        Reason = "key_conflict"        // nothing: the key stands for another command
	Insufficient       Reason = "insufficient"        // success, once there are more units, or with fewer
	UnknownReservation Reason = "unknown_reservation" // success, once it has been recorded
	AlreadyResolved    Reason = "already_resolved"    // nothing: the reservation was committed or released
	ReservationExpired Reason = "reservation_expired" // nothing: its deadline has come, and the units are back
	UnknownUse         Reason = "unknown_use"         // success, once it has been recorded
	ExceedsUse         Reason = "exceeds_use"         // nothing: more than was used would come back
	UnknownGrant       Reason = "unknown_grant"       // success, once it has been recorded
	GrantOver          Reason = "grant_over"          // nothing: it has ended, or was revoked
	TimeRunsBack       Reason = "time_runs_back"      // success, at the latest time of an event or after it
	// PeriodClosed says that the time of a command, or what it names, lies in a period that
	// is closed: only the stored events can tell whether it was carried out before.
	PeriodClosed Reason = "period_closed"
)

// A CommandError says why a command was not carried out; the ledger is as it was. It
// matches [relmark.ErrRefused]: what has been recorded forbids the command. Only
// [KeyConflict] matches [relmark.ErrInvalid], as a key is the caller's alone to choose. It
// is an immutable value, safe for concurrent use.
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

// tooMuch is the error of a sum above its bound.
func tooMuch() error {
	return fmt.Errorf("%s: sum above 2^53-1 units: %w", room, relmark.ErrLimit)
}

// A checker collects the rules that an input breaks.
type checker struct{ fault.List }

const unitsRule = "must be 1 to 2^53-1"

func (c *checker) units(n int64) {
	c.Check(n >= 1 && n <= money.MaxExact, "Units", n, unitsRule)
}

// version is the version of every JSON that is written here. Every version that was ever
// written can be read.
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

package points

import (
	"fmt"

	"github.com/relmark/relmark"
)

// A Reason says why a command was not carried out. It is part of the interface:
// hosts branch on it.
type Reason string

// The reasons, with what a retry of the same command can achieve.
const (
	// Nothing, unless the member gets more points (ErrRefused).
	Insufficient Reason = "insufficient"
	// Nothing: the order has earned, the reservation is used or the period is
	// closed for good (ErrRefused).
	DuplicateSource      Reason = "duplicate_source"
	DuplicateReservation Reason = "duplicate_reservation"
	RefundExceedsOrder   Reason = "refund_exceeds_order"
	ReservationExpired   Reason = "reservation_expired"
	AlreadyResolved      Reason = "already_resolved"
	ExceedsReservation   Reason = "exceeds_reservation"
	NotAMember           Reason = "not_a_member"
	PeriodClosed         Reason = "period_closed"
	NotEmpty             Reason = "not_empty"
	// Success, once the reservation has been made (ErrRefused).
	UnknownReservation Reason = "unknown_reservation"
	// Success, with a processing time not before that of the last event (ErrRefused).
	TimeRunsBack Reason = "time_runs_back"
	// Success or another reason, after reloading the account (ErrConflict).
	VersionConflict Reason = "version_conflict"
	// Nothing: the command is wrong whatever the state (ErrInvalid).
	KeyConflict  Reason = "key_conflict"
	SelfTransfer Reason = "self_transfer"
	// Nothing: a total would leave the range of exact integers (ErrLimit).
	TooMany Reason = "too_many"
)

// A CommandError says why a command was not carried out; the account is as it was.
// It matches [relmark.ErrConflict] if reloading the account may help,
// [relmark.ErrInvalid] if nothing helps, [relmark.ErrLimit] if a total would leave
// its range, and otherwise [relmark.ErrRefused]. It is an immutable value, safe for
// concurrent use.
type CommandError struct {
	Reason    Reason
	Available int64 // points that could be spent, where the reason is Insufficient
	Pending   int64 // points that cannot be spent yet, likewise
}

// Error returns the reason as text.
func (e *CommandError) Error() string {
	if e.Reason == Insufficient {
		return fmt.Sprintf("points: insufficient: %d available, %d pending", e.Available, e.Pending)
	}
	return "points: " + string(e.Reason)
}

// Unwrap returns the error of the root package that says what a retry can do.
func (e *CommandError) Unwrap() error {
	switch e.Reason {
	case VersionConflict:
		return relmark.ErrConflict
	case KeyConflict, SelfTransfer:
		return relmark.ErrInvalid
	case TooMany:
		return relmark.ErrLimit
	default:
		return relmark.ErrRefused
	}
}

// refuse returns a CommandError with a reason alone.
func refuse(r Reason) error { return &CommandError{Reason: r} }

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fmt.Errorf("points: %w", &relmark.FieldError{Field: field, Value: value, Rule: rule})
}

package points

import (
	"errors"
	"fmt"
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/loyalty/earning"
)

// A Reason says why a command was not carried out. It is part of the interface:
// hosts branch on it.
type Reason string

// The reasons. Those that match [relmark.ErrRefused] stand until something else
// happens to the account; the comments say what, where anything can.
const (
	// Insufficient: there are not as many available points; more may come.
	Insufficient Reason = "insufficient"
	// BelowMinimum: fewer points than [earning.Spending] asks for are to pay, or they are
	// worth less than a minor unit.
	BelowMinimum = Reason(earning.BelowMinimum)
	// OffStep: the points that are to pay are no multiple of what [earning.Spending] asks for.
	OffStep = Reason(earning.OffStep)
	// ExceedsPayable: the points are worth more than what they can pay of the order.
	ExceedsPayable = Reason(earning.ExceedsPayable)
	// DuplicateOrder: the order has earned already, by a command with another key.
	DuplicateOrder Reason = "duplicate_order"
	// DuplicateSource: an activity of the kind and from the source has earned already, by a
	// command with another key.
	DuplicateSource Reason = "duplicate_source"
	// UnknownActivity: no rule for activities of the kind holds.
	UnknownActivity = Reason(earning.UnknownActivity)
	// LimitReached: the member has done it as often as the rule allows, for now.
	LimitReached = Reason(earning.LimitReached)
	// UnknownOrder: the order has not earned, in any of the events.
	UnknownOrder Reason = "unknown_order"
	// NotForgotten: the account knows the order, which [Refund] takes back.
	NotForgotten Reason = "not_forgotten"
	// DuplicateReservation: there is or was a reservation of that name.
	DuplicateReservation Reason = "duplicate_reservation"
	// RefundExceedsOrder: the refunds of the order would add up to more than it.
	RefundExceedsOrder Reason = "refund_exceeds_order"
	// UnknownLine: the order has no line of that name.
	UnknownLine Reason = "unknown_line"
	// ReservationExpired: the deadline of the reservation has come.
	ReservationExpired Reason = "reservation_expired"
	// AlreadyResolved: the reservation has been committed or voided.
	AlreadyResolved Reason = "already_resolved"
	// ExceedsReservation: the reservation holds fewer points; ask for fewer.
	ExceedsReservation Reason = "exceeds_reservation"
	// UnknownReservation: there is no such reservation yet.
	UnknownReservation Reason = "unknown_reservation"
	// NotAMember: nobody of that name has contributed to the pool, or has left it.
	NotAMember Reason = "not_a_member"
	// PeriodClosed: the activity, or the order, lies in a period that is closed. It does
	// not say that the command was never carried out: what was done before the closing is
	// forgotten, and a repetition of it gets this answer too. Before doing something else
	// instead, look its key up among the stored events. A refund goes on as [LateRefund].
	PeriodClosed Reason = "period_closed"
	// NotEmpty: an account that has events cannot take over another.
	NotEmpty Reason = "not_empty"
	// TimeRunsBack: the last event was processed later; come with a later time, by
	// [Command.Recorded].
	TimeRunsBack Reason = "time_runs_back"
	// VersionConflict: the account has changed: reload it and decide again. It
	// matches [relmark.ErrConflict].
	VersionConflict Reason = "version_conflict"
	// KeyConflict: another command had the key. It matches [relmark.ErrInvalid]: keys are
	// the caller's to choose, and giving one to two commands is never right.
	KeyConflict Reason = "key_conflict"
	// SelfTransfer: the account is its own recipient. It matches
	// [relmark.ErrInvalid].
	SelfTransfer Reason = "self_transfer"
	// TooMany: a total would exceed 2^53-1. It matches [relmark.ErrLimit].
	TooMany Reason = "too_many"
)

// A CommandError says why a command was not carried out; the account is as it was.
// It matches [relmark.ErrRefused] if what has happened before forbids it,
// [relmark.ErrConflict] if somebody else was faster, so that reloading the account may
// help, [relmark.ErrInvalid] if it would be wrong on any account, and
// [relmark.ErrLimit] if a total would leave its range. What is wrong with one field is a
// [relmark.FieldError] instead. It is an immutable value, safe for concurrent use.
type CommandError struct {
	Reason    Reason `json:"reason"`
	Available int64  `json:"available"` // points that could be spent, where the reason is Insufficient
	Pending   int64  `json:"pending"`   // points that cannot be spent yet, likewise
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

// asRefusal returns what a refusal by the rules is here, nil if it is none.
func asRefusal(err error) error {
	if r, ok := errors.AsType[*earning.RefusedError](err); ok {
		return refuse(Reason(r.Reason))
	}
	return nil
}

// refuse returns a CommandError with a reason alone.
func refuse(r Reason) error { return &CommandError{Reason: r} }

// invalid returns the error of an input that breaks a rule.
func invalid(field string, value any, rule string) error {
	return fault.Room("points", fault.New(field, value, rule))
}

// within returns err, which may come from package earning, as one of this package at a
// place such as "event 3: ", so that the room is said once and first. It is nil if err
// is.
func within(place string, err error) error {
	if err == nil {
		return nil
	}
	return &placed{place, err}
}

// A placed error is another one with where it was found.
type placed struct {
	place string
	err   error
}

func (e *placed) Error() string {
	text := strings.TrimPrefix(e.err.Error(), "points: ")
	return "points: " + e.place + strings.TrimPrefix(text, "earning: ")
}

func (e *placed) Unwrap() error { return e.err }

package social

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const (
	room = "social"
	day  = 24 * time.Hour
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

// A Refusal says why a command was not carried out. It is part of the interface: hosts
// branch on it.
type Refusal string

// The refusals, and what a retry can achieve.
const (
	KeyConflict     Refusal = "key_conflict"     // nothing: the key stands for another command
	TimeRunsBack    Refusal = "time_runs_back"   // success, at the latest time so far or after it
	CodeTaken       Refusal = "code_taken"       // nothing: the code was invited with before
	UnknownCode     Refusal = "unknown_code"     // success, once the invitation has been recorded
	ExceedsOrder    Refusal = "exceeds_order"    // nothing: more than was paid of the order would be refunded
	UnknownActivity Refusal = "unknown_activity" // success, once the activity has been recorded
	NotBefore       Refusal = "not_before"       // success, with a removal at the time of the activity or after it
	// PeriodClosed says that the time of an event lies in a period that is closed: only the
	// stored events can tell whether it was applied before. Once a period is closed, a code
	// that is unknown may be one that is forgotten, and has this reason too; there a retry
	// succeeds if the invitation is recorded after all.
	PeriodClosed Refusal = "period_closed"
)

// A RefusedError says why a command was not carried out; the state is as it was. It
// matches [relmark.ErrRefused]: what has been recorded forbids the command. Only
// [KeyConflict] matches [relmark.ErrInvalid], as a key is the caller's alone to choose. It
// is an immutable value, safe for concurrent use.
type RefusedError struct {
	Reason Refusal `json:"reason"`
}

// Error returns the reason with the name of the room.
func (e *RefusedError) Error() string { return room + ": " + string(e.Reason) }

// Unwrap returns the error of the root package that says what a retry can do.
func (e *RefusedError) Unwrap() error {
	if e.Reason == KeyConflict {
		return relmark.ErrInvalid
	}
	return relmark.ErrRefused
}

func refuse(why Refusal) error { return &RefusedError{why} }

// invalid returns the error of an input that breaks a rule.
func invalid(field, rule string) error { return fault.Room(room, fault.New(field, nil, rule)) }

// unmade returns the error of a value that its constructor has not made.
func unmade(field string) error { return invalid(field, "must come from New"+field) }

// errNil returns the error of a pointer or function that is missing.
func errNil(field string) error { return invalid(field, "must not be nil") }

// tooFew returns the error of data that do not suffice.
func tooFew(what string) error { return fmt.Errorf("%s: %s: %w", room, what, relmark.ErrTooFew) }

// version is the version of every policy that is written here.
const version = 1

// encode encodes what has been validated.
func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

// decode decodes the JSON of a policy strictly.
func decode(what string, data []byte, v any, named ...string) error {
	return fault.Decode(room, what, codec.JSON(data, version, v, named...))
}

// alone decodes the JSON of what has no version.
func alone(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.Object(data, v))
}

// finite reports whether x is a number between two others.
func finite(x, least, most float64) bool { return x >= least && x <= most && !math.IsInf(x, 0) }

// instant adds a time that is not in the years in which activities take place.
func instant(f *fault.List, field string, t time.Time) {
	if !canon.IsActivity(t) {
		f.Add(field, nil, "must be set, in years 1700 to 2150")
	}
}

// word adds a value that is not in a closed set.
func word[T ~string](f *fault.List, field string, v T, set enum.Set[T]) {
	f.Join("", set.Check(field, v))
}

// checkContact adds a channel or purpose that cannot be one.
func checkContact(f *fault.List, channel relmark.Channel, purpose relmark.Purpose) {
	checkChannel(f, "Channel", channel)
	f.Check(isText(string(purpose)), "Purpose", nil, textRule)
}

func checkChannel(f *fault.List, field string, channel relmark.Channel) {
	f.Check(isText(string(channel)) && channel != relmark.AnyChannel, field, nil, textRule+", and one channel")
}

const textRule = fault.NameRule + " without U+FFFD"

// isText reports whether s can be the name of a channel or purpose.
func isText(s string) bool { return fault.ValidName(s) && !strings.ContainsRune(s, '\uFFFD') }

// days returns a duration in days of 24 hours.
func days(d time.Duration) float64 { return float64(d) / float64(day) }

// sortBy sorts large elements by a comparison of pointers to them.
func sortBy[T any](list []T, compare func(a, b *T) int) {
	slices.SortFunc(list, func(a, b T) int { return compare(&a, &b) })
}

// errTooMuch is the error of points above what JSON carries exactly.
func errTooMuch() error {
	return fmt.Errorf("%s: points above 2^53-1: %w", room, relmark.ErrLimit)
}

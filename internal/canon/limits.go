package canon

import (
	"time"

	"github.com/relmark/relmark/internal/fault"
)

// MaxName is the length of a name, a key or an identifier, in bytes.
const MaxName = fault.MaxName

// The rules of [IsName] and [IsActivity], for a FieldError.
const (
	NameRule     = fault.NameRule
	ActivityRule = "must lie in the years 1700 to 2150"
)

// The seconds of instants, from FirstSecond on: those of activity end before
// EndOfActivity, and what may be computed from them before EndOfTime. What a programme
// adds is a century at most, so that all of them fit in the nanoseconds of int64.
const (
	FirstSecond   = firstSecond
	EndOfActivity = 5_711_817_600 // 2151-01-01
	EndOfTime     = endOfTime
)

// IsName reports whether s can be a name, a key or an identifier.
func IsName(s string) bool { return fault.ValidName(s) }

// IsNote is [IsName] for a text that may be absent.
func IsNote(s string) bool { return s == "" || IsName(s) }

// IsActivity reports whether t can be when something took place.
func IsActivity(t time.Time) bool { s := t.Unix(); return s >= FirstSecond && s < EndOfActivity }

// IsInstant reports whether t can have been computed from when something took place,
// so that a [Form] holds it; the zero time, which stands for none, is one.
func IsInstant(t time.Time) bool {
	s := t.Unix()
	return s >= FirstSecond && s < EndOfTime || t.IsZero()
}

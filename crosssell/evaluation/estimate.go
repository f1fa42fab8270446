package evaluation

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

const (
	room = "evaluation" // whose errors these are

	// MaxValue bounds outcomes, rewards and importance weights, so that no sum of their
	// products overflows.
	MaxValue = 1e50
)

type opaque = canon.Opaque

// An Estimate is a value with its standard error and the normal interval around it,
// value ± z·se. It is plain data.
type Estimate struct {
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func estimate(value, se, level float64) Estimate {
	half := stat.Normal(level) * se
	return Estimate{value, se, value - half, value + half}
}

// A Share is a count in a total with Wilson's score interval. It is plain data.
type Share struct {
	Count int64   `json:"count"`
	N     int64   `json:"n"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// share returns a count in a total, of one or more.
func share(count, n int64, level float64) Share {
	low, high := stat.Wilson(count, n, level)
	return Share{count, n, float64(count) / float64(n), low, high}
}

func checkLevel(l *fault.List, level float64) {
	l.Check(level > 0 && level < 1, "Level", level, "must be above 0 and below 1")
}

func levelError(level float64) error {
	var l fault.List
	checkLevel(&l, level)
	return l.Err(room)
}

// isValue reports whether x may be an outcome or a reward.
func isValue(x float64) bool { return math.Abs(x) <= MaxValue }

const valueRule = "must be -1e50 to 1e50"

func tooFew(what string) error { return fmt.Errorf("%s: %s: %w", room, what, relmark.ErrTooFew) }

func overLimit(what string) error { return fmt.Errorf("%s: %s: %w", room, what, relmark.ErrLimit) }

func invalid(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

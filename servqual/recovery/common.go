package recovery

import (
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	room     = "recovery" // whose errors these are
	maxCount = 1 << 40
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

func broken(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

func few(what string) error { return fmt.Errorf("%s: %s: %w", room, what, relmark.ErrTooFew) }

func errLimit() error { return fault.Room(room, relmark.ErrLimit) }

func checkInstant(l *fault.List, field string, t time.Time) {
	l.Check(calendar.InRange(t), field, nil, calendar.RangeRule)
}

// shareOf returns count of n with Wilson's interval; nil of none.
func shareOf(count, n int64, level float64) *servqual.Share {
	if n == 0 {
		return nil
	}
	s := servqual.Share{Count: count, N: n, Value: float64(count) / float64(n)}
	s.Low, s.High = stat.Wilson(count, n, level)
	return &s
}

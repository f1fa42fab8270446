package lot

import (
	"math"
	"time"
)

// Never is the Until of a lot that does not expire.
const Never int64 = math.MaxInt64

// Instant returns a time in nanoseconds since 1970, as lots have them, clamped to what fits
// before [Never]: the years 1677 to 2262.
func Instant(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, Never-1)):
		return Never - 1
	}
	return t.UnixNano()
}

// A Lot is a number of units with one life span. It is plain data.
type Lot struct {
	ID    uint64 // order of creation within a book, from 1
	Left  int64  // units neither spent nor held; expired ones stay here
	From  int64  // first instant at which the units can be spent
	Until int64  // first instant at which they no longer can; [Never] if none
	Owner uint32 // whose units these are within a shared book; 0 if it is not shared
	Rolls bool   // whether Until moves with the member's activity
}

// A State says what the units of a lot are at an instant.
type State uint8

// The states, in the order of a lot's life.
const (
	Pending   State = iota // not yet usable
	Available              // can be spent
	Expired                // lapsed
)

// At returns the state at an instant. A lot whose Until is not after its From is
// never available.
func (l *Lot) At(t int64) State {
	switch {
	case t >= l.Until:
		return Expired
	case t >= l.From:
		return Available
	}
	return Pending
}

// A Take is a number of units taken from one lot.
type Take struct {
	Lot   uint64
	Units int64
}

// Sums are the units of a book by state.
type Sums struct{ Pending, Available, Expired int64 }

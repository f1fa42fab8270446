package tier

import (
	"slices"

	"github.com/relmark/relmark"
)

// A base is where a fold starts that does not start at the join date: what was
// known just before the start of a closing date, of everything that is not among
// the events any more.
//
// Events that were kept from before the date are counted again when the fold
// resumes, into their own periods or dates, less the reversals known by then; what
// the base adds is the track, the face, the sums of a life, and for each period
// since the first that is kept the level before its end and what was carried in.
type base struct {
	date    relmark.Date
	at      instant  // start of date
	codes   []string // of the ladder that closed it; levels below are positions in it
	track   earned
	level   int // shown to the member
	since   instant
	reason  why
	dropped []int64 // net sums of the events that were dropped, by metric of the membership

	first  int     // first period whose events are kept
	before []uint8 // levels before the ends of the periods since, as in a grid
	lots   []lot   // carried into the first period; metrics are those of the membership
}

// equal reports whether two memberships were closed in the same way.
func (b *base) equal(o *base) bool {
	return b.at == o.at && b.track == o.track && b.level == o.level && b.since == o.since && b.reason == o.reason &&
		b.first == o.first && slices.Equal(b.codes, o.codes) && slices.Equal(b.dropped, o.dropped) &&
		slices.Equal(b.before, o.before) && slices.Equal(b.lots, o.lots)
}

// justBefore returns the last instant before t.
func justBefore(t instant) instant {
	if t.nano == 0 {
		return instant{t.sec - 1, 999_999_999}
	}
	return instant{t.sec, t.nano - 1}
}

package tier

// A view is a window at work: what counts together, from event to event. There are
// two kinds, a [grid] of periods and the dates of a [rolling] window.
type view interface {
	counter
	judge
	outlook
	store
}

// A counter keeps the sums.
type counter interface {
	// due returns the next instant at which time alone changes the sums.
	due() instant

	// advance drops what is over at t and reports whether a period began. What is
	// remembered of the end of a period is the level held just before it.
	advance(t instant, level int) bool

	// count adds a row of amounts earned at an instant.
	count(at instant, row []int64)

	// discount takes a row of reversed amounts from where they have counted.
	discount(at instant, row []int64)

	// conclude does what follows when all events of an instant have counted.
	conclude()
}

// A judge says which levels are held.
type judge interface {
	// sums returns what counts now and the levels that judge it; valid until the next
	// call of any method.
	sums() ([]int64, rungs)

	// present returns what counts now as a basis.
	present() basis

	// ended returns the highest level above i and below top that was entered in the
	// period just ended, and that as a basis.
	ended(i, top int) (int, basis)

	// holding returns the latest open window that holds level i; false if none does.
	holding(i int) (basis, bool)

	// on reports whether level i is held on a basis.
	on(i int, b basis) bool

	// rest tells on what the earned level rests from now on.
	rest(b basis)

	// landing returns the basis of a level that is landed on without being held.
	landing() basis
}

// An outlook looks ahead, on what is known now.
type outlook interface {
	// lapse returns the first instant at which level i is held no more.
	lapse(i int) instant

	// stays returns the instant from which the ways to meet c are others.
	stays(c *node, ways []want) instant

	// review returns what a review of level i at an instant will look at: its levels,
	// what counts there already and until when more can be added; held if no more need
	// be.
	review(i int, until instant) (levels rungs, sums []int64, by instant, held bool)

	// bounds returns what bounds the window now, and the amount of a metric that was
	// carried into it.
	bounds() (from, to instant)
	carriedIn(metric int) int64

	// version returns the one that judges what counts now.
	version() *version
}

// A store closes a view and opens it again.
type store interface {
	// reset empties the view, for a member who joins at an instant.
	reset(at instant)

	// reopen sets the view to where a base was closed, its events aside. It fails
	// unless the base has what such a view needs.
	reopen(b *base) error

	// recount adds a row as count does, of an event from before the closing date.
	recount(at instant, row []int64)

	// resume does what follows when all events from before have been recounted.
	resume()

	// close writes what the view leaves to a base that closes at b.at, and says which
	// events it still needs. The earliest instant is that of an event from before which
	// a known event after it reverses. The view is of no use after it.
	close(b *base, earliest instant) (needs func(at instant) bool)
}

// A basis is the window on which a level was given or renewed. A refund costs the
// level only if the level was held there, or on an open window, until the refund:
// so what was landed on is not lost by a refund that has nothing to do with it.
type basis struct {
	kind   basisKind
	period int
	at     instant // for a rolling window, when it was taken
	events bool    // and whether the events of that instant were in it
}

type basisKind uint8

const (
	noBasis basisKind = iota
	onPeriod
	onRolling
)

// plain reports whether b has nothing that its kind does not have.
func (b basis) plain() bool {
	switch b.kind {
	case onPeriod:
		return b == basis{kind: onPeriod, period: b.period}
	case onRolling:
		return b.period == 0
	default:
		return b == basis{}
	}
}

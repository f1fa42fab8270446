package points

import (
	"iter"
	"time"
)

// A Statement is what a member is told about a span of time.
type Statement struct {
	Opening  Balance `json:"opening"`           // as of the start
	Closing  Balance `json:"closing"`           // as of the end
	Entries  []Entry `json:"entries,omitzero"`  // in order of time
	Expiring []Lot   `json:"expiring,omitzero"` // points left at the end that expire within the time asked for
}

// An Entry is one event of a statement, or what fell due by itself before it.
type Entry struct {
	At       time.Time `json:"at,omitzero"`    // of the activity; where nothing was done, when the next thing was
	Event    *Event    `json:"event,omitzero"` // nil if points matured, expired or returned by themselves
	Postings []Posting `json:"postings,omitzero"`
}

// NewStatement folds the events of one account and tells what happened after from,
// up to and including to, with the points that expire after to and no later than
// to + soon. It fails where folding fails. It keeps the events of the span.
func NewStatement(events iter.Seq2[Event, error], from, to time.Time, soon time.Duration) (Statement, error) {
	if to.Before(from) || soon < 0 {
		return Statement{}, invalid("To", nil, "must not come before From, nor soon be negative")
	}
	var a Account
	var s Statement
	started := false
	start := func() { // once, at the last moment before the span
		if !started {
			s.Opening, started = a.Balance(from), true
			a.tick(from)
		}
	}
	for ev, err := range Before(to, events) {
		if err == nil && ev.Recorded.After(from) {
			start()
			s.fell(&a, ev.Recorded)
			s.Entries = append(s.Entries, Entry{ev.At, &ev, Journal(ev)})
		}
		if err := Fold(&a, one(ev, err)); err != nil {
			return Statement{}, err
		}
	}
	start()
	s.fell(&a, to)
	s.Closing = a.Balance(to)
	for l := range a.Lots(to) {
		if !l.ExpiresAt.IsZero() && !l.ExpiresAt.After(to.Add(soon)) {
			s.Expiring = append(s.Expiring, l)
		}
	}
	return s, nil
}

// Points that mature, expire or return from a reservation between two events are
// told before the second, as one entry. Opening balance and postings lead to the closing
// balance, place by place.

// fell notes what falls due by itself until an instant.
func (s *Statement) fell(a *Account, until time.Time) {
	if due := a.Due(until); len(due) > 0 {
		s.Entries = append(s.Entries, Entry{At: until.UTC(), Postings: due})
	}
}

// tick lets time pass up to an instant not before the last event, as if a sweep had been
// recorded then: what fell due before a statement is not told in it.
func (a *Account) tick(to time.Time) {
	a.last = a.instantOf(to)
	a.release(a.last)
	a.book.Pass(a.last)
}

// one is a stream of one element.
func one(ev Event, err error) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) { yield(ev, err) }
}

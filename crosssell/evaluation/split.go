package evaluation

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// An Event says that a user bought an item. It is plain data.
type Event[U, I relmark.ID] struct {
	User U         `json:"user"`
	Item I         `json:"item"`
	At   time.Time `json:"at"`
}

// SplitParams say how a log is divided. It is plain data.
type SplitParams struct {
	// Cutoff ends the past that models learn from and begins the future that they are
	// judged by, for all users at once: in the years 1 to 9999, and not the zero time.
	Cutoff time.Time `json:"cutoff"`
	// MinBuyers is how many users must have bought an item before the cutoff for it to be
	// one that models know: 1 or more.
	MinBuyers int64 `json:"min_buyers"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p SplitParams) Validate() error {
	var l fault.List
	l.Check(isTime(p.Cutoff), "Cutoff", nil, timeRule)
	l.Check(p.MinBuyers >= 1, "MinBuyers", p.MinBuyers, "must be 1 or more")
	return l.Err(room)
}

// A Splitter keeps the first purchase of each item by each user, in whatever order
// events come, and divides them at a cutoff. Memory grows with users and the items that
// they have, not with events. Obtain one from [NewSplitter]. It is not safe for
// concurrent mutation.
type Splitter[U, I relmark.ID] struct {
	opaque

	params SplitParams
	first  map[pair[U, I]]time.Time
}

type pair[U, I relmark.ID] struct {
	user U
	item I
}

// NewSplitter returns a splitter without events. It fails exactly when
// [SplitParams.Validate] does.
func NewSplitter[U, I relmark.ID](p SplitParams) (*Splitter[U, I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p.Cutoff = p.Cutoff.UTC()
	return &Splitter[U, I]{params: p, first: map[pair[U, I]]time.Time{}}, nil
}

// Add adds an event. It fails with a [relmark.FieldError] where the event has no time, or
// one outside the years 1 to 9999, or an identifier is no UTF-8.
func (s *Splitter[U, I]) Add(e Event[U, I]) error {
	if s.first == nil {
		return errZero("Splitter")
	}
	return fault.Room(room, s.add(e))
}

// add does as Add does, with errors that do not name the room.
func (s *Splitter[U, I]) add(e Event[U, I]) error {
	var l fault.List
	l.Check(codec.IsUTF8(&e.User), "User", nil, utf8Rule)
	l.Check(codec.IsUTF8(&e.Item), "Item", nil, utf8Rule)
	l.Check(isTime(e.At), "At", nil, timeRule)
	if l.Len() > 0 {
		return l.Err("")
	}
	s.put(pair[U, I]{e.User, e.Item}, e.At.UTC())
	return nil
}

const (
	utf8Rule = "must be UTF-8"
	timeRule = "must be given, in the years 1 to 9999: without a time there is no order"
)

// isTime reports whether a time was given, and is one that JSON can hold.
func isTime(at time.Time) bool {
	const first, last = -62135596800, 253402300799 // seconds of 0001-01-01 and of 9999-12-31
	return !at.IsZero() && at.Unix() >= first && at.Unix() <= last
}

func (s *Splitter[U, I]) put(p pair[U, I], at time.Time) {
	if old, known := s.first[p]; !known || at.Before(old) {
		s.first[p] = at
	}
}

// Merge adds the events of o, which stays as it is: exact, associative and commutative.
// It fails with a [relmark.FieldError] where o has other parameters; s is unchanged then.
func (s *Splitter[U, I]) Merge(o *Splitter[U, I]) error {
	if s.first == nil || o == nil || o.first == nil {
		return errZero("Splitter")
	}
	if !s.params.Cutoff.Equal(o.params.Cutoff) || s.params.MinBuyers != o.params.MinBuyers {
		return invalid("Other", nil, "must have the same parameters")
	}
	for p, at := range o.first {
		s.put(p, at)
	}
	return nil
}

// SplitEvents divides a stream, up to its first error.
func SplitEvents[U, I relmark.ID](p SplitParams, events iter.Seq2[Event[U, I], error]) (*Split[U, I], error) {
	s, err := NewSplitter[U, I](p)
	if err != nil {
		return nil, err
	}
	n := 0
	for e, err := range events {
		if err == nil {
			err = s.add(e)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: event %d: %w", room, n, err)
		}
		n++
	}
	return s.Split()
}

// LeftOut counts the first purchases that are in neither part, each under the first
// reason that holds. It is plain data.
type LeftOut struct {
	RareItems int64 `json:"rare_items"` // before the cutoff, of items with too few buyers
	NewUsers  int64 `json:"new_users"`  // from the cutoff on, by users without a purchase to learn from
	NewItems  int64 `json:"new_items"`  // from the cutoff on, of items that models do not know
}

// A Split is a log divided at a cutoff. It is an immutable value, safe for concurrent
// use. Obtain one from [Splitter.Split] or [SplitEvents]. It does not encode.
type Split[U, I relmark.ID] struct {
	opaque

	train, test part[U, I]
	catalogue   *Catalogue[I]
	left        LeftOut
}

// A part has first purchases in order of user, time and item.
type part[U, I relmark.ID] struct {
	events []Event[U, I]
	items  []I        // those of the events, in their order
	spans  map[U]span // of each user
	users  []U        // ascending
}

type span struct{ from, to int }

// Split divides what was added. Train has the first purchases before the cutoff of items
// with enough buyers then; test those from the cutoff on, by users of train, of items of
// train: which the user has not got, as they are first purchases. Nothing in train and in
// the catalogue depends on what follows the cutoff. It fails with [relmark.ErrTooFew]
// where train or test is empty. It takes O(n log n) time for n first purchases.
func (s *Splitter[U, I]) Split() (*Split[U, I], error) {
	if s.first == nil {
		return nil, errZero("Splitter")
	}
	buyers, rare := s.buyers()
	out := &Split[U, I]{left: LeftOut{RareItems: rare}}
	for p, at := range s.first {
		if _, known := buyers[p.item]; known && at.Before(s.params.Cutoff) {
			out.train.events = append(out.train.events, Event[U, I]{p.user, p.item, at})
		}
	}
	out.train.settle()
	out.future(s, buyers)
	out.test.settle()
	if len(out.train.events) == 0 || len(out.test.events) == 0 {
		return nil, tooFew(fmt.Sprintf("%d first purchases before the cutoff and %d by known users of known items after it", len(out.train.events), len(out.test.events)))
	}
	var err error
	out.catalogue, err = NewCatalogue(int64(len(out.train.users)), buyers)
	return out, err
}

// buyers counts the users who bought an item before the cutoff, of items with enough of
// them, and the purchases of others.
func (s *Splitter[U, I]) buyers() (buyers map[I]int64, rare int64) {
	buyers = map[I]int64{}
	for p, at := range s.first {
		if at.Before(s.params.Cutoff) {
			buyers[p.item]++
		}
	}
	for item, n := range buyers {
		if n < s.params.MinBuyers {
			rare += n
			delete(buyers, item)
		}
	}
	return buyers, rare
}

// future collects test, and counts what is not in it.
func (s *Split[U, I]) future(from *Splitter[U, I], buyers map[I]int64) {
	for p, at := range from.first {
		if at.Before(from.params.Cutoff) {
			continue
		}
		_, user := s.train.spans[p.user]
		_, item := buyers[p.item]
		switch {
		case !user:
			s.left.NewUsers++
		case !item:
			s.left.NewItems++
		default:
			s.test.events = append(s.test.events, Event[U, I]{p.user, p.item, at})
		}
	}
}

// settle sorts the events and finds those of each user.
func (p *part[U, I]) settle() {
	slices.SortFunc(p.events, func(a, b Event[U, I]) int {
		return cmp.Or(cmp.Compare(a.User, b.User), a.At.Compare(b.At), cmp.Compare(a.Item, b.Item))
	})
	p.spans, p.items = map[U]span{}, make([]I, len(p.events))
	for i, e := range p.events {
		p.items[i] = e.Item
		at, known := p.spans[e.User]
		if !known {
			p.users, at.from = append(p.users, e.User), i
		}
		at.to = i + 1
		p.spans[e.User] = at
	}
}

// of returns the items of a user; nil if there are none.
func (p *part[U, I]) of(user U) []I {
	at := p.spans[user]
	return slices.Clone(p.items[at.from:at.to])
}

// Train yields the first purchases that models may learn from, in order of user, time and
// item.
func (s *Split[U, I]) Train() iter.Seq[Event[U, I]] { return slices.Values(s.train.events) }

// Test yields the first purchases that models are judged by, in order of user, time and
// item.
func (s *Split[U, I]) Test() iter.Seq[Event[U, I]] { return slices.Values(s.test.events) }

// Users yields the users of test, ascending.
func (s *Split[U, I]) Users() iter.Seq[U] { return slices.Values(s.test.users) }

// Owned returns what a user bought before the cutoff, in order of time and item. It fails
// with [relmark.ErrTooFew] for a user without history: no model can know anything of them,
// so they are in no test.
func (s *Split[U, I]) Owned(user U) ([]I, error) {
	if owned := s.train.of(user); len(owned) > 0 {
		return owned, nil
	}
	return nil, tooFew("the user has no history before the cutoff")
}

// Relevant returns what a user bought from the cutoff on, in order of time and item. It
// fails with [relmark.ErrTooFew] for a user who is not in test.
func (s *Split[U, I]) Relevant(user U) ([]I, error) {
	if relevant := s.test.of(user); len(relevant) > 0 {
		return relevant, nil
	}
	return nil, tooFew("the user is not in the test")
}

// Catalogue returns the items of train with their buyers; nil of the zero Split.
func (s *Split[U, I]) Catalogue() *Catalogue[I] { return s.catalogue }

// LeftOut returns what is in neither part, and why.
func (s *Split[U, I]) LeftOut() LeftOut { return s.left }

func errZero(what string) error {
	return invalid(what, nil, "must be made by its constructor")
}

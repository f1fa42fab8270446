package tier

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/fault"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A Membership is what is known about one member: the join date and a set of events.
// Nothing derived is in it, so [Membership.Merge] of any shards, in any order and with
// overlaps, gives the membership of all events, and every question is answered by a
// fold over them: [Ladder.Decide], [Ladder.Replay].
//
// Memory grows with events until [Membership.Close] drops those that no longer count.
// A Membership is not safe for concurrent mutation; any number of readers may share
// one that is not changed. Obtain one from [Ladder.Join], [Ladder.Open] or
// [Ladder.DecodeMembership].
type Membership struct {
	opaque

	ladder *Ladder
	joined relmark.Date
	begins instant
	base   *base // nil until it is opened or closed

	entries   []entry   // as they came
	amounts   []int64   // a row for each entry
	order     positions // by instant, kind and id
	names     positions // by id
	overrides []override
	gross     []int64          // sums of all amounts, reversed or not
	waiting   map[string]int32 // latest reversal that waits for each id
	steps     int              // entries added, moved and tied so far, which tests count
}

// Join returns the membership of a member who joins on a date and has done nothing. It
// fails unless the date lies in years 2 to 9998.
func (l *Ladder) Join(on relmark.Date) (*Membership, error) {
	if l.zone == nil {
		return nil, errZero
	}
	if y, _, _ := on.Civil(); y < 2 || y > 9998 {
		return nil, wrong("Join", on, "must lie in years 2 to 9998")
	}
	return &Membership{
		ladder: l, joined: on, begins: startOf(dayOf(on), l.zone),
		gross: make([]int64, l.metrics.len()),
	}, nil
}

// Joined returns the join date.
func (s *Membership) Joined() relmark.Date { return s.joined }

// Len returns the number of events that s holds.
func (s *Membership) Len() int { return len(s.entries) }

// Last returns the instant of the latest event that s holds; false if there is
// none.
func (s *Membership) Last() (time.Time, bool) {
	if len(s.entries) == 0 {
		return time.Time{}, false
	}
	return s.entries[s.order.last()].at.time(), true
}

// Waiting returns the ids of reversals whose original is not among the events, in
// order: it is still to come, or was dropped by [Membership.Close] before the reversal
// came, and then the reversal has no effect.
func (s *Membership) Waiting() []string {
	var ids []string
	var room []int32
	for _, i := range s.names.sorted(&room, s.byID) {
		if e := &s.entries[i]; e.kind.reverses() && e.link < 0 {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// Add adds an event. The same event again changes nothing. It fails, and leaves s
// unchanged, when e is not valid by itself ([Event]), comes before the start of
// the join date, shares its id with another event, or asks for a metric or a level
// that the ladder does not have ([relmark.ErrInvalid]); when it lies before the
// closing date ([relmark.ErrRefused]); when the sum of a metric no longer fits
// ([relmark.ErrLimit]). It takes O(log n), plus moving some √n positions for an event
// that is late or has an id before others, and for an original O(1) for each reversal that
// waits for it.
func (s *Membership) Add(e Event) error {
	if s.ladder == nil {
		return errZero
	}
	return room(s.add(e))
}

func (s *Membership) add(e Event) error {
	before := len(s.amounts)
	in, o, amounts, err := s.ladder.check(e, s.amounts)
	s.amounts = amounts[:before]
	if err != nil {
		return err
	}
	row := amounts[before:]
	known, err := s.admit(&in, &o, row)
	if known || err != nil {
		return err
	}
	s.insert(in, o, row)
	return nil
}

// admit reports whether an entry is known already, and what forbids it.
func (s *Membership) admit(e *entry, o *override, row []int64) (known bool, err error) {
	if i, ok := s.find(e.id); ok {
		if !s.same(int(i), e, o, row) {
			return false, fault.New("ID", nil, "must not name two different events")
		}
		return true, nil
	}
	return false, s.bars(e, row)
}

// bars returns what forbids an entry with an id of its own.
func (s *Membership) bars(e *entry, row []int64) error {
	if e.at.before(s.begins) {
		return fault.New("At", e.at.time(), "must not be before the start of the join date")
	}
	if s.base != nil && e.at.before(s.base.at) {
		return errClosed
	}
	if len(s.entries) == math.MaxInt32 {
		return refuse(relmark.ErrLimit, "number of events")
	}
	if e.kind == earn {
		for i, v := range row {
			if _, ok := money.Add(s.gross[i], v); !ok {
				return errSum
			}
		}
	}
	return nil
}

// row returns the amounts of entry i.
func (s *Membership) row(i int) []int64 {
	m := len(s.gross)
	return s.amounts[i*m : (i+1)*m]
}

// same reports whether entry i has the given content. Amounts of 0 are as good as
// none.
func (s *Membership) same(i int, e *entry, o *override, row []int64) bool {
	f := &s.entries[i]
	if f.at != e.at || f.kind != e.kind || f.ref != e.ref || !slices.Equal(s.row(i), row) {
		return false
	}
	return f.kind != grant || s.overrides[f.link] == *o
}

// Merge adds the events of o, which may overlap with those of s. Merging is
// associative and commutative, and one that has only joined is the identity.
// It fails, and leaves s unchanged, when o is of another ladder or join date or
// shares an id with different content ([relmark.ErrInvalid]), holds events before
// the closing date of s that s does not ([relmark.ErrRefused]), is itself opened
// or closed in another way ([relmark.ErrConflict]), or when a sum no longer fits
// ([relmark.ErrLimit]). It leaves o as it is. It takes O(n log n) for n events of
// both.
func (s *Membership) Merge(o *Membership) error {
	switch {
	case o == nil || s.ladder == nil || s.ladder != o.ladder:
		return wrong("Membership", nil, "must be of the same ladder")
	case s.joined != o.joined:
		return wrong("Membership", o.joined, "must have the same join date")
	case s.base == nil && o.base != nil:
		return s.mergeInto(o)
	case s.base != nil && o.base != nil && !s.base.equal(o.base):
		return room(refuse(relmark.ErrConflict, "memberships were closed in different ways"))
	}
	if err := s.admits(o); err != nil {
		return room(err)
	}
	var fresh, room []int32
	for _, i := range o.order.sorted(&room, o.compare) {
		if _, known := s.find(o.entries[i].id); !known {
			fresh = append(fresh, i)
		}
	}
	s.take(o, fresh)
	return nil
}

// take adds entries of o that were admitted: a few one by one, many by sorting anew.
func (s *Membership) take(o *Membership, fresh []int32) {
	const many = 1000
	add := s.insert
	if len(fresh) >= many {
		add = func(e entry, v override, row []int64) { s.push(e, v, row) }
	}
	for _, i := range fresh {
		e := o.entries[i]
		var v override
		if e.kind == grant {
			v = o.overrides[e.link]
		}
		e.link, e.early = -1, false
		add(e, v, o.row(int(i)))
	}
	if len(fresh) >= many {
		s.index()
	}
}

// mergeInto merges s into a copy of o, which is closed while s is not.
func (s *Membership) mergeInto(o *Membership) error {
	merged := o.Clone()
	if err := merged.Merge(s); err != nil {
		return err
	}
	*s = *merged
	return nil
}

// admits checks every event of o before any is added, so that a merge that fails
// has changed nothing.
func (s *Membership) admits(o *Membership) error {
	var room []int32
	fresh := slices.Clone(s.gross)
	for _, i := range o.order.sorted(&room, o.compare) {
		e, row := &o.entries[i], o.row(int(i))
		var v override
		if e.kind == grant {
			v = o.overrides[e.link]
		}
		known, err := s.admit(e, &v, row)
		if err != nil {
			return err
		}
		if known || e.kind != earn {
			continue
		}
		for m := range fresh {
			sum, ok := money.Add(fresh[m], row[m])
			if !ok {
				return errSum
			}
			fresh[m] = sum
		}
	}
	return nil
}

// Clone returns a copy that shares nothing that changes with s.
func (s *Membership) Clone() *Membership {
	out := *s
	out.entries, out.amounts = slices.Clone(s.entries), slices.Clone(s.amounts)
	out.order, out.names = s.order.clone(), s.names.clone()
	out.overrides, out.gross = slices.Clone(s.overrides), slices.Clone(s.gross)
	out.waiting = maps.Clone(s.waiting)
	return &out
}

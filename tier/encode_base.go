package tier

import (
	"slices"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
)

func (b *base) write(w *codec.Writer) {
	w.Uvarint(uint64(dayOf(b.date)))
	w.Count(len(b.codes))
	for _, code := range b.codes {
		w.String(code)
	}
	t := &b.track
	w.Uvarint(uint64(t.level))
	w.Uvarint(uint64(t.entered))
	writeInstant(w, t.until)
	w.Bool(t.ended)
	w.Byte(byte(t.basis.kind))
	w.Varint(int64(t.basis.period))
	writeInstant(w, t.basis.at)
	w.Bool(t.basis.events)
	writeInstant(w, t.drop)
	w.Byte(byte(t.cause))
	writeInstant(w, t.steady)
	w.Bool(t.lastDown)
	w.Uvarint(uint64(b.level))
	writeInstant(w, b.since)
	w.Byte(byte(b.reason))
	for _, v := range b.dropped {
		w.Uvarint(uint64(v))
	}
	w.Varint(int64(b.first))
	w.Bytes(b.before)
	w.Count(len(b.lots))
	for _, c := range b.lots {
		w.Varint(int64(c.period))
		w.Varint(int64(c.last))
		w.Uvarint(uint64(c.metric))
		w.Uvarint(uint64(c.amount))
	}
}

// readPeriod reads the number of a period, which is within some months of the
// calendar.
func readPeriod(r *codec.Reader) int {
	k := r.Varint()
	r.Check(k > -1<<20 && k < 1<<20)
	return int(k)
}

// readBase reads a base; whether it suits the ladder and the events is asked when
// all of them are there. Nothing is allocated that the bytes do not account for.
func (l *Ladder) readBase(r *codec.Reader, perm []int) *base {
	b := &base{date: readDate(r), codes: l.codes}
	levels := r.Count(1)
	r.Check(levels == len(l.codes))
	for i := 0; i < levels && r.Err() == nil; i++ {
		r.Check(r.String() == l.codes[i])
	}
	b.at = startOf(dayOf(b.date), l.zone)
	level := func() int {
		v := r.Uvarint()
		r.Check(v < uint64(len(l.codes)))
		return int(min(v, maxLevels))
	}
	t := &b.track
	t.level = level()
	entered := r.Uvarint()
	r.Check(entered <= uint64(calendar.Last))
	t.entered = calendar.Day(min(entered, uint64(calendar.Last)))
	t.until, t.ended = readInstant(r), r.Bool()
	t.basis = basis{basisKind(r.Byte()), readPeriod(r), readInstant(r), r.Bool()}
	t.drop, t.cause = readInstant(r), why(r.Byte())
	t.steady, t.lastDown = readInstant(r), r.Bool()
	b.level, b.since, b.reason = level(), readInstant(r), why(r.Byte())
	r.Check(t.basis.kind <= onRolling && (t.cause == none || t.cause.drops()) && b.reason <= takenBack)
	b.dropped = make([]int64, l.metrics.len())
	for _, m := range perm {
		b.dropped[m] = int64(r.Uvarint())
		r.Check(b.dropped[m] >= 0)
	}
	b.first, b.before = readPeriod(r), slices.Clone(r.Bytes())
	r.Check(!slices.ContainsFunc(b.before, func(v uint8) bool { return int(v) >= len(l.codes) }))
	for range r.Count(4) {
		period, last, metric, amount := readPeriod(r), readPeriod(r), r.Uvarint(), int64(r.Uvarint())
		r.Check(period < last && metric < uint64(len(perm)) && amount >= 0)
		if r.Err() != nil {
			break
		}
		b.lots = append(b.lots, lot{period, last, perm[metric], amount})
	}
	return b
}

// found makes b the base of s if it suits the ladder and the events.
func (s *Membership) found(r *codec.Reader, b *base) error {
	for m, v := range b.dropped {
		if s.gross[m]+v < v {
			return errSum
		}
		s.gross[m] += v
	}
	r.Check(s.suits(b))
	s.base = b
	return nil
}

// suits reports whether b can be the base of s: that nothing in it would make a
// fold fail or run for long, and that a history can have led to it as far as can be
// told from b alone. Whether the host ever had such a member cannot be told.
func (s *Membership) suits(b *base) bool {
	clock := newClock(s.ladder.zone)
	return b.date.After(s.joined) && !b.at.before(s.begins) &&
		!b.since.before(s.begins) && !b.at.before(b.since) &&
		(b.reason != none || b.level == 0) &&
		s.dates(b, &clock) && s.rests(b, &clock)
}

// dates reports whether the earned level of b has the dates that its kind of validity
// gives it: what is due lies ahead of the closing date, and nothing is due at the base.
func (s *Membership) dates(b *base, c *clock) bool {
	l, t := s.ladder, &b.track
	dated, byEntry := l.dated && t.level > 0, l.kind == MonthsFromEntry
	switch {
	case !dated && (t.until != never() || t.ended), t.until == always():
		return false
	case dated && t.until != never() && !t.ended && t.until.before(b.at):
		return false
	case t.drop.before(b.at), t.drop == always(), t.pending() && (t.level == 0 || t.cause == none):
		return false
	case dated && byEntry && (!t.entered.Valid() || t.entered > dayOf(b.date)), !byEntry && t.entered != 0:
		return false
	case t.lastDown && t.cause == none:
		return false
	}
	// A drop that is never due is one that grace or dwell puts past the calendar.
	return !t.ended || t.pending() || c.daysAfter(t.until, maxDays) == never()
}

// rests reports whether the earned level of b rests on what its kind of window has, and
// what that leaves is complete.
func (s *Membership) rests(b *base, c *clock) bool {
	l, on := s.ladder, b.track.basis
	if !on.plain() || on.kind != noBasis && b.track.level == 0 {
		return false
	}
	if l.rolls {
		return len(b.before) == 0 && len(b.lots) == 0 && b.first == 0 && on.kind != onPeriod &&
			(on.kind == noBasis || on.at.before(b.at) && !on.at.before(s.begins))
	}
	grid := l.gridOf(s, c)
	cur := grid.locate(justBefore(b.at))
	return b.first <= cur && cur-b.first == len(b.before) && b.first >= min(cur, grid.locate(s.begins)) && on.kind != onRolling &&
		(on.kind != onPeriod || on.period <= cur && on.period >= b.first-1-maxMonths) && s.carries(b)
}

// carries reports whether the lots of b are some that periods can have carried, one
// each at most: they are part of what was dropped with those periods, so no sum of them
// and of events can overflow.
func (s *Membership) carries(b *base) bool {
	dropped := slices.Clone(b.dropped)
	for i, c := range b.lots {
		if !s.ladder.carries || c.period >= b.first || c.last < b.first || c.last > c.period+maxPeriods || c.amount == 0 || i > 0 && c.period <= b.lots[i-1].period {
			return false
		}
		if dropped[c.metric] -= c.amount; dropped[c.metric] < 0 {
			return false
		}
	}
	return true
}

package tier

import (
	"cmp"
	"unicode/utf8"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const membershipVersion = 1

// Version 1, after the header, in the terms of internal/codec:
//
//	joined      uvarint, day 1 being 0001-01-01
//	metrics     list of name, string, and kind, byte; by name
//	closed      bool; then, if true, the base
//	events      list, as they are applied
//
//	event       kind, byte: 0 amounts, 1 override, 2 reversal of all, 3 of some
//	            seconds since the event before (the first: since the join date), varint
//	            nanoseconds of the second, uvarint; id, string
//	            reversal: what it reverses, string
//	            amounts and reversal of some: an amount for each metric, uvarint
//	            override: level, reason, strings; mode, byte; priority, varint; from, until
//	instant     seconds since 1970, varint; nanoseconds, uvarint; never: 2^63 − 1 seconds
//	base        date; codes of the levels; the track, the face; sums of a life; first
//	            period; levels before the ends of the periods since; lots
//
// Amounts are in units of the last digit of their kind. Levels in the base are
// positions in its list of codes, those of overrides are codes.

// AppendBinary appends the encoding of s, version 1: the join date, the names of
// the metrics, what closing has left, and the events by instant. Memberships
// with equal events have equal encodings, whatever the order in which they came,
// amounts of 0 and trailing zeros. It fails only for a Membership that nothing has made.
func (s *Membership) AppendBinary(b []byte) ([]byte, error) {
	if s.ladder == nil {
		return b, errZero
	}
	w := codec.NewWriter(b, codec.KindTierState, membershipVersion)
	w.Uvarint(uint64(dayOf(s.joined)))
	m := s.ladder.metrics
	w.Count(m.len())
	for i, name := range m.names {
		w.String(name)
		writeWord(&w, metricKinds(), m.kinds[i])
	}
	w.Bool(s.base != nil)
	if s.base != nil {
		s.base.write(&w)
	}
	w.Count(s.order.len())
	at := s.begins
	var room []int32
	for _, i := range s.order.sorted(&room, s.compare) {
		s.writeEntry(&w, int(i), at)
		at = s.entries[i].at
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Membership.AppendBinary] appends.
func (s *Membership) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary fails with [relmark.ErrUnsupported]: a membership needs the ladder
// whose levels and metrics it names. [Ladder.DecodeMembership] reads it.
func (s *Membership) UnmarshalBinary([]byte) error {
	return room(refuse(relmark.ErrUnsupported, "a membership is read by Ladder.DecodeMembership"))
}

func (s *Membership) writeEntry(w *codec.Writer, i int, before instant) {
	e := &s.entries[i]
	w.Byte(byte(e.kind))
	w.Varint(e.at.sec - before.sec)
	w.Uvarint(uint64(e.at.nano))
	w.String(e.id)
	if e.kind.reverses() {
		w.String(e.ref)
	}
	if e.kind == grant {
		o := &s.overrides[e.link]
		w.String(o.level)
		w.String(o.reason)
		w.Bool(o.pins)
		w.Varint(int64(o.priority))
		writeInstant(w, o.from)
		writeInstant(w, o.until)
		return
	}
	if e.kind != reverse {
		for _, v := range s.row(i) {
			w.Uvarint(uint64(v))
		}
	}
}

// writeWord writes the position of a word in its set.
func writeWord[T ~string](w *codec.Writer, set enum.Set[T], v T) {
	i, _ := set.Index(v)
	w.Byte(byte(i))
}

// readWord reads the position of a word in its set.
func readWord[T ~string](r *codec.Reader, set enum.Set[T]) T {
	v, ok := set.At(int(r.Byte()))
	r.Check(ok)
	return v
}

// readText reads a text of the host.
func readText(r *codec.Reader) string {
	text := r.String()
	r.Check(utf8.ValidString(text))
	return text
}

func writeInstant(w *codec.Writer, t instant) {
	w.Varint(t.sec)
	w.Uvarint(uint64(t.nano))
}

// DecodeMembership decodes what [Membership.AppendBinary] of any version so far encoded, and
// checks it as [Membership.Add] does. It fails with [relmark.ErrUnsupported] on another
// kind or version, and with [relmark.ErrInvalid] on anything else that no membership
// encodes to or that does not suit l: a metric or a level that l does not have, or,
// for a closed one, another window or ladder.
func (l *Ladder) DecodeMembership(data []byte) (*Membership, error) {
	if l.zone == nil {
		return nil, errZero
	}
	r := codec.NewReader(data, codec.KindTierState, membershipVersion)
	s, err := l.readMembership(&r)
	if bad := cmp.Or(r.Err(), err, r.Done()); bad != nil {
		return nil, fault.Decode("tier", "membership", bad)
	}
	return s, nil
}

// readMembership reads the body. The reader keeps the first error of the encoding; the
// error returned is about what it says.
func (l *Ladder) readMembership(r *codec.Reader) (*Membership, error) {
	joined := readDate(r)
	perm, err := l.readMetrics(r)
	if err != nil || r.Err() != nil {
		return nil, err
	}
	s, err := l.Join(joined)
	if err != nil {
		return nil, err
	}
	var b *base
	if r.Bool() {
		b = l.readBase(r, perm)
	}
	at := s.begins
	for range r.Count(5) {
		if at, err = s.readEntry(r, perm, at); err != nil || r.Err() != nil {
			return nil, err
		}
	}
	r.Check(s.index())
	if b == nil || r.Err() != nil {
		return s, nil
	}
	return s, s.found(r, b)
}

func readDate(r *codec.Reader) relmark.Date {
	day := r.Uvarint()
	if r.Check(day >= uint64(calendar.First) && day <= uint64(calendar.Last)); r.Err() != nil {
		return relmark.Date{}
	}
	d, err := relmark.NewDate(calendar.Day(day).Civil())
	r.Check(err == nil)
	return d
}

// readMetrics returns the index in p of each metric of the encoding. They must be in
// order, so that equal memberships have one encoding.
func (l *Ladder) readMetrics(r *codec.Reader) ([]int, error) {
	perm := make([]int, r.Count(2))
	r.Check(len(perm) > 0)
	last := ""
	for i := range perm {
		name, kind := readText(r), readWord(r, metricKinds())
		r.Check(name > last)
		if r.Err() != nil {
			return nil, nil
		}
		perm[i], last = l.metrics.index(name), name
		if perm[i] < 0 || l.metrics.kinds[perm[i]] != kind {
			return nil, fault.New("Metrics", nil, "must have metrics that the ladder knows, of the same kind")
		}
	}
	return perm, nil
}

func readInstant(r *codec.Reader) instant {
	t := instant{r.Varint(), readNano(r)}
	year := int64(9999-1970+1) * 366 * 86400
	r.Check(t == never() || t == always() || t.sec > -year && t.sec < year)
	return t
}

func readNano(r *codec.Reader) int32 {
	nano := r.Uvarint()
	r.Check(nano < 1e9)
	return int32(nano)
}

// readEntry reads one event and stores it. It is checked as an event from a host would
// be, and must come in its place: then writing it again gives the same bytes.
func (s *Membership) readEntry(r *codec.Reader, perm []int, before instant) (instant, error) {
	e := entry{kind: entryKind(r.Byte()), link: -1}
	sec := r.Varint()
	e.at = instant{before.sec + sec, readNano(r)}
	e.id = readText(r)
	r.Check(e.kind <= lessen && e.id != "" && inRange(e.at.time()) && (sec > -1<<40 && sec < 1<<40))
	if e.kind.reverses() {
		e.ref = readText(r)
		r.Check(e.ref != "" && e.ref != e.id)
	}
	row := make([]int64, s.ladder.metrics.len())
	var o override
	switch e.kind {
	case grant:
		o = s.ladder.readOverride(r)
	case earn, lessen:
		for _, m := range perm {
			row[m] = int64(r.Uvarint())
			r.Check(row[m] >= 0)
		}
	case reverse:
	}
	if r.Err() != nil {
		return e.at, nil
	}
	if err := s.bars(&e, row); err != nil {
		return e.at, err
	}
	i := s.push(e, o, row)
	r.Check(i == 0 || s.compare(i-1, i) < 0) // in order
	return e.at, nil
}

func (l *Ladder) readOverride(r *codec.Reader) override {
	o := override{level: readText(r), reason: readText(r), pins: r.Bool()}
	priority := r.Varint()
	o.priority = int(priority)
	o.from, o.until = readInstant(r), readInstant(r)
	r.Check(l.level(o.level) >= 0 && int64(o.priority) == priority && o.spans() && o.from != always())
	return o
}

package tier

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const stateVersion = 1

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
// the metrics, what closing the state has left, and the events by instant. States
// with equal events have equal encodings, whatever the order in which they came,
// amounts of 0 and trailing zeros. It fails only for a Membership that nothing has made.
func (s *Membership) AppendBinary(b []byte) ([]byte, error) {
	if s.ladder == nil {
		return b, errZero
	}
	w := codec.NewWriter(b, codec.KindTierState, stateVersion)
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
	w.Count(len(s.order))
	at := s.begins
	for _, i := range s.order {
		s.writeEntry(&w, int(i), at)
		at = s.entries[i].at
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Membership.AppendBinary] appends.
func (s *Membership) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

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
		writeWord(w, overrideModes(), o.mode)
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
	writeWord(w, causes(), t.cause)
	writeInstant(w, t.steady)
	w.Bool(t.lastDown)
	w.Uvarint(uint64(b.level))
	writeInstant(w, b.since)
	writeWord(w, reasons(), b.reason)
	for _, v := range b.dropped {
		w.Uvarint(uint64(v))
	}
	w.Varint(int64(b.first))
	w.Bytes(b.before)
	w.Count(len(b.lots))
	for _, l := range b.lots {
		w.Varint(int64(l.period))
		w.Varint(int64(l.last))
		w.Uvarint(uint64(l.metric))
		w.Uvarint(uint64(l.amount))
	}
}

// DecodeMembership decodes what [Membership.AppendBinary] of any version so far encoded, and
// checks it as [Membership.Add] does. It fails with [relmark.ErrUnsupported] on another
// kind or version, and with [relmark.ErrInvalid] on anything else that no state
// encodes to or that does not suit p: a metric or a level that p does not have, or,
// for a closed state, another window or ladder.
func (p *Ladder) DecodeMembership(data []byte) (*Membership, error) {
	if p.zone == nil {
		return nil, errZero
	}
	r := codec.NewReader(data, codec.KindTierState, stateVersion)
	s, err := p.readState(&r)
	if bad := cmp.Or(r.Err(), err, r.Done()); bad != nil {
		return nil, fault.Decode("tier", "membership", bad)
	}
	return s, nil
}

// readState reads the body. The reader keeps the first error of the encoding; the
// error returned is about what it says.
func (p *Ladder) readState(r *codec.Reader) (*Membership, error) {
	joined := readDate(r)
	perm, err := p.readMetrics(r)
	if err != nil || r.Err() != nil {
		return nil, err
	}
	s, err := p.Join(joined)
	if err != nil {
		return nil, err
	}
	var b *base
	if r.Bool() {
		b = p.readBase(r, perm)
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
	return s, s.rest(r, b)
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
// order, so that equal states have one encoding.
func (p *Ladder) readMetrics(r *codec.Reader) ([]int, error) {
	perm := make([]int, r.Count(2))
	r.Check(len(perm) > 0)
	last := ""
	for i := range perm {
		name, kind := readText(r), readWord(r, metricKinds())
		r.Check(name > last)
		if r.Err() != nil {
			return nil, nil
		}
		perm[i], last = p.metrics.index(name), name
		if perm[i] < 0 || p.metrics.kinds[perm[i]] != kind {
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

// readPeriod reads the number of a period, which is within some months of the
// calendar.
func readPeriod(r *codec.Reader) int {
	k := r.Varint()
	r.Check(k > -1<<20 && k < 1<<20)
	return int(k)
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

func (p *Ladder) readOverride(r *codec.Reader) override {
	o := override{level: readText(r), reason: readText(r), mode: readWord(r, overrideModes())}
	priority := r.Varint()
	o.priority = int(priority)
	o.from, o.until = readInstant(r), readInstant(r)
	r.Check(p.level(o.level) >= 0 && int64(o.priority) == priority && o.spans() && o.from != always())
	return o
}

// readBase reads a base; whether it suits the ladder and the events is asked when
// all of them are there. Nothing is allocated that the bytes do not account for.
func (p *Ladder) readBase(r *codec.Reader, perm []int) *base {
	b := &base{date: readDate(r), codes: p.codes}
	levels := r.Count(1)
	r.Check(levels == len(p.codes))
	for i := 0; i < levels && r.Err() == nil; i++ {
		r.Check(r.String() == p.codes[i])
	}
	b.at = startOf(dayOf(b.date), p.zone)
	level := func() int {
		v := r.Uvarint()
		r.Check(v < uint64(len(p.codes)))
		return int(min(v, maxLevels))
	}
	t := &b.track
	t.level = level()
	entered := r.Uvarint()
	r.Check(entered <= uint64(calendar.Last))
	t.entered = calendar.Day(min(entered, uint64(calendar.Last)))
	t.until, t.ended = readInstant(r), r.Bool()
	t.basis = basis{basisKind(r.Byte()), readPeriod(r), readInstant(r), r.Bool()}
	t.drop, t.cause = readInstant(r), readWord(r, causes())
	t.steady, t.lastDown = readInstant(r), r.Bool()
	b.level, b.since, b.reason = level(), readInstant(r), readWord(r, reasons())
	r.Check(t.basis.kind <= onRolling)
	b.dropped = make([]int64, p.metrics.len())
	for _, m := range perm {
		b.dropped[m] = int64(r.Uvarint())
		r.Check(b.dropped[m] >= 0)
	}
	b.first, b.before = readPeriod(r), slices.Clone(r.Bytes())
	r.Check(!slices.ContainsFunc(b.before, func(v uint8) bool { return int(v) >= len(p.codes) }))
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

// rest makes b the base of s if it suits the ladder and the events.
func (s *Membership) rest(r *codec.Reader, b *base) error {
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
// fold fail or run for long. A date that is due must lie ahead of the closing date,
// a level must have the dates that its kind of validity gives it, and there must be
// a level for the end of each period since the first. Whether the host ever had
// such a member cannot be told from the bytes.
func (s *Membership) suits(b *base) bool {
	p, t := s.ladder, &b.track
	dated := p.dated() && t.level > 0
	switch {
	case !b.date.After(s.joined) || b.at.before(s.begins):
		return false
	case dated == (t.until == never()) && t.until != never(), dated && !t.ended && t.until.before(b.at):
		return false
	case dated && p.kind == MonthsFromEntry && (!t.entered.Valid() || t.entered > dayOf(b.date)):
		return false
	case t.drop.before(b.at), t.until == always(), t.drop == always(), t.level == 0 && t.pending():
		return false
	case t.ended && !t.pending() && p.Runner().daysAfter(t.until, maxDays) != never(): // else grace or dwell can outlast the calendar
		return false
	case b.since.before(s.begins), b.at.before(b.since), !t.basis.plain():
		return false
	case p.kind != MonthsFromEntry && t.entered != 0:
		return false
	case p.window.Kind.Rolling():
		return len(b.before) == 0 && len(b.lots) == 0 && b.first == 0 && t.basis.kind != onPeriod &&
			(t.basis.kind == noBasis || t.basis.at.before(b.at))
	}
	r := p.Runner()
	r.s = s
	cur := r.locate(justBefore(b.at))
	if cur-b.first != len(b.before) || b.first > cur || t.basis.kind == onRolling {
		return false
	}
	if t.basis.kind == onPeriod && (t.basis.period > cur || t.basis.period < b.first-1-maxMonths) {
		return false
	}
	return s.carriesWell(b, cur)
}

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

// carriesWell reports whether the lots of b are some that periods can have
// carried, one each at most: they are part of what was dropped with those periods, so
// no sum of them and of events can overflow.
func (s *Membership) carriesWell(b *base, cur int) bool {
	dropped := slices.Clone(b.dropped)
	for i, l := range b.lots {
		if !s.ladder.carries || l.period >= b.first || l.last < b.first || l.last > l.period+maxPeriods || l.amount == 0 || i > 0 && l.period <= b.lots[i-1].period {
			return false
		}
		if dropped[l.metric] -= l.amount; dropped[l.metric] < 0 {
			return false
		}
	}
	return cur >= b.first
}

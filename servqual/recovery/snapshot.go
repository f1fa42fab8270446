package recovery

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The body of the snapshot of a complaint, version 1, in the primitives of internal/codec;
// instants are nanoseconds since 1970, and in a complaint since its receipt:
//
//	state; if received: priority, flags, receipt, instants of the acknowledgement (0 for
//	none, else one more), of the last event and, while waiting, of the wait; hand-offs,
//	contacts; topic, cause, owner; number of clocks and of each: its start, its end as the
//	acknowledgement has it, and the waits from and until
//
// That of a register has the days for reopening, the events refused by reason, the kind
// of the identifiers, and the complaints by identifier, ascending.

const (
	complaintVersion = 1
	registerVersion  = 1
	leastComplaint   = 12 // bytes
)

// The flags of a complaint.
const (
	flagWaiting = 1 << iota
	flagReturned
)

// AppendBinary appends a snapshot, version 1; it never fails. Equal complaints have equal
// snapshots.
func (c *Complaint) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindComplaint, complaintVersion)
	c.write(&w)
	return w.Data(), nil
}

// MarshalBinary returns what [Complaint.AppendBinary] appends.
func (c *Complaint) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary reads a snapshot of any version. It fails with [relmark.ErrUnsupported]
// for an unknown version and with [relmark.ErrInvalid] for anything else that no complaint
// writes; c stays as it is then.
func (c *Complaint) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindComplaint, complaintVersion)
	in := readComplaint(&r)
	if err := r.Done(); err != nil {
		return fault.Decode(room, "complaint", err)
	}
	*c = in
	return nil
}

func (c *Complaint) write(w *codec.Writer) {
	w.Byte(c.state)
	if c.state == sNotReceived {
		return
	}
	flags := byte(0)
	if c.waiting {
		flags |= flagWaiting
	}
	if c.returned {
		flags |= flagReturned
	}
	w.Byte(c.priority)
	w.Byte(flags)
	w.Varint(c.received)
	c.writeOptional(w, c.acknowledged)
	c.writeInstant(w, c.last)
	if c.waiting {
		c.writeInstant(w, c.waitFrom)
	}
	w.Uvarint(uint64(c.handOffs))
	w.Uvarint(uint64(c.contacts))
	w.String(c.topic)
	w.String(c.cause)
	w.String(c.owner)
	w.Count(1 + len(c.later))
	for i := range 1 + len(c.later) {
		c.writeSpan(w, c.clock(i))
	}
}

func (c *Complaint) writeInstant(w *codec.Writer, at int64) { w.Uvarint(uint64(at - c.received)) }

// writeOptional writes an instant that may be none.
func (c *Complaint) writeOptional(w *codec.Writer, at int64) {
	if at == none {
		w.Uvarint(0)
		return
	}
	w.Uvarint(uint64(at-c.received) + 1)
}

func (c *Complaint) writeSpan(w *codec.Writer, s *span) {
	c.writeInstant(w, s.start)
	c.writeOptional(w, s.end)
	w.Count(len(s.pauses))
	for _, p := range s.pauses {
		c.writeInstant(w, p.from)
		c.writeInstant(w, p.until)
	}
}

func readComplaint(r *codec.Reader) Complaint {
	c := Complaint{state: r.Byte()}
	if c.state == sNotReceived {
		return Complaint{}
	}
	c.priority = r.Byte()
	flags := r.Byte()
	c.waiting, c.returned = flags&flagWaiting != 0, flags&flagReturned != 0
	c.received = r.Varint()
	c.acknowledged, c.last = c.readOptional(r), c.readInstant(r)
	if c.waiting {
		c.waitFrom = c.readInstant(r)
	}
	c.handOffs, c.contacts = int32(r.UpTo(mostTimes)), int32(r.UpTo(mostTimes))
	c.topic, c.cause, c.owner = r.String(), r.String(), r.String()
	n := r.Count(3)
	r.Check(n >= 1 && n <= 1+mostTimes)
	if n > 1 && r.Err() == nil {
		c.later = make([]span, n-1)
	}
	for i := range 1 + len(c.later) {
		*c.clock(i) = c.readSpan(r)
	}
	r.Check(flags < flagReturned<<1 && c.possible())
	return c
}

func (c *Complaint) readInstant(r *codec.Reader) int64 { return c.received + r.UpTo(century) }

func (c *Complaint) readOptional(r *codec.Reader) int64 {
	if d := r.UpTo(century + 1); d > 0 {
		return c.received + d - 1
	}
	return none
}

func (c *Complaint) readSpan(r *codec.Reader) span {
	s := span{start: c.readInstant(r), end: c.readOptional(r)}
	if n := r.Count(2); n > 0 {
		r.Check(n <= mostTimes)
		s.pauses = make([]pause, n)
	}
	for i := range s.pauses {
		s.pauses[i] = pause{c.readInstant(r), c.readInstant(r)}
	}
	return s
}

// possible reports whether events can have made the complaint what it is.
func (c *Complaint) possible() bool {
	inRange := c.received >= firstInstant && calendar.InRange(instant(c.received)) && calendar.InRange(instant(c.last))
	named := (c.topic == "" || fault.ValidName(c.topic)) && (c.cause == "" || fault.ValidName(c.cause)) && (c.owner == "" || fault.ValidName(c.owner))
	if !inRange || !named || c.state > sReopened || c.priority > priorities || c.last < c.received {
		return false
	}
	replied := c.acknowledged != none && c.acknowledged <= c.last
	if c.state == sReceived {
		replied = c.acknowledged == none
	}
	return replied && (c.handOffs == 0 || c.owner != "") && c.possibleFlags() && c.possibleClocks()
}

// possibleFlags checks the flags against the rest.
func (c *Complaint) possibleFlags() bool {
	back := c.contacts > 0 || len(c.later) > 0 || c.waiting || len(c.first.pauses) > 0
	if back && !c.returned || c.returned && !back && c.handOffs == 0 {
		return false
	}
	return !c.waiting || c.state == sAcknowledged || c.state == sDiagnosed || c.state == sReopened
}

// possibleClocks checks that all clocks follow each other, and end but the last one.
func (c *Complaint) possibleClocks() bool {
	at := c.received
	if c.first.start != at || (c.state == sReopened) && len(c.later) == 0 || (c.state == sReceived || c.state == sAcknowledged) && len(c.later) > 0 {
		return false
	}
	for i := range 1 + len(c.later) {
		s := c.clock(i)
		if s.start < at {
			return false
		}
		at = s.start
		if i == 0 {
			at = max(at, c.acknowledged)
		}
		for _, p := range s.pauses {
			if p.from < at || p.until < p.from {
				return false
			}
			at = p.until
		}
		last := i == len(c.later)
		if open := last && isUnresolved(c.state); open != (s.end == none) || !open && s.end < at {
			return false
		}
		at = max(at, s.end)
	}
	if c.waiting {
		return c.waitFrom >= at && c.waitFrom <= c.last
	}
	return at <= c.last
}

// AppendBinary appends a snapshot, version 1; it never fails. Equal registers have equal
// snapshots. It takes time n log n in the complaints.
func (r *Register[C]) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindComplaints, registerVersion)
	w.Bool(r.made)
	if !r.made {
		return w.Data(), nil
	}
	w.Uvarint(uint64(r.reopenDays))
	for _, n := range r.refused {
		w.Uvarint(uint64(n))
	}
	w.Byte(codec.IDKind[C]())
	w.Count(r.Len())
	for id, c := range r.All() {
		codec.WriteID(&w, id)
		c.write(&w)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Register.AppendBinary] appends.
func (r *Register[C]) MarshalBinary() ([]byte, error) { return r.AppendBinary(nil) }

// UnmarshalBinary reads a snapshot of any version. It fails with [relmark.ErrUnsupported]
// for an unknown version and with [relmark.ErrInvalid] for anything else that no register
// writes, identifiers of another type among them; r stays as it is then.
func (r *Register[C]) UnmarshalBinary(data []byte) error {
	in := codec.NewReader(data, codec.KindComplaints, registerVersion)
	out := readRegister[C](&in)
	if err := in.Done(); err != nil {
		return fault.Decode(room, "register", err)
	}
	*r = out
	return nil
}

// readRegister reads a register whose complaints ascend, so that none is there twice. Topics, causes and
// owners that repeat share their memory.
func readRegister[C relmark.ID](r *codec.Reader) Register[C] {
	out := Register[C]{made: r.Bool()}
	if !out.made {
		return out
	}
	out.reopenDays = int(r.UpTo(maxReopenDays))
	for i := range out.refused {
		out.refused[i] = r.UpTo(maxCount)
	}
	r.Check(r.Byte() == codec.IDKind[C]())
	n := r.Count(leastComplaint)
	out.index = make(map[C]int32, n)
	names := map[string]string{}
	var last C
	for range n {
		id := codec.ReadID[C](r)
		c := readComplaint(r)
		r.Check((out.Len() == 0 || id > last) && c.state != sNotReceived && codec.IsUTF8(&id))
		if r.Err() != nil {
			break
		}
		for _, name := range []*string{&c.topic, &c.cause, &c.owner} {
			*name = shared(names, *name)
		}
		out.push(id, c)
		last = id
	}
	return out
}

// shared returns a text of the map that equals name, so that a text that repeats takes
// memory once.
func shared(names map[string]string, name string) string {
	if kept, ok := names[name]; ok {
		return kept
	}
	names[name] = name
	return name
}

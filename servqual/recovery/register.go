package recovery

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Register holds many complaints, by the host's own identifiers. Events of different
// complaints come in any order, those of one by time: one that comes too early is refused,
// one too late an error, and neither changes anything, so that each complaint that was
// received is there once. Obtain one from [NewRegister]; the zero Register takes no events,
// but merges and decodes. It is not safe for concurrent mutation. Memory is in proportion to
// complaints, as [Complaint] says, not to events.
type Register[C relmark.ID] struct {
	opaque

	made       bool
	reopenDays int
	index      map[C]int32   // position of a complaint
	pages      [][]Complaint // so that they grow without being copied
	refused    [5]int64      // events, by reason
}

// NewRegister returns a register without complaints. Of the policy it keeps for how long they
// may be reopened. It fails exactly when [Policy.Validate] does.
func NewRegister[C relmark.ID](p Policy) (*Register[C], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &Register[C]{made: true, reopenDays: p.ReopenDays, index: map[C]int32{}}, nil
}

// Len returns how many complaints were received.
func (r *Register[C]) Len() int { return len(r.index) }

const page = 512

// at returns the complaint at a position.
func (r *Register[C]) at(i int32) *Complaint { return &r.pages[i/page][i%page] }

// push puts a complaint, of an identifier that is new, behind the others.
func (r *Register[C]) push(id C, c Complaint) {
	n := len(r.index)
	if n%page == 0 {
		r.pages = append(r.pages, make([]Complaint, 0, min(n, page))) // the first one grows
	}
	last := &r.pages[len(r.pages)-1]
	*last = append(*last, c)
	r.index[id] = int32(n)
}

// each yields all complaints, in the order in which they were received here.
func (r *Register[C]) each(yield func(*Complaint) bool) {
	for _, list := range r.pages {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// Complaint returns a complaint; false if it was not received. Only read it: it changes with
// the register.
func (r *Register[C]) Complaint(id C) (*Complaint, bool) {
	i, ok := r.index[id]
	if !ok {
		return nil, false
	}
	return r.at(i), true
}

// All yields all complaints, in the order of their identifiers.
func (r *Register[C]) All() iter.Seq2[C, *Complaint] {
	return func(yield func(C, *Complaint) bool) {
		for _, id := range slices.Sorted(maps.Keys(r.index)) {
			if !yield(id, r.at(r.index[id])) {
				return
			}
		}
	}
}

// Add carries an event of a complaint out, as [Policy.Apply] does, and counts what it
// refuses. It fails as that does, for the zero Register, for an identifier that is no
// UTF-8, and with [relmark.ErrLimit] after 2^31 − 1 complaints.
func (r *Register[C]) Add(id C, e Event) error {
	return named(r.count(id, &e))
}

// count carries an event out and counts what is refused; its errors do not name the room.
func (r *Register[C]) count(id C, e *Event) error {
	err := r.add(id, e)
	if refusal, ok := err.(*RefusedError); ok { //nolint:errorlint // it comes from apply, unwrapped
		i, _ := reasons().Index(refusal.Reason)
		r.refused[i]++
	}
	return err
}

// add carries an event out. A complaint takes memory only once it was received, so that a stream of
// events for unknown identifiers costs nothing.
func (r *Register[C]) add(id C, e *Event) error {
	if !r.made {
		return fault.New("Register", nil, "must come from NewRegister")
	}
	if i, ok := r.index[id]; ok {
		return r.at(i).apply(e, r.reopenDays)
	}
	var c Complaint
	if err := c.apply(e, r.reopenDays); err != nil {
		return err
	}
	if !codec.IsUTF8(&id) {
		return fault.New("Complaint", nil, "must be UTF-8")
	}
	if r.Len() >= math.MaxInt32 {
		return relmark.ErrLimit
	}
	r.push(id, c)
	return nil
}

// Merge adds the complaints of o, none of which r has, such as those of another shard by
// complaint. It fails with a [relmark.FieldError] unless both are of policies with the same
// days for reopening and share no complaint, and leaves r as it was; o stays as it is, but
// neither may take events of the complaints that both have then. It is exact, in any order,
// the zero Register being the identity.
func (r *Register[C]) Merge(o *Register[C]) error {
	if o == nil || !o.made {
		return nil
	}
	if !r.made {
		r.made, r.reopenDays, r.index = true, o.reopenDays, map[C]int32{}
	}
	if r.reopenDays != o.reopenDays {
		return broken("ReopenDays", o.reopenDays, "must be the same in both")
	}
	for id := range o.index {
		if _, twice := r.index[id]; twice {
			return broken("Complaint", nil, "must be in one of both only")
		}
	}
	if int64(r.Len())+int64(o.Len()) > math.MaxInt32 {
		return errLimit()
	}
	for id, i := range o.index {
		r.push(id, o.at(i).clone())
	}
	for i, n := range o.refused {
		r.refused[i] += n
	}
	return nil
}

// A RefusedRecord is an event of a stream that was refused. It is plain data.
type RefusedRecord[C relmark.ID] struct {
	Record    int64  `json:"record"` // position in the stream
	Complaint C      `json:"complaint"`
	Reason    Reason `json:"reason"`
}

// Fold adds the events of a stream to a register and returns those that are refused, in their
// order. It stops at the first error of the stream, which it wraps, and at the first event
// that is an error, with its position; what came before it stays.
func (r *Register[C]) Fold(records iter.Seq2[Record[C], error]) ([]RefusedRecord[C], error) {
	var refused []RefusedRecord[C]
	i := int64(0)
	for record, err := range records {
		if err == nil {
			err = r.count(record.Complaint, &record.Event)
		}
		if refusal, ok := errors.AsType[*RefusedError](err); ok {
			refused = append(refused, RefusedRecord[C]{i, record.Complaint, refusal.Reason})
		} else if err != nil {
			return refused, fault.Room(room, fault.At(fmt.Sprintf("Records[%d]", i), err))
		}
		i++
	}
	return refused, nil
}

// clone returns a copy that shares no memory with c.
func (c *Complaint) clone() Complaint {
	out := *c
	out.first.pauses = slices.Clone(c.first.pauses)
	out.later = slices.Clone(c.later)
	for i := range out.later {
		out.later[i].pauses = slices.Clone(out.later[i].pauses)
	}
	return out
}

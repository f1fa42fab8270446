package social

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// An Activity is something that a member does and that is no purchase: a review, an
// answer, a check-in, a post. It is plain data.
type Activity struct {
	ID       string          // unique among the activities of a member; it is the key
	Kind     string          // such as "review", in the host's own words
	At       time.Time       // in years 1700 to 2150; not part of the content
	Accepted bool            // by those who moderate; what is rejected counts for nothing
	Quality  decimal.Decimal // 0 to 1, with 9 fraction digits at most
}

type activityJSON struct {
	ID       string      `json:"id"`
	Kind     string      `json:"kind"`
	At       time.Time   `json:"at"`
	Accepted bool        `json:"accepted"`
	Quality  money.Plain `json:"quality"`
}

// MarshalJSON encodes the activity, its quality as exact text.
func (a Activity) MarshalJSON() ([]byte, error) {
	return encode(activityJSON{a.ID, a.Kind, a.At, a.Accepted, money.Plain(a.Quality)})
}

// UnmarshalJSON decodes what [Activity.MarshalJSON] writes. It leaves a unchanged on
// error.
func (a *Activity) UnmarshalJSON(data []byte) error {
	var in activityJSON
	if err := alone("activity", data, &in); err != nil {
		return err
	}
	*a = Activity{in.ID, in.Kind, in.At, in.Accepted, decimal.Decimal(in.Quality)}
	return nil
}

// qualityDigits are the fraction digits of a quality in a log.
const qualityDigits = 9

// Activities are what one member has done, by ID: each once, however often and in
// whichever order it was reported. The zero Activities are ready and empty. They are not
// safe for concurrent mutation. Memory grows with the activities; a host that asks for the
// last year only may drop older ones with [Activities.Forget].
type Activities struct {
	opaque
	log map[string]entry
}

// An entry is an activity in a log.
type entry struct {
	kind     string
	at       int64 // earliest instant that was reported, in nanoseconds
	removed  int64 // earliest instant of a removal; [never]
	quality  int64 // in units of 10^-9
	accepted bool
}

const never = 1<<63 - 1

// same reports whether two entries have one content.
func (e entry) same(o entry) bool {
	return e.kind == o.kind && e.quality == o.quality && e.accepted == o.accepted
}

// join returns the entry of two reports of one activity: of each instant the earlier one.
func (e entry) join(o entry) entry {
	e.at, e.removed = min(e.at, o.at), min(e.removed, o.removed)
	return e
}

// Len returns how many activities there are, removed ones included.
func (a *Activities) Len() int { return len(a.log) }

// Add records an activity. One that is there already with the same content changes
// nothing, except that the earlier time holds; with another kind, quality or verdict it is
// a [RefusedError] with [KeyConflict]. It fails on fields that are missing or out of range.
// The log is unchanged then.
func (a *Activities) Add(x Activity) error {
	if a == nil {
		return errNil("Activities")
	}
	var f fault.List
	f.Name("ID", x.ID)
	f.Name("Kind", x.Kind)
	instant(&f, "At", x.At)
	quality, err := money.Minor(x.Quality, qualityDigits)
	f.Check(err == nil && quality >= 0 && quality <= 1e9, "Quality", nil, "must be 0 to 1, with 9 fraction digits at most")
	if err := f.Err(room); err != nil {
		return err
	}
	e := entry{x.Kind, x.At.UnixNano(), never, quality, x.Accepted}
	before, known := a.log[x.ID]
	switch {
	case known && !before.same(e):
		return refuse(KeyConflict)
	case known:
		e = e.join(before)
	}
	a.put(x.ID, e)
	return nil
}

func (a *Activities) put(id string, e entry) {
	if a.log == nil {
		a.log = map[string]entry{}
	}
	a.log[id] = e
}

// Remove records that an activity was taken down, such as a review that was deleted. A
// second removal changes nothing, except that the earlier time holds. It is a
// [RefusedError] with [UnknownActivity] or with [NotBefore], if it would precede the
// activity. The log is unchanged then.
func (a *Activities) Remove(id string, at time.Time) error {
	if a == nil {
		return errNil("Activities")
	}
	if !canon.IsActivity(at) {
		return invalid("At", "must be set, in years 1700 to 2150")
	}
	e, known := a.log[id]
	switch {
	case !known:
		return refuse(UnknownActivity)
	case at.UnixNano() < e.at:
		return refuse(NotBefore)
	}
	e.removed = min(e.removed, at.UnixNano())
	a.log[id] = e
	return nil
}

// Merge adds the activities of o, which stays as it is. It is associative and commutative,
// with the zero Activities as identity: an activity that is in both counts once, with the
// earlier of its times. If both have one ID with another content it fails with
// [KeyConflict] and leaves a unchanged.
func (a *Activities) Merge(o *Activities) error {
	if a == nil || o == nil {
		return errNil("Activities")
	}
	for id, e := range o.log {
		if before, known := a.log[id]; known && !before.same(e) {
			return refuse(KeyConflict)
		}
	}
	for id, e := range o.log {
		if before, known := a.log[id]; known {
			e = e.join(before)
		}
		a.put(id, e)
	}
	return nil
}

// Forget drops the activities before an instant and returns how many. What is forgotten
// counts for nothing any more, and one that is reported again is new: forget only what no
// window, badge or challenge looks back to.
func (a *Activities) Forget(before time.Time) int {
	n := a.Len()
	maps.DeleteFunc(a.log, func(_ string, e entry) bool { return time.Unix(0, e.at).Before(before) }) // before may be in any year
	return n - a.Len()
}

// All yields the activities in order of time and ID, and when each was removed, the zero
// time if it was not.
func (a *Activities) All() iter.Seq2[Activity, time.Time] {
	return func(yield func(Activity, time.Time) bool) {
		for _, x := range a.sorted(never) {
			if !yield(x.activity(), x.removal(never)) {
				return
			}
		}
	}
}

// named is an entry with its ID.
type named struct {
	id string
	entry
}

func (x *named) activity() Activity {
	return Activity{x.id, x.kind, time.Unix(0, x.at).UTC(), x.accepted, money.Decimal(x.quality, qualityDigits)}
}

// removal returns when it was removed, zero if that was not up to an instant.
func (x *named) removal(asOf int64) time.Time {
	if x.removed == never || x.removed > asOf {
		return time.Time{}
	}
	return time.Unix(0, x.removed).UTC()
}

// sorted returns the entries up to an instant in order of time and ID.
func (a *Activities) sorted(asOf int64) []named {
	list := make([]named, 0, len(a.log))
	for id, e := range a.log {
		if e.at <= asOf {
			list = append(list, named{id, e})
		}
	}
	sortBy(list, func(x, y *named) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.id, y.id)) })
	return list
}

const activitiesVersion = 1

// The body of the encoding of Activities, version 1: the number of activities, and of each
// in ascending order of their IDs: ID, kind, instant in nanoseconds, quality in 10^-9,
// whether it was accepted, whether it was removed and if so when.

// AppendBinary appends the encoding of the activities; it never fails.
func (a *Activities) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindActivities, activitiesVersion)
	codec.WriteMap(&w, a.log, func(_ string, e entry) {
		w.String(e.kind)
		w.Varint(e.at)
		w.Uvarint(uint64(e.quality))
		w.Bool(e.accepted)
		if w.Bool(e.removed != never); e.removed != never {
			w.Varint(e.removed)
		}
	})
	return w.Data(), nil
}

// MarshalBinary returns what [Activities.AppendBinary] appends.
func (a *Activities) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding of any version so far. It fails with
// [relmark.ErrUnsupported] on another kind or version and with [relmark.ErrInvalid] on
// anything else that is none, and leaves a unchanged then.
func (a *Activities) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindActivities, activitiesVersion)
	log := codec.ReadMap(&r, fault.MaxName, 6, func(string) entry {
		e := entry{kind: r.Name(fault.MaxName), at: readInstant(&r), quality: r.UpTo(1e9), accepted: r.Bool(), removed: never}
		if r.Bool() {
			e.removed = readInstant(&r)
		}
		return e
	})
	for _, id := range slices.Sorted(maps.Keys(log)) {
		r.Check(log[id].removed >= log[id].at)
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "activities", err)
	}
	a.log = log
	return nil
}

// readInstant reads when something took place.
func readInstant(r *codec.Reader) int64 {
	n := r.Varint()
	r.Check(canon.IsActivity(time.Unix(0, n)))
	return n
}

// Collect records a stream of activities, up to its first error, which it wraps with the
// position.
func (a *Activities) Collect(stream iter.Seq2[Activity, error]) error {
	if a == nil || stream == nil {
		return errNil("Activities")
	}
	n := 0
	for x, err := range stream {
		if n++; err == nil {
			err = a.Add(x)
		}
		if err != nil {
			return fmt.Errorf("%s: activity %d: %w", room, n, err)
		}
	}
	return nil
}

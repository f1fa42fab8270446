package social

import (
	"cmp"
	"container/heap"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Snapshots save a host from folding all events again: a snapshot and the events after it
// give the same state. One of an unknown version may be thrown away.

const referralsVersion = 2

// The body of the snapshot of Referrals, version 2, names in ascending order, instants in
// nanoseconds, amounts in cents:
//
//	whether there was an event, and if so the latest instant
//	whether a period is closed, and if so its end
//	keys: name, fingerprint in 8 bytes, instant
//	codes: name, referrer, friend, state, reason, instant of the state; then
//	       of who was accepted: instant of joining, net paid, orders: name, what is left
//	       of a state that ends: instant of its end
//	       of a reward that stands or stood: its instant, points of referrer and friend
//	friends whose codes are forgotten: name, referrer or nothing
//
// Version 1 knew no closing: no end of a period, no instants of keys, which are taken to
// be the latest, and no friends.

// AppendBinary appends a snapshot, version 2; it never fails. Equal states have equal
// snapshots. It takes time n log n.
func (s *Referrals) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindReferrals, referralsVersion)
	if w.Bool(s.begun); s.begun {
		w.Varint(s.now)
	}
	if w.Bool(s.hasClosed); s.hasClosed {
		w.Varint(s.closed)
	}
	codec.WriteMap(&w, s.keys, func(_ string, k keyed) {
		w.Uvarint(k.mark)
		w.Varint(k.at)
	})
	codec.WriteMap(&w, s.codes, func(_ string, r *referral) { r.write(&w) })
	codec.WriteMap(&w, s.past, func(_, referrer string) { w.String(referrer) })
	return w.Data(), nil
}

// MarshalBinary returns what [Referrals.AppendBinary] appends.
func (s *Referrals) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

func (r *referral) write(w *codec.Writer) {
	w.String(r.referrer)
	w.String(r.friend)
	state, _ := referralStates().Index(r.state)
	reason, _ := guards().Index(r.reason)
	w.Byte(byte(state))
	w.Byte(byte(reason))
	w.Varint(r.since)
	if r.accepted() {
		w.Varint(r.joined)
		w.Uvarint(uint64(r.net))
		codec.WriteMap(w, r.orders, func(_ string, left int64) { w.Uvarint(uint64(left)) })
	}
	if r.ends() {
		w.Varint(r.deadline)
	}
	if r.isRewarded() {
		w.Varint(r.rewarded)
		w.Uvarint(uint64(r.posted[0]))
		w.Uvarint(uint64(r.posted[1]))
	}
}

// ends reports whether the state has a deadline.
func (r *referral) ends() bool {
	return r.state == StateInvited || r.state == StateJoined || r.state == StateQualified
}

func (r *referral) isRewarded() bool { return r.state == StateRewarded || r.state == StateReversed }

// UnmarshalBinary decodes a snapshot of any version so far. It fails with
// [relmark.ErrUnsupported] on another kind or version and with [relmark.ErrInvalid] on
// anything else that is none, and leaves s unchanged then.
func (s *Referrals) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindReferrals, referralsVersion)
	var in Referrals
	if in.begun = r.Bool(); in.begun {
		in.now = readInstant(&r)
	}
	first := r.Version() == 1
	if !first && r.Bool() {
		in.closed, in.hasClosed = readInstant(&r), true
	}
	in.keys = codec.ReadMap(&r, fault.MaxName, 2, func(string) keyed {
		k := keyed{mark: r.Uvarint(), at: in.now}
		if !first {
			k.at = readInstant(&r)
		}
		r.Check(k.at <= in.now && !in.isClosed(time.Unix(0, k.at)))
		return k
	})
	in.codes = codec.ReadMap(&r, fault.MaxName, 5, func(code string) *referral { return readReferral(&r, code) })
	if !first {
		in.past = codec.ReadMap(&r, fault.MaxName, 2, func(friend string) string { return readPast(&r, friend) })
	}
	r.Check(in.begun || len(in.keys)+len(in.codes) == 0)
	r.Check(in.begun && in.closed <= in.now || !in.hasClosed)
	r.Check(in.hasClosed || len(in.past) == 0)
	if r.Err() == nil {
		in.index(&r)
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "referrals", err)
	}
	*s = in
	return nil
}

// readPast reads by whom a friend came whose code is forgotten.
func readPast(r *codec.Reader, friend string) string {
	referrer := r.String()
	r.Check(referrer != friend && (referrer == "" || fault.ValidName(referrer)))
	return referrer
}

// readReferral reads what follows a code.
func readReferral(r *codec.Reader, code string) *referral {
	x := &referral{code: code, referrer: r.Name(fault.MaxName), friend: r.String(), deadline: never}
	var okState, okReason bool
	x.state, okState = referralStates().At(int(r.Byte()))
	x.reason, okReason = guards().At(int(r.Byte()))
	x.since = readLater(r)
	r.Check(okState && okReason && (x.friend == "" || fault.ValidName(x.friend)))
	if x.accepted() {
		x.joined, x.net = readInstant(r), r.UpTo(money.MaxExact)
		sum := int64(0)
		x.orders = codec.ReadMap(r, fault.MaxName, 2, func(string) int64 {
			left := r.UpTo(money.MaxExact - sum)
			sum += left
			return left
		})
		r.Check(sum == x.net)
	}
	if x.ends() {
		x.deadline = readLater(r)
		r.Check(x.deadline >= x.since)
	}
	if x.isRewarded() {
		x.rewarded = readLater(r)
		x.posted = [2]int64{r.UpTo(1e9), r.UpTo(1e9)}
	}
	r.Check(x.sound())
	return x
}

// readLater reads an instant that may be a century after an activity.
func readLater(r *codec.Reader) int64 {
	n := r.Varint()
	t := time.Unix(0, n)
	r.Check(canon.IsInstant(t))
	return n
}

// sound reports whether state, friend and reason fit together.
func (r *referral) sound() bool {
	switch r.state {
	case StateInvited:
		return r.friend == "" && r.reason == ""
	case StateRejected:
		return r.friend != "" && r.reason != "" && r.reason != GuardCap
	case StateExpired:
		return r.reason == ""
	case StateJoined, StateQualified:
		return r.friend != "" && r.reason == ""
	case StateRewarded:
		return r.friend != "" && (r.reason == "" || r.reason == GuardCap && r.posted[0] == 0)
	case StateReversed:
		return r.friend != "" && (r.reason == "" || r.reason == GuardCap) && r.posted == [2]int64{}
	}
	return false
}

// index makes what follows from the referrals.
func (s *Referrals) index(r *codec.Reader) {
	s.friends, s.referrers = make(map[string]*referral, len(s.codes)), map[string]*referrer{}
	var accepted, rewarded []*referral
	for _, code := range slices.Sorted(maps.Keys(s.codes)) {
		x := s.codes[code]
		if x.friend != "" {
			before := s.friends[x.friend]
			r.Check(before == nil || !before.accepted() || !x.accepted())
			r.Check(s.past[x.friend] == "" || !x.accepted())
			if before == nil || x.accepted() {
				s.friends[x.friend] = x
			}
		}
		if x.accepted() {
			accepted = append(accepted, x)
		}
		if x.state == StateRewarded && x.reason == "" {
			rewarded = append(rewarded, x)
		}
		if x.ends() {
			s.timers = append(s.timers, timer{x.deadline, x})
		}
	}
	heap.Init(&s.timers)
	r.Check(s.acyclic())
	slices.SortFunc(accepted, func(a, b *referral) int { return cmp.Compare(a.joined, b.joined) })
	for _, x := range accepted {
		by := s.referrer(x.referrer)
		by.joins = append(by.joins, x.joined)
	}
	slices.SortFunc(rewarded, func(a, b *referral) int { return cmp.Compare(a.rewarded, b.rewarded) })
	for _, x := range rewarded {
		by := s.referrer(x.referrer)
		by.rewards = append(by.rewards, x)
	}
}

// acyclic reports whether going up from any member comes to an end, so that it always
// does: each member is passed once.
func (s *Referrals) acyclic() bool {
	ends, most := make(map[string]bool, len(s.friends)), len(s.friends)+len(s.past)
	for _, members := range []iter.Seq[string]{maps.Keys(s.friends), maps.Keys(s.past)} {
		for member := range members {
			var path []string
			for up, brought := s.by(member); brought && !ends[member]; up, brought = s.by(member) {
				if path = append(path, member); len(path) > most {
					return false
				}
				member = up
			}
			for _, m := range path {
				ends[m] = true
			}
		}
	}
	return true
}

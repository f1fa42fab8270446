package social

import (
	"container/heap"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A ReferralProgram carries out a [ReferralPolicy]. It is an immutable value, safe for
// concurrent use. Obtain one from [NewReferralProgram].
type ReferralProgram struct {
	opaque
	p      ReferralPolicy
	minNet int64
}

// NewReferralProgram prepares a policy. It fails exactly when [ReferralPolicy.Validate]
// does.
func NewReferralProgram(p ReferralPolicy) (*ReferralProgram, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	for _, rate := range []**Rate{&p.Cap, &p.Velocity} {
		if *rate != nil {
			*rate = new(**rate) // nobody else's
		}
	}
	minNet, _ := money.Amount(p.MinNet, cents)
	return &ReferralProgram{p: p, minNet: minNet}, nil
}

// check reports what is missing for a programme to work on referrals.
func (g *ReferralProgram) check(s *Referrals) error {
	switch {
	case g == nil || g.p.Join == 0:
		return unmade("ReferralProgram")
	case s == nil:
		return errNil("Referrals")
	}
	return nil
}

// Referrals are all referrals of a programme: a fold of its events in order of time. The
// zero Referrals are ready and empty. They are not safe for concurrent mutation, and no
// shards of them can be merged, as guards look at all referrals. Memory grows with codes,
// keys and orders of friends since the last event [Closed], and with who has ever joined;
// what another event costs does not grow, but for the logarithm of the deadlines and the
// length of the chain of referrers. [Referrals.AppendBinary] makes a snapshot.
type Referrals struct {
	opaque
	now       int64 // instant of the latest event, or up to which timers have run
	begun     bool
	closed    int64 // events before it are refused, if hasClosed
	hasClosed bool
	keys      map[string]keyed
	codes     map[string]*referral
	friends   map[string]*referral // who has joined, by the first code; also those who were rejected
	past      map[string]string    // who had joined by a code that is forgotten, and by whom they came; empty if rejected
	referrers map[string]*referrer
	timers    timers

	steps int // of work, which tests count
}

// A keyed is what is known of the event with a key.
type keyed struct {
	mark uint64
	at   int64
}

// A referral is the state of a code.
type referral struct {
	code, referrer, friend string
	state                  ReferralState
	reason                 Guard
	since                  int64
	joined                 int64 // of who was accepted
	deadline               int64 // at which the state ends; [never]
	rewarded               int64
	net                    int64
	posted                 [2]int64         // points of the referrer and of the friend
	orders                 map[string]int64 // what is left of orders paid since joining
}

// accepted reports whether a friend has joined and was not rejected.
func (r *referral) accepted() bool { return r.friend != "" && r.state != StateRejected }

// A referrer remembers what the rolling windows of one count.
type referrer struct {
	joins   []int64     // instants at which friends joined
	rewards []*referral // in order of time; those that were reversed go with the next reward
}

// An Outcome says what an event did. It is plain data.
type Outcome struct {
	// Replayed says that the event has been applied before, under this key; nothing has
	// changed.
	Replayed bool `json:"replayed,omitempty"`
	// Ignored says that the event means nothing here, such as a payment of who has no
	// referral, or joining by a code that is used or has expired.
	Ignored bool `json:"ignored,omitempty"`
	// Postings are points that have become due since the event before: those of deadlines
	// up to this event first, and those of the event itself.
	Postings []Posting `json:"postings,omitempty"`
}

// Apply carries out an event: first the deadlines up to its time, in their order and by
// code where they are equal, then the event. Events come in order of time, and in the
// order in which they happened where times are equal.
//
// An event whose key was used is replayed if it is the same but for its time, else refused
// with [KeyConflict]. One before the latest is refused with [TimeRunsBack], a second
// invitation with a code with [CodeTaken], joining by a code that nobody has with
// [UnknownCode], and refunds above what was paid of an order with [ExceedsOrder].
//
// With [Closed] it forgets the keys of events before an instant, and the referrals that have
// been over since before it, as far as neither their claw-back nor a rolling window of the
// policy goes on; of these remains who has joined and by whom, so that no guard forgets. What
// is posted from then on is what would have been posted without. A referral that is forgotten
// is not listed any more, and payments of its friend are ignored. It takes time linear in what
// is kept. An event before the instant is refused with [PeriodClosed], as is a closing before
// an earlier one.
//
// Apply fails also if a field is missing, malformed or out of place. The state is unchanged then.
func (g *ReferralProgram) Apply(s *Referrals, e ReferralEvent) (Outcome, error) {
	if err := g.check(s); err != nil {
		return Outcome{}, err
	}
	minor, err := e.validate()
	if err != nil {
		return Outcome{}, fault.Room(room, err)
	}
	mark := e.fingerprint(minor)
	if before, used := s.keys[e.Key]; used {
		if before.mark != mark {
			return Outcome{}, refuse(KeyConflict)
		}
		return Outcome{Replayed: true}, nil
	}
	if err := s.refusal(&e, minor); err != nil {
		return Outcome{}, err
	}
	s.ready()
	at := e.At.UnixNano()
	var out Outcome
	g.run(s, at, &out)
	s.keys[e.Key] = keyed{mark, at}
	switch e.Type {
	case Invited:
		r := &referral{code: e.Code, referrer: e.Referrer, state: StateInvited, since: at, deadline: at + int64(g.p.Join)}
		s.codes[e.Code] = r
		s.wait(r)
	case Joined:
		g.join(s, &e, at, &out)
	case Closed:
		g.forget(s, e.Before.UnixNano(), at)
	default:
		g.pay(s, &e, at, minor, &out)
	}
	return out, nil
}

// refusal returns why an event cannot be applied.
func (s *Referrals) refusal(e *ReferralEvent, minor int64) error {
	switch {
	case s.isClosed(e.At) || e.Type == Closed && s.isClosed(e.Before): // before TimeRunsBack, which asks for a later time
		return refuse(PeriodClosed)
	case s.begun && e.At.UnixNano() < s.now:
		return refuse(TimeRunsBack)
	case e.Type == Invited && s.codes[e.Code] != nil:
		return refuse(CodeTaken)
	case e.Type == Joined && s.codes[e.Code] == nil && s.hasClosed:
		return refuse(PeriodClosed)
	case e.Type == Joined && s.codes[e.Code] == nil:
		return refuse(UnknownCode)
	}
	r := s.friends[e.Member]
	if r == nil || !r.accepted() {
		return nil
	}
	left, paid := r.orders[e.Order]
	switch {
	case e.Type == Refunded && paid && minor > left:
		return refuse(ExceedsOrder)
	case e.Type == Paid && minor > money.MaxExact-r.net:
		return fault.Room(room, fault.New("Amount", nil, "must not make payments above 2^53-1 cents"))
	}
	return nil
}

// isClosed reports whether an instant lies in a period that is closed.
func (s *Referrals) isClosed(t time.Time) bool { return s.hasClosed && t.UnixNano() < s.closed }

func (s *Referrals) ready() {
	if s.keys == nil {
		s.keys, s.codes = map[string]keyed{}, map[string]*referral{}
		s.friends, s.referrers = map[string]*referral{}, map[string]*referrer{}
	}
}

// Advance carries out the deadlines up to asOf, as a host does once a day: expiries and
// rewards. It fails if asOf is not set or comes before the latest event. Later events must
// not come before asOf.
func (g *ReferralProgram) Advance(s *Referrals, asOf time.Time) ([]Posting, error) {
	if err := g.check(s); err != nil {
		return nil, err
	}
	switch {
	case !canon.IsActivity(asOf):
		return nil, invalid("AsOf", "must be set, in years 1700 to 2150")
	case s.begun && asOf.UnixNano() < s.now:
		return nil, refuse(TimeRunsBack)
	}
	s.ready()
	var out Outcome
	g.run(s, asOf.UnixNano(), &out)
	return out.Postings, nil
}

// run carries out the deadlines up to an instant.
func (g *ReferralProgram) run(s *Referrals, at int64, out *Outcome) {
	for len(s.timers) > 0 && s.timers[0].at <= at {
		t := heap.Pop(&s.timers).(timer) //nolint:forcetypeassert // nothing else is in it
		s.steps++
		if r := t.referral; r.deadline == t.at { // else it is out of date
			g.expire(s, r, out)
		}
	}
	s.now, s.begun = at, true
}

// expire carries out the deadline of a referral.
func (g *ReferralProgram) expire(s *Referrals, r *referral, out *Outcome) {
	at := r.deadline
	r.deadline = never
	if r.state == StateQualified {
		g.reward(s, r, at, out)
		return
	}
	r.state, r.since = StateExpired, at
}

// join lets a friend join, unless a guard is against it.
func (g *ReferralProgram) join(s *Referrals, e *ReferralEvent, at int64, out *Outcome) {
	r := s.codes[e.Code]
	if r.state != StateInvited {
		out.Ignored = true
		return
	}
	r.friend, r.since = e.Member, at
	if r.reason = g.guard(s, r, e, at); r.reason != "" {
		r.state, r.deadline = StateRejected, never
	} else {
		r.state, r.joined, r.deadline = StateJoined, at, at+int64(g.p.Qualify)
		s.wait(r)
		by := s.referrer(r.referrer)
		by.joins = append(by.joins, at)
	}
	if s.friends[e.Member] == nil {
		s.friends[e.Member] = r
	}
}

// guard returns the first guard against a friend.
func (g *ReferralProgram) guard(s *Referrals, r *referral, e *ReferralEvent, at int64) Guard {
	switch {
	case r.friend == r.referrer:
		return GuardSelf
	case e.Shared:
		return GuardSharedToken
	case s.above(r.referrer, r.friend):
		return GuardCycle
	case e.Known || s.isKnown(r.friend):
		return GuardExisting
	}
	if v := g.p.Velocity; v != nil {
		by := s.referrer(r.referrer)
		by.joins = slices.DeleteFunc(by.joins, func(t int64) bool { return !v.holds(t, at) })
		s.steps += len(by.joins)
		if len(by.joins) >= v.Max {
			return GuardVelocity
		}
	}
	return ""
}

// above reports whether somebody is found going up from a member: who brought them, who
// brought that one, and so on. Nobody is brought twice, so it ends.
func (s *Referrals) above(member, wanted string) bool {
	for {
		s.steps++
		up, brought := s.by(member)
		if !brought || up == wanted {
			return brought
		}
		member = up
	}
}

func (s *Referrals) referrer(member string) *referrer {
	r := s.referrers[member]
	if r == nil {
		r = &referrer{}
		s.referrers[member] = r
	}
	return r
}

// pay books a payment or a refund of a friend.
func (g *ReferralProgram) pay(s *Referrals, e *ReferralEvent, at, minor int64, out *Outcome) {
	r := s.friends[e.Member]
	if r == nil || !r.accepted() {
		out.Ignored = true
		return
	}
	_, paid := r.orders[e.Order]
	if e.Type == Refunded && !paid {
		out.Ignored = true
		return
	}
	if r.orders == nil {
		r.orders = map[string]int64{}
	}
	if e.Type == Refunded {
		r.net -= minor
		r.orders[e.Order] -= minor
		g.fall(s, r, at, out)
		return
	}
	r.net += minor
	r.orders[e.Order] += minor
	if r.state == StateJoined && r.net >= g.minNet {
		r.state, r.since, r.deadline = StateQualified, at, at+int64(g.p.Maturity)
		s.wait(r)
	}
}

// fall takes back what a refund leaves without ground.
func (g *ReferralProgram) fall(s *Referrals, r *referral, at int64, out *Outcome) {
	switch {
	case r.net >= g.minNet:
	case r.state == StateQualified:
		over := r.joined + int64(g.p.Qualify)
		if at >= over {
			r.state, r.since, r.deadline = StateExpired, over, never
			return
		}
		r.state, r.since, r.deadline = StateJoined, at, over
		s.wait(r)
	case r.state == StateRewarded && at-r.rewarded < int64(g.p.Clawback):
		r.state, r.since = StateReversed, at
		for i, member := range [...]string{r.referrer, r.friend} {
			out.post(r, member, at, -r.posted[i])
			r.posted[i] = 0
		}
	}
}

// reward rewards both, or the friend alone if the referrer has had enough.
func (g *ReferralProgram) reward(s *Referrals, r *referral, at int64, out *Outcome) {
	r.state, r.since, r.rewarded = StateRewarded, at, at
	r.posted = [2]int64{g.p.Referrer, g.p.Friend}
	by := s.referrer(r.referrer)
	if c := g.p.Cap; c != nil {
		s.steps += len(by.rewards)
		by.rewards = slices.DeleteFunc(by.rewards, func(x *referral) bool {
			return !g.counts(x, at)
		})
		if len(by.rewards) >= c.Max {
			r.reason, r.posted[0] = GuardCap, 0
		}
	}
	if r.reason == "" {
		by.rewards = append(by.rewards, r)
	}
	for i, member := range [...]string{r.referrer, r.friend} {
		out.post(r, member, at, r.posted[i])
	}
}

func (o *Outcome) post(r *referral, member string, at, points int64) {
	if points != 0 {
		o.Postings = append(o.Postings, Posting{time.Unix(0, at).UTC(), r.code, member, points})
	}
}

// Len returns how many codes there are that are not forgotten.
func (s *Referrals) Len() int { return len(s.codes) }

// Referral returns what has become of a code; false if nobody was invited with it, or it is
// forgotten.
// Deadlines that have passed since the latest event are not looked at: [ReferralProgram.Advance]
// carries them out.
func (s *Referrals) Referral(code string) (Referral, bool) {
	r := s.codes[code]
	if r == nil {
		return Referral{}, false
	}
	return r.plain(), true
}

// All yields the referrals that are not forgotten in ascending order of their codes.
func (s *Referrals) All() iter.Seq[Referral] {
	return func(yield func(Referral) bool) {
		for _, code := range slices.Sorted(maps.Keys(s.codes)) {
			if !yield(s.codes[code].plain()) {
				return
			}
		}
	}
}

func (r *referral) plain() Referral {
	return Referral{r.code, r.referrer, r.friend, r.state, r.reason, time.Unix(0, r.since).UTC(), money.Decimal(r.net, cents)}
}

// A timer is a deadline of a referral; out of date if that has another one by now.
type timer struct {
	at int64
	*referral
}

// wait sets the timer of a referral.
func (s *Referrals) wait(r *referral) {
	s.steps++
	heap.Push(&s.timers, timer{r.deadline, r})
}

// timers are a heap by time and code.
type timers []timer

func (t timers) Len() int      { return len(t) }
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }

func (t timers) Less(i, j int) bool {
	return t[i].at < t[j].at || t[i].at == t[j].at && t[i].code < t[j].code
}

func (t *timers) Push(x any) { *t = append(*t, x.(timer)) } //nolint:forcetypeassert // see run

func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}

// Fold applies events one after the other, up to the stream's first error, which it wraps
// with the position, and returns all postings. An error leaves the state as the events
// before it made it.
func (g *ReferralProgram) Fold(s *Referrals, events iter.Seq2[ReferralEvent, error]) ([]Posting, error) {
	if g == nil || s == nil || events == nil {
		return nil, errNil("Events")
	}
	var all []Posting
	n := 0
	for e, err := range events {
		n++
		var out Outcome
		if err == nil {
			out, err = g.Apply(s, e)
		}
		if err != nil {
			return all, fmt.Errorf("%s: event %d: %w", room, n, err)
		}
		all = append(all, out.Postings...)
	}
	return all, nil
}

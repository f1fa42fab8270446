package social

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A ReferralPolicy says when members are rewarded for friends whom they bring. It is plain
// data. All durations are elapsed time, and their ends are excluded.
type ReferralPolicy struct {
	Join     time.Duration   // from the invitation: until when the friend must join, > 0
	Qualify  time.Duration   // from joining: until when the friend must have paid enough, > 0
	MinNet   decimal.Decimal // what the friend must have paid, less refunds, 0 or more, with 2 fraction digits at most
	Maturity time.Duration   // from qualifying to the reward, 0 or more, so that refunds come first
	Clawback time.Duration   // from the reward: how long refunds take it back, 0 or more
	Referrer int64           // points for the referrer, 0 to 10^9; 0 posts nothing
	Friend   int64           // points for the friend, likewise
	Cap      *Rate           // rewards of one referrer that are not reversed; nil: no cap
	Velocity *Rate           // friends of one referrer who join; nil: no limit
}

// A Rate is a number within a rolling window: at t it counts what happened in
// (t - Within, t].
type Rate struct {
	Max    int
	Within time.Duration
}

type rateJSON struct {
	Max    int    `json:"max"`
	Within string `json:"within"`
}

// MarshalJSON encodes the rate: {"max":3,"within":"24h0m0s"}.
func (r Rate) MarshalJSON() ([]byte, error) { return encode(rateJSON{r.Max, r.Within.String()}) }

// UnmarshalJSON decodes what [Rate.MarshalJSON] writes. It leaves r unchanged on error.
func (r *Rate) UnmarshalJSON(data []byte) error {
	var in rateJSON
	if err := alone("rate", data, &in); err != nil {
		return err
	}
	within, err := time.ParseDuration(in.Within)
	if err != nil {
		return invalid("Within", durationRule)
	}
	*r = Rate{in.Max, within}
	return nil
}

const (
	durationRule = "must be a duration, such as 720h0m0s"
	maxSpan      = 36_525 * day // a hundred years
	cents        = 2            // fraction digits of money
)

// Validate reports every rule that p breaks, in one error.
func (p ReferralPolicy) Validate() error {
	var f fault.List
	span := func(field string, d, least time.Duration) {
		f.Check(d >= least && d <= maxSpan, field, d, fmt.Sprintf("must be %v to 100 years", least))
	}
	span("Join", p.Join, 1)
	span("Qualify", p.Qualify, 1)
	span("Maturity", p.Maturity, 0)
	span("Clawback", p.Clawback, 0)
	_, ok := money.Amount(p.MinNet, cents)
	f.Check(ok, "MinNet", nil, money.AmountRule)
	f.Check(p.Referrer >= 0 && p.Referrer <= 1e9, "Referrer", p.Referrer, "must be 0 to 10^9")
	f.Check(p.Friend >= 0 && p.Friend <= 1e9, "Friend", p.Friend, "must be 0 to 10^9")
	rate := func(field string, r *Rate) {
		if r != nil {
			f.Check(r.Max >= 1, field+".Max", r.Max, "must be 1 or more")
			span(field+".Within", r.Within, 1)
		}
	}
	rate("Cap", p.Cap)
	rate("Velocity", p.Velocity)
	return f.Err(room)
}

type referralPolicyJSON struct {
	V        int         `json:"v"`
	Join     string      `json:"join"`
	Qualify  string      `json:"qualify"`
	MinNet   money.Plain `json:"min_net"`
	Maturity string      `json:"maturity"`
	Clawback string      `json:"clawback"`
	Referrer int64       `json:"referrer"`
	Friend   int64       `json:"friend"`
	Cap      *Rate       `json:"cap,omitempty"`
	Velocity *Rate       `json:"velocity,omitempty"`
}

// MarshalJSON encodes a valid policy:
//
//	{"v":1,"join":"720h0m0s","qualify":"1440h0m0s","min_net":"50","maturity":"336h0m0s",
//	 "clawback":"2160h0m0s","referrer":500,"friend":250,
//	 "cap":{"max":2,"within":"8760h0m0s"},"velocity":{"max":3,"within":"24h0m0s"}}
//
// without the spaces.
func (p ReferralPolicy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(referralPolicyJSON{
		version, p.Join.String(), p.Qualify.String(), money.Plain(p.MinNet), p.Maturity.String(), p.Clawback.String(),
		p.Referrer, p.Friend, p.Cap, p.Velocity,
	})
}

// UnmarshalJSON decodes and validates a policy of any version so far. It leaves p
// unchanged on error.
func (p *ReferralPolicy) UnmarshalJSON(data []byte) error {
	var in referralPolicyJSON
	if err := decode("referral policy", data, &in); err != nil {
		return err
	}
	var f fault.List
	span := func(field, text string) time.Duration {
		d, err := time.ParseDuration(text)
		f.Check(err == nil, field, nil, durationRule)
		return d
	}
	out := ReferralPolicy{
		span("Join", in.Join), span("Qualify", in.Qualify), decimal.Decimal(in.MinNet), span("Maturity", in.Maturity),
		span("Clawback", in.Clawback), in.Referrer, in.Friend, in.Cap, in.Velocity,
	}
	f.Join("", out.Validate())
	if err := f.Err(room); err != nil {
		return err
	}
	*p = out
	return nil
}

// A ReferralEventType says what happened.
type ReferralEventType string

// The types.
const (
	Invited  ReferralEventType = "invite"  // a member got a code for a friend
	Joined   ReferralEventType = "join"    // somebody became a member by a code
	Paid     ReferralEventType = "payment" // a member paid for an order, or a part of it
	Refunded ReferralEventType = "refund"  // a member got money of an order back
	// Closed ends a period of the books, so that what a host keeps does not grow with every
	// event for ever. From then on every event with a time before it is [PeriodClosed].
	//
	// A key that is forgotten no longer tells a repeated event from a new one; its time does,
	// as long as the event is repeated with the time that it had, and so does a unique index
	// of the host's over keys. So no event must be sent again with another time, and no key
	// and no code be used again.
	Closed ReferralEventType = "close"
)

func referralEventTypes() enum.Set[ReferralEventType] {
	return enum.Of(Invited, Joined, Paid, Refunded, Closed)
}

// A ReferralEvent is something that happened to referrals, with what the host knows of it.
// It is plain data.
type ReferralEvent struct {
	Key      string // unique among the events
	At       time.Time
	Type     ReferralEventType
	Code     string          // of Invited and Joined; for one friend
	Referrer string          // of Invited
	Member   string          // of Joined, Paid and Refunded
	Order    string          // of Paid and Refunded
	Amount   decimal.Decimal // of Paid and Refunded, 0 or more, with 2 fraction digits at most
	// Known says of Joined that the host knows the member from before.
	Known bool
	// Shared says of Joined that the member and the referrer have a token in common, such as
	// a device, a card or an address; see [SharedToken].
	Shared bool
	// Before is, of Closed, the first instant that stays open: not after At.
	Before time.Time
}

// SharedToken reports whether two members have a token in common. Tokens are of the
// host's making, such as salted hashes of cards, devices and addresses; empty ones are
// none.
func SharedToken(a, b []string) bool {
	have := make(map[string]bool, len(a))
	for _, s := range a {
		have[s] = s != ""
	}
	for _, s := range b {
		if have[s] {
			return true
		}
	}
	return false
}

// validate checks an event by itself and returns its amount in cents.
func (e *ReferralEvent) validate() (int64, error) {
	var f fault.List
	f.Name("Key", e.Key)
	instant(&f, "At", e.At)
	word(&f, "Type", e.Type, referralEventTypes())
	member := e.Type == Joined || e.Type == Paid || e.Type == Refunded
	paid := e.Type == Paid || e.Type == Refunded
	name := func(field, s string, needed bool) {
		if needed {
			f.Name(field, s)
			return
		}
		f.Check(s == "", field, nil, "must be empty")
	}
	name("Code", e.Code, e.Type == Invited || e.Type == Joined)
	name("Referrer", e.Referrer, e.Type == Invited)
	name("Member", e.Member, member)
	name("Order", e.Order, paid)
	minor, ok := money.Amount(e.Amount, cents)
	f.Check(ok && (paid || minor == 0), "Amount", nil, money.AmountRule+", of payments and refunds only")
	f.Check(e.Type == Joined || !e.Known && !e.Shared, "Known", nil, "must be false, as Shared, unless somebody joins")
	if e.Type != Closed {
		f.Check(e.Before.IsZero(), "Before", nil, "must be zero, unless a period is closed")
	} else {
		instant(&f, "Before", e.Before)
		f.Check(!e.Before.After(e.At), "Before", nil, "must not come after At")
	}
	return minor, f.Err("")
}

// fingerprint condenses what makes two events the same; their time may differ.
func (e *ReferralEvent) fingerprint(minor int64) uint64 {
	h := sha256.New()
	for _, s := range [...]string{string(e.Type), e.Code, e.Referrer, e.Member, e.Order} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	fmt.Fprintf(h, "%d %t %t", minor, e.Known, e.Shared)
	if e.Type == Closed {
		fmt.Fprint(h, e.Before.UnixNano())
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

type referralEventJSON struct {
	V        int               `json:"v"`
	Key      string            `json:"key"`
	At       time.Time         `json:"at"`
	Type     ReferralEventType `json:"type"`
	Code     string            `json:"code,omitempty"`
	Referrer string            `json:"referrer,omitempty"`
	Member   string            `json:"member,omitempty"`
	Order    string            `json:"order,omitempty"`
	Amount   money.Plain       `json:"amount,omitzero"`
	Known    bool              `json:"known,omitempty"`
	Shared   bool              `json:"shared,omitempty"`
	Before   time.Time         `json:"before,omitzero"`
}

// MarshalJSON encodes a valid event in one canonical form, such as
//
//	{"v":1,"key":"k1","at":"2025-01-01T00:00:00Z","type":"invite","code":"c1","referrer":"ada"}
//	{"v":1,"key":"k2","at":"2025-01-05T00:00:00Z","type":"payment","member":"ben","order":"o1","amount":"30"}
//	{"v":1,"key":"k3","at":"2026-01-01T00:00:00Z","type":"close","before":"2025-07-01T00:00:00Z"}
func (e ReferralEvent) MarshalJSON() ([]byte, error) {
	if _, err := e.validate(); err != nil {
		return nil, fault.Room(room, err)
	}
	return encode(referralEventJSON{
		version, e.Key, e.At.UTC(), e.Type, e.Code, e.Referrer, e.Member, e.Order, money.Plain(e.Amount), e.Known, e.Shared, e.Before.UTC(),
	})
}

// UnmarshalJSON decodes an event of any version so far. It fails with
// [relmark.ErrUnsupported] on an unknown version and with [relmark.ErrInvalid] on anything
// else that is no event, and leaves e unchanged then.
func (e *ReferralEvent) UnmarshalJSON(data []byte) error {
	var in referralEventJSON
	if err := decode("referral event", data, &in); err != nil {
		return err
	}
	out := ReferralEvent{
		in.Key, in.At.UTC(), in.Type, in.Code, in.Referrer, in.Member, in.Order, decimal.Decimal(in.Amount), in.Known, in.Shared, in.Before.UTC(),
	}
	if _, err := out.validate(); err != nil {
		return fault.Room(room, err)
	}
	*e = out
	return nil
}

// A ReferralState says how far a referral has come.
type ReferralState string

// The states.
const (
	StateInvited   ReferralState = "invited"   // nobody has joined by the code yet
	StateJoined    ReferralState = "joined"    // the friend has not paid enough yet
	StateQualified ReferralState = "qualified" // the reward matures
	StateRewarded  ReferralState = "rewarded"  // refunds may take it back
	StateReversed  ReferralState = "reversed"  // it was taken back
	StateExpired   ReferralState = "expired"   // the time to join or to qualify is over
	StateRejected  ReferralState = "rejected"  // a guard was against it
)

func referralStates() enum.Set[ReferralState] {
	return enum.Of(StateInvited, StateJoined, StateQualified, StateRewarded, StateReversed, StateExpired, StateRejected)
}

// A Guard says what a referral is rejected for, or why its referrer has no reward.
type Guard string

// The guards, in the order in which they are asked.
const (
	GuardSelf        Guard = "self"         // the friend is the referrer
	GuardSharedToken Guard = "shared_token" // both have a token in common
	GuardCycle       Guard = "cycle"        // the friend has brought the referrer, directly or by others
	GuardExisting    Guard = "existing"     // the friend was known, or has joined before, however that ended
	GuardVelocity    Guard = "velocity"     // too many friends of this referrer have joined in too short a time
	GuardCap         Guard = "cap"          // the referrer has had all rewards of the period; the friend is rewarded
)

func guards() enum.Set[Guard] {
	return enum.Of("", GuardSelf, GuardSharedToken, GuardCycle, GuardExisting, GuardVelocity, GuardCap)
}

// A Referral is what has become of a code. It is plain data.
type Referral struct {
	Code     string
	Referrer string
	Friend   string // who joined by it; empty: nobody yet
	State    ReferralState
	Reason   Guard           // of a rejection, or [GuardCap]; else empty
	Since    time.Time       // when the state was entered, UTC
	NetPaid  decimal.Decimal // payments of the friend since joining, less refunds
}

type referralJSON struct {
	Code     string        `json:"code"`
	Referrer string        `json:"referrer"`
	Friend   string        `json:"friend,omitempty"`
	State    ReferralState `json:"state"`
	Reason   Guard         `json:"reason,omitempty"`
	Since    time.Time     `json:"since"`
	NetPaid  money.Plain   `json:"net_paid"`
}

// MarshalJSON encodes the referral, the amount as exact text.
func (r Referral) MarshalJSON() ([]byte, error) {
	return encode(referralJSON{r.Code, r.Referrer, r.Friend, r.State, r.Reason, r.Since, money.Plain(r.NetPaid)})
}

// UnmarshalJSON decodes what [Referral.MarshalJSON] writes. It leaves r unchanged on error.
func (r *Referral) UnmarshalJSON(data []byte) error {
	var in referralJSON
	if err := alone("referral", data, &in); err != nil {
		return err
	}
	*r = Referral{in.Code, in.Referrer, in.Friend, in.State, in.Reason, in.Since, decimal.Decimal(in.NetPaid)}
	return nil
}

// A Posting is points that a member gets, or gives back if they are negative. It is plain
// data: the command that a ledger of points carries out. Code and member make a key for
// it, with the sign.
type Posting struct {
	At     time.Time `json:"at"` // UTC
	Code   string    `json:"code"`
	Member string    `json:"member"`
	Points int64     `json:"points"`
}

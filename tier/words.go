package tier

import "github.com/relmark/relmark/internal/enum"

// The closed sets of a policy and of a decision, in the order of their positions in
// snapshots: a new word goes to the end.

// A MetricKind is how the amounts of a metric are counted. There is no default.
type MetricKind string

// The kinds of metrics.
const (
	Decimal MetricKind = "decimal" // exact decimals with up to six fraction digits, such as money
	Integer MetricKind = "integer" // whole numbers, such as nights
)

func metricKinds() enum.Set[MetricKind] { return enum.Of(Decimal, Integer) }

// digits returns how many fraction digits an amount is stored with.
func (k MetricKind) digits() int {
	if k == Integer {
		return 0
	}
	return maxDigits
}

// maxDigits is how many fraction digits a decimal amount may have.
const maxDigits = 6

// An Upgrade says when a better level is given. The zero Upgrade is [Immediate].
type Upgrade string

// The times of an upgrade.
const (
	Immediate Upgrade = ""           // as soon as Enter holds in the window
	PeriodEnd Upgrade = "period_end" // at the start of a period, on the sums of the one just ended
)

func upgrades() enum.Set[Upgrade] { return enum.Of(Immediate, PeriodEnd) }

// A Depth says how far a member falls who no longer holds a level. The zero Depth
// is [ToEarned]. A fall caused by a refund is always [ToEarned].
type Depth string

// The depths of a drop.
const (
	ToEarned Depth = ""         // to the highest lower level that is held
	OneStep  Depth = "one_step" // to the next lower level, whatever was earned: a soft landing
	ToBase   Depth = "base"     // to what a new member with these sums would enter, else to base
)

func depths() enum.Set[Depth] { return enum.Of(ToEarned, OneStep, ToBase) }

// A ReversalRule says what a refund does to a level that has a date. Levels
// without one ([WhileHolds]) always follow the sums. The zero rule is [KeepLevel].
type ReversalRule string

// The rules for refunds.
const (
	KeepLevel ReversalRule = ""        // the level and its date stand
	Recheck   ReversalRule = "recheck" // a level that only the refunded amount held is dropped
)

func reversalRules() enum.Set[ReversalRule] { return enum.Of(KeepLevel, Recheck) }

// An OverrideMode is the force of an override. There is no default.
type OverrideMode string

// The modes of an override.
const (
	Floor OverrideMode = "floor" // at least this level: a status match, a gift
	Pin   OverrideMode = "pin"   // exactly this level, above everything: fraud, abuse
)

func overrideModes() enum.Set[OverrideMode] { return enum.Of(Floor, Pin) }

// A Source is what gives a member the present level.
type Source string

// The sources of a level.
const (
	SourceComputed Source = "computed" // earned, or landed on after a drop
	SourceLifetime Source = "lifetime" // the sums of a whole life
	SourceOverride Source = "override" // an [Override]
)

// A Reason is why a level changed. Of several that apply it is the first, in the
// order [ReasonOverride], [ReasonOverrideEnd]; upwards [ReasonLifetime],
// [ReasonEarned]; downwards [ReasonReversal] of a lifetime level, then what made
// the drop pending.
type Reason string

// The reasons for a level.
const (
	ReasonJoined      Reason = "joined"       // nothing has changed yet
	ReasonEarned      Reason = "earned"       // a condition to enter was met
	ReasonExpired     Reason = "expired"      // the date was reached and the level not held
	ReasonCondition   Reason = "condition"    // held no longer, in real time
	ReasonReversal    Reason = "reversal"     // held no longer because of a refund
	ReasonLifetime    Reason = "lifetime"     // a lifetime condition was met
	ReasonOverride    Reason = "override"     // an override gives the level
	ReasonOverrideEnd Reason = "override_end" // the override that gave the level before has ended
)

func reasons() enum.Set[Reason] {
	return enum.Of(ReasonJoined, ReasonEarned, ReasonExpired, ReasonCondition, ReasonReversal, ReasonLifetime, ReasonOverride, ReasonOverrideEnd)
}

// A why is the position of a [Reason]; a fold has no words.
type why uint8

const (
	none      why = iota // nothing has changed yet
	entered              // [ReasonEarned]
	expired              // [ReasonExpired]
	unmet                // [ReasonCondition]
	reversed             // [ReasonReversal]
	forLife              // [ReasonLifetime]
	given                // [ReasonOverride]
	takenBack            // [ReasonOverrideEnd]
)

func (w why) reason() Reason {
	r, _ := reasons().At(int(w))
	return r
}

// drops reports whether w can be why a level was dropped.
func (w why) drops() bool { return w == expired || w == unmet || w == reversed }

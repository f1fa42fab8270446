package tier

import (
	"slices"
	"strings"
)

// An enum is one of the closed sets of words in a policy or a decision. Its
// constants index its names, which are those of the JSON encoding.
type enum interface {
	~uint8
	names() []string
}

func valid[E enum](e E) bool { return int(e) < len(e.names()) }

func nameOf[E enum](e E) string {
	if !valid(e) {
		return "invalid"
	}
	return e.names()[e]
}

func appendName[E enum](b []byte, e E) ([]byte, error) {
	if !valid(e) {
		return b, fault(enumRule(e), uint8(e), "Enum")
	}
	return append(b, e.names()[e]...), nil
}

func parseName[E enum](e *E, text []byte) error {
	i := slices.Index((*e).names(), string(text))
	if i < 0 {
		return wrap(fault(enumRule(*e), nil, "Enum"))
	}
	*e = E(i)
	return nil
}

func enumRule[E enum](e E) string {
	return "must be one of " + strings.Join(e.names(), ", ")
}

// checkEnum appends an error unless e is one of its constants.
func checkEnum[E enum](errs []error, e E, path string, args ...any) []error {
	if valid(e) {
		return errs
	}
	return append(errs, fault(enumRule(e), uint8(e), path, args...))
}

// A MetricKind is how the amounts of a metric are counted. The zero kind is
// [Decimal].
type MetricKind uint8

// The kinds of metrics.
const (
	Decimal MetricKind = iota // exact decimals with up to six fraction digits, such as money
	Integer                   // whole numbers, such as nights
)

func (MetricKind) names() []string { return []string{"decimal", "integer"} }

// String returns "decimal" or "integer"; "invalid" for another kind.
func (k MetricKind) String() string { return nameOf(k) }

// MarshalText returns what [MetricKind.String] returns, or an error for another kind.
func (k MetricKind) MarshalText() ([]byte, error) { return appendName(nil, k) }

// UnmarshalText reads the text of a kind; k is unchanged on error.
func (k *MetricKind) UnmarshalText(text []byte) error { return parseName(k, text) }

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
type Upgrade uint8

// The times of an upgrade.
const (
	Immediate Upgrade = iota // as soon as Enter holds in the window
	PeriodEnd                // at the start of a period, on the sums of the one just ended
)

func (Upgrade) names() []string { return []string{"immediate", "period_end"} }

// String returns "immediate" or "period_end"; "invalid" for another Upgrade.
func (u Upgrade) String() string { return nameOf(u) }

// MarshalText returns what [Upgrade.String] returns, or an error for another one.
func (u Upgrade) MarshalText() ([]byte, error) { return appendName(nil, u) }

// UnmarshalText reads the text of an Upgrade; u is unchanged on error.
func (u *Upgrade) UnmarshalText(text []byte) error { return parseName(u, text) }

// A Depth says how far a member falls who no longer holds a level. The zero Depth
// is [ToEarned]. A fall caused by a refund is always [ToEarned].
type Depth uint8

// The depths of a drop.
const (
	ToEarned Depth = iota // to the highest lower level that is held
	OneStep               // to the next lower level, whatever was earned: a soft landing
	ToBase                // to what a new member with these sums would enter, else to base
)

func (Depth) names() []string { return []string{"earned", "one_step", "base"} }

// String returns "earned", "one_step" or "base"; "invalid" for another Depth.
func (d Depth) String() string { return nameOf(d) }

// MarshalText returns what [Depth.String] returns, or an error for another Depth.
func (d Depth) MarshalText() ([]byte, error) { return appendName(nil, d) }

// UnmarshalText reads the text of a Depth; d is unchanged on error.
func (d *Depth) UnmarshalText(text []byte) error { return parseName(d, text) }

// A ReversalRule says what a refund does to a level that has a date. Levels
// without one ([WhileHolds]) always follow the sums. The zero rule is [KeepLevel].
type ReversalRule uint8

// The rules for refunds.
const (
	KeepLevel ReversalRule = iota // the level and its date stand
	Recheck                       // a level that only the refunded amount held is dropped
)

func (ReversalRule) names() []string { return []string{"keep", "recheck"} }

// String returns "keep" or "recheck"; "invalid" for another rule.
func (r ReversalRule) String() string { return nameOf(r) }

// MarshalText returns what [ReversalRule.String] returns, or an error for another
// rule.
func (r ReversalRule) MarshalText() ([]byte, error) { return appendName(nil, r) }

// UnmarshalText reads the text of a rule; r is unchanged on error.
func (r *ReversalRule) UnmarshalText(text []byte) error { return parseName(r, text) }

// A Source is what gives a member the present level.
type Source uint8

// The sources of a level.
const (
	SourceComputed Source = iota // earned, or landed on after a drop
	SourceLifetime               // the sums of a whole life
	SourceOverride               // an [Override]
)

func (Source) names() []string { return []string{"computed", "lifetime", "override"} }

// String returns "computed", "lifetime" or "override"; "invalid" for another one.
func (s Source) String() string { return nameOf(s) }

// MarshalText returns what [Source.String] returns, or an error for another one.
func (s Source) MarshalText() ([]byte, error) { return appendName(nil, s) }

// UnmarshalText reads the text of a Source; s is unchanged on error.
func (s *Source) UnmarshalText(text []byte) error { return parseName(s, text) }

// A Reason is why a level changed. Of several that apply it is the first, in the
// order [ReasonOverride], [ReasonOverrideEnd]; upwards [ReasonLifetime],
// [ReasonEarned]; downwards [ReasonReversal] of a lifetime level, then what made
// the drop pending.
type Reason uint8

// The reasons for a level.
const (
	ReasonJoined      Reason = iota // nothing has changed yet
	ReasonEarned                    // a condition to enter was met
	ReasonExpired                   // the date was reached and the level not held
	ReasonCondition                 // held no longer, in real time
	ReasonReversal                  // held no longer because of a refund
	ReasonLifetime                  // a lifetime condition was met
	ReasonOverride                  // an override gives the level
	ReasonOverrideEnd               // the override that gave the level before has ended
)

func (Reason) names() []string {
	return []string{"joined", "earned", "expired", "condition", "reversal", "lifetime", "override", "override_end"}
}

// String returns the reason in lower case, such as "override_end"; "invalid" for
// another Reason.
func (r Reason) String() string { return nameOf(r) }

// MarshalText returns what [Reason.String] returns, or an error for another one.
func (r Reason) MarshalText() ([]byte, error) { return appendName(nil, r) }

// UnmarshalText reads the text of a Reason; r is unchanged on error.
func (r *Reason) UnmarshalText(text []byte) error { return parseName(r, text) }

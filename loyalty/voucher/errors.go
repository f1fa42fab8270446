package voucher

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const (
	room       = "voucher"
	maxDigits  = 9
	digitsRule = "must be 0 to 9"
)

// A type that embeds opaque has no JSON.
type opaque = canon.Opaque

// A Reason says why something is refused. It is part of the interface: hosts branch on
// it.
type Reason string

// The reasons, in the order in which a decision lists them, and what a retry can
// achieve.
const (
	UnknownCode       Reason = "unknown_code"       // nothing: the campaign has no such code
	NotStarted        Reason = "not_started"        // success, from the first day on
	Expired           Reason = "expired"            // nothing
	NotEligible       Reason = "not_eligible"       // success, once the member carries a label of the audience
	CodeLimit         Reason = "code_limit"         // success, if a redemption of the code is voided
	MemberLimit       Reason = "member_limit"       // success, if one of the member's is
	CampaignLimit     Reason = "campaign_limit"     // success, if any is
	PeriodLimit       Reason = "period_limit"       // success, in the next day, week or month, or if a redemption is freed
	BudgetLimit       Reason = "budget_limit"       // success for less money, or if some is freed
	PeriodBudget      Reason = "period_budget"      // success for less money, in the next period, or if some is freed
	OthersRefused     Reason = "others_refused"     // success, without the codes that are refused
	KeyConflict       Reason = "key_conflict"       // nothing: the key stands for another command
	UnknownRedemption Reason = "unknown_redemption" // nothing: no live redemption has this key, or is of this order
	ExceedsRedemption Reason = "exceeds_redemption" // nothing: more would be freed than was taken
)

// PeriodClosed says that the time of a command, or what it undoes, lies in a period
// that is closed. A retry achieves nothing: whether the command has been carried out
// before, only the stored events can tell. Once a period is closed, a redemption that is
// unknown may be one that is forgotten, and has this reason too; there a retry succeeds
// if it is recorded after all.
const PeriodClosed Reason = "period_closed"

func reasons() enum.Set[Reason] {
	return enum.Of(
		UnknownCode, NotStarted, Expired, NotEligible, CodeLimit, MemberLimit, CampaignLimit, PeriodLimit, BudgetLimit, PeriodBudget,
		OthersRefused, KeyConflict, UnknownRedemption, ExceedsRedemption, PeriodClosed,
	)
}

// inOrder sorts reasons, and keeps each once.
func inOrder(list []Reason) []Reason {
	if len(list) < 2 {
		return list
	}
	place := func(r Reason) int { i, _ := reasons().Index(r); return i }
	slices.SortFunc(list, func(a, b Reason) int { return cmp.Compare(place(a), place(b)) })
	return slices.Compact(list)
}

// A RefusedError says why a command was not carried out; the register is as it was. It
// matches [relmark.ErrRefused]: what has been recorded, or the terms, forbid it. Only
// with [KeyConflict] among the reasons it matches [relmark.ErrInvalid], as a key is the
// caller's alone to choose. It is an immutable value, safe for concurrent use.
type RefusedError struct {
	Reasons []Reason `json:"reasons"` // all of them, one or more
}

// Error lists the reasons.
func (e *RefusedError) Error() string {
	texts := make([]string, len(e.Reasons))
	for i, r := range e.Reasons {
		texts[i] = string(r)
	}
	return room + ": " + strings.Join(texts, ", ")
}

// Unwrap returns the error of the root package that says what a retry can do.
func (e *RefusedError) Unwrap() error {
	if slices.Contains(e.Reasons, KeyConflict) {
		return relmark.ErrInvalid
	}
	return relmark.ErrRefused
}

// invalid returns the error of an input that breaks a rule.
func invalid(field, rule string) error { return fault.Room(room, fault.New(field, nil, rule)) }

// errTooMuch is the error of a register above its bound, tooMuch with the room.
func errTooMuch() error {
	return fmt.Errorf("redemptions above 2^53-1 minor units: %w", relmark.ErrLimit)
}

func tooMuch() error { return fault.Room(room, errTooMuch()) }

// errNil returns the error of a pointer or function that is missing.
func errNil(field string) error { return invalid(field, "must not be nil") }

// version is the version of every encoding that is written here. Every version
// that was ever written can be read.
const version = 1

// decode decodes the JSON of what strictly.
func decode(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.JSON(data, version, v))
}

// encode encodes what has been validated.
func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

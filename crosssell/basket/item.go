package basket

import (
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// checkItem says what is wrong with an item that is text. White space around a
// label is a slip of the export that makes two products of one, unseen.
func checkItem[I relmark.ID](item *I) error {
	text, ok := codec.IDTextOf(item)
	if !ok {
		return nil
	}
	switch trimmed := strings.TrimSpace(text); {
	case !codec.IsUTF8(item):
		return invalid("Items", nil, "must be UTF-8")
	case trimmed == "":
		return invalid("Items", nil, "must not be blank")
	case trimmed != text:
		return invalid("Items", nil, "must not begin or end with white space")
	default:
		return nil
	}
}

func invalid(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

// checkBound adds what is wrong with a bound that may be nil.
func checkBound[N int | int64](l *fault.List, field string, bound *N) {
	if bound != nil {
		l.Check(*bound >= 1, field, *bound, "must be 1 or more, or nil for no bound")
	}
}

// Reason says why a counter refuses. It is a closed set of words.
type Reason string

// ReasonNotCounted is the reason of [Counter.RemoveAt]: not that many such baskets
// have been counted.
const ReasonNotCounted Reason = "not_counted"

// A RefusedError says why a counter, as it is, refuses what was asked. It matches
// [relmark.ErrRefused].
type RefusedError struct {
	Reason Reason `json:"reason"`
}

// Error returns the reason as text.
func (e *RefusedError) Error() string { return room + ": " + string(e.Reason) }

// Unwrap returns [relmark.ErrRefused].
func (e *RefusedError) Unwrap() error { return relmark.ErrRefused }

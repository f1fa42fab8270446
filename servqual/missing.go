package servqual

import (
	"fmt"
	"math/bits"

	"github.com/relmark/relmark"
)

// Missing says how many items of a dimension a respondent must have answered to
// have a score on it. For a gap, an item is answered if both its expectation and
// its perception are. It encodes as text: half, all, any.
type Missing uint8

// The rules for missing answers. Whoever satisfies AllAnswered satisfies
// HalfAnswered, and whoever satisfies that satisfies AnyAnswered.
const (
	HalfAnswered Missing = iota // at least half of the items, rounded up; the default
	AllAnswered                 // every item
	AnyAnswered                 // at least one item
)

const unknownRule = "must be half, all or any"

// String returns the text of m, "Missing(9)" for an unknown rule 9.
func (m Missing) String() string {
	switch m {
	case HalfAnswered:
		return "half"
	case AllAnswered:
		return "all"
	case AnyAnswered:
		return "any"
	}
	return fmt.Sprintf("Missing(%d)", uint8(m))
}

// MarshalText returns the text of m; a [relmark.FieldError] for an unknown rule.
func (m Missing) MarshalText() ([]byte, error) {
	if m > AnyAnswered {
		return nil, fmt.Errorf("servqual: %w", &relmark.FieldError{Field: "Missing", Value: uint8(m), Rule: unknownRule})
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads half, all or any; m is unchanged on error.
func (m *Missing) UnmarshalText(text []byte) error {
	for rule := HalfAnswered; rule <= AnyAnswered; rule++ {
		if rule.String() == string(text) {
			*m = rule
			return nil
		}
	}
	return fmt.Errorf("servqual: %w", &relmark.FieldError{Field: "Missing", Rule: unknownRule})
}

// marks is the set of rules that a number of answers satisfies, one bit each. The
// rules are nested, so the marks of several dimensions combine by &.
type marks uint64

const (
	markAny marks = 1 << iota
	markHalf
	markAll
	allMarks = markAny | markHalf | markAll
	rules    = 3
)

// marksOf returns what n answers out of total satisfy; 0 if n is 0. With a single
// item the three rules are one.
func marksOf(n, total int) marks {
	switch {
	case n == 0:
		return 0
	case n == total:
		return allMarks
	case 2*n >= total:
		return markAny | markHalf
	}
	return markAny
}

// marks returns what satisfies m.
func (m Missing) marks() marks {
	switch m {
	case AllAnswered:
		return allMarks
	case AnyAnswered:
		return markAny
	default:
		return markAny | markHalf
	}
}

// strictest returns the position of the strictest rule in k, which is not empty:
// 0 for any, 1 for half, 2 for all.
func (k marks) strictest() int { return bits.Len64(uint64(k)) - 1 }

package servqual

import (
	"math/bits"

	"github.com/relmark/relmark/internal/enum"
)

// Missing says how many items of a dimension a respondent must have answered to
// have a score on it. For a gap, an item is answered if both its expectation and
// its perception are.
type Missing string

// The rules for missing answers. Whoever satisfies AllAnswered satisfies
// HalfAnswered, and whoever satisfies that satisfies AnyAnswered.
const (
	HalfAnswered Missing = ""    // at least half of the items, rounded up; the default
	AllAnswered  Missing = "all" // every item
	AnyAnswered  Missing = "any" // at least one item
)

func missingRules() enum.Set[Missing] { return enum.Of(HalfAnswered, AllAnswered, AnyAnswered) }

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

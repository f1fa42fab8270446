// Package near compares numbers in tests. Unlike the delta assertions of common
// test libraries it fails on a NaN that was not asked for, on a tolerance that is
// none, and on slices of different lengths.
package near

import (
	"fmt"
	"math"
)

// TB is what near needs of a *testing.T, *testing.B or *rapid.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Within reports whether got equals want within rel·|want| + abs. Infinities
// equal only themselves, a NaN is wanted or it is an error, and a tolerance that
// is negative or not finite accepts nothing.
func Within(want, got, rel, abs float64) bool {
	if !(rel >= 0) || !(abs >= 0) || math.IsInf(rel, 0) || math.IsInf(abs, 0) {
		return false
	}
	switch {
	case math.IsNaN(want) || math.IsNaN(got):
		return math.IsNaN(want) && math.IsNaN(got)
	case math.IsInf(want, 0) || math.IsInf(got, 0):
		return want == got
	}
	return math.Abs(got-want) <= rel*math.Abs(want)+abs
}

// Error returns the relative error of got, |got−want| / |want|: 0 where both are
// equal or both NaN, the absolute error where want is 0, +Inf where only one of
// them is a number.
func Error(want, got float64) float64 {
	switch {
	case want == got || math.IsNaN(want) && math.IsNaN(got):
		return 0
	case math.IsNaN(want-got) || math.IsInf(want-got, 0):
		return math.Inf(1)
	case want == 0:
		return math.Abs(got)
	}
	return math.Abs(got-want) / math.Abs(want)
}

// Equal fails the test unless [Within] holds. Arguments after the tolerances are
// a format and its values that say what was compared.
func Equal(t TB, want, got, rel, abs float64, what ...any) bool {
	t.Helper()
	if Within(want, got, rel, abs) {
		return true
	}
	t.Errorf("%swant %v, got %v: off by %.3g, relative %.3g; allowed %.3g + %.3g",
		label(what), want, got, got-want, Error(want, got), abs, rel)
	return false
}

// Slice fails the test unless want and got have the same length and agree
// element by element.
func Slice(t TB, want, got []float64, rel, abs float64, what ...any) bool {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%swant %d values, got %d", label(what), len(want), len(got))
		return false
	}
	same := true
	for i := range want {
		same = Equal(t, want[i], got[i], rel, abs, "%s[%d]", label(what), i) && same
	}
	return same
}

func label(what []any) string {
	if len(what) == 0 {
		return ""
	}
	format, ok := what[0].(string)
	if !ok {
		return fmt.Sprint(what...) + ": "
	}
	return fmt.Sprintf(format, what[1:]...) + ": "
}

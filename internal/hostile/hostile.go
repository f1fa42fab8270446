// Package hostile is for tests: a host that sets every variable of the process to
// something else, and calls that must end and stay small whatever they are given.
package hostile

import (
	"runtime"
	"time"

	"github.com/shopspring/decimal"
)

// TB is what hostile needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(f func())
	Setenv(key, value string)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Settings sets every variable that a host may set, those of the decimal package, the
// local zone and TZ, to what no room expects, and puts them back when the test ends. The
// test must not run in parallel: parallel tests wait until all is as before.
func Settings(t TB) {
	t.Helper()
	t.Setenv("TZ", "Pacific/Apia") // it fails in a parallel test
	a, b, c, d := decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent
	e, f, g := decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation
	zero, local := decimal.Zero, time.Local
	t.Cleanup(func() {
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = a, b, c, d
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = e, f, g
		decimal.Zero, time.Local = zero, local
	})
	decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = 0, 0, 1, 0
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = true, false, true
	decimal.Zero, time.Local = decimal.New(666, 0), time.FixedZone("nowhere", 13*3600)
}

// patience is for machines that stand still at times: what has no end takes hours.
const patience = time.Minute

// Ends fails the test unless f ends.
func Ends(t TB, what string, f func()) { ends(t, patience, what, f) }

func ends(t TB, patience time.Duration, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s does not end", what)
	}
}

// Within fails the test unless f ends and allocates less than so many megabytes. The test
// must not run in parallel: all that the process allocates counts.
func Within(t TB, megabytes uint64, what string, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Ends(t, what, f)
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n >= megabytes {
		t.Errorf("%s allocates %d megabytes", what, n)
	}
}

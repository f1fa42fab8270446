package rfm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Clock asks the machine what its caller knows.
func Clock(ctx context.Context, loc *time.Location) {
	now := time.Now()       // want forbidigo "no clock"
	_ = time.Since(now)     // want forbidigo "no clock"
	_ = time.Until(now)     // want forbidigo "no clock"
	time.Sleep(time.Second) // want forbidigo "no clock"
	select {
	case <-ctx.Done():
	case <-time.After(time.Second): // want forbidigo "no clock"
	case <-time.Tick(time.Second): // want forbidigo "no clock"
	case <-time.NewTimer(1).C: // want forbidigo "no clock"
	case <-time.NewTicker(1).C: // want forbidigo "no clock"
	}
	_, _ = time.ParseInLocation(time.DateOnly, "2026-01-01", time.UTC)
	_ = now.In(loc)
}

// Zones reads files and the environment.
func Zones(t time.Time) {
	_, _ = time.LoadLocation("Europe/Madrid") // want forbidigo "zones come in"
	_ = t.In(time.Local)                      // want forbidigo "zones come in"
	_ = t.Local()                             // want forbidigo "zones come in"
	_, _ = time.Parse(time.RFC3339, "")       // want forbidigo "looks at that of the machine"
}

// Dice draws from the source of the process; Seeded does not.
func Dice() {
	_ = rand.IntN(6)       // want forbidigo "no global randomness"
	_ = rand.N(6)          // want forbidigo "no global randomness"
	_ = rand.NormFloat64() // want forbidigo "no global randomness"
	_ = rand.Perm(6)       // want forbidigo "no global randomness"
	rand.Shuffle(0, nil)   // want forbidigo "no global randomness"
	fmt.Println("rolled")  // want forbidigo "no output from the core"
	println("rolled")      // want forbidigo "no output from the core"
}

// Seeded draws from a source of its caller.
func Seeded(r *rand.Rand) int { return r.IntN(6) + r.Perm(6)[0] }

// Package reference may read files and the environment, but has no clock.
package reference

import (
	"os"
	"time"
)

// Dir is fine, Age is not.
func Dir() string { return os.Getenv("RELMARK_REFERENCE") }

// Age reads the clock.
func Age(t time.Time) time.Duration { return time.Since(t) } // want forbidigo "no clock"

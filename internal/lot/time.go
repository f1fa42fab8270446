package lot

import (
	"math"
	"time"
)

// Instant returns t in nanoseconds since 1970, clamped to what they hold, the years 1677 to
// 2262: lots begin and end within, and none is [Never].
func Instant(t time.Time) int64 {
	first, last := time.Unix(0, math.MinInt64), time.Unix(0, Never-1)
	switch {
	case t.Before(first):
		return math.MinInt64
	case t.After(last):
		return Never - 1
	}
	return t.UnixNano()
}

// Lives reports whether t is in the years 1700 to 2255, in which lots begin and end: what
// begins by 2150 lives for a century and some days at most.
func Lives(t time.Time) bool { y := t.UTC().Year(); return y >= 1700 && y <= 2255 }

package calendar

import "time"

// RangeRule is the rule of [InRange].
const RangeRule = "must be set, in years 1700 to 2150"

// InRange reports whether an instant lies in the years 1700 to 2150, in which it and a
// century from it fit into nanoseconds since 1970, which end in 1677 and in 2262: what is
// granted then matures after at most a century, and lives for at most one.
func InRange(t time.Time) bool { y := t.UTC().Year(); return y >= 1700 && y <= 2150 }

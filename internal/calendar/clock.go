package calendar

import "time"

// Start returns the first instant at which a calendar in loc shows d or a later
// date. That is midnight on most days, the end of the gap where clocks skip
// midnight, the earlier midnight where it comes twice, and the start of the next
// date where a zone skips d altogether.
func Start(d Day, loc *time.Location) time.Time { return At(d, 0, loc) }

// At returns the first instant at which clocks in loc show the reading clock, a
// duration since midnight, on date d, or any later reading. Where clocks skip the
// reading that is the end of the gap; where it comes twice, its first occurrence.
// So At never decreases with the reading.
func At(d Day, clock time.Duration, loc *time.Location) time.Time {
	wall := d.UTC().Add(clock) // the reading, as if it were UTC
	// Whatever comes more than 25 hours before the reading shows less than it.
	t := wall.Add(-25 * time.Hour).In(loc)
	for {
		_, offset := t.Zone()
		hit := wall.Add(-time.Duration(offset) * time.Second)
		if hit.Before(t) { // the steady stretch starts past the reading: a gap
			return t
		}
		end, jumps := SteadyUntil(t, loc)
		if !jumps || hit.Before(end) {
			return hit.In(loc)
		}
		t = end.In(loc)
	}
}

// SteadyUntil returns an instant after t before which clocks in loc run without
// a jump; false if they never jump again. They may run on without one at the
// instant returned, such as at the start of a year, so a search goes on from
// there.
func SteadyUntil(t time.Time, loc *time.Location) (end time.Time, jumps bool) {
	_, end = t.In(loc).ZoneBounds()
	if end.IsZero() {
		return time.Time{}, false
	}
	// Where a zone goes by a rule rather than a table, ZoneBounds counts 365 days
	// in every year: on the last day of a leap year its end lies at or before t
	// (golang/go issue 81583). The year ends a day later.
	if !end.After(t) {
		end = end.Add(secondsPerDay * time.Second)
	}
	return end, true
}

// OfWeek returns what clocks in loc show at t, as a duration since the Monday
// midnight before it: 24 hours on Tuesday 00:00, whatever jumps lie between. It
// is at least 0 and less than seven days.
func OfWeek(t time.Time, loc *time.Location) time.Duration {
	local := t.In(loc)
	_, offset := local.Zone()
	const week, monday = 7 * secondsPerDay, 3 * secondsPerDay // 1970-01-01 was a Thursday
	seconds := local.Unix() + int64(offset) + monday
	seconds -= week * floorDiv(seconds, week)
	return time.Duration(seconds)*time.Second + time.Duration(local.Nanosecond())
}

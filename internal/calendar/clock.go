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
		_, end := t.ZoneBounds()
		_, offset := t.Zone()
		hit := wall.Add(-time.Duration(offset) * time.Second)
		if hit.Before(t) { // the zone period starts past the reading: a gap
			return t
		}
		if end.IsZero() || hit.Before(end) {
			return hit.In(loc)
		}
		t = end.In(loc)
	}
}

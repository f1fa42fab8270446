// Package calendar computes with civil dates and with the clocks that zones
// really have: days that start at one in the morning, that are skipped, or whose
// midnight comes twice.
//
// # Model
//
// A [Day] is a date on the proleptic Gregorian calendar, with no zone. A zone
// maps instants to days; the map is not monotone where clocks go back over
// midnight, and not onto where a zone skips a date. [Start] and [At] choose one
// instant by a stated rule, so that periods which touch on the calendar touch in
// time.
//
// # Units
//
// Days are counted from day 1, the first of January of year 1; the zero Day is no
// date. Clock readings are durations since the midnight that a clock shows.
//
// # Limits
//
// Years 1 to 9999. Zones differ from UTC by less than 25 hours.
//
// # Sources
//
//   - ISO 8601-1:2019, calendar dates.
//   - The time zone database, as the caller's [time.Location] carries it.
package calendar

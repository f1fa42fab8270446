package recovery

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const (
	maxOpenings  = 24     // a day
	maxHolidays  = 10_000 // listed
	hoursVersion = 1
	clockRule    = "must be two times in the form 15:04"
	openingRule  = "must be whole minutes, at least 0 and at most 24h, From before To"
)

// An Opening is a stretch of the day in which a desk is open, on the clock on its wall: From
// is in it, To is not.
type Opening struct {
	From time.Duration // since midnight; whole minutes, at least 0
	To   time.Duration // since midnight; whole minutes, after From, 24 hours at most
}

// A Week is the openings of each weekday, Monday first; of a day in order, and not
// overlapping. A day without openings is closed.
type Week [7][]Opening

// Workdays returns a week that is open from Monday to Friday at the same times.
func Workdays(openings ...Opening) Week {
	var w Week
	for day := range 5 {
		w[day] = openings
	}
	return w
}

// Hours say when a desk is open, in which its promises run. They are plain data, safe for
// concurrent use while nobody changes them. Store them with [Hours.MarshalJSON], read them
// back with [DecodeHours].
type Hours struct {
	Zone     *time.Location // whose clocks and calendar count
	Week     Week
	Holidays []relmark.Date // local dates on which the desk is closed all day, in any order, 10,000 at most
}

// Validate reports every rule that h breaks, joined into one error: a zone that is nil,
// openings that are not as [Opening] and [Week] say or more than 24 a day, a week that never
// opens, holidays that are no dates.
func (h Hours) Validate() error {
	var l fault.List
	l.Check(h.Zone != nil, "Zone", nil, "must be given")
	open := false
	for day, openings := range h.Week {
		open = open || len(openings) > 0
		checkOpenings(&l, fault.Item("Week", day), openings)
	}
	l.Check(open, "Week", nil, "must be open at some time")
	l.Check(len(h.Holidays) <= maxHolidays, "Holidays", len(h.Holidays), "must be 10,000 at most")
	for i, d := range h.Holidays {
		if l.Full() {
			break
		}
		l.Check(!d.IsZero(), fault.Item("Holidays", i), nil, "must be a date")
	}
	return l.Err(room)
}

// checkOpenings adds what is wrong with one day. Openings may touch: that is one, written as two.
func checkOpenings(l *fault.List, at string, openings []Opening) {
	l.Check(len(openings) <= maxOpenings, at, len(openings), "must be 24 at most")
	end := time.Duration(0)
	for i, o := range openings[:min(len(openings), maxOpenings)] {
		ok := o.valid()
		l.Check(ok, fault.Item(at, i), nil, openingRule)
		l.Check(!ok || o.From >= end, fault.Item(at, i), nil, "must not begin before the end of the opening before")
		end = o.To
	}
}

type hoursJSON struct {
	V        int            `json:"v"`
	Zone     string         `json:"zone"`
	Week     [][]Opening    `json:"week"`
	Holidays []relmark.Date `json:"holidays,omitempty"`
}

// MarshalJSON encodes valid hours in one canonical form,
//
//	{"v":1,"zone":"Europe/Berlin","week":[[["09:00","12:00"],["13:00","17:00"]],…],"holidays":["2026-05-01"]}
//
// the week from Monday on, without the spaces. The zone is encoded by its name, which must
// be one that a loader can find again: time.Local is an error.
func (h Hours) MarshalJSON() ([]byte, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(h.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	out := hoursJSON{V: hoursVersion, Zone: zone, Holidays: h.Holidays}
	for _, openings := range h.Week {
		out.Week = append(out.Week, append([]Opening{}, openings...)) // a closed day is [], not null
	}
	data, err := canon.Marshal(out)
	return data, fault.Room(room, err)
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: a zone has to be looked up, which
// [DecodeHours] does.
func (*Hours) UnmarshalJSON([]byte) error { return fault.Room(room, canon.NeedsZone("DecodeHours")) }

// DecodeHours decodes hours of any version that [Hours.MarshalJSON] has ever written, and
// looks up their zone by name with zone, such as [time.LoadLocation]. An unknown version is
// ErrUnsupported; anything that is not valid, and an unknown zone, is ErrInvalid.
func DecodeHours(data []byte, zone func(name string) (*time.Location, error)) (Hours, error) {
	var in hoursJSON
	if err := codec.JSON(data, hoursVersion, &in); err != nil {
		return Hours{}, fault.Decode(room, "hours", err)
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return Hours{}, fault.Room(room, err)
	}
	h := Hours{Zone: loc}
	if len(in.Holidays) > 0 {
		h.Holidays = in.Holidays
	}
	if len(in.Week) != len(h.Week) {
		return Hours{}, broken("Week", len(in.Week), "must have seven days")
	}
	for day, openings := range in.Week {
		if len(openings) > 0 {
			h.Week[day] = openings
		}
	}
	if err := h.Validate(); err != nil {
		return Hours{}, err
	}
	return h, nil
}

// MarshalJSON encodes a valid opening as ["09:00","17:30"].
func (o Opening) MarshalJSON() ([]byte, error) {
	if !o.valid() {
		return nil, broken("Opening", nil, openingRule)
	}
	from, to := int(o.From/time.Minute), int(o.To/time.Minute)
	return fmt.Appendf(nil, `["%02d:%02d","%02d:%02d"]`, from/60, from%60, to/60, to%60), nil
}

// UnmarshalJSON decodes a pair of readings of a clock, 24:00 included; o stays as it is on
// error.
func (o *Opening) UnmarshalJSON(data []byte) error {
	var in []string
	if json.Unmarshal(data, &in) != nil || len(in) != 2 {
		return broken("Opening", nil, clockRule)
	}
	from, ok := readClock(in[0])
	to, alsoOK := readClock(in[1])
	if !ok || !alsoOK {
		return broken("Opening", nil, clockRule)
	}
	out := Opening{from, to}
	if !out.valid() {
		return broken("Opening", nil, openingRule)
	}
	*o = out
	return nil
}

func (o Opening) valid() bool {
	return o.From >= 0 && o.From < o.To && o.To <= 24*time.Hour && o.From%time.Minute == 0 && o.To%time.Minute == 0
}

// readClock reads a reading of a clock in the form 15:04, as hours up to 99.
func readClock(text string) (d time.Duration, ok bool) {
	if len(text) != len("15:04") || text[2] != ':' {
		return 0, false
	}
	h, okHours := twoDigits(text[:2])
	m, okMinutes := twoDigits(text[3:])
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, okHours && okMinutes && m < 60
}

func twoDigits(text string) (n int, ok bool) {
	tens, ones := int(text[0])-'0', int(text[1])-'0'
	return 10*tens + ones, tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9
}

package relmark

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// MarshalJSON encodes valid quiet hours as they stand in a policy.
func (q QuietHours) MarshalJSON() ([]byte, error) {
	return part(ContactPolicy{Quiet: []QuietHours{q}}, q.text())
}

// UnmarshalJSON decodes and validates quiet hours as [DecodeContactPolicy] does those
// of a policy. It leaves q unchanged on error.
func (q *QuietHours) UnmarshalJSON(data []byte) error {
	p, err := partPolicy("quiet", data)
	if err == nil {
		*q = p.Quiet[0]
	}
	return err
}

// MarshalJSON encodes a valid cap as it stands in a policy.
func (c ContactCap) MarshalJSON() ([]byte, error) {
	return part(ContactPolicy{Caps: []ContactCap{c}}, c.text())
}

// UnmarshalJSON decodes and validates a cap as [DecodeContactPolicy] does those of a
// policy. It leaves c unchanged on error.
func (c *ContactCap) UnmarshalJSON(data []byte) error {
	p, err := partPolicy("caps", data)
	if err == nil {
		*c = p.Caps[0]
	}
	return err
}

// MarshalJSON encodes a valid gap as it stands in a policy.
func (g ContactGap) MarshalJSON() ([]byte, error) {
	return part(ContactPolicy{MinGaps: []ContactGap{g}}, g.text())
}

// UnmarshalJSON decodes and validates a gap as [DecodeContactPolicy] does those of a
// policy. It leaves g unchanged on error.
func (g *ContactGap) UnmarshalJSON(data []byte) error {
	p, err := partPolicy("min_gaps", data)
	if err == nil {
		*g = p.MinGaps[0]
	}
	return err
}

// part encodes the only part of a policy, if that is valid.
func part(p ContactPolicy, text any) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(text)
}

// partPolicy decodes a policy that has one part and nothing else.
func partPolicy(list string, data []byte) (ContactPolicy, error) {
	if !json.Valid(data) {
		return ContactPolicy{}, contactError{errs: []error{&FieldError{Field: "JSON", Rule: jsonRule}}}
	}
	return DecodeContactPolicy(slices.Concat([]byte(`{"v":1,"`+list+`":[`), data, []byte(`]}`)), nil)
}

func (q QuietHours) text() quietJSON {
	return quietJSON{clockText(q.From), clockText(q.To), isoDays(q.Days), q.Channels}
}

// hours turns text into quiet hours that stand at a position of a policy.
func (q *quietJSON) hours(f *contactFaults, i int) QuietHours {
	from, okFrom := readClock(q.From)
	to, okTo := readClock(q.To)
	days, okDays := weekdays(q.Days)
	if !okFrom || !okTo {
		f.add(nil, "must have From and To in the form 15:04", "Quiet[%d]", i)
	}
	if !okDays {
		f.add(nil, "must be 1 for Monday to 7 for Sunday", "Quiet[%d].Days", i)
	}
	return QuietHours{from, to, days, some(q.Channels)}
}

func (c ContactCap) text() capJSON { return capJSON{c.Channel, c.Max, c.Window.String()} }

func (g ContactGap) text() gapJSON { return gapJSON{g.Channel, g.Least.String()} }

// elapsed reads a duration at a position of a policy.
func elapsed(f *contactFaults, text, field string, i int) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		f.add(nil, "must be a duration such as 168h0m0s", field, i)
	}
	return d
}

// some returns s, nil if it is empty.
func some[S ~[]E, E any](s S) S {
	if len(s) == 0 {
		return nil
	}
	return s
}

func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
}

// readClock reads 00:00 to 24:00 and leaves it to Validate to refuse 24:01.
func readClock(s string) (time.Duration, bool) {
	if len(s) != len("15:04") || s[2] != ':' {
		return 0, false
	}
	hours, okHours := digits(s[:2])
	minutes, okMinutes := digits(s[3:])
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute, okHours && okMinutes && minutes < 60
}

// isoDays numbers weekdays from 1 for Monday to 7 for Sunday.
func isoDays(days []time.Weekday) []int {
	var iso []int
	for _, d := range days {
		iso = append(iso, int(d+6)%7+1)
	}
	return iso
}

func weekdays(iso []int) (days []time.Weekday, ok bool) {
	for _, n := range iso {
		if n < 1 || n > 7 {
			return nil, false
		}
		days = append(days, time.Weekday(n%7))
	}
	return days, true
}

package relmark

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
)

// contactVersion is the version of the encoding that is written. Every version
// that was ever written can be read.
const contactVersion = 1

// The encoding, version 1. Weekdays are 1 for Monday to 7 for Sunday, as in ISO
// 8601; clock readings have the form 15:04, 24:00 included; elapsed times are as
// [time.ParseDuration] reads them.
type (
	policyJSON struct {
		V       int         `json:"v"`
		Zone    string      `json:"zone,omitempty"`
		Quiet   []quietJSON `json:"quiet,omitempty"`
		Caps    []capJSON   `json:"caps,omitempty"`
		MinGaps []gapJSON   `json:"min_gaps,omitempty"`
		Exempt  []Purpose   `json:"exempt,omitempty"`
	}
	quietJSON struct {
		From     string    `json:"from"`
		To       string    `json:"to"`
		Days     []int     `json:"days,omitempty"`
		Channels []Channel `json:"channels,omitempty"`
	}
	capJSON struct {
		Channel Channel `json:"channel"`
		Max     int     `json:"max"`
		Window  string  `json:"window"`
	}
	gapJSON struct {
		Channel Channel `json:"channel"`
		Least   string  `json:"least"`
	}
)

// MarshalJSON encodes a valid policy in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin",
//	 "quiet":[{"from":"21:00","to":"08:00","days":[6,7],"channels":["call"]}],
//	 "caps":[{"channel":"*","max":4,"window":"720h0m0s"}],
//	 "min_gaps":[{"channel":"call","least":"24h0m0s"}],
//	 "exempt":["service"]}
//
// without the spaces, in this order, empty lists left out. Weekdays count from 1
// for Monday. The zone is encoded by its name, which must be one that a loader
// can find again: [time.Local] is an error.
func (p ContactPolicy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	out := policyJSON{V: contactVersion, Exempt: p.Exempt}
	if p.Zone != nil {
		var ok bool
		if out.Zone, ok = calendar.ZoneName(p.Zone); !ok {
			return nil, contactError([]error{fault(nil, zoneRule, "Zone")})
		}
	}
	for _, q := range p.Quiet {
		out.Quiet = append(out.Quiet, quietJSON{clockText(q.From), clockText(q.To), isoDays(q.Days), q.Channels})
	}
	for _, c := range p.Caps {
		out.Caps = append(out.Caps, capJSON{c.Channel, c.Max, c.Window.String()})
	}
	for _, g := range p.MinGaps {
		out.MinGaps = append(out.MinGaps, gapJSON{g.Channel, g.Least.String()})
	}
	return json.Marshal(out)
}

// DecodeContactPolicy decodes a policy of any version that
// [ContactPolicy.MarshalJSON] has ever written, and looks up its zone by name
// with zone, such as [time.LoadLocation]; zone may be nil if the policy has none.
// Spaces and the order of keys do not matter; empty lists decode as nil.
//
// An unknown version is [ErrUnsupported]. Text that is not JSON, keys that are
// unknown, repeated or begin with a capital, an unknown zone and a policy that is not
// valid are [ErrInvalid]. The error of zone is wrapped; nothing else of the text
// is repeated.
func DecodeContactPolicy(data []byte, zone func(name string) (*time.Location, error)) (ContactPolicy, error) {
	in, err := readPolicy(data)
	if err != nil {
		return ContactPolicy{}, contactError([]error{err})
	}
	p, errs := in.policy()
	if in.Zone != "" {
		if p.Zone, err = calendar.LoadZone(in.Zone, zone); err != nil {
			errs = append(errs, fmt.Errorf("%w: %w", fault(nil, zoneRule, "Zone"), err))
		}
	}
	if err = contactError(errs); err == nil {
		err = p.Validate()
	}
	if err != nil {
		return ContactPolicy{}, err
	}
	return p, nil
}

// UnmarshalJSON decodes a policy without a zone, so that it can be a field of a
// host's own configuration. A policy with a zone is an error: it takes
// [DecodeContactPolicy]. It leaves p unchanged on error.
func (p *ContactPolicy) UnmarshalJSON(data []byte) error {
	decoded, err := DecodeContactPolicy(data, nil)
	if err != nil {
		return err
	}
	*p = decoded
	return nil
}

const zoneRule = "must be the name of a zone that the loader knows"

// readPolicy decodes without judging what the values mean together.
func readPolicy(data []byte) (in policyJSON, err error) {
	switch err = codec.JSON(data, contactVersion, &in); {
	case errors.Is(err, codec.ErrVersion):
		return policyJSON{}, fmt.Errorf("%w: version missing or unknown", ErrUnsupported)
	case err != nil:
		return policyJSON{}, fault(nil, "must have the keys and types of version 1, each key once", "JSON")
	}
	return in, nil
}

// policy turns text into values; what they mean together is for Validate to judge.
func (in *policyJSON) policy() (p ContactPolicy, errs []error) {
	for i, q := range in.Quiet {
		from, okFrom := readClock(q.From)
		to, okTo := readClock(q.To)
		days, okDays := weekdays(q.Days)
		if !okFrom || !okTo {
			errs = append(errs, fault(nil, "must have From and To in the form 15:04", "Quiet[%d]", i))
		}
		if !okDays {
			errs = append(errs, fault(nil, "must be 1 for Monday to 7 for Sunday", "Quiet[%d].Days", i))
		}
		p.Quiet = append(p.Quiet, QuietHours{from, to, days, some(q.Channels)})
	}
	for i, c := range in.Caps {
		window, err := time.ParseDuration(c.Window)
		if err != nil {
			errs = append(errs, fault(nil, durationRule, "Caps[%d].Window", i))
		}
		p.Caps = append(p.Caps, ContactCap{c.Channel, c.Max, window})
	}
	for i, g := range in.MinGaps {
		least, err := time.ParseDuration(g.Least)
		if err != nil {
			errs = append(errs, fault(nil, durationRule, "MinGaps[%d].Least", i))
		}
		p.MinGaps = append(p.MinGaps, ContactGap{g.Channel, least})
	}
	p.Exempt = some(in.Exempt)
	return p, errs
}

const durationRule = "must be a duration such as 168h0m0s"

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

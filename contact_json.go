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
			return nil, contactError{errs: []error{&FieldError{Field: "Zone", Rule: zoneRule}}}
		}
	}
	for _, q := range p.Quiet {
		out.Quiet = append(out.Quiet, q.text())
	}
	for _, c := range p.Caps {
		out.Caps = append(out.Caps, c.text())
	}
	for _, g := range p.MinGaps {
		out.MinGaps = append(out.MinGaps, g.text())
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
		return ContactPolicy{}, contactError{errs: []error{err}}
	}
	var f contactFaults
	p := in.policy(&f)
	if in.Zone != "" {
		if p.Zone, err = calendar.LoadZone(in.Zone, zone); err != nil {
			f.errs = append(f.errs, fmt.Errorf("%w: %w", &FieldError{Field: "Zone", Rule: zoneRule}, err))
		}
	}
	if err = f.err(); err == nil {
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
	decoded, err := DecodeContactPolicy(data, func(string) (*time.Location, error) { return nil, errNeedsLoader })
	if err != nil {
		return err
	}
	*p = decoded
	return nil
}

const jsonRule = "must have the keys and types of version 1, each key once"

const zoneRule = "must be the name of a zone that the loader knows"

var errNeedsLoader = errors.New("DecodeContactPolicy takes a loader")

// readPolicy decodes without judging what the values mean together.
func readPolicy(data []byte) (in policyJSON, err error) {
	switch err = codec.JSON(data, contactVersion, &in); {
	case errors.Is(err, codec.ErrVersion):
		return policyJSON{}, fmt.Errorf("%w: version missing or unknown", ErrUnsupported)
	case err != nil:
		return policyJSON{}, &FieldError{Field: "JSON", Rule: jsonRule}
	}
	return in, nil
}

// policy turns text into values; what they mean together is for Validate to judge,
// and so is whether there are too many.
func (in *policyJSON) policy(f *contactFaults) (p ContactPolicy) {
	for i := range in.Quiet {
		p.Quiet = append(p.Quiet, in.Quiet[i].hours(f, i))
	}
	for i, c := range in.Caps {
		p.Caps = append(p.Caps, ContactCap{c.Channel, c.Max, elapsed(f, c.Window, "Caps[%d].Window", i)})
	}
	for i, g := range in.MinGaps {
		p.MinGaps = append(p.MinGaps, ContactGap{g.Channel, elapsed(f, g.Least, "MinGaps[%d].Least", i)})
	}
	p.Exempt = some(in.Exempt)
	return p
}

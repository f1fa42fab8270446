package voucher

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
)

// version is the version of every encoding that is written here. Every version
// that was ever written can be read.
const version = 1

// decode decodes strictly.
func decode(data []byte, v any) error {
	switch err := codec.JSON(data, version, v); {
	case errors.Is(err, codec.ErrVersion):
		return fmt.Errorf("voucher: version missing or unknown: %w", relmark.ErrUnsupported)
	case err != nil:
		return invalid("JSON", nil, "must have the keys and types of version 1, each key once")
	}
	return nil
}

// zoneName returns the name of a zone that a loader can find again.
func zoneName(loc *time.Location) (string, error) {
	name, ok := calendar.ZoneName(loc)
	if !ok {
		return "", invalid("Zone", nil, zoneRule)
	}
	return name, nil
}

func loadZone(name string, load func(string) (*time.Location, error)) (*time.Location, error) {
	loc, err := calendar.LoadZone(name, load)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", invalid("Zone", nil, zoneRule), err)
	}
	return loc, nil
}

type termsJSON struct {
	V        int          `json:"v"`
	Zone     string       `json:"zone"`
	From     relmark.Date `json:"from,omitzero"`
	Through  relmark.Date `json:"through,omitzero"`
	Codes    []string     `json:"codes,omitzero"`
	Audience []string     `json:"audience,omitempty"`
	Limits   Limits       `json:"limits,omitzero"`
}

// MarshalJSON encodes valid terms in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","from":"2025-03-01","through":"2025-03-31",
//	 "codes":["X"],"audience":["gold"],"limits":{"code":2,"member":1,"campaign":3}}
//
// without the spaces, in this order, what is open left out. The zone must have a
// name that a loader can find again: [time.Local] is an error.
func (t Terms) MarshalJSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	zone, err := zoneName(t.Zone)
	if err != nil {
		return nil, err
	}
	return json.Marshal(termsJSON{version, zone, t.From, t.Through, t.Codes, t.Audience, t.Limits})
}

// DecodeTerms decodes terms of any version that was ever written and looks up
// their zone by name with zone, such as [time.LoadLocation]. An unknown version is
// [relmark.ErrUnsupported]; text that is no such JSON, unknown or repeated keys,
// an unknown zone and terms that are not valid are [relmark.ErrInvalid]. The error
// of zone is wrapped.
func DecodeTerms(data []byte, zone func(name string) (*time.Location, error)) (Terms, error) {
	var in termsJSON
	if err := decode(data, &in); err != nil {
		return Terms{}, err
	}
	loc, err := loadZone(in.Zone, zone)
	if err != nil {
		return Terms{}, err
	}
	t := Terms{loc, in.From, in.Through, in.Codes, in.Audience, in.Limits}
	if len(t.Audience) == 0 {
		t.Audience = nil
	}
	if err := t.Validate(); err != nil {
		return Terms{}, err
	}
	return t, nil
}

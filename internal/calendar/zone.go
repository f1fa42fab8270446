package calendar

import (
	"errors"
	"time"
)

// ErrZone is what [LoadZone] answers where the loader has no error of its own.
var ErrZone = errors.New("no such zone")

// local is the name of [time.Local], which is another zone on every machine.
const local = "Local"

// ZoneName returns the name by which a loader finds a zone again; false if there is
// none, as for [time.Local] and for nil.
func ZoneName(loc *time.Location) (string, bool) {
	if loc == nil {
		return "", false
	}
	name := loc.String()
	return name, name != "" && name != local
}

// LoadZone looks a zone up through a loader, which may be nil and then knows none. It
// fails for the names that [ZoneName] has none of, with the loader's error, and with
// [ErrZone] if the loader finds nothing and says nothing.
func LoadZone(name string, load func(name string) (*time.Location, error)) (*time.Location, error) {
	if load == nil || name == "" || name == local {
		return nil, ErrZone
	}
	loc, err := load(name)
	if err == nil && loc == nil {
		err = ErrZone
	}
	return loc, err
}

package canon

import (
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/fault"
)

const zoneRule = "must be the name of a zone that the loader knows"

// ZoneName returns the name by which a loader finds a zone again. It fails with a
// FieldError of the field Zone if there is none, as for [time.Local] and for
// nil.
func ZoneName(loc *time.Location) (string, error) {
	name, ok := calendar.ZoneName(loc)
	if !ok {
		return "", noZone()
	}
	return name, nil
}

// LoadZone looks a zone up by its name with load, such as [time.LoadLocation]; load may
// be nil and then knows none. It fails with a FieldError of the field Zone,
// which does not repeat the name, and wraps the error of load besides.
func LoadZone(name string, load func(name string) (*time.Location, error)) (*time.Location, error) {
	loc, err := calendar.LoadZone(name, load)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", noZone(), err)
	}
	return loc, nil
}

func noZone() error { return fault.New("Zone", nil, zoneRule) }

// NeedsZone returns the error of a type that encoding/json cannot read, as its zone has
// to be looked up: it names the function that takes a loader.
func NeedsZone(decoder string) error {
	return fmt.Errorf("needs a loader of zones, decode it with %s: %w", decoder, relmark.ErrUnsupported)
}

package calendar

import (
	"errors"
	"time"
	"unicode/utf8"
)

// ErrZone is what [LoadZone] answers where the loader has no error of its own.
var ErrZone = errors.New("no such zone")

// local is the name of [time.Local], which is another zone on every machine.
const local = "Local"

// ZoneName returns the name by which a loader finds a zone again; false if there is
// none, as for [time.Local], for nil and for a name that is no UTF-8 text of 1 to 255
// bytes.
func ZoneName(loc *time.Location) (string, bool) {
	if loc == nil {
		return "", false
	}
	name := loc.String()
	return name, isName(name)
}

// isName reports whether text can be the name of a zone: text that an encoder writes
// as it is, short enough to stand in an error of a loader.
func isName(text string) bool {
	const longest = 255 // bytes; the longest name in use has 32
	return text != "" && text != local && len(text) <= longest && utf8.ValidString(text)
}

// LoadZone looks a zone up through a loader, which may be nil and then knows none. It
// fails for the names that [ZoneName] has none of, with the loader's error, and with
// [ErrZone] if the loader finds nothing and says nothing.
func LoadZone(name string, load func(name string) (*time.Location, error)) (*time.Location, error) {
	if load == nil || !isName(name) {
		return nil, ErrZone
	}
	loc, err := load(name)
	if err == nil && loc == nil {
		err = ErrZone
	}
	return loc, err
}

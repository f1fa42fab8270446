package social

import (
	"fmt"
	"strings"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Birthday is a day of the year that a customer has told, with or without the year.
// The zero Birthday is none. It is a comparable, immutable value, safe for concurrent
// use; make one with [NewBirthday], [BirthdayOf] or [ParseBirthday].
type Birthday struct {
	on   relmark.Date
	full bool // whether the year of on is that of birth; else it is 2000, a leap year
}

// BirthdayOf returns the birthday of who was born on a date; none of the zero date.
func BirthdayOf(born relmark.Date) Birthday { return Birthday{born, !born.IsZero()} }

// NewBirthday returns a birthday without a year; 29 February is one. It fails unless the
// day exists in some year.
func NewBirthday(month time.Month, day int) (Birthday, error) {
	on, err := relmark.NewDate(2000, month, day)
	return Birthday{on, false}, fault.Room(room, err)
}

// ParseBirthday reads 1992-02-29, or --02-29 where the year is not known, and nothing
// else. The error does not repeat the text.
func ParseBirthday(s string) (Birthday, error) {
	yearless, found := strings.CutPrefix(s, "--")
	if found {
		s = "2000-" + yearless
	}
	on, err := relmark.ParseDate(s)
	if err != nil {
		return Birthday{}, invalid("Birthday", "must be a date that exists, 2006-01-02 or --01-02")
	}
	return Birthday{on, !found}, nil
}

// IsZero reports whether b is no birthday.
func (b Birthday) IsZero() bool { return b.on.IsZero() }

// Born returns the date of birth; false if its year is not known.
func (b Birthday) Born() (relmark.Date, bool) {
	if !b.full {
		return relmark.Date{}, false
	}
	return b.on, true
}

// String returns what [ParseBirthday] reads, and nothing for none.
func (b Birthday) String() string {
	if b.IsZero() || b.full {
		return b.on.String()
	}
	_, month, day := b.on.Civil()
	return fmt.Sprintf("--%02d-%02d", month, day)
}

// MarshalText encodes what [Birthday.String] returns; it never fails.
func (b Birthday) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText decodes what [Birthday.MarshalText] encodes. It leaves b unchanged on
// error.
func (b *Birthday) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*b = Birthday{}
		return nil
	}
	in, err := ParseBirthday(string(text))
	if err == nil {
		*b = in
	}
	return err
}

package relmark

import (
	"database/sql/driver"
	"time"
)

// Value stores a date as the text 2006-01-02, which every database reads as a DATE
// whatever its zone is, and the zero Date as NULL. It implements [driver.Valuer].
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // this is how a driver is told NULL
	}
	return d.String(), nil
}

// Scan reads a column of dates, in any form in which drivers hand it over: text as
// [Date.UnmarshalText] takes it, a time that starts a day on its own clock, or NULL,
// which is the zero Date. It implements the Scanner of database/sql.
//
// Everything else is an error that leaves d unchanged: an instant within a day is
// no date before somebody says in which zone ([DateOf]), and a number is none at
// all. The error does not repeat the text of the column.
func (d *Date) Scan(column any) error {
	switch c := column.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(c))
	case []byte:
		return d.UnmarshalText(c)
	case time.Time:
		return d.scanTime(c)
	}
	return &FieldError{"Date", nil, "must be a column of text YYYY-MM-DD, of times at the start of a day, or NULL"}
}

// scanTime takes midnight, both of them where clocks are put back over it, and the
// first instant of a day that has none.
func (d *Date) scanTime(t time.Time) error {
	on, err := DateOf(t, t.Location())
	if err != nil {
		return err
	}
	hour, minute, second := t.Clock()
	midnight := hour == 0 && minute == 0 && second == 0 && t.Nanosecond() == 0
	if !midnight && !on.Start(t.Location()).Equal(t) {
		return &FieldError{"Date", t, "must be the start of a day; ask DateOf for the date of an instant"}
	}
	*d = on
	return nil
}

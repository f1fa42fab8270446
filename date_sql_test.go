package relmark_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
)

// An echo is a database that answers every query with its arguments, each in the
// form in which its drivers hand over a column of dates.
type echo struct {
	column func(driver.Value) driver.Value
}

func (e echo) Connect(context.Context) (driver.Conn, error) { return e, nil }
func (e echo) Driver() driver.Driver                        { return nil }
func (e echo) Prepare(string) (driver.Stmt, error)          { return e, nil }
func (e echo) Begin() (driver.Tx, error)                    { return nil, errors.New("no transactions") }
func (e echo) Close() error                                 { return nil }
func (e echo) NumInput() int                                { return 1 }
func (e echo) Exec([]driver.Value) (driver.Result, error)   { return nil, errors.New("no changes") }

func (e echo) Query(args []driver.Value) (driver.Rows, error) { return &row{e.column(args[0])}, nil }

type row [1]driver.Value

func (*row) Columns() []string { return []string{"joined"} }
func (*row) Close() error      { return nil }
func (r *row) Next(to []driver.Value) error {
	if *r == (row{io.EOF}) {
		return io.EOF
	}
	to[0], r[0] = r[0], io.EOF
	return nil
}

func dayAt(loc *time.Location) func(driver.Value) driver.Value {
	return func(v driver.Value) driver.Value {
		if v == nil {
			return nil
		}
		return relmark.MustParseDate(v.(string)).Start(loc).In(loc)
	}
}

func TestDatesComeBackFromADatabase(t *testing.T) {
	t.Parallel()
	for name, column := range map[string]func(driver.Value) driver.Value{
		"text":              func(v driver.Value) driver.Value { return v },
		"times in UTC":      dayAt(time.UTC),
		"times in Berlin":   dayAt(zone(t, "Europe/Berlin")),
		"times in Apia":     dayAt(zone(t, "Pacific/Apia")),
		"times in Auckland": dayAt(time.FixedZone("", 13*3600)),
		"bytes": func(v driver.Value) driver.Value {
			if v == nil {
				return nil
			}
			return []byte(v.(string))
		},
	} {
		db := sql.OpenDB(echo{column})
		for _, want := range []relmark.Date{{}, relmark.MustParseDate("0001-01-01"), relmark.MustParseDate("2024-02-29"), relmark.MustParseDate("2026-12-31"), relmark.MustParseDate("9999-12-31")} {
			got := relmark.MustParseDate("2000-01-01")
			require.NoError(t, db.QueryRow("?", want).Scan(&got), name)
			assert.Equal(t, want, got, name)

			var null sql.Null[relmark.Date]
			require.NoError(t, db.QueryRow("?", want).Scan(&null), name)
			assert.Equal(t, want, null.V, name)
			assert.Equal(t, !want.IsZero(), null.Valid, name)
		}
		require.NoError(t, db.Close())
	}
}

func TestDateScanRefusesWhatIsNoDate(t *testing.T) {
	t.Parallel()
	noon := instant(t, "2026-06-30T12:00:00Z")
	for _, column := range []any{
		"2026-06-31", "30.06.2026", "2026-06-30 00:00:00", "0000-00-00", []byte("2026-06-30T00:00:00Z"), []byte(" "),
		noon, noon.Add(-12*time.Hour + 1), noon.In(zone(t, "Europe/Berlin")), instant(t, "2026-06-30T00:00:00Z").In(zone(t, "Europe/Berlin")),
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		int64(20634), 1.5, true,
		struct{}{},
		relmark.MustParseDate("2026-06-30"),
	} {
		d := relmark.MustParseDate("2000-01-01")
		require.ErrorIs(t, d.Scan(column), relmark.ErrInvalid, "%v", column)
		assert.Equal(t, "2000-01-01", d.String(), "%v", column)
	}
	d := relmark.Date{}
	require.EqualError(t, d.Scan("maria@example.com"), "Date: must have the form YYYY-MM-DD")
}

// Where clocks are put back over midnight both midnights are the date; where they
// skip it, the first instant there is.
func TestDateScanKnowsWhereDaysStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, at, want string }{
		{"America/Sao_Paulo", "2017-10-15T03:00:00Z", "2017-10-15"}, // shows 01:00, there was no 00:00
		{"America/Havana", "2024-11-03T04:00:00Z", "2024-11-03"},    // the first 00:00
		{"America/Havana", "2024-11-03T05:00:00Z", "2024-11-03"},    // the second
		{"America/Havana", "2024-11-03T04:30:00Z", ""},
		{"America/Sao_Paulo", "2017-10-15T04:00:00Z", ""},
	} {
		var d relmark.Date
		err := d.Scan(instant(t, c.at).In(zone(t, c.zone)))
		assert.Equal(t, c.want, d.String(), c.at)
		assert.Equal(t, c.want == "", errors.Is(err, relmark.ErrInvalid), c.at)
	}
}

func TestDateValueScansBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawDate(t, "date")
		v, err := want.Value()
		require.NoError(t, err)
		require.True(t, driver.IsValue(v))
		var got relmark.Date
		require.NoError(t, got.Scan(v))
		require.Equal(t, want, got)
	})
}

func FuzzDateScan(f *testing.F) {
	for _, seed := range []string{"2024-02-29", "", "2025-02-29", "2025-03-12T00:00:00Z"} {
		f.Add(seed, int64(0))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		var ofText, ofBytes, ofTime, parsed relmark.Date
		err := ofText.Scan(text)
		require.Equal(t, err == nil, ofBytes.Scan([]byte(text)) == nil)
		require.Equal(t, err == nil, parsed.UnmarshalText([]byte(text)) == nil)
		require.Equal(t, []relmark.Date{parsed, parsed}, []relmark.Date{ofText, ofBytes})
		at := time.Unix(unix, 0).UTC()
		if ofTime.Scan(at) == nil {
			require.Equal(t, at, ofTime.Start(time.UTC))
		} else {
			require.Zero(t, ofTime)
		}
	})
}

// How do I keep the day on which a member joined in a column of type DATE?
func ExampleDate_Value() {
	db := sql.OpenDB(echo{func(v driver.Value) driver.Value { return v }}) // your database
	joined := relmark.MustParseDate("2026-06-30")
	var back relmark.Date
	err := db.QueryRow("insert into members (joined) values (?) returning joined", joined).Scan(&back)
	fmt.Println(back, err)
	// Output: 2026-06-30 <nil>
}

// What does a driver hand over for the day on which a member joined?
func ExampleDate_Scan() {
	var joined relmark.Date
	fmt.Println(joined.Scan(time.Date(2026, time.June, 30, 0, 0, 0, 0, time.UTC)), joined)
	fmt.Println(joined.Scan(time.Date(2026, time.June, 30, 23, 30, 0, 0, time.UTC)), joined)
	// Output:
	// <nil> 2026-06-30
	// Date = 2026-06-30 23:30:00 +0000 UTC: must be the start of a day; ask DateOf for the date of an instant 2026-06-30
}

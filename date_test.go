package relmark_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
)

const allDates = 3_652_059 // 0001-01-01 to 9999-12-31

func drawDate(t *rapid.T, label string) relmark.Date {
	first, err := relmark.NewDate(1, time.January, 1)
	require.NoError(t, err)
	return first.AddDays(rapid.IntRange(0, allDates-1).Draw(t, label))
}

// Every date there is, against the standard library; what is slow or follows from
// the rest, on every 61st.
func TestEveryDate(t *testing.T) {
	t.Parallel()
	first := relmark.MustParseDate("0001-01-01")
	previous := relmark.Date{}
	var buffer []byte
	for n := range allDates {
		want := time.Unix(-62_135_596_800+int64(n)*86_400, 0).UTC() // 0001-01-01 as Unix time
		year, month, day := want.Date()
		d, err := relmark.NewDate(year, month, day)
		buffer, _ = d.AppendText(buffer[:0])
		gotYear, gotMonth, gotDay := d.Civil()
		parsed, parseErr := relmark.ParseDate(string(buffer))
		if err != nil || parseErr != nil || parsed != d || gotYear != year || gotMonth != month || gotDay != day ||
			first.AddDays(n) != d || d.Sub(first) != n || !previous.Before(d) || d.IsZero() {
			t.Fatalf("day %d, %v: got %v, %v, %v", n, want, d, err, parseErr)
		}
		previous = d
		if n%61 != 0 {
			continue
		}
		of, err := relmark.DateOf(want, time.UTC)
		require.NoError(t, err)
		require.Equal(t, d, of)
		require.Equal(t, want.Format(time.DateOnly), d.String())
		require.Equal(t, want.Weekday(), d.Weekday())
		require.Equal(t, want, d.Start(time.UTC))
	}
	assert.Equal(t, "9999-12-31", previous.String())
	assert.True(t, previous.AddDays(1).IsZero())
}

func TestNewDateRefusesDatesThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ year, month, day int }{
		{2025, 2, 30},
		{2025, 2, 29},
		{1900, 2, 29},
		{2025, 4, 31},
		{2025, 13, 1},
		{2025, 0, 1},
		{2025, 1, 0},
		{2025, 1, -1},
		{0, 12, 31},
		{10000, 1, 1},
		{-2025, 1, 1},
		{math.MaxInt, math.MaxInt, math.MaxInt},
		{math.MinInt, 1, 1},
	} {
		d, err := relmark.NewDate(c.year, time.Month(c.month), c.day)
		var field *relmark.FieldError
		require.ErrorAs(t, err, &field)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Equal(t, "Date", field.Field)
		assert.Zero(t, d)
	}
	_, err := relmark.NewDate(2025, time.February, 30)
	assert.EqualError(t, err, "Date = 2025-02-30: must exist, in years 1 to 9999")
}

func TestParseDateIsStrict(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "2025", "2025-3-12", "2025-03-1", "25-03-12", "02025-03-12", "2025-03-012", "2025/03/12", "2025-03/12", "2025/03-12", "20250312",
		"2025-03-12 ", " 2025-03-12", "2025-03-12T00:00:00Z", "+025-03-12", "-025-03-12", "2025-+3-12", "2025-03--1", "2025-03-1x",
		"2025-0x-12", "２０２５-03-12", "2025-03-1\x00", "12-03-2025", "anna@x.org",
	} {
		d, err := relmark.ParseDate(text)
		require.ErrorIs(t, err, relmark.ErrInvalid, text)
		assert.EqualError(t, err, "Date: must have the form YYYY-MM-DD", text)
		assert.Zero(t, d)
	}
	for _, text := range []string{"0000-01-01", "2025-00-01", "2025-13-01", "2025-01-00", "2025-01-32", "2025-02-29", "2100-02-29"} {
		_, err := relmark.ParseDate(text)
		require.ErrorIs(t, err, relmark.ErrInvalid, text)
		assert.ErrorContains(t, err, text+": must exist")
	}
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	at := instant(t, "2011-12-30T09:59:59.999999999Z")
	apia := zone(t, "Pacific/Apia")
	d, err := relmark.DateOf(at, apia)
	require.NoError(t, err)
	assert.Equal(t, "2011-12-29", d.String())
	d, err = relmark.DateOf(at.Add(1), apia)
	require.NoError(t, err)
	assert.Equal(t, "2011-12-31", d.String(), "there was no 30 December in Apia")

	_, err = relmark.DateOf(at, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, out := range []time.Time{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC)} {
		d, err = relmark.DateOf(out, time.UTC)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Zero(t, d)
	}
}

func TestDateStart(t *testing.T) {
	t.Parallel()
	start := relmark.MustParseDate("2017-10-15").Start(zone(t, "America/Sao_Paulo"))
	assert.Equal(t, instant(t, "2017-10-15T03:00:00Z"), start)
	assert.Equal(t, time.UTC, start.Location())
	assert.Equal(t, instant(t, "2041-01-01T05:00:00Z"), relmark.MustParseDate("2041-01-01").Start(zone(t, "America/New_York")))
	assert.Zero(t, relmark.MustParseDate("2017-10-15").Start(nil))
	assert.Zero(t, relmark.Date{}.Start(time.UTC))
}

func TestAddDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, e := drawDate(t, "d"), drawDate(t, "e")
		require.Equal(t, e, d.AddDays(e.Sub(d)))
		require.Equal(t, d.Sub(e), -e.Sub(d))
		require.Equal(t, d.Before(e), d.Sub(e) < 0)
		require.Equal(t, d.After(e), d.Sub(e) > 0)
		require.Equal(t, d.Compare(e) == 0, d == e)
		require.Equal(t, d.Compare(e) < 0, d.String() < e.String())
	})
	d := relmark.MustParseDate("2024-02-28")
	assert.False(t, d.After(d), "no date is after itself")
	assert.False(t, d.Before(d))
	same := d
	assert.Zero(t, d.Compare(same))
	assert.Equal(t, "2024-03-01", d.AddDays(2).String())
	for _, n := range []int{math.MaxInt, math.MinInt, allDates, -allDates, math.MaxInt32, math.MinInt32} {
		assert.True(t, d.AddDays(n).IsZero(), n)
	}
	assert.True(t, relmark.MustParseDate("0001-01-01").AddDays(-1).IsZero())
}

func TestDateAddMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2025-01-31", 1, "2025-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2025-01-31", 2, "2025-03-31"},
		{"2025-01-31", 3, "2025-04-30"},
		{"2025-03-31", -1, "2025-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-02-29", -1200, "1924-02-29"},
		{"2025-12-15", 1, "2026-01-15"},
		{"2025-01-15", -1, "2024-12-15"},
		{"2025-01-15", 0, "2025-01-15"},
		{"9999-12-31", 0, "9999-12-31"},
		{"9999-12-31", 1, ""},
		{"0001-01-31", -1, ""},
		{"2025-01-31", math.MaxInt, ""},
		{"2025-01-31", math.MinInt, ""},
	} {
		assert.Equal(t, c.want, relmark.MustParseDate(c.from).AddMonths(c.n).String(), "%s %d", c.from, c.n)
	}
}

// A series counted from its anchor keeps the anchor's day wherever the month has
// it, and never falls behind the last day of the month.
func TestAddMonthsClampsAndNeverAccumulates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDate(t, "anchor")
		n := rapid.IntRange(-500, 500).Draw(t, "months")
		got := d.AddMonths(n)
		year, month, day := d.Civil()
		first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if first.Year() < 1 || first.Year() > 9999 {
			require.True(t, got.IsZero())
			return
		}
		gotYear, gotMonth, gotDay := got.Civil()
		require.Equal(t, []int{first.Year(), int(first.Month())}, []int{gotYear, int(gotMonth)})
		require.Equal(t, min(day, first.AddDate(0, 1, -1).Day()), gotDay)
		if next := d.AddMonths(n + 1); !next.IsZero() {
			require.True(t, got.Before(next))
		}
	})
}

func TestMustParseDatePanicsOnWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "2024-02-29", relmark.MustParseDate("2024-02-29").String())
	assert.PanicsWithValue(t, "relmark: MustParseDate: Date = 2025-02-29: must exist, in years 1 to 9999", func() { relmark.MustParseDate("2025-02-29") })
	assert.PanicsWithValue(t, "relmark: MustParseDate: Date: must have the form YYYY-MM-DD", func() { relmark.MustParseDate("") })
}

func TestZeroDate(t *testing.T) {
	t.Parallel()
	var zero relmark.Date
	year, month, day := zero.Civil()
	assert.Equal(t, []int{0, 0, 0}, []int{year, int(month), day})
	assert.True(t, zero.IsZero())
	assert.Equal(t, time.Sunday, zero.Weekday())
	assert.Empty(t, zero.String())
	assert.True(t, zero.AddDays(1).IsZero())
	assert.True(t, zero.AddMonths(1).IsZero())
	first := relmark.MustParseDate("0001-01-01")
	assert.False(t, first.IsZero())
	assert.Equal(t, -1, zero.Compare(first))
	assert.Equal(t, 0, zero.Compare(relmark.Date{}))
	dates := []relmark.Date{relmark.MustParseDate("2025-01-01"), first, zero}
	slices.SortFunc(dates, relmark.Date.Compare)
	assert.Equal(t, []relmark.Date{zero, first, relmark.MustParseDate("2025-01-01")}, dates)
}

func TestDateText(t *testing.T) {
	t.Parallel()
	type record struct {
		Joined relmark.Date            `json:"joined"`
		Left   relmark.Date            `json:"left,omitzero"`
		Visits map[relmark.Date]string `json:"visits"`
	}
	in := record{Joined: relmark.MustParseDate("2024-02-29"), Visits: map[relmark.Date]string{relmark.MustParseDate("0999-12-31"): "x"}}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"joined":"2024-02-29","visits":{"0999-12-31":"x"}}`, string(text))
	var out record
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)

	d := in.Joined
	for _, bad := range []string{"2024-02-30", "yesterday", " "} {
		require.ErrorIs(t, d.UnmarshalText([]byte(bad)), relmark.ErrInvalid)
		assert.Equal(t, in.Joined, d, "unchanged on error")
	}
	require.NoError(t, d.UnmarshalText(nil))
	assert.True(t, d.IsZero())
	empty, err := relmark.Date{}.MarshalText()
	require.NoError(t, err)
	assert.Empty(t, empty)
	appended, err := in.Joined.AppendText([]byte("on "))
	require.NoError(t, err)
	assert.Equal(t, "on 2024-02-29", string(appended))
}

// What is accepted is the one canonical form; what is not is never repeated
// unless it is a number in that form.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2024-02-29", "0001-01-01", "9999-12-31", "2025-02-29", "2025-3-1", "", "2025-03-12T00:00:00Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := relmark.ParseDate(text)
		want, parseErr := time.Parse(time.DateOnly, text)
		if parseErr == nil && want.Year() >= 1 {
			require.NoError(t, err)
			require.Equal(t, text, d.String())
			require.Equal(t, want, d.Start(time.UTC))
			return
		}
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.Zero(t, d)
		if strings.ContainsFunc(text, func(r rune) bool { return r != '-' && (r < '0' || r > '9') }) {
			require.EqualError(t, err, "Date: must have the form YYYY-MM-DD")
		}
	})
}

// When does a yearly pass that was bought on a leap day end?
func ExampleDate_AddMonths() {
	bought, err := relmark.ParseDate("2024-02-29")
	fmt.Println(bought.AddMonths(12), bought.AddMonths(48), err)
	// Output: 2025-02-28 2028-02-29 <nil>
}

// From when on does a promotion of 15 October 2017 run in São Paulo, where that
// day began at one in the morning?
func ExampleDate_Start() {
	loc, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		fmt.Println(err)
		return
	}
	day, err := relmark.NewDate(2017, time.October, 15)
	fmt.Println(day.Start(loc), day.Start(loc).In(loc).Format(time.TimeOnly), err)
	// Output: 2017-10-15 03:00:00 +0000 UTC 01:00:00 <nil>
}

// On which day did a customer in Tokyo order?
func ExampleDateOf() {
	loc, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(relmark.DateOf(time.Date(2025, 3, 12, 16, 0, 0, 0, time.UTC), loc))
	// Output: 2025-03-13 <nil>
}

// Is the birthday on this form a date that exists?
func ExampleParseDate() {
	_, err := relmark.ParseDate("1990-02-30")
	fmt.Println(err)
	// Output: Date = 1990-02-30: must exist, in years 1 to 9999
}

// From which day on does the programme of our source code run?
func ExampleMustParseDate() {
	start := relmark.MustParseDate("2026-06-30")
	fmt.Println(start.Weekday(), start.AddDays(1))
	// Output: Tuesday 2026-07-01
}

// Was the feedback given by a guest who stays in summer?
func ExampleNewDate() {
	day, err := relmark.NewDate(2025, time.July, 12)
	_, month, _ := day.Civil()
	fmt.Println(day, day.Weekday(), month >= time.June && month <= time.August, err)
	// Output: 2025-07-12 Saturday true <nil>
}

func TestDateAllocatesNothing(t *testing.T) { // not parallel: the count is of the whole process
	d := relmark.MustParseDate("2024-02-29")
	berlin := zone(t, "Europe/Berlin")
	buffer := make([]byte, 0, 10)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_, _ = relmark.ParseDate("2024-02-29")
		_, _ = relmark.DateOf(d.AddMonths(1).AddDays(3).Start(berlin), berlin)
		_, _ = d.AppendText(buffer)
	}))
}

func BenchmarkDate(b *testing.B) {
	d := relmark.MustParseDate("2024-02-29")
	berlin := zone(b, "Europe/Berlin")
	at := instant(b, "2024-06-01T12:00:00Z")
	for name, op := range map[string]func(){
		"ParseDate": func() { _, _ = relmark.ParseDate("2024-02-29") },
		"DateOf":    func() { _, _ = relmark.DateOf(at, berlin) },
		"Start":     func() { d.Start(berlin) },
		"AddMonths": func() { d.AddMonths(12) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				op()
			}
		})
	}
}

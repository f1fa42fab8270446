package recovery_test

import (
	"iter"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/recovery"
)

// A tb is a *testing.T, *testing.B or *rapid.T.
type tb interface {
	require.TestingT
	Helper()
}

func zone(t tb, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func clock(hours, minutes int) time.Duration {
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
}

// office is open from 9 to 17 in Berlin, Monday to Friday.
func office(t tb) recovery.Calendar {
	t.Helper()
	return compiled(t, recovery.Hours{Zone: zone(t, "Europe/Berlin"), Week: recovery.Workdays(recovery.Opening{From: clock(9, 0), To: clock(17, 0)})})
}

func compiled(t tb, h recovery.Hours) recovery.Calendar {
	t.Helper()
	c, err := recovery.NewCalendar(h)
	require.NoError(t, err)
	return c
}

// promised is a policy of 4 and 16 hours, with one of 8 hours after a reopening in 14 days.
func promised() recovery.Policy {
	return recovery.Policy{
		Targets: recovery.Targets{Reply: 4 * time.Hour, Resolution: 16 * time.Hour}, Reopened: 8 * time.Hour, ReopenDays: 14,
	}
}

func desk(t tb) recovery.Desk {
	t.Helper()
	d, err := recovery.NewDesk(promised(), office(t))
	require.NoError(t, err)
	return d
}

func at(text string) time.Time {
	x, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return x
}

// monday is 2026-03-02, 9:00 in Berlin, plus some hours.
func monday(hours int) time.Time {
	return at("2026-03-02T08:00:00Z").Add(time.Duration(hours) * time.Hour)
}

func event(kind recovery.EventType, hours int) recovery.Event {
	return recovery.Event{Type: kind, At: monday(hours)}
}

func stream[C relmark.ID](records []recovery.Record[C]) iter.Seq2[recovery.Record[C], error] {
	return func(yield func(recovery.Record[C], error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// refusedWith requires an error to be a refusal for a reason.
func refusedWith(t *testing.T, reason recovery.Reason, err error) {
	t.Helper()
	var refusal *recovery.RefusedError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, reason, refusal.Reason)
	require.ErrorIs(t, err, relmark.ErrRefused)
	require.Contains(t, err.Error(), string(reason))
}

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// root pays by the square root, 150 % at most, in cents.
func root() recovery.Compensation {
	return recovery.Compensation{Exponent: dec("0.5"), Cap: dec("1.5"), FullFrequency: 3, Digits: 2}
}

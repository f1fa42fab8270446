package structural_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

var began = when("2025-02-05T10:00:00Z")

// granted is a ledger with four visits a month from 31 January on.
func granted(t testing.TB) (*structural.Entitlement, *structural.Ledger) {
	t.Helper()
	e, l := monthly(t), new(structural.Ledger)
	d, err := e.Grant(l, structural.Grant{"grant", date("2025-01-31"), began})
	do(t, l, d, err)
	return e, l
}

func TestTermsAreChecked(t *testing.T) {
	t.Parallel()
	good := structural.EntitlementTerms{Zone: berlin, Units: 4, Months: 1, Periods: 12, Rollover: 2}
	require.NoError(t, good.Validate())
	for field, change := range map[string]func(*structural.EntitlementTerms){
		"Zone":     func(x *structural.EntitlementTerms) { x.Zone = nil },
		"Units":    func(x *structural.EntitlementTerms) { x.Units = 0 },
		"Periods":  func(x *structural.EntitlementTerms) { x.Periods = 0 },
		"Months":   func(x *structural.EntitlementTerms) { x.Months = 0 },
		"Days":     func(x *structural.EntitlementTerms) { x.Months, x.Days = 0, 3042 },
		"Rollover": func(x *structural.EntitlementTerms) { x.Rollover = -1 },
	} {
		bad := good
		change(&bad)
		err := bad.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, field)
	}
	for _, bad := range []structural.EntitlementTerms{
		{Zone: berlin, Units: 1, Months: 1, Days: 1, Periods: 1},
		{Zone: berlin, Units: 1, Months: 101, Periods: 12},
		{Zone: berlin, Units: 1 << 53, Months: 1, Periods: 1},
		{Zone: berlin, Units: 1 << 50, Months: 1, Periods: 12},
		{Zone: berlin, Units: 1, Months: 1, Periods: 1201},
		{Zone: berlin, Units: 1, Months: -1, Periods: 1},
		{Zone: berlin, Units: 1, Days: 1, Months: 0, Periods: -5},
	} {
		require.ErrorIs(t, bad.Validate(), relmark.ErrInvalid)
	}
}

// A command that comes again, at whatever time, changes nothing; the key of another one is a
// mistake of the caller's.
func TestCommandsAreIdempotent(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	type command func(key string, n int64, at time.Time) (structural.Decision, error)
	at := began
	for i, c := range []struct {
		key string
		n   int64
		do  command
	}{
		{"grant", 0, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Grant(l, structural.Grant{key, date("2025-01-31").AddDays(int(n)), at})
		}},
		{"gift", 2, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Give(l, structural.Gift{Key: key, Units: n, From: began, At: at})
		}},
		{"hold", 3, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Reserve(l, structural.Reservation{key, n, time.Hour, at})
		}},
		{"commit", 2, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Commit(l, structural.Commitment{key, "hold", n, at})
		}},
		{"visit", 2, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Consume(l, structural.Consumption{key, n, at})
		}},
		{"back", 1, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Reverse(l, structural.Reversal{key, "visit", n, at})
		}},
		{"hold 2", 1, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Reserve(l, structural.Reservation{key, n, time.Hour, at})
		}},
		{"release", 0, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Release(l, structural.Release{key, fmt.Sprintf("hold %d", 2+n), at})
		}},
		{"revoke", 0, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Revoke(l, structural.Revocation{key, []string{"gift", "grant"}[min(n, 1)], at})
		}},
		{"close", 0, func(key string, n int64, at time.Time) (structural.Decision, error) {
			return e.Close(l, structural.Closing{key, date("2025-01-01").AddDays(int(n)), at})
		}},
	} {
		at = at.Add(time.Minute)
		if i > 0 {
			d, err := c.do(c.key, c.n, at)
			do(t, l, d, err)
		}
		before := snapshot(t, l)
		d, err := c.do(c.key, c.n, at.Add(time.Minute))
		require.NoError(t, err, c.key)
		assert.Equal(t, structural.Decision{Seq: uint64(i) + 1, Replayed: true}, d)
		_, err = c.do(c.key, c.n+1, at)
		require.Equal(t, structural.KeyConflict, reason(err), c.key)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Equal(t, before, snapshot(t, l))
	}
	d, err := e.Consume(l, structural.Consumption{"visit", 2, began.Add(-time.Hour)})
	require.NoError(t, err, "also with a time before the latest")
	assert.True(t, d.Replayed)
	assert.Equal(t, uint64(10), l.Version())
}

func TestWhatTheStateForbids(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	at := began
	d, err := e.Reserve(l, structural.Reservation{"hold", 2, time.Hour, at})
	do(t, l, d, err)
	d, err = e.Consume(l, structural.Consumption{"visit", 1, at})
	do(t, l, d, err)
	for want, err := range map[structural.Reason]error{
		structural.Insufficient:       second(e.Consume(l, structural.Consumption{"k", 2, at})),
		structural.UnknownReservation: second(e.Release(l, structural.Release{"k", "visit", at})),
		structural.ReservationExpired: second(e.Commit(l, structural.Commitment{"k", "hold", 1, at.Add(time.Hour)})),
		structural.UnknownUse:         second(e.Reverse(l, structural.Reversal{"k", "hold", 1, at})),
		structural.ExceedsUse:         second(e.Reverse(l, structural.Reversal{"k", "visit", 2, at})),
		structural.UnknownGrant:       second(e.Revoke(l, structural.Revocation{"k", "visit", at})),
		structural.GrantOver:          second(e.Revoke(l, structural.Revocation{"k", "grant", at.AddDate(1, 0, 0)})),
		structural.TimeRunsBack:       second(e.Consume(l, structural.Consumption{"k", 1, at.Add(-1)})),
	} {
		require.Equal(t, want, reason(err))
		require.ErrorIs(t, err, relmark.ErrRefused)
		require.EqualError(t, err, "structural: "+string(want))
	}
	_, err = e.Commit(l, structural.Commitment{"k", "hold", 3, at})
	require.Equal(t, structural.Insufficient, reason(err), "more than is held")
	for _, ask := range []func() error{
		func() error { _, err := l.Balance(at.Add(-1)); return err },
		func() error { _, err := l.Expiries(at.Add(-1)); return err },
		func() error { _, _, err := l.Opening(at.Add(-1)); return err },
	} {
		require.Equal(t, structural.TimeRunsBack, reason(ask()))
	}
	require.Equal(t, uint64(3), l.Version(), "nothing was changed")
}

func second[T any](_ T, err error) error { return err }

// What is revoked is gone at once, with what comes back of it, and does not open any more.
func TestRevokedGrants(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	d, err := e.Reserve(l, structural.Reservation{"hold", 1, 100 * 24 * time.Hour, began})
	do(t, l, d, err)
	d, err = e.Consume(l, structural.Consumption{"visit", 1, began})
	do(t, l, d, err)
	next, ok, err := l.Opening(began)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, structural.Opening{4, when("2025-02-27T23:00:00Z")}, next)
	d, err = e.Revoke(l, structural.Revocation{"end", "grant", began})
	ev := do(t, l, d, err)
	require.Equal(t, int64(2), ev.Lapsed)
	require.Equal(t, structural.Balance{Held: 1, Used: 1, Expired: 2, Granted: 4}, balance(t, l, began.AddDate(0, 3, 0)))
	_, ok, err = l.Opening(began)
	require.NoError(t, err)
	require.False(t, ok)
	d, err = e.Reverse(l, structural.Reversal{"back", "visit", 1, began})
	require.Equal(t, int64(1), do(t, l, d, err).Lapsed)
	d, err = e.Release(l, structural.Release{"free", "hold", began})
	require.Equal(t, int64(1), do(t, l, d, err).Lapsed)
	require.Equal(t, structural.Balance{Expired: 4, Granted: 4}, balance(t, reloaded(t, l), began))
	_, err = e.Revoke(l, structural.Revocation{"again", "grant", began})
	require.Equal(t, structural.GrantOver, reason(err))
}

func TestOpeningAddsUpWhatBeginsAtOnce(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	d, err := e.Grant(l, structural.Grant{"second", date("2025-01-31"), began})
	do(t, l, d, err)
	d, err = e.Give(l, structural.Gift{Key: "later", Units: 9, From: began.AddDate(0, 2, 0), At: began})
	do(t, l, d, err)
	next, ok, err := l.Opening(began)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, structural.Opening{8, when("2025-02-27T23:00:00Z")}, next)
	_, ok, err = l.Opening(began.AddDate(1, 0, 0))
	require.NoError(t, err)
	require.False(t, ok)
	list, err := l.Expiries(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, []structural.Expiry{{Units: 9}}, list, "what never ends is there in all eternity")
}

// Units are bounded, all grants and all periods that are to come together.
func TestTooManyUnits(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	_, err := e.Give(l, structural.Gift{Key: "k", Units: 1<<53 - 16, From: began, At: began})
	require.ErrorIs(t, err, relmark.ErrLimit)
	d, err := e.Give(l, structural.Gift{Key: "k", Units: 1<<53 - 17, From: began, At: began})
	require.NoError(t, err)
	other := new(structural.Ledger)
	big, err := e.Give(other, structural.Gift{Key: "k", Units: 1<<53 - 1, From: began, At: began})
	require.NoError(t, err)
	big.Event.Seq = 2
	require.ErrorIs(t, l.Apply(big.Event), relmark.ErrLimit)
	do(t, l, d, nil)
}

// Apply believes no event that the ledger cannot have brought forth.
func TestForeignEvents(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	d, err := e.Consume(l, structural.Consumption{"visit", 2, began})
	require.NoError(t, err)
	good := d.Event
	for name, change := range map[string]func(*structural.Event){
		"a foreign lot":       func(ev *structural.Event) { ev.Parts = []structural.Part{{7, 2}} },
		"a lot twice":         func(ev *structural.Event) { ev.Parts = []structural.Part{{1, 1}, {1, 1}} },
		"no units":            func(ev *structural.Event) { ev.Units, ev.Parts = 0, nil },
		"another sum":         func(ev *structural.Event) { ev.Units = 3 },
		"more than there are": func(ev *structural.Event) { ev.Units, ev.Parts = 9, []structural.Part{{1, 9}} },
		"more than a sum holds": func(ev *structural.Event) {
			ev.Parts = []structural.Part{{1, 1 << 52}, {2, 1 << 52}}
		},
		"no type":            func(ev *structural.Event) { ev.Type = "" },
		"no key":             func(ev *structural.Event) { ev.Key = "" },
		"a key twice":        func(ev *structural.Event) { ev.Key = "grant" },
		"the past":           func(ev *structural.Event) { ev.At = began.Add(-1) },
		"no time":            func(ev *structural.Event) { ev.At = time.Time{} },
		"a reference":        func(ev *structural.Event) { ev.Of = "grant" },
		"a lapse":            func(ev *structural.Event) { ev.Lapsed = 1 },
		"bounds":             func(ev *structural.Event) { ev.Bounds = []time.Time{began} },
		"an end":             func(ev *structural.Event) { ev.Until = began.Add(1) },
		"an unknown use":     func(ev *structural.Event) { ev.Type, ev.Of = structural.Reversed, "nothing" },
		"a grant of nothing": func(ev *structural.Event) { ev.Type, ev.Parts = structural.Granted, nil },
		"a grant of an hour ago, and no later": func(ev *structural.Event) {
			ev.Type, ev.Parts, ev.Bounds = structural.Granted, nil, []time.Time{began, began}
		},
	} {
		ev := good
		change(&ev)
		before := snapshot(t, l)
		require.ErrorIs(t, l.Apply(ev), relmark.ErrInvalid, name)
		require.Equal(t, before, snapshot(t, l), name)
	}
	later := good
	later.Seq = 3
	require.ErrorIs(t, l.Apply(later), relmark.ErrConflict)
	good.At = good.At.In(berlin) // which is the same instant
	require.NoError(t, l.Apply(good))
	require.ErrorIs(t, l.Apply(good), relmark.ErrConflict)
}

// A reservation that ends with its period gives nothing back in time to roll over, one that
// ends a nanosecond earlier does.
func TestHoldsUntilTheEndOfAPeriod(t *testing.T) {
	t.Parallel()
	end := when("2025-02-27T23:00:00Z")
	for early, want := range map[time.Duration]structural.Balance{
		0: {Available: 4, Expired: 4, Granted: 8}, 1: {Available: 6, Expired: 2, Granted: 8, Rolled: 2},
	} {
		e, l := granted(t)
		d, err := e.Reserve(l, structural.Reservation{"hold", 4, end.Sub(began) - early, began})
		do(t, l, d, err)
		require.Equal(t, want, balance(t, l, end))
		d, err = e.Consume(l, structural.Consumption{"visit", 1, end})
		do(t, l, d, err)
		require.Equal(t, want.Expired, balance(t, reloaded(t, l), end).Expired)
	}
}

// Two reservations that end at one instant come back in the order in which they were made,
// and zones of events do not matter.
func TestOneInstant(t *testing.T) {
	t.Parallel()
	e, l := monthly(t), new(structural.Ledger)
	d, err := e.Give(l, structural.Gift{"gift", 4, began.In(berlin), began.AddDate(0, 0, 1).In(berlin), began.In(berlin)})
	require.NoError(t, err)
	require.Equal(t, time.UTC, d.Event.Bounds[0].Location())
	ev := d.Event
	ev.Bounds = []time.Time{ev.Bounds[0].In(berlin), ev.Bounds[1].In(berlin)}
	require.NoError(t, l.Apply(ev))
	require.Equal(t, berlin, ev.Bounds[0].Location(), "nothing of the caller's is changed")
	for _, key := range []string{"a", "b", "c"} {
		d, err = e.Reserve(l, structural.Reservation{key, 1, time.Hour, began})
		do(t, l, d, err)
	}
	require.Equal(t, structural.Balance{Available: 4, Granted: 4}, balance(t, l, began.Add(time.Hour)))
	b, err := new(structural.Ledger).Balance(time.Time{})
	require.NoError(t, err)
	require.Zero(t, b)
}

func TestFold(t *testing.T) {
	t.Parallel()
	_, l := granted(t)
	require.ErrorIs(t, l.Fold(nil), relmark.ErrInvalid)
	var none *structural.Ledger
	require.ErrorIs(t, none.Fold(stream(nil)), relmark.ErrInvalid)
	require.ErrorIs(t, none.Apply(structural.Event{}), relmark.ErrInvalid)
	_, err := none.Balance(began)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	broken := func(yield func(structural.Event, error) bool) { yield(structural.Event{}, io.ErrUnexpectedEOF) }
	err = l.Fold(broken)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.EqualError(t, err, "structural: event 2: unexpected EOF")
	require.Error(t, l.Fold(stream([]structural.Event{{}})))
}

// What is missing is an error, never a panic.
func TestNilPointersFail(t *testing.T) {
	t.Parallel()
	e := monthly(t)
	for _, x := range []struct {
		e *structural.Entitlement
		l *structural.Ledger
	}{{nil, nil}, {nil, new(structural.Ledger)}, {e, nil}} {
		for i, err := range []error{
			second(x.e.Grant(x.l, structural.Grant{"k", date("2025-01-31"), began})),
			second(x.e.Give(x.l, structural.Gift{Key: "k", Units: 1, From: began, At: began})),
			second(x.e.Reserve(x.l, structural.Reservation{"k", 1, 1, began})),
			second(x.e.Commit(x.l, structural.Commitment{"k", "r", 1, began})),
			second(x.e.Release(x.l, structural.Release{"k", "r", began})),
			second(x.e.Consume(x.l, structural.Consumption{"k", 1, began})),
			second(x.e.Reverse(x.l, structural.Reversal{"k", "u", 1, began})),
			second(x.e.Revoke(x.l, structural.Revocation{"k", "g", began})),
			second(x.e.Close(x.l, structural.Closing{"k", date("2025-01-31"), began})),
		} {
			require.ErrorIs(t, err, relmark.ErrInvalid, i)
		}
	}
}

// Commands that are none name the field.
func TestCommandsAreChecked(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	for field, err := range map[string]error{
		"Key":         second(e.Consume(l, structural.Consumption{"\xff", 1, began})),
		"At":          second(e.Consume(l, structural.Consumption{"k", 1, time.Time{}})),
		"Units":       second(e.Consume(l, structural.Consumption{"k", 0, began})),
		"Start":       second(e.Grant(l, structural.Grant{"k", relmark.Date{}, began})),
		"From":        second(e.Give(l, structural.Gift{Key: "k", Units: 1, At: began})),
		"Until":       second(e.Give(l, structural.Gift{"k", 1, began, began, began})),
		"TTL":         second(e.Reserve(l, structural.Reservation{"k", 1, 0, began})),
		"Reservation": second(e.Commit(l, structural.Commitment{"k", "", 1, began})),
		"Use":         second(e.Reverse(l, structural.Reversal{"k", "", 1, began})),
		"Before":      second(e.Close(l, structural.Closing{"k", date("2025-02-06"), began})),
	} {
		fault, ok := errors.AsType[*relmark.FieldError](err)
		require.True(t, ok, field)
		assert.Equal(t, field, fault.Field)
	}
	_, err := e.Reserve(l, structural.Reservation{"k", 1, 36_501 * 24 * time.Hour, began})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	// Samoa skipped 30 December 2011: a day without time is no period.
	daily, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: zoneOf("Pacific/Apia"), Units: 1, Days: 1, Periods: 3})
	require.NoError(t, err)
	_, err = daily.Grant(l, structural.Grant{"k", date("2011-12-29"), began})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// A redacted stream gives the same balances under other names.
func TestRedact(t *testing.T) {
	t.Parallel()
	e, l := granted(t)
	d, err := e.Consume(l, structural.Consumption{"visit", 2, began})
	events := []structural.Event{do(t, l, d, err)}
	d, err = e.Reverse(l, structural.Reversal{"back", "visit", 1, began})
	events = append(events, do(t, l, d, err))
	first, err := e.Grant(new(structural.Ledger), structural.Grant{"grant", date("2025-01-31"), began})
	require.NoError(t, err)
	rename := func(s string) string { return "x" + s }
	copied := new(structural.Ledger)
	for _, ev := range append([]structural.Event{first.Event}, events...) {
		red, err := ev.Redact(rename)
		require.NoError(t, err)
		require.NoError(t, copied.Apply(red))
	}
	require.Equal(t, balance(t, l, began), balance(t, copied, began))
	for _, bad := range []func(string) string{nil, func(string) string { return "" }} {
		_, err = events[0].Redact(bad)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = structural.Event{}.Redact(rename)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/examples/store"
	"github.com/relmark/relmark/loyalty/points"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// open opens a database, or makes it, with a table of orders beside the points.
func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	_, err = db.Exec(store.Schema + `CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, points BIGINT NOT NULL)`)
	require.NoError(t, err)
	return db
}

func fresh(t *testing.T) store.Store {
	t.Helper()
	return store.Store{DB: open(t, filepath.Join(t.TempDir(), "shop.db")), Engine: engine(), Now: atNoon, Every: 4}
}

func earn(key string, euros int64) points.Command {
	return points.Command{Key: key, At: noon, Do: points.Earn{Order: key, Amount: decimal.New(euros, 0)}}
}

func redeem(key string, n int64) points.Command {
	return points.Command{Key: key, At: noon, Do: points.Redeem{Points: n}}
}

// order writes an order with the points that it brought or cost.
func order(tx *sql.Tx, ev points.Event) error {
	var n int64
	switch body := ev.Body.(type) {
	case *points.Earned:
		n = body.Award.Granted
	case *points.Redeemed:
		for _, p := range body.Parts {
			n -= p.Points
		}
	}
	_, err := tx.Exec(`INSERT INTO orders (id, points) VALUES ($1, $2)`, ev.Key, n)
	return err
}

// do carries a command out that must succeed.
func do(t *testing.T, s *store.Store, c points.Command) points.Decision {
	t.Helper()
	d, err := s.Do(t.Context(), "anna", c, order)
	require.NoError(t, err)
	return d
}

// balance loads an account, checks that folding all its events gives the same bytes,
// and that every point that came in is somewhere.
func balance(t *testing.T, s *store.Store, stream string) points.Balance {
	t.Helper()
	account, err := s.Load(t.Context(), stream)
	require.NoError(t, err)
	var all points.Account
	require.NoError(t, points.Fold(&all, s.Events(t.Context(), stream, 0)))
	want, err := all.MarshalBinary()
	require.NoError(t, err)
	got, err := account.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, want, got, "snapshot and tail, and all events")

	b := account.Balance(noon)
	require.Equal(t, b.Issued+b.Received,
		b.Pending+b.Available+b.Held-b.Debt+b.Redeemed+b.Expired+b.Reversed+b.Sent)
	return b
}

// one returns the only number that a query finds.
func one(t *testing.T, s *store.Store, query string, args ...any) (n int64) {
	t.Helper()
	require.NoError(t, s.DB.QueryRowContext(t.Context(), query, args...).Scan(&n))
	return n
}

func TestUnknownAccountIsEmpty(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	account, err := s.Load(t.Context(), "nobody")
	require.NoError(t, err)
	require.Zero(t, account.Version())
	require.Equal(t, points.Balance{}, account.Balance(noon))
}

func TestReplay(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	first := do(t, &s, earn("a", 100))
	require.False(t, first.Replayed)
	spent := do(t, &s, redeem("b", 30))
	for i := range 9 { // past two snapshots
		do(t, &s, earn(fmt.Sprint("more", i), 1))
	}
	for _, c := range []struct {
		command points.Command
		want    points.Event
	}{{earn("a", 100), first.Event}, {redeem("b", 30), spent.Event}} {
		d := do(t, &s, c.command)
		require.True(t, d.Replayed)
		require.Equal(t, asJSON(t, c.want), asJSON(t, d.Event), "the whole original event")
	}
	s.Now = func() time.Time { return noon.AddDate(0, 1, 0) }
	require.True(t, do(t, &s, redeem("b", 30)).Replayed, "the time of processing does not matter")

	_, err := s.Do(t.Context(), "anna", redeem("b", 31), order)
	requireReason(t, err, points.KeyConflict, relmark.ErrInvalid)
	require.EqualValues(t, 79, balance(t, &s, "anna").Available)
	require.EqualValues(t, 11, one(t, &s, `SELECT count(*) FROM orders`), "written once each")
	d, err := s.Do(t.Context(), "ben", earn("a", 5), nil)
	require.NoError(t, err, "keys are of one account")
	require.False(t, d.Replayed)
}

func asJSON(t *testing.T, ev points.Event) string {
	t.Helper()
	b, err := ev.AppendJSON(nil)
	require.NoError(t, err)
	return string(b)
}

func requireReason(t *testing.T, err error, reason points.Reason, kind error) {
	t.Helper()
	var refusal *points.CommandError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, reason, refusal.Reason)
	require.ErrorIs(t, err, kind)
}

// What the account forgets when a period is closed, the table still knows.
func TestKeysAndOrdersFromBeforeClosing(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	do(t, &s, earn("a", 100))
	april := noon.AddDate(0, 1, 0)
	s.Now = func() time.Time { return april }
	before, err := relmark.DateOf(april, time.UTC)
	require.NoError(t, err)
	do(t, &s, points.Command{Key: "close", At: april, Do: points.Close{Before: before}})

	_, err = s.Do(t.Context(), "anna", earn("a", 100), order)
	requireReason(t, err, points.PeriodClosed, relmark.ErrRefused)
	again := earn("a", 100)
	again.At = april
	_, err = s.Do(t.Context(), "anna", again, order)
	requireReason(t, err, points.KeyConflict, relmark.ErrInvalid)
	again.Key = "b"
	_, err = s.Do(t.Context(), "anna", again, order)
	requireReason(t, err, points.DuplicateOrder, relmark.ErrRefused)
	require.EqualValues(t, 100, balance(t, &s, "anna").Available)
}

// A person asks to be forgotten: names go, numbers stay.
func TestErasure(t *testing.T) {
	t.Parallel()
	s := ten(t)
	tx, err := s.DB.Begin()
	require.NoError(t, err)
	for ev, err := range s.Events(t.Context(), "anna", 0) {
		require.NoError(t, err)
		ev, err = ev.Redact(func(name string) string { return "gone-" + name }) // a keyed hash in earnest
		require.NoError(t, err)
		_, err = tx.Exec(`UPDATE loyalty_event SET stream = 'gone', cmd_key = $1, earned_order = NULLIF($2, ''), payload = $3
			WHERE stream = 'anna' AND seq = $4`, ev.Key, ev.EarnedOrder(), []byte(asJSON(t, ev)), ev.Seq)
		require.NoError(t, err)
	}
	_, err = tx.Exec(`DELETE FROM loyalty_snapshot WHERE stream = 'anna'`)
	require.NoError(t, err)
	require.NoError(t, tx.Commit())

	require.EqualValues(t, 6, balance(t, &s, "gone").Available)
	require.Equal(t, points.Balance{}, balance(t, &s, "anna"))
}

func TestRefusalLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	do(t, &s, earn("a", 10))
	_, err := s.Do(t.Context(), "anna", redeem("b", 11), order)
	requireReason(t, err, points.Insufficient, relmark.ErrRefused)
	require.EqualValues(t, 1, one(t, &s, `SELECT count(*) FROM loyalty_event`))

	do(t, &s, earn("c", 1))
	require.False(t, do(t, &s, redeem("b", 11)).Replayed, "the key was still free")
	require.Zero(t, balance(t, &s, "anna").Available)
}

// A server whose clock is slow learns that time has passed, and says the same a
// little later.
func TestTimeRunsBack(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	now := noon.Add(time.Second)
	s.Now = func() time.Time { return now }
	require.Equal(t, now, do(t, &s, earn("quick", 1)).Event.Recorded)
	now = noon
	_, err := s.Do(t.Context(), "anna", earn("slow", 1), order)
	requireReason(t, err, points.TimeRunsBack, relmark.ErrRefused)
	now = noon.Add(2 * time.Second)
	require.False(t, do(t, &s, earn("slow", 1)).Replayed)
}

// Two commands are stamped in one order and written in the other: the one that has
// lost is stamped anew.
func TestLostRaceIsStampedAnew(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	clock := noon
	other := s
	other.Now = func() time.Time { return clock }
	s.Now = func() time.Time {
		if clock = clock.Add(time.Second); clock.Equal(noon.Add(time.Second)) {
			clock = clock.Add(time.Second)
			do(t, &other, earn("wins", 1))
			return noon
		}
		return clock
	}
	d := do(t, &s, earn("loses", 1))
	require.EqualValues(t, 2, d.Event.Seq)
	require.Equal(t, noon.Add(3*time.Second), d.Event.Recorded)
}

// The order fails, panics or runs out of time after the event was written.
func TestAbortedTransaction(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	for i := range 3 {
		do(t, &s, earn(fmt.Sprint("before", i), 10))
	}
	failure := errors.New("no such article")
	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		name  string
		order func(*sql.Tx, points.Event) error
		want  error
	}{
		{"before the order", func(*sql.Tx, points.Event) error { return failure }, failure},
		{"after the order", func(tx *sql.Tx, ev points.Event) error { return errors.Join(order(tx, ev), failure) }, failure},
		{"panic", func(tx *sql.Tx, ev points.Event) error { panic(errors.Join(order(tx, ev), failure)) }, failure},
		{"time is up", func(tx *sql.Tx, ev points.Event) error {
			defer cancel()
			return order(tx, ev)
		}, context.Canceled},
	} {
		require.ErrorIs(t, caught(func() error {
			_, err := s.Do(ctx, "anna", earn("x", 10), c.order) // with a snapshot
			return err
		}), c.want, c.name)
		require.EqualValues(t, 3, one(t, &s, `SELECT count(*) FROM loyalty_event`), c.name)
		require.EqualValues(t, 3, one(t, &s, `SELECT count(*) FROM orders`), c.name)
		require.Zero(t, one(t, &s, `SELECT count(*) FROM loyalty_snapshot`), c.name)
	}
	require.False(t, do(t, &s, earn("x", 10)).Replayed)
	require.EqualValues(t, 40, balance(t, &s, "anna").Available)
	require.EqualValues(t, 1, one(t, &s, `SELECT count(*) FROM loyalty_snapshot`))
}

// caught returns what f fails or panics with.
func caught(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	return f()
}

func TestConflictAfterAllTries(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	do(t, &s, earn("a", 10))
	other, n := s, 0
	s.Now = func() time.Time { // between loading and writing
		n++
		do(t, &other, earn(fmt.Sprint("winner", n), 1))
		return noon
	}
	_, err := s.Do(t.Context(), "anna", earn("unlucky", 1), order)
	require.ErrorIs(t, err, relmark.ErrConflict)
	require.EqualError(t, err, "store: another command came first, 8 times: state has changed")
	require.Equal(t, 8, n)
	require.Zero(t, one(t, &s, `SELECT count(*) FROM orders WHERE id = 'unlucky'`))

	// Who states the version that was seen is not decided for again.
	seen := uint64(0)
	stale := earn("stale", 1)
	stale.Version = &seen
	_, err = other.Do(t.Context(), "anna", stale, order)
	requireReason(t, err, points.VersionConflict, relmark.ErrConflict)
}

package store_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/examples/store"
	"github.com/relmark/relmark/loyalty/points"
)

// saved returns the snapshot of the account.
func saved(t *testing.T, s *store.Store) (payload []byte) {
	t.Helper()
	require.NoError(t, s.DB.QueryRow(`SELECT payload FROM loyalty_snapshot WHERE stream = 'anna'`).Scan(&payload))
	return payload
}

// replace puts something else in its place.
func replace(t *testing.T, s *store.Store, payload []byte) {
	t.Helper()
	_, err := s.DB.Exec(`UPDATE loyalty_snapshot SET payload = $1`, payload)
	require.NoError(t, err)
}

// ten makes an account of ten events and so a snapshot of eight, with 6 points.
func ten(t *testing.T) store.Store {
	t.Helper()
	s := fresh(t)
	for i := range 10 {
		if i%5 == 4 {
			do(t, &s, redeem(fmt.Sprint("k", i), 5))
		} else {
			do(t, &s, earn(fmt.Sprint("k", i), 2))
		}
	}
	return s
}

func TestSnapshotAndTail(t *testing.T) {
	t.Parallel()
	s := ten(t)
	require.EqualValues(t, 6, balance(t, &s, "anna").Available)
	var kept points.Account
	require.NoError(t, kept.UnmarshalBinary(saved(t, &s)))
	require.EqualValues(t, 8, kept.Version())

	// Where the events before it cannot be read, it must have been the snapshot.
	_, err := s.DB.Exec(`UPDATE loyalty_event SET payload = 'x' WHERE seq <= 8`)
	require.NoError(t, err)
	account, err := s.Load(t.Context(), "anna")
	require.NoError(t, err)
	require.EqualValues(t, 10, account.Version())
	require.EqualValues(t, 6, account.Balance(noon).Available)
}

func TestEverySixtyFourByDefault(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	s.Every = 0
	for i := range 64 {
		require.Zero(t, one(t, &s, `SELECT count(*) FROM loyalty_snapshot`))
		do(t, &s, earn(fmt.Sprint("k", i), 1))
	}
	require.EqualValues(t, 1, one(t, &s, `SELECT count(*) FROM loyalty_snapshot`))
	require.EqualValues(t, 64, balance(t, &s, "anna").Available)
}

func TestUnusableSnapshotIsIgnored(t *testing.T) {
	t.Parallel()
	s := ten(t)
	good := saved(t, &s)
	future := bytes.Clone(good)
	future[1] = 99
	var a points.Account
	require.ErrorIs(t, a.UnmarshalBinary(future), relmark.ErrUnsupported)
	for name, bad := range map[string][]byte{
		"unknown version": future,
		"cut off":         good[:len(good)-1],
		"something else":  []byte("snapshot"),
		"empty":           {},
	} {
		replace(t, &s, bad)
		require.EqualValues(t, 6, balance(t, &s, "anna").Available, name)
	}

	// The account works on, and the next snapshot replaces it.
	require.True(t, do(t, &s, earn("k0", 2)).Replayed)
	do(t, &s, earn("k10", 2))
	do(t, &s, earn("k11", 2))
	require.NoError(t, a.UnmarshalBinary(saved(t, &s)))
	require.EqualValues(t, 12, a.Version())
	require.EqualValues(t, 10, balance(t, &s, "anna").Available)
}

// Events are never skipped: one that cannot be read is an error, and so is a gap.
func TestDamagedEventIsAnError(t *testing.T) {
	t.Parallel()
	change := func(old, by string) func(s *store.Store) {
		return func(s *store.Store) {
			var payload []byte
			require.NoError(t, s.DB.QueryRow(`SELECT payload FROM loyalty_event WHERE seq = 9`).Scan(&payload))
			_, err := s.DB.Exec(`UPDATE loyalty_event SET payload = $1 WHERE seq = 9`, bytes.Replace(payload, []byte(old), []byte(by), 1))
			require.NoError(t, err)
		}
	}
	run := func(query string) func(s *store.Store) {
		return func(s *store.Store) {
			_, err := s.DB.Exec(query)
			require.NoError(t, err)
		}
	}
	for _, c := range []struct {
		name   string
		damage func(s *store.Store)
		want   error
	}{
		{"unreadable", change(`{`, ``), relmark.ErrInvalid},
		{"newer", change(`"v":1`, `"v":9`), relmark.ErrUnsupported},
		{"missing", run(`DELETE FROM loyalty_event WHERE seq = 9`), relmark.ErrInvalid},
		{"out of place", run(`UPDATE loyalty_event SET seq = 11 WHERE seq = 9`), relmark.ErrInvalid},
	} {
		s := ten(t)
		c.damage(&s)
		account, err := s.Load(t.Context(), "anna")
		require.ErrorIs(t, err, c.want, c.name)
		require.NotErrorIs(t, err, relmark.ErrConflict, c.name)
		require.Nil(t, account)
		_, err = s.Do(t.Context(), "anna", earn("k20", 1), order)
		require.ErrorIs(t, err, c.want, c.name)
		require.Zero(t, one(t, &s, `SELECT count(*) FROM orders WHERE id = 'k20'`), c.name)
	}
}

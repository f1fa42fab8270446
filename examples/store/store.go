package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// A Store keeps accounts in a database that has [Schema]. It is safe for concurrent
// use, also by several processes on one database, once its fields are set; all but
// Every must be.
type Store struct {
	DB     *sql.DB
	Engine *points.Engine
	Now    func() time.Time // time.Now: when a command is processed
	Every  uint64           // events of an account from snapshot to snapshot; 0 is 64
}

const tries = 8 // how often a command is decided on while others win

var errRaced = fmt.Errorf("store: another command came first, %d times: %w", tries, relmark.ErrConflict)

// Do carries a command out on an account: its event and what order writes are
// committed together or not at all. Order may be nil. It gets the event, so that it
// can store what was earned or is to be paid back, and must use no connection but
// tx; what it fails with, Do returns.
//
// A command that has been carried out before is answered with its original event,
// without order: it was called then. So a command is repeated with the same key
// after any failure, also one that leaves open whether the commit came through. A
// refusal by the engine comes back as it is and leaves no trace: also
// points.PeriodClosed, for a command whose period has been closed since. Do fails
// with [relmark.ErrConflict] when others have won all tries.
//
// It decides outside the transaction, which makes that short and holds no lock while
// rules are evaluated: the primary key tells whether the account is still what it
// was. The time is taken after loading: a command that has lost a race is processed
// later than the one that won.
func (s *Store) Do(ctx context.Context, stream string, c points.Command, order func(*sql.Tx, points.Event) error) (none points.Decision, err error) {
	for range tries {
		account, err := s.Load(ctx, stream)
		if err != nil {
			return none, err
		}
		c.Recorded = s.Now()
		d, err := s.Engine.Decide(account, c)
		if err == nil && !d.Replayed {
			err = s.write(ctx, stream, account, d.Event, order)
		}
		if d.Replayed || errors.Is(err, errRaced) {
			d, err = s.original(ctx, stream, c.Key, d)
		}
		if err == nil {
			return d, nil
		} else if !errors.Is(err, errRaced) {
			return none, err
		}
	}
	return none, errRaced
}

// write writes an event and its order in one transaction, unless there is an event
// with its number, key or order: errRaced. The first statement is a write, so SQLite
// waits for its turn here, and nothing that the transaction has read can grow old.
// The order comes second: of two equal commands only one gets there.
func (s *Store) write(ctx context.Context, stream string, account *points.Account, ev points.Event, order func(*sql.Tx, points.Event) error) error {
	tx, err := s.DB.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	err = s.append(ctx, tx, stream, account, ev)
	if err == nil && order != nil {
		err = order(tx, ev)
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// append writes an event of an account, and now and then a snapshot. An event that cannot
// be folded is not written.
func (s *Store) append(ctx context.Context, tx *sql.Tx, stream string, account *points.Account, ev points.Event) error {
	payload, err := ev.AppendJSON(nil)
	if err == nil {
		err = insertEvent(ctx, tx, stream, ev.Seq, ev.Key, ev.EarnedOrder(), payload)
	}
	if err == nil {
		err = account.Apply(ev)
	}
	if err != nil || ev.Seq%cmp.Or(s.Every, 64) != 0 {
		return err
	}
	if payload, err = account.MarshalBinary(); err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO loyalty_snapshot (stream, payload) VALUES ($1, $2)
			ON CONFLICT (stream) DO UPDATE SET payload = excluded.payload`, stream, payload)
	}
	return err
}

// insertEvent writes an event of any stream, or fails with errRaced.
func insertEvent(ctx context.Context, tx *sql.Tx, stream string, seq uint64, key, earned string, payload []byte) error {
	return insert(ctx, tx, `INSERT INTO loyalty_event (stream, seq, cmd_key, earned_order, payload)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5) ON CONFLICT DO NOTHING RETURNING seq`, stream, seq, key, earned, payload)
}

// insert inserts a row, or fails with errRaced if there is one like it.
func insert(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	var n int64
	err := tx.QueryRowContext(ctx, query, args...).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return errRaced
	}
	return err
}

// original answers a command with the event that has its key, and fails with
// errRaced if there is none. It knows keys and orders that the account has
// forgotten after a points.Close.
func (s *Store) original(ctx context.Context, stream, key string, d points.Decision) (points.Decision, error) {
	var payload []byte
	var ev points.Event
	err := s.DB.QueryRowContext(ctx, `SELECT payload FROM loyalty_event WHERE stream = $1 AND (cmd_key = $2 OR earned_order = $3)`,
		stream, key, d.Event.EarnedOrder()).Scan(&payload)
	if err == nil {
		err = ev.UnmarshalJSON(payload)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = errRaced
	case err == nil && ev.Key != key:
		err = &points.CommandError{Reason: points.DuplicateOrder}
	case err == nil && !d.Replayed && ev.Fingerprint != d.Event.Fingerprint:
		err = &points.CommandError{Reason: points.KeyConflict}
	}
	return points.Decision{Seq: ev.Seq, Replayed: true, Event: ev}, err
}

// Load returns an account as its last event left it; one without events is the zero
// account. It applies the events after the snapshot, or all of them if there is no
// snapshot, or one that is damaged or of a version that this program cannot read. An
// event that is missing or cannot be read is never passed over: Load fails with
// [relmark.ErrInvalid], or [relmark.ErrUnsupported] if a newer program has written it.
func (s *Store) Load(ctx context.Context, stream string) (*points.Account, error) {
	account := new(points.Account)
	var payload []byte
	err := s.DB.QueryRowContext(ctx, `SELECT payload FROM loyalty_snapshot WHERE stream = $1`, stream).Scan(&payload)
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		_ = account.UnmarshalBinary(payload) // an error leaves the account empty
		err = points.Fold(account, s.Events(ctx, stream, account.Version()))
	}
	if errors.Is(err, relmark.ErrConflict) { // nothing that trying again would mend
		err = fmt.Errorf("store: an event is missing: %w", relmark.ErrInvalid)
	}
	if err != nil {
		return nil, err
	}
	return account, nil
}

// Events returns the events of an account with sequence numbers greater than after,
// in order, up to the first error. It holds a connection while it is read.
func (s *Store) Events(ctx context.Context, stream string, after uint64) iter.Seq2[points.Event, error] {
	return func(yield func(points.Event, error) bool) {
		var decoder points.Decoder
		for payload, err := range s.payloads(ctx, stream, after) {
			var ev points.Event
			if err == nil {
				err = decoder.Decode(payload, &ev)
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
	}
}

// payloads returns the events of any stream as they were written.
func (s *Store) payloads(ctx context.Context, stream string, after uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		rows, err := s.DB.QueryContext(ctx, `SELECT payload FROM loyalty_event WHERE stream = $1 AND seq > $2 ORDER BY seq`, stream, after)
		if err == nil {
			defer rows.Close() //nolint:errcheck // rows.Err has it
			for err == nil && rows.Next() {
				var payload []byte
				if err = rows.Scan(&payload); err == nil && !yield(payload, nil) {
					return
				}
			}
			err = cmp.Or(err, rows.Err())
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// Schema makes the tables where there are none. Events are the truth and are only
// changed to erase a person; a snapshot saves time and may be deleted at any time.
// Payloads are bytes: a column type that reorders JSON would break their encoding.
const Schema = `
CREATE TABLE IF NOT EXISTS loyalty_event (
	stream  TEXT   NOT NULL, -- names the account
	seq     BIGINT NOT NULL, -- 1, 2, 3 without gaps
	cmd_key TEXT   NOT NULL, -- of the command
	payload BLOB   NOT NULL, -- points.Event.AppendJSON
	PRIMARY KEY (stream, seq),
	UNIQUE (stream, cmd_key)
);
CREATE TABLE IF NOT EXISTS loyalty_snapshot (
	stream  TEXT   NOT NULL PRIMARY KEY,
	crc     BIGINT NOT NULL, -- CRC-32 of the payload
	payload BLOB   NOT NULL  -- points.Account.AppendBinary
);`

// A Store keeps accounts in a database that has [Schema]. It is safe for concurrent
// use, also by several processes on one database, once its fields are set.
type Store struct {
	DB     *sql.DB
	Engine *points.Engine
	Every  uint64 // events of an account from snapshot to snapshot; 0 is 64
	Tries  uint64 // how often a command is decided on while others win; 0 is 8
}

// An Order writes what belongs to an event into its transaction.
type Order func(tx *sql.Tx, ev points.Event) error

var (
	errTaken = errors.New("store: the number or the key has an event")
	errRaced = errors.New("store: another command came first")
)

// Do carries a command out on an account: its event and what order writes are
// committed together or not at all. Order may be nil. It gets the event, so that it
// can store what was earned or is to be paid back, and must use no connection but
// tx; what it fails with, Do returns.
//
// A command that has been carried out before is answered with its original event,
// without order: it was called then. So a command is repeated with the same key
// after any failure, also one that leaves open whether the commit came through. A
// refusal by the engine comes back as it is and leaves no trace. Do fails with
// [relmark.ErrConflict] when others have won all tries.
func (s *Store) Do(ctx context.Context, stream string, c points.Command, order Order) (points.Decision, error) {
	tries := cmp.Or(s.Tries, 8)
	for range tries {
		d, err := s.once(ctx, stream, c, order)
		if err == nil {
			return d, nil
		} else if !errors.Is(err, errRaced) {
			return points.Decision{}, err
		}
	}
	return points.Decision{}, fmt.Errorf("store: lost %d races: %w", tries, relmark.ErrConflict)
}

// once loads the account and decides outside the transaction, which makes that short
// and holds no lock while rules are evaluated: the primary key tells whether the
// account is still what it was.
func (s *Store) once(ctx context.Context, stream string, c points.Command, order Order) (d points.Decision, err error) {
	account, err := s.Load(ctx, stream)
	if err != nil {
		return d, err
	}
	if d, err = s.Engine.Decide(account, c); err != nil {
		return d, err
	}
	tx, err := s.DB.BeginTx(ctx, nil)
	if err != nil {
		return d, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if !d.Replayed {
		if err = s.write(ctx, tx, stream, account, d.Event, order); !errors.Is(err, errTaken) {
			return d, err
		}
	}
	return original(ctx, tx, stream, d)
}

// write inserts the event, writes the order and perhaps a snapshot, and commits. It
// fails with errTaken if the event is there already, or another one in its place.
// The first statement is a write, so SQLite waits for its turn here, and nothing
// that the transaction has read can grow old. The order comes second: of two equal
// commands only one gets there.
func (s *Store) write(ctx context.Context, tx *sql.Tx, stream string, account *points.Account, ev points.Event, order Order) error {
	payload, err := ev.AppendJSON(nil)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO loyalty_event (stream, seq, cmd_key, payload) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, stream, ev.Seq, ev.Key, payload)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return errTaken
	}
	if order != nil {
		if err := order(tx, ev); err != nil {
			return err
		}
	}
	if err := account.Apply(ev); err != nil {
		return err
	}
	if ev.Seq%cmp.Or(s.Every, 64) == 0 {
		if err := snapshot(ctx, tx, stream, account); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// snapshot stores the account in place of an earlier one.
func snapshot(ctx context.Context, tx *sql.Tx, stream string, account *points.Account) error {
	payload, err := account.MarshalBinary()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO loyalty_snapshot (stream, crc, payload) VALUES ($1, $2, $3)
		ON CONFLICT (stream) DO UPDATE SET crc = excluded.crc, payload = excluded.payload`,
		stream, int64(crc32.ChecksumIEEE(payload)), payload)
	return err
}

// original answers a command with the event that has its key, and fails with
// errRaced if there is none. It also knows keys that the account has forgotten
// after a points.Close.
func original(ctx context.Context, tx *sql.Tx, stream string, d points.Decision) (points.Decision, error) {
	var payload []byte
	var ev points.Event
	err := tx.QueryRowContext(ctx, `SELECT payload FROM loyalty_event WHERE stream = $1 AND cmd_key = $2`,
		stream, d.Event.Key).Scan(&payload)
	if errors.Is(err, sql.ErrNoRows) {
		return d, errRaced
	} else if err == nil {
		err = ev.UnmarshalJSON(payload)
	}
	if err == nil && !d.Replayed && ev.Fingerprint != d.Event.Fingerprint {
		err = &points.CommandError{Reason: points.KeyConflict}
	}
	return points.Decision{Event: ev, Replayed: true}, err
}

// Load returns an account as its last event left it; one without events is the zero
// account. It applies the events after the snapshot, or all of them if there is no
// snapshot, or one that is damaged or of a version that this program cannot read. An
// event that is missing or cannot be read is never passed over: Load fails with
// [relmark.ErrInvalid], or [relmark.ErrUnsupported] if a newer program has written it.
func (s *Store) Load(ctx context.Context, stream string) (*points.Account, error) {
	account := new(points.Account)
	var crc int64
	var payload []byte
	err := s.DB.QueryRowContext(ctx, `SELECT crc, payload FROM loyalty_snapshot WHERE stream = $1`, stream).Scan(&crc, &payload)
	switch {
	case err == nil && crc == int64(crc32.ChecksumIEEE(payload)):
		_ = account.UnmarshalBinary(payload) // an error leaves the account empty
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}
	err = points.Fold(account, s.Events(ctx, stream, account.Version()))
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
		rows, err := s.DB.QueryContext(ctx, `SELECT payload FROM loyalty_event WHERE stream = $1 AND seq > $2 ORDER BY seq`, stream, after)
		if err != nil {
			yield(points.Event{}, err)
			return
		}
		defer rows.Close() //nolint:errcheck // rows.Err has it
		var decoder points.Decoder
		for rows.Next() {
			var payload []byte
			var ev points.Event
			if err = rows.Scan(&payload); err == nil {
				err = decoder.Decode(payload, &ev)
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(points.Event{}, err)
		}
	}
}

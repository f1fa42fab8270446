// Package store keeps loyalty points in the host's own SQL database, in the
// transaction of the order. It is a file to copy, not a library to import.
//
// # Copying it
//
//  1. Copy the Go files, tests too, into a package of your service; in the tests,
//     change the import path and, if yours is not SQLite, the driver.
//  2. Run [Schema] with your migrations.
//  3. Make one [Store] of your *sql.DB and your engine, and send every command
//     through [Store.Do], with a function that writes the order. Its key is the
//     identifier of what the customer did, so that repeating it is harmless.
//
// It needs a database that knows ON CONFLICT, at the usual isolation: READ COMMITTED
// or, as in SQLite, one writer at a time. The tests run on SQLite. For PostgreSQL the
// statements are written alike, and BLOB becomes BYTEA. SQLite should be opened with
// "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)": writers wait for each
// other, and readers for nobody.
//
// # Model
//
// An account is a stream of events, numbered from 1. A command is carried out by
//
//	load snapshot and tail; Decide
//	BEGIN; INSERT the event as number version + 1; write the order; COMMIT
//
// An event with that number, written by somebody else meanwhile, keeps ours out:
// load again, decide again. So two commands never spend the same points, no lock is
// held on an account, and any number of servers may do the same. The key of a
// command is unique in its stream, so it is carried out once, whoever repeats it and
// when.
//
// Every so many events a snapshot is written in the same transaction. It has a
// checksum, and one that cannot be read is ignored: the next one replaces it.
//
// # Limits
//
// The processing time of a command (points.Head.Recorded) is not before that of the
// last event. One that was made first and comes second, because it lost a race or
// its server's clock is slow, is refused with points.TimeRunsBack: send it again with
// a later processing time, which is no part of what makes two commands the same.
//
// A transfer is two commands, points.Send and points.Receive, the latter repeated
// until it succeeds. Loading takes time linear in the account's size and in the
// events since the snapshot.
//
// A person is erased by renaming the stream, replacing payloads and keys by those of
// points.Redact and deleting the snapshot, in one transaction.
package store

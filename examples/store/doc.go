// Package store keeps loyalty points in the host's own SQL database, in the
// transaction of the order, and sells under offers over HTTP. It is a file to copy, not a
// library to import.
//
// # Copying it
//
//  1. Copy the Go files, tests too, into a package of your service; in the tests,
//     change the import path and, if yours is not SQLite, the driver.
//  2. Run [Schema] with your migrations.
//  3. Make one [Store] of your *sql.DB, your engine and time.Now, and send every command
//     through [Store.Do], with a function that writes the order. Its key is the
//     identifier of what the customer did, so that repeating it is harmless.
//  4. Who sells under offers and codes, too, makes a [Shop] around the store and serves
//     [Shop.Handler]; otherwise leave shop.go and http.go out.
//
// It needs a database that knows ON CONFLICT: SQLite, on which the tests run, or
// PostgreSQL, on which they pass as they are, with pgx and with lib/pq, on tables of
// the same [Schema].
//
//   - SQLite should be opened with "?_pragma=busy_timeout(10000)" and
//     "&_pragma=journal_mode(WAL)": writers wait for each other, and readers for nobody.
//   - PostgreSQL should be at READ COMMITTED, its default: the loser of a race waits for
//     the winner, and decides again. At stricter levels it fails with error 40001, and
//     the caller has to repeat the command, with the same key. It takes no text with a
//     zero byte.
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
// when; and so is an order that earns, also after the account has forgotten both in a
// points.Close.
//
// Every so many events a snapshot is written in the same transaction. One that cannot
// be read is ignored: the next one replaces it.
//
// A [Shop] does the same for a checkout: its price, its codes, the points that pay and
// those that are earned are one transaction, which writes an event in the stream of the
// account, one in that of each campaign, and the answer. A request that comes again is
// answered from there: whatever has changed since, be it the tier of the member, what is
// left of a budget or the offers, it is done. So are returns, which are worth what the
// offers of then say: keep the pricers of the past as long as goods can come back.
//
// # Limits
//
// A [Shop] folds the events of the campaigns of an order at each checkout: keep them
// short with voucher.Campaign.Close, or keep snapshots as for accounts. A checkout that
// loses a race is decided again, up to 8 times: a code that thousands use at once is
// better counted in slices of its budget, a campaign for each server.
//
// The processing time of a command (points.Command.Recorded) is not before that of the
// last event. [Store.Now] is asked for it after the account was loaded, so only a
// server whose clock is slow is refused, with points.TimeRunsBack: keep the clocks
// together, or repeat the command a little later.
//
// A transfer is two commands, points.Send and points.Receive, the latter repeated
// until it succeeds. Loading takes time linear in the account's size and in the
// events since the snapshot.
//
// A person is erased by renaming the stream, replacing payloads, keys and orders by
// those of points.Event.Redact and deleting the snapshot, in one transaction.
package store

package store

// Schema makes the tables where there are none. Events are the truth and are only
// changed to erase a person; a snapshot saves time and may be deleted at any time.
// Payloads are bytes: a column type that reorders JSON would break their encoding.
// BYTEA is what PostgreSQL calls them; SQLite takes any name. Streams are those of
// accounts, named by the caller, and those of campaigns, which [Shop] names: keep a
// prefix for each. The last table is needed for a [Shop] only.
const Schema = `
CREATE TABLE IF NOT EXISTS loyalty_event (
	stream       TEXT   NOT NULL, -- names the account
	seq          BIGINT NOT NULL, -- 1, 2, 3 without gaps
	cmd_key      TEXT   NOT NULL, -- of the command: it is carried out once
	earned_order TEXT,            -- order that earned, if any: it does so once
	payload      BYTEA  NOT NULL, -- points.Event.AppendJSON
	PRIMARY KEY (stream, seq),
	UNIQUE (stream, cmd_key),
	UNIQUE (stream, earned_order)
);
CREATE TABLE IF NOT EXISTS loyalty_snapshot (
	stream  TEXT  NOT NULL PRIMARY KEY,
	payload BYTEA NOT NULL -- points.Account.AppendBinary
);
CREATE TABLE IF NOT EXISTS loyalty_checkout (
	stream  TEXT   NOT NULL, -- of the member's account
	ord     TEXT   NOT NULL,
	step    BIGINT NOT NULL, -- 0 is the order, 1, 2, 3 what came back of it, in turn
	id      TEXT   NOT NULL, -- of the return; empty is the order
	request BYTEA  NOT NULL, -- what was asked for
	priced  BYTEA,           -- the promotion.Order of then; NULL of a return
	answer  BYTEA  NOT NULL, -- what was answered, and is answered again
	PRIMARY KEY (stream, ord, step),
	UNIQUE (stream, ord, id)
);`

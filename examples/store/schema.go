package store

// Schema makes the tables where there are none. Events are the truth and are only
// changed to erase a person; a snapshot saves time and may be deleted at any time.
// Payloads are bytes: a column type that reorders JSON would break their encoding.
// BYTEA is what PostgreSQL calls them; SQLite takes any name.
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
);`

package points

import "github.com/relmark/relmark/internal/canon"

// Redact returns the event without what may identify a person or tell what was
// bought: tier, what lines are, tags, reasons and the contributions of single rules are
// dropped, and keys, orders, reservations, sources and contributors renamed. Identifiers
// of lines stay, as refunds name them: let them be positions where they tell too much. Numbers, dates and
// lots stay, so folding the redacted events gives the same balances, and their journal
// is the same.
//
// rename must give different names to different names, such as a keyed hash of
// them, and the same name whenever it is asked. The fingerprint is dropped with the
// payload: a command repeated under a renamed key is a [KeyConflict].
//
// It fails with [relmark.ErrInvalid] if rename is nil or returns what is no name, and on
// an event without a key, a body or its times. It does not change ev.
func (ev Event) Redact(rename func(string) string) (Event, error) {
	switch {
	case rename == nil:
		return Event{}, invalid("Rename", nil, "must not be nil")
	case absent(ev.Body):
		return Event{}, invalid("Body", nil, "must be there")
	case !canon.IsName(ev.Key):
		return Event{}, invalid("Key", nil, nameRule)
	case !canon.IsActivity(ev.At) || !canon.IsActivity(ev.Recorded):
		return Event{}, invalid("Recorded", nil, instantRule)
	}
	names := true
	checked := func(name string) string {
		name = rename(name)
		names = names && canon.IsName(name)
		return name
	}
	ev.Key, ev.Fingerprint = checked(ev.Key), 0
	if ev.Body = ev.Body.redacted(checked); !names {
		return Event{}, invalid("Rename", nil, nameRule)
	}
	return ev, nil
}

// renamed keeps absent names absent.
func renamed(name string, rename func(string) string) string {
	if name == "" {
		return ""
	}
	return rename(name)
}

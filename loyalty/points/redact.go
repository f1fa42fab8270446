package points

// Redact returns an event without what may identify a person or tell what was
// bought: tier, lines, tags, reasons and the contributions of single rules are
// dropped, and keys, orders, reservations and contributors renamed. Numbers, dates and
// lots stay, so folding the redacted events gives the same balances, and their journal
// is the same.
//
// rename must give different names to different names, such as a keyed hash of
// them, and the same name whenever it is asked; its results must be valid names.
// The fingerprint is dropped with the payload: a command repeated under a renamed
// key is a [KeyConflict].
func Redact(ev Event, rename func(string) string) Event {
	ev.Key, ev.Fingerprint = rename(ev.Key), 0
	if !absent(ev.Body) {
		ev.Body = ev.Body.redacted(rename)
	}
	return ev
}

// renamed keeps absent names absent.
func renamed(name string, rename func(string) string) string {
	if name == "" {
		return ""
	}
	return rename(name)
}

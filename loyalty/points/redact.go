package points

// Redact returns an event without what may identify a person or tell what was
// bought: tier, lines, tags, reasons and the contributions of single rules are
// dropped, and keys, orders, reservations and contributors renamed. Numbers, dates and lots stay, so folding
// the redacted events gives the same balances, and their journal is the same.
//
// rename must give different names to different names, such as a keyed hash of
// them, and the same name whenever it is asked; its results must be valid names.
// The fingerprint is dropped with the payload: a command repeated under a renamed
// key is a [KeyConflict].
func Redact(ev Event, rename func(string) string) Event {
	ev.Key, ev.Fingerprint = rename(ev.Key), 0
	if absent(ev.Body) {
		return ev
	}
	switch b := ev.Body.(type) {
	case *Earned:
		c := *b
		c.Order = rename(b.Order)
		c.Facts.Tier, c.Facts.Lines, c.Facts.Tags = "", nil, nil
		c.Price.Grants = nil
		c.Refunds = append([]Refunded(nil), b.Refunds...)
		for i := range c.Refunds {
			c.Refunds[i].Order = c.Order
		}
		ev.Body = &c
	case *Refunded:
		c := *b
		c.Order = rename(b.Order)
		ev.Body = &c
	case *LateRefunded:
		c := *b
		c.Refund.Order = rename(b.Refund.Order)
		ev.Body = &c
	case *Adjusted:
		c := *b
		c.Reason = ""
		ev.Body = &c
	case *Reserved:
		c := *b
		c.Reservation = rename(b.Reservation)
		ev.Body = &c
	case *Resolved:
		c := *b
		c.Reservation = rename(b.Reservation)
		ev.Body = &c
	case *Sent:
		c := *b
		c.Left = renamed(b.Left, rename)
		ev.Body = &c
	case *Received:
		c := *b
		c.Contributor = renamed(b.Contributor, rename)
		ev.Body = &c
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

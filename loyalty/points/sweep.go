package points

// Sweep records that the account was looked at. Expiry, maturity and time-outs are
// facts about an instant, so a sweep changes no later result; it gives hosts that
// book expired points on a day of their choice an event to hang the entry on.
type Sweep struct{ Head }

func (Sweep) payload(f *form) {
	yes := true
	f.flag("sweep", &yes)
}

// Swept is the body of an event that recorded what had expired by then.
type Swept struct {
	Expired int64 // in all
}

func (*Swept) kind() string { return "swept" }

func (b *Swept) code(f *form) { f.int("expired", &b.Expired) }

func (Sweep) decide(d *decider) (Body, error) {
	return &Swept{d.a.book.Sums(d.now).Expired + d.a.lapsed}, nil
}

func (*Swept) apply(*Account, int64) error { return nil }

func (*Swept) note(*Account, int64) {}

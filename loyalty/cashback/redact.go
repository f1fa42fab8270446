package cashback

// Redact returns the event with its key, order, spending and credit replaced by what rename
// makes of them, for the erasure of a person or for a copy to share. Amounts, lots and
// instants stay: at every instant the redacted stream gives the same balance. It shares
// nothing with e. An event names no member: whose wallet it is, the host knows.
//
// Rename is called with every name that is there. It must answer the same whenever it is
// asked, in all events of the wallet, and give different names to different ones, such
// as a keyed hash, or Apply refuses the stream. Redaction is no protection from repeated
// commands: they come with the old keys. Snapshots made before hold the old names: make
// them anew.
//
// It fails if rename is nil, or makes an event that is not valid.
func (e Event) Redact(rename func(string) string) (Event, error) {
	if rename == nil {
		return Event{}, invalid("Rename", nil, "must not be nil")
	}
	if err := e.validate(); err != nil {
		return Event{}, err
	}
	e.Parts = append([]Part(nil), e.Parts...)
	for _, name := range []*string{&e.Key, &e.Order, &e.Spending, &e.Credit} {
		if *name != "" {
			*name = rename(*name)
		}
	}
	if err := e.validate(); err != nil {
		return Event{}, err
	}
	return e, nil
}

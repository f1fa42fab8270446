package voucher

import "github.com/relmark/relmark/internal/fault"

// Redact returns the event with its key, code, member, order and redemption replaced by
// what rename makes of them, for the erasure of a person or for a copy to share.
// The type, the sequence number and the time stay, so the redacted stream folds to
// a register of the same version and counts, under the new names.
//
// Rename is called with every name that is there. It must answer the same whenever
// it is asked, in all events of the campaign, and give different names to different
// ones, such as a keyed hash, or Fold refuses the stream. It may keep names that
// identify nobody, such as a code for all; a code that keeps its name keeps its
// count. Redaction is no protection from repeated commands: they come with the old
// keys. Snapshots made before hold the old names: make them anew.
//
// It fails if rename is nil, or makes an event that is not valid.
func (e Event) Redact(rename func(string) string) (Event, error) {
	if rename == nil {
		return Event{}, errNil("Rename")
	}
	if err := e.validate(); err != nil {
		return Event{}, fault.Room(room, err)
	}
	for _, name := range []*string{&e.Key, &e.Code, &e.Member, &e.Order, &e.Redemption} {
		if *name != "" {
			*name = rename(*name)
		}
	}
	if err := e.validate(); err != nil {
		return Event{}, fault.Room(room, err)
	}
	return e, nil
}

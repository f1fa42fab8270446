package points

import "iter"

// Export appends the events of an account to b, each in its canonical encoding
// ([Event.AppendJSON]) and a line of its own, oldest first, as they are to be handed
// out to a member who asks for their data: with nothing left out, and in a form
// that machines read. Decoding and folding the lines gives the account.
//
// It stops at the stream's first error and at an event that has no encoding, and
// returns what it has appended by then. It keeps no event.
func Export(b []byte, events iter.Seq2[Event, error]) ([]byte, error) {
	for ev, err := range events {
		if err != nil {
			return b, err
		}
		if b, err = ev.AppendJSON(b); err != nil {
			return b, err
		}
		b = append(b, '\n')
	}
	return b, nil
}

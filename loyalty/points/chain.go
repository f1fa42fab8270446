package points

import "crypto/sha256"

// Chain returns the link of an event in a hash chain: the SHA-256 of the link
// before it and of the canonical encoding of the event. A host that stores links
// beside the events, and shows one of them to somebody else now and then, cannot
// change an event before it without being found out. The first event follows the
// zero link. Redacted events have links of their own.
func Chain(before [32]byte, ev *Event) ([32]byte, error) {
	data, err := ev.AppendJSON(before[:])
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(data), nil
}

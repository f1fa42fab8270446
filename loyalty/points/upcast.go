package points

// An upcaster turns an event that was read in the layout of one version into what the
// next version would have written: it fills in what the older one did not say, or
// restates what it said otherwise. It sees events whose layout was right, and cannot
// fail: everything that was ever written can be read.
type upcaster func(Event) Event

// upcasters returns how events of version 1, 2, … become events of the version after;
// the version that is written is the one after the last. Both encodings share them.
//
// To make version n+1:
//
//   - Append the upcaster from n to n+1 here. Nothing else says what the version is.
//   - Where the layout changes, say so in the code method of the type, by the version
//     that is read or written: f.Version() > n guards what is new, f.Version() <= n what
//     is gone and is read into a local variable for the sake of the old events.
//     Methods that fingerprint a command do not change: its fingerprint is for good.
//   - Run the tests with RELMARK_GOLDEN=write once, for events_v<n+1>.jsonl and .hex. The
//     files of the versions before stay as they are, and are read by the tests of
//     golden files for good.
//
// Snapshots need none of this: one of an unknown version is discarded, and the events
// folded again. Summaries append counters.
func upcasters() []upcaster { return nil }

// eventVersion is the version of the encoding that is written. Every version that was
// ever written can be read.
func eventVersion() int { return len(upcasters()) + 1 }

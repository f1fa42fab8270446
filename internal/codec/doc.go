// Package codec writes and reads the binary encodings of accumulators and
// snapshots. A reader cannot be made to panic, to allocate more than its input
// justifies, or to accept two encodings of one value.
//
// # Model
//
// An encoding is a header, a body without padding or field names, and a checksum:
//
//	header    kind, 1 byte: what is encoded   version, 1 byte: 1 or more
//	body      what the kind and the version say, to the last byte
//	checksum  CRC-32C of header and body, 4 bytes, least significant first
//
//	uvarint   base 128, least significant group first, at most 10 bytes, minimal
//	varint    zig-zag: 0, −1, 1, −2, … as uvarint 0, 1, 2, 3, …
//	float64   the bits of IEEE 754, 8 bytes, least significant first
//	bool      one byte, 0 or 1
//	bytes     length as uvarint, then the bytes
//	list      number of elements as uvarint, then the elements
//
// A kind is the number of one type, and no two types share one: kinds.go lists
// them. Version 1 comes first; every version ever released stays readable.
//
// The methods of [Reader] return zero values after the first error, so a decoder
// reads on without checks and asks [Reader.Done] at the end. It fills a new value
// and assigns it when Done is content: the receiver stays as it was on error.
//
// Configuration is kept as JSON instead, which people read and change; [JSON]
// decodes it as strictly.
//
// # Units
//
// Lengths are bytes. Numbers have whatever unit the caller gives them.
//
// # Limits
//
// [Reader.Count] bounds a list by the bytes that are left, so allocating it takes
// at most len(input) / least bytes of an element · size of an element in memory.
// What the numbers mean, the caller checks, with [Reader.Check]. A checksum finds
// accidents, not intent: whoever changes an encoding can write another one.
//
// # Sources
//
//   - Protocol Buffers, "Encoding": base-128 varints and zig-zag.
//   - IEEE 754-2019, §3.4, binary64.
//   - RFC 3720, §12.1, CRC-32C. Its checksum of "123456789" is e3069283.
package codec

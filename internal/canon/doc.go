// Package canon holds canonical encodings: of each value there is one, as JSON that
// people read and as a packed form of a third of its size, and nothing else is read.
//
// # Model
//
// A type lists its members once, in their order, and a [Form] writes or reads them:
//
//	{"v":1,"type":"sale","key":"k1","at":"2025-01-10T12:00:00Z","amount":"49.90"}
//
// JSON has keys in snake case in one fixed order, no spaces, zero values left out,
// integers without fraction, amounts as decimal strings with all their digits, instants
// in UTC with as many digits as they need, text escaped only where it must be and where
// encoding/json would do it, so that a host may put it into its own JSON. The packed
// form has the same without keys, as packed.go says, and a checksum at its end.
//
// So values can be compared, hashed and signed as bytes, what a store has damaged is
// found when it is read, and a reader never has to look for a key: it asks whether the
// next one is that of the member at hand, which takes some ten nanoseconds. Nothing is
// looked up by name, and nothing is reflected upon.
//
// Configuration, which people write, is read by [codec.JSON] and written by [Marshal].
//
// # Units
//
// Amounts are minor units with the number of digits that the caller gives.
//
// # Limits
//
// Integers have up to 18 digits, amounts lie within 2^53-1 minor units of up to 18
// digits, dates in the years 1 to 9999 and instants in the years 1700 to 2261. Text is
// UTF-8. A list takes memory as its elements are read, not as its length claims.
//
// # Choices
//
// Absent and zero are the same in a form: a value for which they differ, such as a limit
// of 0, needs a flag beside it. A member that old versions lack is written for new ones
// only, by [Form.Version].
//
// # Sources
//
//   - RFC 8259, JSON; RFC 3339, instants; RFC 8785, a canonical JSON of wider use, which
//     sorts keys and has numbers as floats, and so none of 64 bits.
//   - Protocol Buffers, "Encoding": base-128 varints and zig-zag.
package canon

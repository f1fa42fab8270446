package codec

import (
	"encoding/binary"
	"math"
)

// A Writer appends an encoding to a slice. Obtain one from [NewWriter]. It is not
// safe for concurrent mutation.
type Writer struct {
	b     []byte
	start int // where the header stands in b
}

// NewWriter returns a writer that appends to b, and appends the header.
func NewWriter(b []byte, kind, version byte) Writer {
	return Writer{append(b, kind, version), len(b)}
}

// Data returns the slice with everything appended so far, and the checksum of it.
// It is the last call: what is appended after it overwrites the checksum.
func (w *Writer) Data() []byte { return AppendSum(w.b, w.start) }

// Byte appends one byte, such as a set of flags.
func (w *Writer) Byte(v byte) { w.b = append(w.b, v) }

// Bool appends 1 for true and 0 for false.
func (w *Writer) Bool(v bool) {
	if v {
		w.Byte(1)
		return
	}
	w.Byte(0)
}

// Uvarint appends v in 1 to 10 bytes.
func (w *Writer) Uvarint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }

// Varint appends v in 1 to 10 bytes, few for small magnitudes of either sign.
func (w *Writer) Varint(v int64) { w.b = binary.AppendVarint(w.b, v) }

// Float64 appends the bits of v: -0 and every NaN stay what they are.
func (w *Writer) Float64(v float64) {
	w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v))
}

// Count appends the number of elements of a list, len(list), which the elements
// follow.
func (w *Writer) Count(n int) { w.Uvarint(uint64(n)) }

// Bytes appends the length of v and v.
func (w *Writer) Bytes(v []byte) {
	w.Count(len(v))
	w.b = append(w.b, v...)
}

// String appends the length of v and its bytes, as [Writer.Bytes] does.
func (w *Writer) String(v string) {
	w.Count(len(v))
	w.b = append(w.b, v...)
}

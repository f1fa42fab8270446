package codec

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/relmark/relmark/internal/calendar"
)

// What can be wrong with an encoding. Rooms answer ErrVersion with the root
// package's ErrUnsupported and ErrCorrupt with its ErrInvalid.
var (
	// ErrVersion says that the kind is another one or the version is unknown.
	ErrVersion = errors.New("unknown kind or version of encoding")
	// ErrCorrupt says that the encoding is cut short, goes on after its end, or
	// holds something that no writer writes.
	ErrCorrupt = errors.New("corrupt encoding")
)

// headerLen is the length of a header: kind and version.
const headerLen = 2

// A Reader reads an encoding. It keeps its first error; from then on its methods
// return zero values and read nothing. Obtain one from [NewReader]: the zero
// Reader reads an empty body. It is not safe for concurrent use. It allocates
// nothing but the strings that it returns.
type Reader struct {
	b       []byte // what is left
	version byte
	err     error
}

// NewReader returns a reader of the body of data, whose header must show kind and
// a version from 1 to newest. Otherwise its error is [ErrVersion], or
// [ErrCorrupt] if data is shorter than a header or its checksum is not that of
// the rest. It keeps data and never writes to it.
func NewReader(data []byte, kind, newest byte) Reader {
	if len(data) < headerLen {
		return Reader{err: ErrCorrupt}
	}
	if data[0] != kind || data[1] == 0 || data[1] > newest {
		return Reader{err: ErrVersion}
	}
	rest, ok := CutSum(data)
	if !ok || len(rest) < headerLen {
		return Reader{err: ErrCorrupt}
	}
	return Reader{b: rest[headerLen:], version: data[1]}
}

// Version returns the version of the encoding; 0 if the header was in error.
func (r *Reader) Version() byte { return r.version }

// Err returns the first error so far.
func (r *Reader) Err() error { return r.err }

// Done returns the first error, which is [ErrCorrupt] if bytes are left unread.
// Until it has answered nil nothing that was read is to be trusted.
func (r *Reader) Done() error {
	r.Check(len(r.b) == 0)
	return r.err
}

// Check makes [ErrCorrupt] the error, unless ok is true or there is one already.
// Decoders call it with the rules that no primitive knows, such as an order.
func (r *Reader) Check(ok bool) {
	if !ok && r.err == nil {
		r.err, r.b = ErrCorrupt, nil
	}
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// Bool reads a byte that must be 0 or 1.
func (r *Reader) Bool() bool {
	v := r.Byte()
	r.Check(v <= 1)
	return v == 1
}

// Uvarint reads an unsigned integer in its shortest form.
func (r *Reader) Uvarint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // most are this short
		v := r.b[0]
		r.b = r.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.b)
	// No length: cut short or past 64 bits. Last group zero: not the shortest.
	if n <= 0 || r.b[n-1] == 0 {
		r.Check(false)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// Varint reads a signed integer in its shortest form.
func (r *Reader) Varint() int64 {
	u := r.Uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// Instant reads an instant in nanoseconds since 1970, in the years of [calendar.InRange].
func (r *Reader) Instant() int64 {
	v := r.Varint()
	r.Check(calendar.InRange(time.Unix(0, v)))
	return v
}

// Float64 reads any float64, NaN and infinities included.
func (r *Reader) Float64() float64 {
	if b := r.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Finite reads a float64 that must be finite.
func (r *Reader) Finite() float64 {
	v := r.Float64()
	if !(math.Abs(v) <= math.MaxFloat64) {
		r.Check(false)
		return 0
	}
	return v
}

// Count reads the number of elements of a list, each encoded in least bytes or
// more. More elements than the bytes left can hold are an error and 0, so that
// make([]T, n) is safe. A least below 1 counts as 1.
func (r *Reader) Count(least int) int {
	n := r.Uvarint()
	if n > uint64(len(r.b)/max(least, 1)) {
		r.Check(false)
		return 0
	}
	return int(n)
}

// Holds reports whether n bytes or more are left, and makes [ErrCorrupt] the error if not.
// Decoders ask it before they make more memory than a [Reader.Count] bounds.
func (r *Reader) Holds(n int) bool {
	r.Check(n <= len(r.b))
	return r.err == nil
}

// Bytes reads what [Writer.Bytes] wrote. The result is a part of the input, not a
// copy, and cannot grow into what follows.
func (r *Reader) Bytes() []byte { return r.take(r.Count(1)) }

// String reads what [Writer.String] wrote. The bytes need not be UTF-8.
func (r *Reader) String() string { return string(r.Bytes()) }

// take cuts n bytes off the input; nil if there are not as many, or none.
func (r *Reader) take(n int) []byte {
	if n > len(r.b) {
		r.Check(false)
	}
	if n == 0 || r.err != nil {
		return nil
	}
	head := r.b[:n:n]
	r.b = r.b[n:]
	return head
}

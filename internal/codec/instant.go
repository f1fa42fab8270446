package codec

import (
	"math"
	"time"
)

// Never is the end of what does not end.
const Never = math.MaxInt64

const second = int64(time.Second)

// Time appends an instant in nanoseconds as its difference from another, in seconds and
// what is over: few bytes where instants lie near each other and on whole seconds.
func (w *Writer) Time(t, from int64) {
	w.Varint(t/second - from/second) // both towards 1970
	w.Varint(t % second)
}

// Time reads what [Writer.Time] has written, in its one form.
func (r *Reader) Time(from int64) int64 {
	seconds, nanos := r.Varint()+from/second, r.Varint()
	t := seconds*second + nanos
	r.Check(t/second == seconds && t%second == nanos)
	return t
}

// End appends the end of what begins at from: whether it is [Never], and if not the time.
func (w *Writer) End(t, from int64) {
	w.Bool(t == Never)
	if t != Never {
		w.Time(t, from)
	}
}

// End reads what [Writer.End] has written.
func (r *Reader) End(from int64) int64 {
	if r.Bool() {
		return Never
	}
	t := r.Time(from)
	r.Check(t != Never)
	return t
}

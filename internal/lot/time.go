package lot

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/codec"
)

// Instant returns t in nanoseconds since 1970, clamped to what they hold, the years 1677 to
// 2262: lots begin and end within, and none is [Never].
func Instant(t time.Time) int64 {
	first, last := time.Unix(0, math.MinInt64), time.Unix(0, Never-1)
	switch {
	case t.Before(first):
		return math.MinInt64
	case t.After(last):
		return Never - 1
	}
	return t.UnixNano()
}

// Lives reports whether t is in the years 1700 to 2255, in which lots begin and end: what
// begins by 2150 lives for a century and some days at most.
func Lives(t time.Time) bool { y := t.UTC().Year(); return y >= 1700 && y <= 2255 }

const second = int64(time.Second)

// WriteTime writes an instant as its difference from another: seconds, and what is left of
// them, so that whole seconds are short.
func WriteTime(w *codec.Writer, t, from int64) {
	w.Varint(t/second - from/second) // both towards 1970
	w.Varint(t % second)
}

// ReadTime reads what [WriteTime] has written, of which there is one form.
func ReadTime(r *codec.Reader, from int64) int64 {
	seconds, nanos := r.Varint()+from/second, r.Varint()
	t := seconds*second + nanos
	r.Check(t/second == seconds && t%second == nanos)
	return t
}

// WriteEnd writes the end of what begins at from, [Never] included.
func WriteEnd(w *codec.Writer, t, from int64) {
	w.Bool(t == Never)
	if t != Never {
		WriteTime(w, t, from)
	}
}

// ReadEnd reads what [WriteEnd] has written.
func ReadEnd(r *codec.Reader, from int64) int64 {
	if r.Bool() {
		return Never
	}
	t := ReadTime(r, from)
	r.Check(t != Never)
	return t
}

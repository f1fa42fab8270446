package points

import (
	"encoding/binary"
	"time"
	"unicode/utf8"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
)

// The compact form: what JSON has, in its order, without names and punctuation.
//
//	integer  zig-zag varint, minimal     amount  its minor units
//	bool     0 or 1                      hash    8 bytes, most significant first
//	text     length, bytes               list    length, elements
//	date     1 for 1970-01-01 and up, -1 for the day before and down, 0 for none
//	instant  0 for none, else seconds since 1970 · 4 + 1, and + 2 if nanoseconds
//	         follow
//
// A checksum comes last, as in internal/codec.

// packInt writes or reads an integer.
func (f *form) packInt(v *int64) {
	if !f.reading {
		f.b = binary.AppendVarint(f.b, *v)
		return
	}
	u := f.uvarint()
	*v = int64(u>>1) ^ -int64(u&1)
}

// uvarint reads an unsigned integer in its shortest form.
func (f *form) uvarint() uint64 {
	if b := f.in[f.i:]; len(b) > 0 && b[0] < 0x80 { // most are this short
		f.i++
		return uint64(b[0])
	}
	return f.longUvarint()
}

// longUvarint is uvarint for numbers of several bytes, and for none.
func (f *form) longUvarint() uint64 {
	v, n := binary.Uvarint(f.in[f.i:])
	if n <= 0 || n > 1 && f.in[f.i+n-1] == 0 {
		f.fail()
		return 0
	}
	f.i += n
	return v
}

// count writes or reads a length, of elements of at least one byte each.
func (f *form) count(n int) int {
	if !f.reading {
		f.b = binary.AppendUvarint(f.b, uint64(n))
		return n
	}
	length := f.uvarint()
	if length > uint64(len(f.in)-f.i) {
		f.fail()
		return 0
	}
	return int(length)
}

// packFlag writes or reads a bool.
func (f *form) packFlag(v *bool) {
	switch {
	case f.reading:
		n := f.uvarint()
		f.check(n&^2 == 0) // 1 is 2 in zig-zag
		*v = n == 2
	case *v:
		f.b = append(f.b, 2)
	default:
		f.b = append(f.b, 0)
	}
}

// packHash writes or reads 64 bits that are not small: as a varint they would take ten
// bytes rather than eight.
func (f *form) packHash(v *uint64) {
	if !f.reading {
		f.b = binary.BigEndian.AppendUint64(f.b, *v)
		return
	}
	b := f.in[f.i:]
	if len(b) < 8 {
		f.fail()
		return
	}
	*v = binary.BigEndian.Uint64(b)
	f.i += 8
}

// maxDay is more than the days from 1970 to either end of the calendar, and fits in
// an int of any size.
const maxDay = int64(calendar.Last)

// packDate writes or reads a date, most of which take three bytes.
func (f *form) packDate(v *relmark.Date) {
	n := int64(0)
	if f.reading {
		if f.packInt(&n); n != 0 {
			*v = f.unpackDate(n)
		}
		return
	}
	if !v.IsZero() {
		n = f.days(*v)
		if n++; n <= 0 { // before 1970: skip the zero
			n--
		}
	}
	f.packInt(&n)
}

// unpackDate returns the date that n stands for.
func (f *form) unpackDate(n int64) relmark.Date {
	if n > 0 {
		n--
	}
	if n < -maxDay || n > maxDay {
		f.fail()
		return relmark.Date{}
	}
	d := f.origin().AddDays(int(n))
	f.check(!d.IsZero())
	return d
}

// packTime writes or reads an instant, in five bytes where it is whole seconds.
func (f *form) packTime(v *time.Time) {
	n := int64(0)
	if f.reading {
		if f.packInt(&n); n != 0 {
			*v = f.unpackTime(n)
		}
		return
	}
	f.check(validExpiry(*v))
	nanos := int64(v.Nanosecond())
	if !v.IsZero() {
		n = v.Unix()<<2 | 1
		if nanos > 0 {
			n |= 2
		}
	}
	if f.packInt(&n); n&2 != 0 {
		f.packInt(&nanos)
	}
}

// unpackTime returns the instant that n, and nanoseconds after it, stand for.
func (f *form) unpackTime(n int64) time.Time {
	seconds, nanos := n>>2, int64(0)
	if n&2 != 0 {
		f.packInt(&nanos)
		f.check(nanos > 0 && nanos < 1e9)
	}
	if n&1 == 0 || seconds < firstSecond || seconds >= endOfTime {
		f.fail()
		return time.Time{}
	}
	return time.Unix(seconds, nanos).UTC()
}

// packText writes or reads a string; one that repeats is kept once.
func (f *form) packText(v *string, repeats bool) {
	n := f.count(len(*v))
	if !f.reading {
		f.b = append(f.b, *v...)
		f.check(utf8.ValidString(*v))
		return
	}
	if n == 0 {
		return
	}
	text := f.in[f.i : f.i+n]
	f.i += n
	if repeats {
		*v = f.intern(text) // only what is valid is kept
		return
	}
	f.check(utf8.Valid(text))
	*v = f.string(text)
}

// Whatever is not there takes one byte, and everything is read in its shortest form
// alone: as in JSON, of each event there is one encoding.

// packList writes or reads a list. The length is a claim of the input; memory grows
// with the elements that are really there.
func packList[T any](f *form, s *[]T, each func(*T, *form)) {
	n := f.count(len(*s))
	if f.reading {
		unpackList(f, s, n, each)
		return
	}
	for i := range *s {
		each(&(*s)[i], f)
	}
}

// unpackList reads n elements.
func unpackList[T any](f *form, s *[]T, n int, each func(*T, *form)) {
	if n == 0 {
		*s = nil
		return
	}
	items := *s
	if n > cap(items) {
		items = make([]T, 0, min(n, 64)) // what is claimed may not be there
	}
	for i := 0; i < n && !f.bad; i++ {
		items = append(items, *new(T))
		each(&items[i], f)
	}
	*s = items
}

package points

import (
	"time"

	"github.com/relmark/relmark"
)

// date writes or reads a civil date as YYYY-MM-DD, which must exist.
func (f *form) date(name string, v *relmark.Date) {
	if f.compact {
		f.packDate(v)
		return
	}
	if !f.key(name, !v.IsZero()) {
		return
	}
	f.token('"')
	if !f.reading {
		f.b, _ = v.AppendText(f.b)
	} else {
		*v = f.readDate()
	}
	f.token('"')
}

// time writes or reads an instant as RFC 3339 has it, in UTC and with as many digits
// as it needs. It lies in the years 1700 to 2261, so that it fits in the nanoseconds of
// int64: what does not, no programme computes, and it is neither read nor written.
func (f *form) time(name string, v *time.Time) {
	if f.compact {
		f.packTime(v)
		return
	}
	if !f.key(name, !v.IsZero()) {
		return
	}
	f.token('"')
	if f.reading {
		*v = f.readTime()
		return
	}
	f.check(validExpiry(*v))
	f.b = v.UTC().AppendFormat(f.b, time.RFC3339Nano)
	f.token('"')
}

// readDate reads a date. The date read last is told by its text: an event repeats that
// of its order two or three times, and finding the day of a date takes longer than
// comparing ten bytes.
func (f *form) readDate() relmark.Date {
	b := f.in[f.i:]
	if len(b) < dateSize {
		f.fail()
		return relmark.Date{}
	}
	if (string(b[:dateSize]) != string(f.dayText[:]) || f.day.IsZero()) && !f.newDate([dateSize]byte(b)) {
		f.fail()
		return relmark.Date{}
	}
	f.i += dateSize
	return f.day
}

// newDate makes a text the date read last; false if it is none.
func (f *form) newDate(text [dateSize]byte) bool {
	year := two(text[:])*100 + two(text[2:])
	d, err := relmark.NewDate(year, time.Month(two(text[5:])), two(text[8:]))
	if err != nil || text[4] != '-' || text[7] != '-' {
		return false
	}
	f.day, f.dayUnix, f.dayText = d, f.days(d)*86_400, text
	return true
}

// origin returns 1970-01-01.
func (f *form) origin() relmark.Date {
	if f.epoch.IsZero() {
		f.epoch, _ = relmark.NewDate(1970, time.January, 1)
	}
	return f.epoch
}

// days returns the days from 1970-01-01 to a date.
func (f *form) days(d relmark.Date) int64 { return int64(d.Sub(f.origin())) }

// readTime reads an instant and the quote that ends it.
func (f *form) readTime() time.Time {
	const size = len("T15:04:05Z\"")
	f.readDate()
	b := f.in[f.i:]
	if len(b) < size || b[0] != 'T' || b[3] != ':' || b[6] != ':' {
		f.fail()
		return time.Time{}
	}
	hour, minute, second := two(b[1:]), two(b[4:]), two(b[7:])
	if hour >= 24 || minute >= 60 || second >= 60 || f.dayUnix < firstSecond || f.dayUnix >= endOfTime {
		f.fail()
		return time.Time{}
	}
	seconds := f.dayUnix + int64(hour*3600+minute*60+second)
	if b[9] == 'Z' && b[10] == '"' { // whole seconds, as most are
		f.i += size
		return time.Unix(seconds, 0).UTC()
	}
	f.i += size - len("Z\"")
	t := time.Unix(seconds, f.readFraction()).UTC()
	f.token('Z')
	f.token('"')
	return t
}

// two returns the number that two digits make, 1000 if they are none.
func two(b []byte) int {
	if high, low := b[0]-'0', b[1]-'0'; high <= 9 && low <= 9 {
		return int(10*high + low)
	}
	return 1000
}

// readFraction reads a point and up to nine digits, which do not end in zero.
func (f *form) readFraction() int64 {
	b := f.left()
	if len(b) == 0 || b[0] != '.' {
		return 0
	}
	n, i, scale := int64(0), 1, int64(1e9)
	for ; i < len(b) && b[i]-'0' <= 9 && scale > 1; i++ {
		n, scale = 10*n+int64(b[i]-'0'), scale/10
	}
	if i == 1 || b[i-1] == '0' {
		f.fail()
		return 0
	}
	f.i += i
	return n * scale
}

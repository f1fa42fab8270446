package points

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A form reads or writes canonical JSON: keys in one fixed order, no spaces, zero
// values left out, integers without fraction, instants in UTC with as many digits
// as they need. Or it does the same in a compact binary form, without keys. A type
// describes itself once, for all four, so that what is written can be read, and
// nothing else can. Whoever uses a form asks bad at the end.
type form struct {
	b       []byte // what has been written, or what is left to read
	reading bool
	compact bool // binary instead of JSON
	bad     bool
	rest    bool // a member of the present object has gone before
	digits  int  // of amounts in lists, set by whoever has the list

	// The date read last, its text and its first second in UTC: most dates of an
	// event are the same.
	dayText [dateSize]byte
	day     relmark.Date
	dayUnix int64
	epoch   relmark.Date // 1970-01-01
	names   []string     // strings that have been read, by a hash of theirs; nil keeps none
}

const dateSize = len("2006-01-02")

// fail ends reading or writing.
func (f *form) fail() { f.bad, f.b = true, nil }

// check fails unless ok.
func (f *form) check(ok bool) {
	if !ok {
		f.fail()
	}
}

// key writes the name of a member if it is present, or reports whether it comes
// next in the input.
func (f *form) key(name string, present bool) bool {
	if f.compact {
		return true
	}
	if f.reading {
		return f.next(name)
	}
	if !present {
		return false
	}
	if f.rest {
		f.b = append(f.b, ',')
	}
	f.rest = true
	f.b = append(f.b, '"')
	f.b = append(f.b, name...)
	f.b = append(f.b, '"', ':')
	return true
}

func (f *form) next(name string) bool {
	b, n := f.b, len(name)
	if f.rest {
		if len(b) == 0 || b[0] != ',' {
			return false
		}
		b = b[1:]
	}
	if len(b) < n+3 || b[1] != name[0] || b[n+1] != '"' || b[0] != '"' || b[n+2] != ':' || string(b[1:n+1]) != name {
		return false
	}
	f.b, f.rest = b[n+3:], true
	return true
}

// token writes or expects one byte.
func (f *form) token(c byte) {
	switch {
	case f.compact:
	case !f.reading:
		f.b = append(f.b, c)
	case len(f.b) == 0 || f.b[0] != c:
		f.fail()
	default:
		f.b = f.b[1:]
	}
}

// open starts an object; what it returns is for close.
func (f *form) open() (outer bool) {
	f.token('{')
	outer, f.rest = f.rest, false
	return outer
}

// close ends an object.
func (f *form) close(outer bool) {
	f.token('}')
	f.rest = outer
}

// list writes or reads a list of objects; an empty one is left out.
func list[T any](f *form, name string, s *[]T, each func(*T, *form)) {
	if f.compact {
		packList(f, s, each)
		return
	}
	if !f.key(name, len(*s) > 0) {
		return
	}
	f.token('[')
	if f.reading {
		readList(f, s, each)
	} else {
		for i := range *s {
			if i > 0 {
				f.token(',')
			}
			outer := f.open()
			each(&(*s)[i], f)
			f.close(outer)
		}
	}
	f.token(']')
}

func readList[T any](f *form, s *[]T, each func(*T, *form)) {
	for more := true; more && !f.bad; {
		if len(*s) == cap(*s) {
			*s = slices.Grow(*s, 2)
		}
		*s = append(*s, *new(T))
		outer := f.open()
		each(&(*s)[len(*s)-1], f)
		f.close(outer)
		if more = len(f.b) > 0 && f.b[0] == ','; more {
			f.b = f.b[1:]
		}
	}
}

// int writes or reads an integer.
func (f *form) int(name string, v *int64) {
	if f.compact {
		f.packInt(v)
		return
	}
	if !f.key(name, *v != 0) {
		return
	}
	if f.reading {
		*v = f.readInt()
		f.check(*v != 0)
		return
	}
	f.b = strconv.AppendInt(f.b, *v, 10)
}

func (f *form) readInt() int64 {
	i, negative := 0, len(f.b) > 0 && f.b[0] == '-'
	if negative {
		i++
	}
	start, n := i, int64(0)
	for ; i < len(f.b) && f.b[i]-'0' <= 9; i++ {
		n = 10*n + int64(f.b[i]-'0')
	}
	// 18 digits fit whatever they are, and no total has more than 16.
	if i == start || i-start > 18 || f.b[start] == '0' && i-start > 1 {
		f.fail()
		return 0
	}
	f.b = f.b[i:]
	if negative {
		n = -n
	}
	return n
}

// num is int for the type int.
func (f *form) num(name string, v *int) {
	n := int64(*v)
	f.int(name, &n)
	*v = int(n)
	f.check(int64(*v) == n)
}

// id is int for identifiers that count.
func (f *form) id(name string, v *uint64) {
	n := int64(*v)
	f.int(name, &n)
	f.check(n >= 0)
	*v = uint64(n)
}

// flag writes or reads a bool.
func (f *form) flag(name string, v *bool) {
	if f.compact {
		f.packFlag(v)
		return
	}
	if !f.key(name, *v) {
		return
	}
	for _, c := range []byte("true") {
		f.token(c)
	}
	*v = true
}

// amount writes or reads minor units as a decimal string with all its digits.
func (f *form) amount(name string, v *int64, digits int) {
	if f.compact {
		f.packInt(v)
		return
	}
	if !f.key(name, *v != 0) {
		return
	}
	f.token('"')
	if f.reading {
		*v = f.readAmount(digits)
		f.check(*v != 0)
	} else {
		f.b = money.AppendText(f.b, *v, digits)
	}
	f.token('"')
}

func (f *form) readAmount(digits int) int64 {
	negative := len(f.b) > 1 && f.b[0] == '-'
	if negative {
		f.b = f.b[1:]
		f.check(len(f.b) > 0 && f.b[0] != '-')
	}
	whole := f.readInt()
	f.check(whole >= 0 && whole <= maxPoints)
	n := whole
	if digits > 0 {
		f.token('.')
		f.check(len(f.b) >= digits)
		for i := 0; i < digits && !f.bad; i++ {
			c := f.b[i] - '0'
			f.check(c <= 9 && n <= maxPoints)
			n = 10*n + int64(c)
		}
		if !f.bad {
			f.b = f.b[digits:]
		}
	}
	f.check(n <= maxPoints)
	if negative {
		n = -n
	}
	return n
}

// decimal writes a decimal for a fingerprint, which is not read.
func (f *form) decimal(name string, d decimal.Decimal) {
	if !f.key(name, d.Sign() != 0) {
		return
	}
	var err error
	f.b, err = money.AppendDecimal(f.b, d)
	f.check(err == nil)
	f.b = append(f.b, ';')
}

// date writes or reads a civil date.
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

// time writes or reads an instant.
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
	f.b = v.UTC().AppendFormat(f.b, time.RFC3339Nano)
	f.token('"')
}

// hash writes or reads 64 bits in hexadecimal.
func (f *form) hash(name string, v *uint64) {
	if f.compact {
		f.packHash(v)
		return
	}
	if !f.key(name, *v != 0) {
		return
	}
	f.token('"')
	if f.reading {
		*v = f.readHash()
		f.check(*v != 0)
	} else {
		f.b = hex.AppendEncode(f.b, binary.BigEndian.AppendUint64(nil, *v))
	}
	f.token('"')
}

func (f *form) readHash() uint64 {
	const size = 16
	if len(f.b) < size {
		f.fail()
		return 0
	}
	n, bad := uint64(0), byte(0)
	for _, c := range f.b[:size] {
		digit := nibble(c)
		bad |= digit
		n = n<<4 | uint64(digit&15)
	}
	f.b = f.b[size:]
	f.check(bad < 16)
	return n
}

// nibble returns the value of a hexadecimal digit in lower case, 16 if it is none.
func nibble(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c-'a' <= 5:
		return c - 'a' + 10
	}
	return 16
}

// text writes or reads a string.
func (f *form) text(name string, v *string) {
	if f.compact {
		f.packText(v, false)
		return
	}
	if !f.key(name, *v != "") {
		return
	}
	f.token('"')
	if f.reading {
		*v = string(f.readText())
		f.check(*v != "")
		return
	}
	f.b = appendEscaped(f.b, *v)
	f.check(utf8.ValidString(*v))
	f.token('"')
}

// name is text for strings that repeat from event to event.
func (f *form) name(name string, v *string) {
	if f.compact {
		f.packText(v, true)
		return
	}
	if !f.reading {
		f.text(name, v)
		return
	}
	if f.next(name) {
		f.token('"')
		b := f.readText()
		f.check(len(b) > 0)
		if !f.bad {
			*v = f.intern(b)
		}
	}
}

// intern returns b as a string, the same one as long as no other takes its slot.
func (f *form) intern(b []byte) string {
	if f.names == nil {
		return string(b)
	}
	slot := &f.names[(int(b[0])*7+int(b[len(b)-1])+len(b))%len(f.names)]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// appendEscaped appends a string as JSON wants it, and escapes only what it must.
func appendEscaped(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}

// readText reads a string and the quote that ends it. The result may be a part of
// the input.
func (f *form) readText() []byte {
	high := byte(0)
	for i, c := range f.b {
		if c == '"' {
			s := f.b[:i]
			f.b = f.b[i+1:]
			f.check(high < utf8.RuneSelf || utf8.Valid(s))
			return s
		}
		if c == '\\' || c < ' ' {
			return f.readEscaped()
		}
		high |= c
	}
	f.fail()
	return nil
}

// readEscaped is readText for strings with escapes, in their canonical form.
func (f *form) readEscaped() []byte {
	var s []byte
	for !f.bad {
		switch {
		case len(f.b) == 0 || f.b[0] < ' ':
			f.fail()
		case f.b[0] == '"':
			f.b = f.b[1:]
			f.check(utf8.Valid(s))
			return s
		case f.b[0] != '\\':
			s, f.b = append(s, f.b[0]), f.b[1:]
		case len(f.b) > 1 && (f.b[1] == '"' || f.b[1] == '\\'):
			s, f.b = append(s, f.b[1]), f.b[2:]
		default:
			if len(f.b) < 6 || string(f.b[:4]) != `\u00` || nibble(f.b[4]) > 1 || nibble(f.b[5]) > 15 {
				f.fail()
				break
			}
			s, f.b = append(s, nibble(f.b[4])<<4|nibble(f.b[5])), f.b[6:]
		}
	}
	return nil
}

// readDate reads a date.
func (f *form) readDate() relmark.Date {
	if len(f.b) < dateSize {
		f.fail()
		return relmark.Date{}
	}
	if text := f.b[:dateSize]; string(text) != string(f.dayText[:]) {
		year := two(text)*100 + two(text[2:])
		d, err := relmark.NewDate(year, time.Month(two(text[5:])), two(text[8:]))
		if err != nil || text[4] != '-' || text[7] != '-' {
			f.fail()
			return relmark.Date{}
		}
		f.day, f.dayUnix = d, f.days(d)*86_400
		copy(f.dayText[:], text)
	}
	f.b = f.b[dateSize:]
	return f.day
}

// days returns the days from 1970-01-01 to a date.
func (f *form) days(d relmark.Date) int64 {
	if f.epoch.IsZero() {
		f.epoch, _ = relmark.NewDate(1970, time.January, 1)
	}
	return int64(d.Sub(f.epoch))
}

// readTime reads an instant and the quote that ends it.
func (f *form) readTime() time.Time {
	const size = len("T15:04:05")
	f.readDate()
	b := f.b
	if len(b) <= size || b[0] != 'T' || b[3] != ':' || b[6] != ':' {
		f.fail()
		return time.Time{}
	}
	hour, minute, second := two(b[1:]), two(b[4:]), two(b[7:])
	f.check(hour < 24 && minute < 60 && second < 60 && f.dayUnix >= firstSecond && f.dayUnix < endOfTime)
	if f.bad {
		return time.Time{}
	}
	f.b = b[size:]
	seconds := f.dayUnix + int64(hour)*3600 + int64(minute)*60 + int64(second)
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
	if len(f.b) == 0 || f.b[0] != '.' {
		return 0
	}
	n, i, scale := int64(0), 1, int64(1e9)
	for ; i < len(f.b) && f.b[i]-'0' <= 9 && scale > 1; i++ {
		n, scale = 10*n+int64(f.b[i]-'0'), scale/10
	}
	f.check(i > 1 && f.b[i-1] != '0')
	if f.bad {
		return 0
	}
	f.b = f.b[i:]
	return n * scale
}

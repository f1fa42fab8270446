package points

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A form reads or writes canonical JSON: keys in one fixed order, no spaces, zero
// values left out, integers without fraction, instants in UTC with as many digits
// as they need. Or it does the same in a compact binary form, without keys. A type
// describes itself once, for all four, so that what is written can be read, and
// nothing else can. Whoever uses a form asks bad at the end.
//
// Why so strict: of each event there is one encoding. Events can be compared, hashed
// and signed as bytes, what a store has damaged is found when it is read, and a
// reader never has to look for a key: it asks whether the next one is that of the
// member at hand, which takes some ten nanoseconds. Nothing is looked up by name, and
// nothing is reflected upon.
//
// Reading moves an index over the input rather than shortening a slice: a store of
// a number costs nothing beside a store of a pointer, which the collector has to be
// told about.
type form struct {
	b       []byte // what has been written
	in      []byte // what is read
	i       int    // how much of it has been read, len(in) at most
	reading bool
	compact bool // binary instead of JSON
	bad     bool
	lax     bool  // fingerprints anything
	version int64 // of the layout that is read or written
	sep     byte  // what comes before the next member: '{', ',' or, outside objects, nothing
	digits  int   // of amounts in lists, set by whoever has the list

	currency string // that a fingerprint leaves out, as it goes without saying

	// The date read last, its text and its first second in UTC: most dates of an
	// event are the same.
	dayText [dateSize]byte
	day     relmark.Date
	dayUnix int64
	epoch   relmark.Date // 1970-01-01

	// What is kept from event to event, nil where nothing is: strings that repeat, by
	// a hash of theirs, and memory for those that do not.
	names *[64]string
	texts *strings.Builder
	room  *room // for bodies
}

const dateSize = len("2006-01-02")

// fail ends reading or writing, unless it is for a fingerprint. Nothing is left to
// read then, so that all that follows fails as well.
func (f *form) fail() {
	if !f.lax {
		f.bad, f.b, f.i = true, nil, len(f.in)
	}
}

// check fails unless ok.
func (f *form) check(ok bool) {
	if !ok {
		f.fail()
	}
}

// left returns what is left to read.
func (f *form) left() []byte { return f.in[f.i:] }

// peek returns the byte that is read next, 0 at the end: no form contains one there.
func (f *form) peek() byte {
	if f.i < len(f.in) {
		return f.in[f.i]
	}
	return 0
}

// key writes the name of a member if it is present, or reports whether it comes
// next in the input.
func (f *form) key(name string, present bool) bool {
	switch {
	case f.compact:
		return true
	case f.reading:
		return f.next(name)
	case !present:
		return false
	case f.sep != 0:
		f.b = append(f.b, f.sep)
	}
	f.sep = ','
	f.b = append(f.b, '"')
	f.b = append(f.b, name...)
	f.b = append(f.b, '"', ':')
	return true
}

// part is key for an object that is always there: where it does not come next, the
// encoding is not canonical.
func (f *form) part(name string) bool {
	ok := f.key(name, true)
	f.check(ok)
	return ok
}

// next reports whether a member of that name comes next, and moves past it. What does
// not come next is absent: the order is fixed, so nothing has to be looked for. Most
// of what is absent is told by its first letter.
func (f *form) next(name string) bool {
	b, n := f.in[f.i:], len(name)
	if len(b) < n+4 || b[2] != name[0] || b[0] != f.sep || b[1] != '"' || b[n+2] != '"' || b[n+3] != ':' || string(b[2:n+2]) != name {
		return false
	}
	f.i, f.sep = f.i+n+4, ','
	return true
}

// token writes or expects one byte.
func (f *form) token(c byte) {
	switch {
	case !f.reading:
		f.b = append(f.b, c)
	case f.i == len(f.in) || f.in[f.i] != c:
		f.fail()
	default:
		f.i++
	}
}

// open starts an object; what it returns is for close. The brace belongs to the first
// member, as the comma does to all others, so that each member starts with one byte
// that says whether it is the first.
func (f *form) open() (outer byte) {
	outer, f.sep = f.sep, '{'
	return outer
}

// close ends an object, which may be empty.
func (f *form) close(outer byte) {
	if !f.compact {
		if f.sep == '{' {
			f.token('{')
		}
		f.token('}')
	}
	f.sep = outer
}

// list writes or reads a list of objects; an empty one is left out. What is read goes
// to the memory that *s has, as far as it suffices.
func list[T any](f *form, name string, s *[]T, each func(*T, *form)) {
	if f.compact {
		packList(f, s, each)
		return
	}
	if !f.key(name, len(*s) > 0) {
		if f.reading {
			*s = nil // there may be room for a list, but there is none
		}
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

// readList reads the elements of a list, at least one: an empty list is left out.
func readList[T any](f *form, s *[]T, each func(*T, *form)) {
	items := *s
	for more := true; more && !f.bad; {
		if len(items) == cap(items) {
			items = slices.Grow(items, 2)
		}
		items = append(items, *new(T))
		outer := f.open()
		each(&items[len(items)-1], f)
		f.close(outer)
		if more = f.peek() == ','; more {
			f.i++
		}
	}
	*s = items
}

// maxInt is the largest integer of an event, of 18 digits: no total has more than 16,
// and reading JSON need not look for overflow. The compact form has the same bound, so
// that what one form says the other can say too.
const maxInt = 999_999_999_999_999_999

// int writes or reads an integer. Zero is left out, and so "n":0 is not canonical.
func (f *form) int(name string, v *int64) {
	switch {
	case f.compact && f.reading:
		u := f.uvarint()
		f.check(u <= 2*maxInt)
		*v = int64(u>>1) ^ -int64(u&1)
	case f.compact:
		f.check(uint64(*v+maxInt) <= 2*maxInt)
		f.b = binary.AppendVarint(f.b, *v)
	case f.reading:
		if f.next(name) {
			*v = f.readInt()
			f.check(*v != 0)
		}
	case f.key(name, *v != 0):
		f.check(uint64(*v+maxInt) <= 2*maxInt)
		f.b = strconv.AppendInt(f.b, *v, 10)
	}
}

// readInt reads an integer without leading zeros, of up to 18 digits. It reads "-0" as
// 0, which its callers refuse as they refuse every zero that is written.
func (f *form) readInt() int64 {
	b := f.in[f.i:]
	i := 0
	if len(b) > 0 && b[0] == '-' {
		i++
	}
	start, n := i, int64(0)
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		n = 10*n + int64(b[i]-'0')
	}
	// 18 digits fit whatever they are.
	if i == start || i-start > 18 || b[start] == '0' && i-start > 1 {
		f.fail()
		return 0
	}
	f.i += i
	if start > 0 {
		n = -n
	}
	return n
}

// num is int for the type int, which may have 32 bits.
func (f *form) num(name string, v *int) {
	n := int64(*v)
	f.int(name, &n)
	*v = int(n)
	f.check(int64(*v) == n)
}

// id is int for identifiers that count, from 1 to 10^18-1; 0 is none.
func (f *form) id(name string, v *uint64) {
	n := int64(*v)
	f.int(name, &n)
	f.check(n >= 0)
	*v = uint64(n)
}

// flag writes or reads a bool, which is true wherever it is written in JSON.
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

// maxDigits is the largest number of fraction digits of a currency.
const maxDigits = 9

// amount writes or reads minor units as a decimal string with all its digits: "49.90"
// for 4990 and two digits. As a string, no consumer of JSON takes it for a float. With
// more digits than a currency has it fails before it writes one.
func (f *form) amount(name string, v *int64, digits int) {
	if f.compact {
		f.packInt(v)
		f.check(uint64(*v+maxPoints) <= 2*maxPoints)
		return
	}
	if f.check(digits >= 0 && digits <= maxDigits); f.bad || !f.key(name, *v != 0) {
		return
	}
	f.token('"')
	if f.reading {
		*v = f.readAmount(digits)
		f.check(*v != 0)
	} else {
		f.check(uint64(*v+maxPoints) <= 2*maxPoints)
		f.b = money.AppendText(f.b, *v, digits)
	}
	f.token('"')
}

// readAmount reads a decimal with exactly as many digits after the point as there are
// to a minor unit, and no point where there are none.
func (f *form) readAmount(digits int) int64 {
	negative := f.peek() == '-'
	if negative {
		f.i++
		f.check(f.peek() != '-')
	}
	n := f.readInt()
	f.check(n <= maxPoints)
	if digits > 0 {
		n = f.readCents(n, digits)
	}
	f.check(n <= maxPoints)
	if negative {
		n = -n
	}
	return n
}

// readCents reads a point and digits after it, and appends those to n. It stops before
// n could overflow: what is above 2^53-1 is refused anyway.
func (f *form) readCents(n int64, digits int) int64 {
	b := f.in[f.i:]
	if len(b) <= digits || b[0] != '.' {
		f.fail()
		return 0
	}
	for _, c := range b[1 : digits+1] {
		c -= '0'
		if c > 9 || n > maxPoints {
			f.fail()
			return 0
		}
		n = 10*n + int64(c)
	}
	f.i += digits + 1
	return n
}

// unit writes a currency for a fingerprint.
func (f *form) unit(currency string) {
	if currency != f.currency {
		f.text("currency", &currency)
	}
}

// decimal writes a decimal for a fingerprint, which is not read. One that is too long
// to write is no amount that any command accepts.
func (f *form) decimal(name string, d decimal.Decimal) { //nolint:unparam // members have names, whatever is called "amount" so far
	if !f.key(name, d.Sign() != 0) {
		return
	}
	f.b, _ = money.AppendDecimal(f.b, d)
	f.b = append(f.b, ';')
}

// hash writes or reads 64 bits in hexadecimal: as a number, they would not fit in a
// float, as which JSON is often read.
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

// readHash reads 16 hexadecimal digits in lower case.
func (f *form) readHash() uint64 {
	const size = 16
	b := f.in[f.i:]
	if len(b) < size {
		f.fail()
		return 0
	}
	n, bad := uint64(0), byte(0)
	for _, c := range b[:size] {
		digit := nibble(c)
		bad |= digit
		n = n<<4 | uint64(digit&15)
	}
	f.i += size
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

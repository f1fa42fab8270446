package canon

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// MaxExact is the largest amount, 2^53-1: exact in a float64, and so with any consumer
// of JSON. MaxDigits is how many fraction digits an amount may have.
const (
	MaxExact  = 1<<53 - 1
	MaxDigits = 18
)

// MaxInt is the largest integer, of 18 digits: reading JSON need not look for overflow.
// The packed form has the same bound, so that what one form says the other can say too.
const MaxInt = 999_999_999_999_999_999

// Int writes or reads an integer. Zero is left out, and so "n":0 is not canonical.
func (f *Form) Int(name string, v *int64) {
	switch {
	case f.packed && !f.writing:
		u := f.uvarint()
		f.Check(u <= 2*MaxInt)
		*v = int64(u>>1) ^ -int64(u&1)
	case f.packed:
		f.Check(uint64(*v+MaxInt) <= 2*MaxInt)
		f.b = binary.AppendVarint(f.b, *v)
	case !f.writing:
		if f.next(name) {
			*v = f.readInt()
			f.Check(*v != 0)
		}
	case f.key(name, *v != 0):
		f.Check(uint64(*v+MaxInt) <= 2*MaxInt)
		f.b = strconv.AppendInt(f.b, *v, 10)
	}
}

// readInt reads an integer without leading zeros, of up to 18 digits. It reads "-0" as
// 0, which its callers refuse as they refuse every zero that is written.
func (f *Form) readInt() int64 {
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

// Num is [Form.Int] for the type int, which may have 32 bits.
func (f *Form) Num(name string, v *int) {
	n := int64(*v)
	f.Int(name, &n)
	*v = int(n)
	f.Check(int64(*v) == n)
}

// ID is [Form.Int] for identifiers that count, from 1 to 10^18-1; 0 is none.
func (f *Form) ID(name string, v *uint64) {
	n := int64(*v)
	f.Int(name, &n)
	f.Check(n >= 0)
	*v = uint64(n)
}

// Flag writes or reads a bool, which is true wherever it is written in JSON.
func (f *Form) Flag(name string, v *bool) {
	if f.packed {
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

// Amount writes or reads minor units as a decimal string with all its digits: "49.90"
// for 4990 and two digits, of which there are 0 to [MaxDigits]. As a string, no consumer
// of JSON takes it for a float.
func (f *Form) Amount(name string, v *int64, digits int) {
	if digits < 0 || digits > MaxDigits {
		f.fail()
		digits = 0
	}
	if f.packed {
		f.packInt(v)
		f.Check(uint64(*v+MaxExact) <= 2*MaxExact)
		return
	}
	if !f.key(name, *v != 0) {
		return
	}
	f.token('"')
	if !f.writing {
		*v = f.readAmount(digits)
		f.Check(*v != 0)
	} else {
		f.Check(uint64(*v+MaxExact) <= 2*MaxExact)
		f.b = appendAmount(f.b, *v, digits)
	}
	f.token('"')
}

// appendAmount appends minor units with all their fraction digits.
func appendAmount(b []byte, minor int64, digits int) []byte {
	if minor < 0 {
		b, minor = append(b, '-'), -minor
	}
	unit := int64(1)
	for range digits {
		unit *= 10
	}
	b = strconv.AppendInt(b, minor/unit, 10)
	if digits == 0 {
		return b
	}
	start := len(b)
	b = strconv.AppendInt(b, unit+minor%unit, 10) // a one, and the digits with their zeros
	b[start] = '.'
	return b
}

// readAmount reads a decimal with exactly as many digits after the point as there are
// to a minor unit, and no point where there are none.
func (f *Form) readAmount(digits int) int64 {
	negative := f.peek() == '-'
	if negative {
		f.i++
		f.Check(f.peek() != '-')
	}
	n := f.readInt()
	f.Check(n <= MaxExact)
	if digits > 0 {
		n = f.readCents(n, digits)
	}
	f.Check(n <= MaxExact)
	if negative {
		n = -n
	}
	return n
}

// readCents reads a point and digits after it, and appends those to n. It stops before
// n could overflow: what is above 2^53-1 is refused anyway.
func (f *Form) readCents(n int64, digits int) int64 {
	b := f.in[f.i:]
	if len(b) <= digits || b[0] != '.' {
		f.fail()
		return 0
	}
	for _, c := range b[1 : digits+1] {
		c -= '0'
		if c > 9 || n > MaxExact {
			f.fail()
			return 0
		}
		n = 10*n + int64(c)
	}
	f.i += digits + 1
	return n
}

// Hash writes or reads 64 bits in hexadecimal: as a number, they would not fit in a
// float, as which JSON is often read.
func (f *Form) Hash(name string, v *uint64) {
	if f.packed {
		f.packHash(v)
		return
	}
	if !f.key(name, *v != 0) {
		return
	}
	f.token('"')
	if !f.writing {
		*v = f.readHash()
		f.Check(*v != 0)
	} else {
		f.b = hex.AppendEncode(f.b, binary.BigEndian.AppendUint64(nil, *v))
	}
	f.token('"')
}

// readHash reads 16 hexadecimal digits in lower case.
func (f *Form) readHash() uint64 {
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
	f.Check(bad < 16)
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

// Raw writes bytes for a digest, which is not read, unless there are none. They must not
// contain a semicolon, which follows them.
func (f *Form) Raw(name string, text []byte) {
	f.Check(f.lax)
	if f.key(name, len(text) > 0) {
		f.b = append(append(f.b, text...), ';')
	}
}

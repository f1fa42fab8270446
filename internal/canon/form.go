package canon

import (
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

// A Form reads or writes one encoding, as JSON or packed, into values that are zero. A type describes itself once,
// for all four, by the members it has in their order:
//
//	func (l *Line) code(f *canon.Form) {
//		f.Amount("amount", &l.Amount, f.Digits)
//		f.Text("category", &l.Category)
//	}
//
// so that what is written can be read, and nothing else can. What goes wrong is said at
// the end, by [Form.Data] or [Form.Done]; until then every member after it is absent.
// A Form reads one encoding after the other. The zero Form reads. It is not safe for
// concurrent use.
//
// Reading moves an index over the input rather than shortening a slice: a store of
// a number costs nothing beside a store of a pointer, which the collector has to be
// told about.
type Form struct {
	// Digits are those of amounts in lists, for whoever has the list to set.
	Digits int

	b       []byte // what has been written
	start   int    // where in b it starts
	in      []byte // what is read
	i       int    // how much of it has been read, len(in) at most
	writing bool
	packed  bool // binary instead of JSON
	bad     bool
	unknown bool  // because of a version or kind that is not known
	lax     bool  // digests anything
	version int64 // of the layout that is read or written
	sep     byte  // what comes before the next member: '{', ',' or, outside objects, nothing

	// The date read last, its text and its first second in UTC: most dates of an
	// encoding are the same.
	dayText [dateSize]byte
	day     relmark.Date
	dayUnix int64
	epoch   relmark.Date // 1970-01-01

	// What is kept from one encoding to the next, nil where nothing is: strings that
	// repeat, by a hash of theirs, and memory for those that do not.
	names *[64]string
	texts *strings.Builder
}

// Writer returns a form that appends JSON of a version to b. [Head] comes first.
func Writer(b []byte, version int) Form {
	return Form{b: b, start: len(b), writing: true, version: int64(version), sep: '{'}
}

// PackedWriter returns a form that appends the packed encoding of a version, of 1 to
// 255, to b. [Head] comes first.
func PackedWriter(b []byte, version int) Form {
	f := Writer(b, version)
	f.packed = true
	return f
}

// Digester returns a form that appends to b members that are never read but hashed, as
// JSON has them but without braces around them. It takes every value, valid or not:
// what is wrong with a command, the command says itself.
func Digester(b []byte) Form { return Form{b: b, start: len(b), writing: true, lax: true} }

// Read starts to read JSON. What is read does not refer to data.
func (f *Form) Read(data []byte) {
	f.in, f.i, f.sep = data, 0, '{'
	f.packed, f.writing, f.bad, f.unknown, f.version, f.Digits = false, false, false, false, 0, 0
}

// ReadPacked starts to read the packed encoding.
func (f *Form) ReadPacked(data []byte) {
	f.Read(data)
	f.packed = true
}

// Remember makes f keep, from one encoding to the next, strings that repeat; others
// share pieces of memory of 512 bytes, so that one of them keeps its neighbours in
// memory.
func (f *Form) Remember() {
	if f.names == nil {
		f.names, f.texts = new([64]string), new(strings.Builder)
	}
}

// Data returns what a writer has appended, with the end of the object or the checksum.
// It fails with [codec.ErrCorrupt] if a member was none that can be read back: text
// that is not UTF-8, a number or an instant out of range, a word that is not of its set.
func (f *Form) Data() ([]byte, error) {
	switch {
	case f.bad:
		return nil, codec.ErrCorrupt
	case f.lax:
	case f.packed:
		return codec.AppendSum(f.b, f.start), nil
	default:
		f.End(0)
	}
	return f.b, nil
}

// Done ends the reading of one encoding. It fails with [codec.ErrVersion] if its version
// or kind is not known, and with [codec.ErrCorrupt] if it is anything but what a writer
// appends for the members that were read, to the last byte.
func (f *Form) Done() error {
	if !f.bad && !f.packed {
		f.End(0)
	}
	switch {
	case f.unknown:
		return codec.ErrVersion
	case f.bad || f.i < len(f.in):
		return codec.ErrCorrupt
	}
	return nil
}

// Reading reports whether members are read rather than written.
func (f *Form) Reading() bool { return !f.writing }

// Version returns the version of what is read or written, for layouts that changed.
func (f *Form) Version() int { return int(f.version) }

// fail ends reading or writing, unless it is for a digest. Nothing is left to read
// then, so that all that follows fails as well.
func (f *Form) fail() {
	if !f.lax {
		f.bad, f.b, f.i = true, nil, len(f.in)
	}
}

// Check fails unless ok.
func (f *Form) Check(ok bool) {
	if !ok {
		f.fail()
	}
}

// peek returns the byte that is read next, 0 at the end: no form contains one there.
func (f *Form) peek() byte {
	if f.i < len(f.in) {
		return f.in[f.i]
	}
	return 0
}

// key writes the name of a member if it is present, or reports whether it comes
// next in the input.
func (f *Form) key(name string, present bool) bool {
	switch {
	case f.packed:
		return true
	case !f.writing:
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

// Begin starts an object that is always there, and returns what [Form.End] takes to end
// it. Where it does not come next, the encoding is not canonical.
func (f *Form) Begin(name string) (outer byte) {
	f.Check(f.key(name, true))
	return f.open()
}

// End ends an object that [Form.Begin] started.
func (f *Form) End(outer byte) { f.close(outer) }

// Object writes or reads an object that is always there.
func Object[T any](f *Form, name string, v *T, each func(*T, *Form)) {
	outer := f.Begin(name)
	each(v, f)
	f.End(outer)
}

// next reports whether a member of that name comes next, and moves past it. What does
// not come next is absent: the order is fixed, so nothing has to be looked for. Most
// of what is absent is told by its first letter.
func (f *Form) next(name string) bool {
	b, n := f.in[f.i:], len(name)
	if len(b) < n+4 || b[2] != name[0] || b[0] != f.sep || b[1] != '"' || b[n+2] != '"' || b[n+3] != ':' || string(b[2:n+2]) != name {
		return false
	}
	f.i, f.sep = f.i+n+4, ','
	return true
}

// token writes or expects one byte.
func (f *Form) token(c byte) {
	switch {
	case f.writing:
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
func (f *Form) open() (outer byte) {
	outer, f.sep = f.sep, '{'
	return outer
}

// close ends an object, which may be empty.
func (f *Form) close(outer byte) {
	if !f.packed {
		if f.sep == '{' {
			f.token('{')
		}
		f.token('}')
	}
	f.sep = outer
}

package canon

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
)

// Head writes or reads how an encoding begins: with its version and its kind, one of a
// set of words,
//
//	{"v":1,"type":"earned",…
//
// or a byte for each, the position of the word in the set for the latter. A version
// above newest, the version 0, no version, and a word that is not in the set are not
// known: [Form.Done] says so rather than that the encoding is corrupt.
func Head[T ~string](f *Form, newest int, kinds enum.Set[T], kind *T) {
	switch {
	case f.writing:
		writeHead(f, newest, kinds, *kind)
	case f.packed:
		*kind = packedHead(f, newest, kinds)
	default:
		*kind = readHead(f, newest, kinds)
	}
}

// writeHead writes the head.
func writeHead[T ~string](f *Form, newest int, kinds enum.Set[T], kind T) {
	i, ok := kinds.Index(kind)
	f.Check(ok && kind != "" && f.version >= 1 && f.version <= min(int64(newest), 255) && i < 256)
	if f.packed {
		f.b = append(f.b, byte(f.version), byte(i))
		return
	}
	text := string(kind)
	f.Int("v", &f.version)
	f.Text("type", &text)
}

// readHead reads the head of JSON. The version is looked at first: what else is new in
// a later one nobody knows here.
func readHead[T ~string](f *Form, newest int, kinds enum.Set[T]) T {
	f.Check(f.peek() == '{')
	if f.next("v") {
		f.version = f.readInt()
	}
	if f.bad || !f.known(f.version >= 1 && f.version <= int64(newest)) {
		return ""
	}
	f.Check(f.next("type"))
	f.token('"')
	kind, ok := find(f.readText(), kinds)
	if !f.bad {
		f.known(ok && kind != "")
	}
	return kind
}

// packedHead reads the head of the packed form and the checksum.
func packedHead[T ~string](f *Form, newest int, kinds enum.Set[T]) T {
	const size = 2
	if len(f.in) < size {
		f.fail()
		return ""
	}
	f.version = int64(f.in[0])
	kind, ok := kinds.At(int(f.in[1]))
	if !f.known(ok && kind != "" && f.version >= 1 && f.version <= int64(newest)) {
		return ""
	}
	rest, sound := codec.CutSum(f.in)
	f.in, f.i = rest, min(size, len(rest))
	f.Check(sound && len(rest) >= size)
	return kind
}

// known fails for a version or a kind unless it is known.
func (f *Form) known(ok bool) bool {
	if !ok {
		f.unknown = true
		f.fail()
	}
	return ok
}

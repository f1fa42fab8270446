package canon

import (
	"encoding/binary"

	"github.com/relmark/relmark/internal/enum"
)

// Word writes or reads a word of a closed set: in JSON as it is, the empty one left out,
// in the packed form as its position, so that a set only ever grows at its end. It keeps
// no memory.
func Word[T ~string](f *Form, name string, v *T, set enum.Set[T]) {
	if f.writing {
		writeWord(f, name, *v, set)
		return
	}
	var word T
	var ok bool
	switch {
	case f.packed:
		n := f.uvarint()
		word, ok = set.At(int(min(n, maxWords)))
	case f.next(name):
		f.token('"')
		word, ok = find(f.readText(), set)
		ok = ok && word != ""
	default:
		ok = set.Valid("")
	}
	if f.Check(ok); ok {
		*v = word
	}
}

// maxWords is more than any set has.
const maxWords = 1 << 20

// writeWord writes a word.
func writeWord[T ~string](f *Form, name string, v T, set enum.Set[T]) {
	i, ok := set.Index(v)
	f.Check(ok)
	if f.packed {
		f.b = binary.AppendUvarint(f.b, uint64(i))
		return
	}
	text := string(v)
	f.Text(name, &text)
}

// find returns the word of a set that text is.
func find[T ~string](text []byte, set enum.Set[T]) (T, bool) {
	for i := range set.Len() {
		if w, _ := set.At(i); string(text) == string(w) {
			return w, true
		}
	}
	return "", false
}

package codec

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// Name reads a string of 1 to most bytes of UTF-8: a state is made by commands whose
// names have been checked, so its names are what commands may have.
func (r *Reader) Name(most int) string {
	s := r.String()
	r.Check(s != "" && len(s) <= most && utf8.ValidString(s))
	if r.err != nil {
		return ""
	}
	return s
}

// UpTo reads an unsigned integer of at most most, a count or an amount.
func (r *Reader) UpTo(most int64) int64 {
	v := r.Uvarint()
	r.Check(v <= uint64(most))
	if r.err != nil {
		return 0
	}
	return int64(v)
}

// WriteMap appends the number of entries of a map and its entries in ascending order of
// their names: the name, then what write appends.
func WriteMap[V any](w *Writer, m map[string]V, write func(name string, v V)) {
	w.Count(len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		w.String(name)
		write(name, m[name])
	}
}

// ReadMap reads what [WriteMap] has written: names of 1 to most bytes, which ascend, and
// entries of least bytes or more with their names. The map is never nil.
func ReadMap[V any](r *Reader, most, least int, read func(name string) V) map[string]V {
	n := r.Count(least)
	m := make(map[string]V, n)
	before := ""
	for range n {
		name := r.Name(most)
		r.Check(name > before)
		if r.err != nil {
			break
		}
		m[name], before = read(name), name
	}
	return m
}

package canon

import "slices"

// List writes or reads a list of objects; an empty one is left out. What is read goes
// to the memory that *s has, as far as it suffices.
func List[T any](f *Form, name string, s *[]T, each func(*T, *Form)) {
	if f.packed {
		packList(f, s, each)
		return
	}
	if !f.key(name, len(*s) > 0) {
		if !f.writing {
			*s = nil // there may be room for a list, but there is none
		}
		return
	}
	f.token('[')
	if !f.writing {
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
func readList[T any](f *Form, s *[]T, each func(*T, *Form)) {
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

// packList writes or reads a list. The length is a claim of the input; memory grows
// with the elements that are really there.
func packList[T any](f *Form, s *[]T, each func(*T, *Form)) {
	n := f.count(len(*s))
	if !f.writing {
		unpackList(f, s, n, each)
		return
	}
	for i := range *s {
		each(&(*s)[i], f)
	}
}

// unpackList reads n elements.
func unpackList[T any](f *Form, s *[]T, n int, each func(*T, *Form)) {
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

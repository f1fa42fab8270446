package codec

import (
	"reflect"
	"unicode/utf8"
)

// An ID is what a host names a customer, an item or an order by: the same types as
// the ID of the root package, which this one does not know.
type ID interface {
	~string |
		~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// The kinds of identifiers in an encoding.
const (
	IDText     byte = 1
	IDSigned   byte = 2
	IDUnsigned byte = 3
)

// IDKind returns how identifiers of type I are encoded. Types of one kind share
// encodings: what was written as int is read as int32, unless it does not fit.
func IDKind[I ID]() byte {
	switch v := reflect.Zero(reflect.TypeFor[I]()); {
	case v.CanInt():
		return IDSigned
	case v.CanUint():
		return IDUnsigned
	default:
		return IDText
	}
}

// WriteID appends an identifier in the encoding of its kind: bytes, varint or
// uvarint.
func WriteID[I ID](w *Writer, id I) {
	switch v := reflect.ValueOf(id); {
	case v.CanInt():
		w.Varint(v.Int())
	case v.CanUint():
		w.Uvarint(v.Uint())
	default:
		w.String(v.String())
	}
}

// ReadID reads an identifier of the kind of I. One that does not fit into I, such
// as 300 into an int8, is an error of the reader.
func ReadID[I ID](r *Reader) (id I) {
	switch v := reflect.ValueOf(&id).Elem(); {
	case v.CanInt():
		n := r.Varint()
		r.Check(!v.OverflowInt(n))
		v.SetInt(n)
	case v.CanUint():
		n := r.Uvarint()
		r.Check(!v.OverflowUint(n))
		v.SetUint(n)
	default:
		v.SetString(r.String())
	}
	return id
}

// IsUTF8 reports whether an identifier is UTF-8 where it is text. JSON turns other
// bytes into U+FFFD, so that two identifiers fall together. It takes a pointer to
// spare an allocation.
func IsUTF8[I ID](id *I) bool {
	if text, ok := any(id).(*string); ok {
		return utf8.ValidString(*text)
	}
	v := reflect.ValueOf(id).Elem()
	return v.Kind() != reflect.String || utf8.ValidString(v.String())
}

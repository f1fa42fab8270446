package basket

import (
	"reflect"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

// The kinds of items in an encoding.
const (
	itemText     = 1
	itemSigned   = 2
	itemUnsigned = 3
)

// kindOf returns how items of type I are encoded. Types of one kind share
// encodings: what was counted as int is read as int32, unless it does not fit.
func kindOf[I relmark.ID]() byte {
	t := reflect.TypeFor[I]()
	switch v := reflect.Zero(t); {
	case v.CanInt():
		return itemSigned
	case v.CanUint():
		return itemUnsigned
	default:
		return itemText
	}
}

// writeItem appends an item in the encoding of its kind.
func writeItem[I relmark.ID](w *codec.Writer, item I) {
	switch v := reflect.ValueOf(item); {
	case v.CanInt():
		w.Varint(v.Int())
	case v.CanUint():
		w.Uvarint(v.Uint())
	default:
		w.String(v.String())
	}
}

// readItem reads an item of the kind of I. One that does not fit into I, such as
// 300 into an int8, is an error of the reader.
func readItem[I relmark.ID](r *codec.Reader) (item I) {
	switch v := reflect.ValueOf(&item).Elem(); {
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
	return item
}

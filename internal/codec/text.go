package codec

import "reflect"

// IDTextOf returns an identifier that is text, and whether it is. It takes a pointer
// to spare an allocation.
func IDTextOf[I ID](id *I) (text string, ok bool) {
	if plain, ok := any(id).(*string); ok {
		return *plain, true
	}
	if v := reflect.ValueOf(id).Elem(); v.Kind() == reflect.String {
		return v.String(), true
	}
	return "", false
}

package probe

import (
	"fmt"
	"math"
	"reflect"
	"time"
	"unsafe"
)

// differ says where two values of a type differ, "" if nowhere: by Equal where a type
// has it, else by what they are made of. Absent and empty lists are the same, as are two
// NaNs and two zones of one name.
func differ(a, b reflect.Value, path string) string {
	if !a.CanInterface() { // a field that is not exported
		a, b = open(a), open(b)
	}
	if zone, ok := a.Interface().(*time.Location); ok {
		return unless(zone.String() == b.Interface().(*time.Location).String(), path, a, b)
	}
	if a.Kind() != reflect.Pointer || !a.IsNil() && !b.IsNil() {
		if same, ok := compare(a, b); ok {
			return unless(same, path, a, b)
		}
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return unless(a.IsNil() == b.IsNil(), path, a, b)
		}
		if a.Kind() == reflect.Interface && a.Elem().Type() != b.Elem().Type() {
			return path
		}
		return differ(a.Elem(), b.Elem(), path)
	case reflect.Struct:
		for i := range a.NumField() {
			if where := differ(field(a, i), field(b, i), path+"."+a.Type().Field(i).Name); where != "" {
				return where
			}
		}
		return ""
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s has %d elements and then %d", path, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if where := differ(a.Index(i), b.Index(i), fmt.Sprintf("%s[%d]", path, i)); where != "" {
				return where
			}
		}
		return ""
	case reflect.Map:
		return differMaps(a, b, path)
	case reflect.Float32, reflect.Float64:
		return unless(a.Float() == b.Float() || math.IsNaN(a.Float()) && math.IsNaN(b.Float()), path, a, b)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return ""
	default:
		return unless(a.Equal(b), path, a, b)
	}
}

// compare compares by the method Equal or Cmp; false if there is neither.
func compare(a, b reflect.Value) (same, ok bool) {
	for _, name := range []string{"Equal", "Cmp"} {
		f := a.MethodByName(name)
		if !f.IsValid() || f.Type().NumIn() != 1 || f.Type().In(0) != a.Type() || f.Type().NumOut() != 1 {
			continue
		}
		switch result := f.Call([]reflect.Value{b})[0]; result.Kind() {
		case reflect.Bool:
			return result.Bool(), true
		case reflect.Int:
			return result.Int() == 0, true
		}
	}
	return false, false
}

func differMaps(a, b reflect.Value, path string) string {
	if a.Len() != b.Len() {
		return fmt.Sprintf("%s has %d entries and then %d", path, a.Len(), b.Len())
	}
	for _, key := range a.MapKeys() {
		other := b.MapIndex(key)
		if !other.IsValid() {
			return path + " has lost a key"
		}
		if where := differ(a.MapIndex(key), other, path+"[…]"); where != "" {
			return where
		}
	}
	return ""
}

func unless(same bool, path string, a, b reflect.Value) string {
	if same {
		return ""
	}
	if path == "" {
		path = "it"
	}
	return fmt.Sprintf("%s was %v and is %v", path, a, b)
}

// field returns a field that can be looked at, exported or not.
func field(v reflect.Value, i int) reflect.Value {
	if !v.CanAddr() {
		room := reflect.New(v.Type()).Elem()
		room.Set(v)
		v = room
	}
	return open(v.Field(i))
}

// open returns a value that can be looked at.
func open(v reflect.Value) reflect.Value {
	if v.CanInterface() || !v.CanAddr() {
		return v
	}
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

package probe

import (
	"encoding"
	"reflect"
	"time"
)

// texts are what a type without exported fields may read: dates, decimals, words.
var texts = []string{"2025-03-05", "2024-02-29", "12.50", "7", "0.05", "a"}

// currency is a text that must be in capitals in some places.
const currency = "EUR"

// fill sets a value at random. Numbers are small and texts few, so that some values are
// valid; what is left out stays zero.
func (p *Probe) fill(v reflect.Value, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	if values := p.words[v.Type()]; len(values) > 0 {
		v.Set(values[p.rand.IntN(len(values))])
		return
	}
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(1_700_000_000+p.rand.Int64N(100_000_000), p.rand.Int64N(3)*500_000_000).UTC()
		return
	case *time.Duration:
		*x = time.Duration(p.rand.IntN(50)) * time.Hour
		return
	case *time.Weekday:
		*x = time.Weekday(p.rand.IntN(7))
		return
	case *time.Month:
		*x = time.January + time.Month(p.rand.IntN(12))
		return
	case **time.Location:
		*x = time.FixedZone("Europe/Berlin", 3600)
		return
	case encoding.TextUnmarshaler:
		if v.Kind() == reflect.Struct && v.NumField() > 0 && !exported(v.Type()) {
			for range texts {
				if x.UnmarshalText([]byte(texts[p.rand.IntN(len(texts))])) == nil {
					return
				}
			}
		}
	}
	p.fillKind(v, depth)
}

func (p *Probe) fillKind(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(p.rand.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(p.rand.Int64N([]int64{2, 4, 100}[p.rand.IntN(3)]))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(p.rand.Uint64N([]uint64{2, 4, 100}[p.rand.IntN(3)]))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(p.rand.Float64() * []float64{1, 1, 50}[p.rand.IntN(3)])
	case reflect.String:
		v.SetString([]string{"", "a", "b", currency, "ü", "a<\"\\"}[p.rand.IntN(6)])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), p.rand.IntN(3), 3))
		for i := range v.Len() {
			p.fill(v.Index(i), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			p.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		p.fillMap(v, depth)
	case reflect.Struct:
		keep := p.rand.IntN(4) // of four fields, this many stay zero
		for i := range v.NumField() {
			if p.rand.IntN(4) >= keep {
				p.fill(v.Field(i), depth+1)
			}
		}
	}
}

func (p *Probe) fillMap(v reflect.Value, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	for range p.rand.IntN(3) {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		p.fill(key, depth+1)
		p.fill(value, depth+1)
		v.SetMapIndex(key, value)
	}
}

// exported reports whether a struct has an exported field.
func exported(t reflect.Type) bool {
	for f := range t.Fields() {
		if f.IsExported() {
			return true
		}
	}
	return false
}

package queue

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const jsonVersion = 1 // of the parameters of every model

// parameters are those of a model: a struct whose tags are the keys of version 1.
type parameters interface{ Validate() error }

// marshal encodes valid parameters, with the name of their model and durations as
// [time.ParseDuration] reads them:
//
//	{"v":1,"model":"mmc","arrival":40,"service":15,"servers":3,"unit":"1h0m0s"}
func marshal(model string, p parameters) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	text := fmt.Appendf(nil, `{"v":%d,"model":%q`, jsonVersion, model)
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		value := v.Field(i).Interface()
		if d, ok := value.(time.Duration); ok {
			value = d.String()
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, fault.Room(room, err)
		}
		text = fmt.Appendf(text, ",%q:%s", v.Type().Field(i).Tag.Get("json"), encoded)
	}
	return append(text, '}'), nil
}

// unmarshal decodes parameters of any version so far and validates them. No number is
// guessed: a missing one is an error, like a model of another name and an unknown key.
func unmarshal[P parameters](model string, data []byte) (p P, err error) {
	out := reflect.ValueOf(&p).Elem()
	stored := reflect.New(storedAs(out.Type()))
	if err := codec.JSON(data, jsonVersion, stored.Interface()); err != nil {
		return p, fault.Decode(room, model, err)
	}
	fields := stored.Elem()
	if name, _ := reflect.TypeAssert[*string](fields.Field(1)); name == nil || *name != model {
		return p, fault.Room(room, fault.New("Model", nil, "must be "+model))
	}
	for i := range out.NumField() {
		field := fields.Field(i + 2)
		if field.IsNil() {
			return *new(P), fault.Decode(room, model, codec.ErrCorrupt)
		}
		if text, ok := reflect.TypeAssert[*string](field); ok {
			d, err := time.ParseDuration(*text)
			if err != nil {
				return *new(P), fault.Room(room, fault.New(out.Type().Field(i).Name, nil, "must be a duration such as 1h0m0s"))
			}
			out.Field(i).SetInt(int64(d))
			continue
		}
		out.Field(i).Set(field.Elem())
	}
	if err := p.Validate(); err != nil {
		return *new(P), err
	}
	return p, nil
}

// storedAs returns the struct that version 1 of parameters decodes into: a pointer for
// each number, which is nil where it is missing, and text for durations.
func storedAs(t reflect.Type) reflect.Type {
	fields := []reflect.StructField{
		{Name: "V", Type: reflect.TypeFor[int](), Tag: `json:"v"`},
		{Name: "Model", Type: reflect.TypeFor[*string](), Tag: `json:"model"`},
	}
	for f := range t.Fields() {
		if f.Type == reflect.TypeFor[time.Duration]() {
			f.Type = reflect.TypeFor[string]()
		}
		fields = append(fields, reflect.StructField{Name: f.Name + "_", Type: reflect.PointerTo(f.Type), Tag: f.Tag})
	}
	return reflect.StructOf(fields)
}

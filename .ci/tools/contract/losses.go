package main

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
)

// checkLosses reports types of which encoding/json accepts a value and loses a part of
// it: fields that are not exported, interfaces, which nothing can be read into, and
// fields of such types. A type with a method of its own says for itself what it writes.
func (m *module) checkLosses() {
	for _, p := range m.rooms {
		for _, t := range named(p) {
			if _, ok := t.Underlying().(*types.Struct); !ok {
				continue
			}
			if lost := losses(t, m.path, nil); lost != "" {
				m.report(p, t.Obj().Pos(), "loss", t.Obj().Name(), "%s", lost)
			}
		}
	}
}

// losses says what encoding/json loses of a type, "" if nothing.
func losses(t types.Type, module string, above []types.Type) string {
	for _, a := range above {
		if types.Identical(a, t) {
			return ""
		}
	}
	above = append(above, t)
	if named, ok := types.Unalias(t).(*types.Named); ok && written(named, false) {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return fieldLosses(t, u, module, above)
	case *types.Pointer:
		if named, ok := types.Unalias(u.Elem()).(*types.Named); ok && written(named, true) {
			return ""
		}
		return losses(u.Elem(), module, above)
	case *types.Slice:
		return losses(u.Elem(), module, above)
	case *types.Array:
		return losses(u.Elem(), module, above)
	case *types.Map:
		return losses(u.Elem(), module, above)
	case *types.Interface:
		if _, param := types.Unalias(t).(*types.TypeParam); !param {
			return "is an interface, which cannot be read"
		}
	}
	return ""
}

// written reports whether a type has a method by which encoding/json writes its values,
// or pointers to them.
func written(t *types.Named, pointer bool) bool {
	return method(t, "MarshalJSON", pointer) != nil || method(t, "MarshalText", pointer) != nil
}

func fieldLosses(t types.Type, s *types.Struct, module string, above []types.Type) string {
	exported, hidden := 0, ""
	for i := range s.NumFields() {
		f := s.Field(i)
		switch {
		case f.Embedded() && !f.Exported(): // its exported fields are promoted
			exported++
		case f.Exported() && reflect.StructTag(s.Tag(i)).Get("json") != "-":
			exported++
		case f.Type().Underlying() != nil && f.Name() != "_":
			hidden = f.Name()
		}
	}
	if hidden != "" && exported == 0 {
		return "encodes as {}"
	}
	if hidden != "" {
		return fmt.Sprintf("loses %s", hidden)
	}
	for i := range s.NumFields() {
		if !s.Field(i).Exported() && !s.Field(i).Embedded() {
			continue
		}
		if lost := losses(s.Field(i).Type(), module, above); lost != "" {
			return fmt.Sprintf("%s (%s) %s", s.Field(i).Name(), short(s.Field(i).Type()), lost)
		}
	}
	return ""
}

// short writes a type without the paths of packages.
func short(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Path()[strings.LastIndex(p.Path(), "/")+1:] })
}

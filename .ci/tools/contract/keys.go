package main

import (
	"go/ast"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// checkBare reports exported types that encoding/json writes by their fields and that
// name no keys for them, so that these are written with a capital.
func (m *module) checkBare() {
	for _, p := range m.rooms {
		for _, t := range named(p) {
			s, ok := t.Underlying().(*types.Struct)
			if !ok || written(t, false) {
				continue
			}
			var bare []string
			for i := range s.NumFields() {
				if f := s.Field(i); f.Exported() && !f.Embedded() && reflect.StructTag(s.Tag(i)).Get("json") == "" {
					bare = append(bare, f.Name())
				}
			}
			if len(bare) > 0 {
				m.report(p, t.Obj().Pos(), "bare", t.Obj().Name(), "has no keys for %s", strings.Join(bare, ", "))
			}
		}
	}
}

// checkKeys reports keys of JSON that are not snake case, in every struct of the module,
// and structs that name the keys of some fields only.
func (m *module) checkKeys() {
	for _, list := range [][]*packages.Package{m.rooms, m.inner} {
		for _, p := range list {
			eachStruct(p, func(name string, s *ast.StructType) { m.checkTags(p, name, s) })
		}
	}
}

func (m *module) checkTags(p *packages.Package, name string, s *ast.StructType) {
	tagged, bare := 0, []*ast.Ident(nil)
	for _, f := range s.Fields.List {
		key, ok := jsonKey(f)
		switch {
		case !ok:
			for _, id := range f.Names {
				if id.IsExported() && id.Name != "V" { // folds to v
					bare = append(bare, id)
				}
			}
		default:
			tagged++
			if key != "" && key != "-" && !snake.MatchString(key) {
				m.report(p, f.Pos(), "key", name, "has the key %q, which is not in snake case", key)
			}
		}
	}
	if tagged > 0 {
		for _, id := range bare {
			m.report(p, id.Pos(), "key", name+"."+id.Name, "has no key, though other fields have")
		}
	}
}

// jsonKey returns the key that a tag names; false without a tag for JSON.
func jsonKey(f *ast.Field) (string, bool) {
	if f.Tag == nil {
		return "", false
	}
	text, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return "", false
	}
	tag, ok := reflect.StructTag(text).Lookup("json")
	key, _, _ := strings.Cut(tag, ",")
	return key, ok
}

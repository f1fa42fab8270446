package main

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// checkArguments reports functions that take the instant of a question, asOf, before
// what they ask of, or by another name. Options follow it.
func (m *module) checkArguments() {
	for _, p := range m.rooms {
		eachFunc(p, func(f *types.Func, name string) {
			params := f.Signature().Params()
			for i := range params.Len() {
				v := params.At(i)
				switch {
				case v.Name() == "now" && isTime(v.Type()):
					m.report(p, f.Pos(), "asof", name, "takes the instant of a question as %s: asOf is wanted", v.Name())
				case v.Name() != "asOf":
					continue
				}
				for j := i + 1; j < params.Len(); j++ {
					if !isOption(params.At(j), f.Signature().Variadic() && j == params.Len()-1) {
						m.report(p, f.Pos(), "asof", name, "takes %s after %s, which comes after what it is asked of and before options", params.At(j).Name(), v.Name())
					}
				}
			}
		})
	}
}

// eachFunc calls visit for every exported function, and every exported method of an
// exported type or interface.
func eachFunc(p *packages.Package, visit func(f *types.Func, name string)) {
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		if f, ok := scope.Lookup(name).(*types.Func); ok && f.Exported() {
			visit(f, name)
		}
	}
	for _, t := range named(p) {
		for f := range methods(t) {
			if f.Exported() {
				visit(f, t.Obj().Name()+"."+f.Name())
			}
		}
	}
}

// methods yields the methods that a type declares itself.
func methods(t *types.Named) func(yield func(*types.Func) bool) {
	return func(yield func(*types.Func) bool) {
		if i, ok := t.Underlying().(*types.Interface); ok {
			for f := range i.ExplicitMethods() {
				if !yield(f) {
					return
				}
			}
		}
		for f := range t.Methods() {
			if !yield(f) {
				return
			}
		}
	}
}

func isTime(t types.Type) bool { return short(t) == "time.Time" }

// isOption reports whether a parameter is one that follows all others.
func isOption(v *types.Var, variadic bool) bool {
	name := short(v.Type())
	return variadic || strings.HasSuffix(name, "Options") || v.Name() == "workers"
}

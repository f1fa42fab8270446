package main

import (
	"go/ast"
	"go/doc"
	"go/types"
	"regexp"
	"strings"
)

// checkComments reports exported names without a comment. Constants and variables
// may share the one of their group, methods of an interface one that names them.
// Fields explain themselves or are explained, as the writer thinks best; but
// their types must be ones that a reader can look up.
func checkComments(pg *page) {
	if strings.TrimSpace(pg.doc.Doc) == "" {
		pg.report(0, "the package has no comment")
	}
	if pg.Name == "main" {
		return
	}
	checkValues(pg, pg.doc.Consts, pg.doc.Vars)
	checkFuncs(pg, pg.doc.Funcs)
	for _, t := range pg.doc.Types {
		checkType(pg, t)
		checkValues(pg, t.Consts, t.Vars)
		checkFuncs(pg, t.Funcs)
		checkFuncs(pg, t.Methods)
	}
}

func checkFuncs(pg *page, funcs []*doc.Func) {
	for _, f := range funcs {
		name := f.Name
		if f.Recv != "" {
			name = strings.TrimPrefix(f.Recv, "*") + "." + name
		}
		pg.want(f.Decl.Name, name, f.Doc != "")
	}
}

func checkValues(pg *page, groups ...[]*doc.Value) {
	for _, group := range groups {
		for _, v := range group {
			for _, spec := range v.Decl.Specs {
				checkSpec(pg, v, spec.(*ast.ValueSpec))
			}
		}
	}
}

func checkSpec(pg *page, v *doc.Value, spec *ast.ValueSpec) {
	for _, id := range spec.Names {
		if id.IsExported() {
			pg.want(id, id.Name, v.Doc != "" || spec.Doc != nil || spec.Comment != nil)
		}
	}
}

func checkType(pg *page, t *doc.Type) {
	for _, spec := range t.Decl.Specs {
		spec := spec.(*ast.TypeSpec)
		pg.want(spec.Name, t.Name, t.Doc != "")
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			eachName(typ.Fields, func(f *ast.Field, id *ast.Ident) {
				if hidden := hiddenType(f.Type); hidden != "" {
					pg.report(id.Pos(), "%s.%s is of type %s, which has no documentation", t.Name, id.Name, hidden)
				}
			})
		case *ast.InterfaceType:
			eachName(typ.Methods, func(m *ast.Field, id *ast.Ident) {
				pg.want(id, t.Name+"."+id.Name, pg.Internal() || m.Doc != nil || m.Comment != nil || mentions(t.Doc, id.Name))
			})
		}
	}
}

// eachName calls visit for every exported name of a list. Embedded fields and the
// terms of a constraint have no name of their own.
func eachName(list *ast.FieldList, visit func(*ast.Field, *ast.Ident)) {
	for _, field := range list.List {
		for _, id := range field.Names {
			if id.IsExported() {
				visit(field, id)
			}
		}
	}
}

// hiddenType returns the name of an unexported type of the package in a type
// expression, "" if there is none.
func hiddenType(expr ast.Expr) (name string) {
	ast.Inspect(expr, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr, *ast.StructType, *ast.FuncType, *ast.InterfaceType:
			return false
		case *ast.Ident:
			if !n.IsExported() && types.Universe.Lookup(n.Name) == nil {
				name = n.Name
			}
		}
		return true
	})
	return name
}

// want counts an exported name and reports it unless it is documented.
func (pg *page) want(at *ast.Ident, name string, documented bool) {
	pg.names++
	if !documented {
		pg.report(at.Pos(), "%s has no comment", name)
	}
}

// mentions reports whether a comment speaks of name, whatever the case.
func mentions(text, name string) bool {
	return regexp.MustCompile(`(?i)\b` + name + `\b`).MatchString(text)
}

package main

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/packages"
)

// sentinel is how comments say that a 0 stands for something else than zero.
var sentinel = regexp.MustCompile(`(?i)\b(0|zero)\b,? ?(means?|is|are|for|stands for|=|takes|counts as|as)? ?(for )?\b(all|none|no limit|unlimited|unbounded|everything|everybody|every|any|no bound|never|not asked|unknown|the whole)\b`)

// checkZeros reports comments on exported fields and functions that give a 0 another
// meaning: people have to look at each.
func (m *module) checkZeros() {
	for _, p := range m.rooms {
		for _, file := range p.Syntax {
			for _, decl := range file.Decls {
				switch d := decl.(type) {
				case *ast.FuncDecl:
					if d.Name.IsExported() {
						m.checkZero(p, d, d.Name.Name, d.Doc)
					}
				case *ast.GenDecl:
					m.checkZeroFields(p, d)
				}
			}
		}
	}
}

func (m *module) checkZeroFields(p *packages.Package, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok || !t.Name.IsExported() {
			continue
		}
		s, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range s.Fields.List {
			for _, id := range f.Names {
				if id.IsExported() && countable(p.TypesInfo.TypeOf(f.Type)) {
					m.checkZero(p, f, t.Name.Name+"."+id.Name, f.Doc, f.Comment)
				}
			}
		}
	}
}

func (m *module) checkZero(p *packages.Package, at ast.Node, name string, comments ...*ast.CommentGroup) {
	for _, c := range comments {
		if text := strings.Join(strings.Fields(c.Text()), " "); sentinel.MatchString(text) {
			m.report(p, at.Pos(), "zero", name, "says %q", sentinel.FindString(text))
		}
	}
}

// countable reports whether a type holds numbers that a computation could produce. The
// zero time and the zero date are none that anybody computes.
func countable(t types.Type) bool {
	name := short(t)
	return name != "time.Time" && name != "relmark.Date" && name != "Date"
}

package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"

	"github.com/relmark/relmark/.ci/tools/golist"
)

// A page is the documentation of one package as its readers see it.
type page struct {
	golist.Package
	doc   *doc.Package
	fset  *token.FileSet
	names int      // exported names met
	wrong []string // what was found
}

// read parses the sources of p, without its tests.
func read(p golist.Package) (*page, error) {
	pg := &page{Package: p, fset: token.NewFileSet()}
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(pg.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	var err error
	pg.doc, err = doc.NewFromFiles(pg.fset, files, p.ImportPath)
	return pg, err
}

// report adds a finding at a position of the sources, or about the package as a
// whole.
func (pg *page) report(pos token.Pos, format string, args ...any) {
	where := pg.ImportPath
	if pos.IsValid() {
		at := pg.fset.Position(pos)
		where = fmt.Sprintf("%s:%d", filepath.Join(pg.Rel(), filepath.Base(at.Filename)), at.Line)
	}
	pg.wrong = append(pg.wrong, where+": "+fmt.Sprintf(format, args...))
}

// A text is a comment that godoc renders.
type text struct {
	pos  token.Pos
	text string
}

// texts returns the package comment and those of all exported declarations.
func (pg *page) texts() []text {
	list := []text{{token.NoPos, pg.doc.Doc}}
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			list = append(list, text{v.Decl.Pos(), v.Doc})
		}
	}
	funcs := func(fs []*doc.Func) {
		for _, f := range fs {
			list = append(list, text{f.Decl.Pos(), f.Doc})
		}
	}
	values(pg.doc.Consts)
	values(pg.doc.Vars)
	funcs(pg.doc.Funcs)
	for _, t := range pg.doc.Types {
		list = append(list, text{t.Decl.Pos(), t.Doc})
		values(t.Consts)
		values(t.Vars)
		funcs(t.Funcs)
		funcs(t.Methods)
	}
	return list
}

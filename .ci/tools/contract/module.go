package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A module is what is checked.
type module struct {
	root  string // folder
	path  string
	rooms []*packages.Package // what hosts can import
	inner []*packages.Package // what they cannot

	types, sets int               // met
	places      map[string]string // of types, by their names
	found       []finding
}

// A finding is what is wrong with a name, by one of the rules.
type finding struct {
	where string // file:line
	rule  string
	name  string // such as tier.Depth or tier.Policy.Zone
	text  string
}

func (f finding) String() string {
	return fmt.Sprintf("%s: %s: %s %s", f.where, f.rule, f.name, f.text)
}

const loading = packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo |
	packages.NeedImports | packages.NeedDeps | packages.NeedModule | packages.NeedExportFile

// load reads the packages of the module in dir, without their tests.
func load(dir string) (*module, error) {
	list, err := packages.Load(&packages.Config{Mode: loading, Dir: dir}, "./...")
	if err != nil {
		return nil, err
	}
	m := &module{places: map[string]string{}}
	for _, p := range list {
		for _, e := range p.Errors {
			err = errors.Join(err, e)
		}
		m.root, m.path = p.Module.Dir, p.Module.Path
		switch {
		case p.Name == "main":
		case strings.Contains(p.PkgPath+"/", "/internal/"):
			m.inner = append(m.inner, p)
		default:
			m.rooms = append(m.rooms, p)
		}
	}
	return m, err
}

// report adds a finding about a name.
func (m *module) report(p *packages.Package, pos token.Pos, rule, name, format string, args ...any) {
	m.found = append(m.found, finding{m.place(p, pos), rule, p.Name + "." + name, fmt.Sprintf(format, args...)})
}

// place says where in the module a position is.
func (m *module) place(p *packages.Package, pos token.Pos) string {
	at := p.Fset.Position(pos)
	file, err := filepath.Rel(m.root, at.Filename)
	if err != nil {
		file = at.Filename
	}
	return fmt.Sprintf("%s:%d", file, at.Line)
}

// named returns the exported types that p declares, in the order of their names,
// without constraints, which no value is of.
func named(p *packages.Package) (list []*types.Named) {
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !obj.Exported() {
			continue
		}
		t, ok := types.Unalias(obj.Type()).(*types.Named)
		if i, isInterface := t.Underlying().(*types.Interface); ok && (!isInterface || i.IsMethodSet()) {
			list = append(list, t)
		}
	}
	return list
}

// constants returns the exported constants of a type, in the order of the sources.
func constants(p *packages.Package, t types.Type) (list []*types.Const) {
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && c.Exported() && types.Identical(c.Type(), t) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *types.Const) int { return int(a.Pos() - b.Pos()) })
	return list
}

// method returns the method of a type, of its values alone or of pointers to them too;
// nil if there is none.
func method(t types.Type, name string, pointer bool) *types.Func {
	if pointer {
		t = types.NewPointer(t)
	}
	if s := types.NewMethodSet(t).Lookup(nil, name); s != nil {
		f, _ := s.Obj().(*types.Func)
		return f
	}
	return nil
}

// eachStruct calls visit for every struct type in the sources, with the name of the
// type that it belongs to.
func eachStruct(p *packages.Package, visit func(name string, s *ast.StructType)) {
	for _, file := range p.Syntax {
		for _, decl := range file.Decls {
			name := ""
			ast.Inspect(decl, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					name = n.Name.Name
				case *ast.TypeSpec:
					name = n.Name.Name
				case *ast.StructType:
					visit(name, n)
				}
				return true
			})
		}
	}
}

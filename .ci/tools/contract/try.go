package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/relmark/relmark/.ci/tools/contract/probe"
)

// sources are those of the package that the program calls. It is compiled as a part of
// the module that is checked, which need not require this one.
//
//go:embed probe/*.go
var sources embed.FS

// folder is where the program appears to be in the module.
const folder = "contract_probe"

// try makes the program, runs it and reports what it finds.
func (m *module) try(dir string) (summary string, err error) {
	room, err := os.MkdirTemp("", "contract")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(room)) }()
	if err := m.lay(room); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "run", "-overlay", filepath.Join(room, "overlay.json"), "./"+folder)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the program that tries encodings: %w", err)
	}
	return m.hear(&out)
}

// lay writes the program to a folder, and which files of it appear where.
func (m *module) lay(room string) error {
	main, err := m.program()
	if err != nil {
		return err
	}
	files := map[string][]byte{"main.go": main}
	entries, err := sources.ReadDir("probe")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := "probe/" + e.Name()
		if files[name], err = sources.ReadFile(name); err != nil {
			return err
		}
	}
	replace := map[string]string{}
	for name, data := range files {
		to := filepath.Join(room, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(to, data, 0o600); err != nil {
			return err
		}
		replace[filepath.Join(m.root, folder, name)] = to
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(room, "overlay.json"), overlay, 0o600)
}

// hear reads what the program found. A type of which no value is written, as a field of
// it refuses, loses nothing and needs no keys.
func (m *module) hear(out io.Reader) (summary string, err error) {
	d := json.NewDecoder(out)
	for {
		var f probe.Finding
		if err := d.Decode(&f); err != nil {
			return "", fmt.Errorf("the program that tries encodings has not come to its end: %w", err)
		}
		if f.Name == "" {
			return f.Text, nil
		}
		name, _, _ := strings.Cut(f.Name, "[")
		if f.Refused {
			m.found = slices.DeleteFunc(m.found, func(g finding) bool { return (g.rule == "loss" || g.rule == "bare") && g.name == name })
			continue
		}
		m.found = append(m.found, finding{m.places[name], "probe", name, f.Text})
	}
}

// program writes the program.
func (m *module) program() ([]byte, error) {
	var imports, calls bytes.Buffer
	unsupported := "nil"
	for i, p := range m.rooms {
		used := false
		call := func(format string, args ...any) {
			fmt.Fprintf(&calls, format+"\n", args...)
			used = true
		}
		if p.PkgPath == m.path && p.Types.Scope().Lookup("ErrUnsupported") != nil {
			unsupported, used = fmt.Sprintf("p%d.ErrUnsupported", i), true
		}
		for _, t := range named(p) {
			m.tryType(p, t, fmt.Sprintf("p%d.", i), call)
		}
		if used {
			fmt.Fprintf(&imports, "p%d %q\n", i, p.PkgPath)
		}
	}
	// Words come before the types that have them.
	lines := strings.Split(strings.TrimSpace(calls.String()), "\n")
	var words, rest []string
	for _, line := range lines {
		if strings.HasPrefix(line, "probe.Words") {
			words = append(words, line)
			continue
		}
		rest = append(rest, line)
	}
	return fmt.Appendf(nil, `package main

import (
	"encoding/json"
	"fmt"
	"os"

	%q
%s)

func main() {
	p := probe.New(%s, os.Stdout)
	%s
	%s
	_ = json.NewEncoder(os.Stdout).Encode(probe.Finding{Text: fmt.Sprintf("%%d types tried, %%d encode, %%d values came back", p.Types, p.Encoded, p.Values)})
}
`, m.path+"/"+folder+"/probe", imports.Bytes(), unsupported, strings.Join(words, "\n\t"), strings.Join(rest, "\n\t")), nil
}

// tryType writes what the program does with a type.
func (m *module) tryType(p *packages.Package, t *types.Named, prefix string, call func(format string, args ...any)) {
	name := t.Obj().Name()
	full := p.Name + "." + name
	args, ok := arguments(t)
	if !ok {
		return
	}
	expr := prefix + name + args
	if list := constants(p, t); len(list) > 1 {
		values := make([]string, len(list))
		for i, c := range list {
			values[i] = prefix + c.Name()
		}
		call("probe.Words(p, %s)", strings.Join(values, ", "))
	}
	if i, ok := t.Underlying().(*types.Interface); ok {
		if list := implementers(p, i, prefix); len(list) > 0 {
			call("probe.Words[%s](p, %s)", expr, strings.Join(list, ", "))
		}
		return
	}
	call("probe.Try[%s](p, %q)", expr, full+args)
	for _, text := range m.shown(p, t) {
		call("probe.Read[%s](p, %q, %s)", expr, full+args, strconv.Quote(text))
	}
}

// arguments returns types that a generic type can be made with, "" for another type.
func arguments(t *types.Named) (string, bool) {
	params := t.TypeParams()
	if params.Len() == 0 {
		return "", true
	}
	var list []string
	for param := range params.TypeParams() {
		constraint, _ := param.Constraint().Underlying().(*types.Interface)
		found := false
		for _, kind := range []types.BasicKind{types.String, types.Int, types.Float64} {
			if arg := types.Typ[kind]; constraint != nil && types.Satisfies(arg, constraint) {
				list, found = append(list, arg.Name()), true
				break
			}
		}
		if !found {
			return "", false
		}
	}
	return "[" + strings.Join(list, ", ") + "]", true
}

// implementers returns values of the exported types of a package that an interface of
// it can hold.
func implementers(p *packages.Package, i *types.Interface, prefix string) (list []string) {
	for _, t := range named(p) {
		_, isInterface := t.Underlying().(*types.Interface)
		switch name := prefix + t.Obj().Name(); {
		case isInterface || t.TypeParams().Len() > 0:
		case types.Implements(t, i):
			list = append(list, "*new("+name+")")
		case types.Implements(types.NewPointer(t), i):
			list = append(list, "new("+name+")")
		}
	}
	return list
}

// shown returns the JSON that the comment of a type's MarshalJSON or AppendJSON shows.
func (m *module) shown(p *packages.Package, t *types.Named) (list []string) {
	for _, file := range p.Syntax {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Doc == nil || f.Name.Name != "MarshalJSON" && f.Name.Name != "AppendJSON" {
				continue
			}
			obj, _ := p.TypesInfo.Defs[f.Name].(*types.Func)
			if obj == nil || !declares(t, obj) {
				continue
			}
			var parser comment.Parser
			for _, block := range parser.Parse(f.Doc.Text()).Content {
				if code, ok := block.(*comment.Code); ok {
					list = append(list, texts(code.Text)...)
				}
			}
		}
	}
	return list
}

func declares(t *types.Named, f *types.Func) bool {
	for g := range t.Methods() {
		if g == f {
			return true
		}
	}
	return false
}

// texts returns the JSON in a block of a comment: one value broken into lines, or one on
// each line. What is shortened is passed over.
func texts(block string) (list []string) {
	var whole strings.Builder
	for line := range strings.Lines(block) {
		whole.WriteString(strings.TrimSpace(line))
	}
	if json.Valid([]byte(whole.String())) {
		return []string{whole.String()}
	}
	for line := range strings.Lines(block) {
		if line = strings.TrimSpace(line); json.Valid([]byte(line)) {
			list = append(list, line)
		}
	}
	return list
}

// Package golist reads what the go command knows about the packages of a module.
package golist

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Module is the path of the module that these tools check.
const Module = "github.com/relmark/relmark"

// A Package is the part of `go list -json` that the checks need.
type Package struct {
	Dir        string   // folder of the sources
	ImportPath string   // full path
	Name       string   // name in the package clause
	GoFiles    []string // sources without tests, relative to Dir
	Imports    []string // full paths, without those of tests
	Module     *struct{ Path string }
}

// Rel returns the path of a package within the module, "" for the root.
func (p Package) Rel() string { return Rel(p.ImportPath) }

// Internal reports whether hosts cannot import p.
func (p Package) Internal() bool {
	return p.Name == "main" || strings.Contains("/"+p.Rel()+"/", "/internal/")
}

// Rel strips the module path off an import path; other paths stay as they are.
func Rel(path string) string {
	if path == Module {
		return ""
	}
	return strings.TrimPrefix(path, Module+"/")
}

// Own reports whether an import path belongs to the module.
func Own(path string) bool { return path == Module || strings.HasPrefix(path, Module+"/") }

// Load lists the packages in dir that match the arguments of go list.
func Load(dir string, args ...string) ([]Package, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,Name,GoFiles,Imports,Module"}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", strings.Join(args, " "), err)
	}
	return decode(strings.NewReader(string(out)))
}

func decode(r io.Reader) (list []Package, err error) {
	for d := json.NewDecoder(r); ; {
		var p Package
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		}
		list = append(list, p)
	}
}

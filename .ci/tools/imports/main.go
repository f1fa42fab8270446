// Command imports checks the import graph of the module in the current folder
// against the design: who may import whom, and which modules the core links.
package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relmark/relmark/.ci/tools/golist"
	"github.com/relmark/relmark/.ci/tools/verdict"
)

// linked lists the modules that non-test code may link, directly or not.
var linked = []string{golist.Module, "github.com/shopspring/decimal", "golang.org/x/exp", "gonum.org/v1/gonum"}

func main() {
	wrong, summary, err := run(".")
	verdict.Exit("imports", wrong, summary, err)
}

func run(dir string) (wrong []string, summary string, err error) {
	own, err := golist.Load(dir, "./...")
	if err != nil {
		return nil, "", err
	}
	for _, p := range own {
		wrong = append(wrong, check(p)...)
	}
	all, err := golist.Load(dir, "-deps", "./...")
	if err != nil {
		return nil, "", err
	}
	modules := modulesOf(all)
	for _, m := range modules {
		if !slices.Contains(linked, m) {
			wrong = append(wrong, "the core must not link the module "+m)
		}
	}
	return wrong, fmt.Sprintf("%d packages, linked modules: %s", len(own), strings.Join(modules, " ")), nil
}

func modulesOf(list []golist.Package) (paths []string) {
	for _, p := range list {
		if p.Module != nil {
			paths = append(paths, p.Module.Path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

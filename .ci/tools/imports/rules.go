package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relmark/relmark/.ci/tools/golist"
)

// areas never import each other, and never their own rooms.
var areas = []string{"tier", "loyalty", "servqual", "waiting", "crosssell"}

// beyond says what a package may import of this module beyond the root and
// internal, which every area and room may. A room absent here gets nothing more.
var beyond = map[string][]string{
	"tier/clv":        {"tier/rfm"},
	"loyalty/points":  {"loyalty/earning"},
	"loyalty/voucher": {"loyalty/promotion"},
	"servqual/*":      {"servqual"},
	"crosssell/*":     {"crosssell"},
	"waiting/plan":    {"waiting", "waiting/queue"},
}

// outside says who may import which module of others.
var outside = map[string]func(pkg string) bool{
	"github.com/shopspring/decimal": func(pkg string) bool { return !internal(pkg) || pkg == "internal/money" || pkg == "internal/hostile" },
	"gonum.org/v1/gonum":            func(pkg string) bool { return !internal(pkg) || slices.Contains(numeric, pkg) },
	"golang.org/x/exp/constraints":  func(string) bool { return true },
	"golang.org/x/exp/stats":        func(string) bool { return true },
}

// impure lists packages of the standard library that only examples/tour and
// internal/reference import: they reach files, the network, the environment or
// memory that is not theirs. Each stands for the packages below it, too.
var impure = []string{
	"database/sql", "expvar", "flag", "io/ioutil", "log", "math/rand", "net", "os", "plugin", "syscall", "testing", "unsafe",
}

// pure lists what lies below one of impure and is harmless. Of database/sql/driver
// the root takes the name of a type, without which a column cannot hold a date.
var pure = []string{"database/sql/driver", "math/rand/v2", "net/netip"}

// helpers are packages of internal that only tests import.
var helpers = []string{"internal/hostile", "internal/near", "internal/reference"}

// below are the packages of internal on which the root stands; they know nothing
// of this module but each other.
var below = []string{"internal/calendar", "internal/codec"}

// speech are the packages of internal that lie above the root and use its words.
var speech = []string{"internal/fault", "internal/enum", "internal/canon"}

// matter are the packages of internal that compute and know nothing of the root.
var matter = append([]string{"internal/audit", "internal/lot", "internal/money"}, numeric...)

// numeric are those of them that stand on gonum.
var numeric = []string{"internal/stat", "internal/special", "internal/maximum"}

// inner are the packages of internal on which the core stands.
var inner = slices.Concat(below, speech, matter)

// check says what is wrong with the imports of p, which tests do not count for.
func check(p golist.Package) (wrong []string) {
	pkg := p.Rel()
	if pkg == "examples/tour" { // it shows everything to everybody
		return nil
	}
	if !known(pkg) {
		return []string{fmt.Sprintf("%s is no package of the design; if it is meant to be, say here who may import it", p.ImportPath)}
	}
	for _, path := range p.Imports {
		if !allowed(pkg, path) {
			wrong = append(wrong, fmt.Sprintf("%s must not import %s", p.ImportPath, path))
		}
	}
	return wrong
}

// known reports whether the design has a place for pkg.
func known(pkg string) bool {
	area, _, _ := strings.Cut(pkg, "/")
	return pkg == "" || slices.Contains(areas, area) || slices.Contains(inner, pkg) || slices.Contains(helpers, pkg)
}

func allowed(pkg, path string) bool {
	switch {
	case golist.Own(path):
		return allowedOwn(pkg, golist.Rel(path))
	case strings.Contains(strings.SplitN(path, "/", 2)[0], "."):
		return allowedOutside(pkg, path)
	}
	return allowedStandard(pkg, path)
}

func allowedOwn(pkg, path string) bool {
	switch {
	case slices.Contains(helpers, path):
		return slices.Contains(helpers, pkg)
	case pkg == "":
		return slices.Contains(below, path)
	case slices.Contains(helpers, pkg):
		return internal(path)
	case slices.Contains(speech, pkg):
		return path == "" || slices.Contains(below, path) || slices.Contains(speech, path)
	case internal(pkg):
		return slices.Contains(below, path) || slices.Contains(matter, path) && !slices.Contains(below, pkg)
	case internal(path), path == "":
		return true
	}
	area, _, _ := strings.Cut(pkg, "/")
	if pkg == area {
		return false // an area imports nothing but the root and internal
	}
	return slices.Contains(beyond[pkg], path) || slices.Contains(beyond[area+"/*"], path)
}

func allowedOutside(pkg, path string) bool {
	for module, may := range outside {
		if under(path, module) {
			return may(pkg)
		}
	}
	return false
}

func allowedStandard(pkg, path string) bool {
	if slices.Contains(helpers, pkg) || slices.Contains(pure, path) {
		return true
	}
	return !slices.ContainsFunc(impure, func(root string) bool { return under(path, root) })
}

func internal(pkg string) bool { return under(pkg, "internal") }

func under(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

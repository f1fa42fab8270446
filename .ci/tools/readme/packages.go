package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/relmark/relmark/.ci/tools/golist"
)

var (
	named = regexp.MustCompile("`((?:tier|loyalty|servqual|waiting|crosssell)(?:/[a-z]+)*)`")
	room  = regexp.MustCompile(`\b(?:tier|loyalty|servqual|waiting|crosssell)/[a-z]+\b`)
)

// public returns the packages below the root that hosts import.
func public(packages []golist.Package) (paths []string) {
	for _, p := range packages {
		if p.Rel() != "" && !p.Internal() {
			paths = append(paths, p.Rel())
		}
	}
	return paths
}

// rooms leaves the areas out: in prose their names are ordinary words.
func rooms(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !strings.Contains(p, "/") })
}

// overview returns the comment of the root package.
func overview(packages []golist.Package) (string, error) {
	i := slices.IndexFunc(packages, func(p golist.Package) bool { return p.Rel() == "" })
	if i < 0 {
		return "", fmt.Errorf("no package in the root")
	}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(packages[i].Dir, "doc.go"), nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	return f.Doc.Text(), nil
}

// tablePackages returns the packages in backquotes in rows of markdown tables.
func tablePackages(markdown string) (paths []string) {
	for line := range strings.Lines(markdown) {
		if !strings.HasPrefix(strings.TrimSpace(line), "|") {
			continue
		}
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			paths = append(paths, m[1])
		}
	}
	return paths
}

func textPackages(text string) []string { return room.FindAllString(text, -1) }

// compare says which packages a text misses, and which of those it names are none.
func compare(where string, got, want []string) (wrong []string) {
	for _, p := range want {
		if !slices.Contains(got, p) {
			wrong = append(wrong, fmt.Sprintf("%s does not name %s", where, p))
		}
	}
	slices.Sort(got)
	for _, p := range slices.Compact(got) {
		if !slices.Contains(want, p) {
			wrong = append(wrong, fmt.Sprintf("%s names %s, which is no package", where, p))
		}
	}
	return wrong
}

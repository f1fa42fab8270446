// Command docs checks the documentation of every package of the module in the
// current folder: each exported name has a comment, each doc link leads
// somewhere, each room has its sections.
package main

import (
	"fmt"

	"github.com/relmark/relmark/.ci/tools/golist"
	"github.com/relmark/relmark/.ci/tools/verdict"
)

func main() {
	wrong, summary, err := run(".")
	verdict.Exit("docs", wrong, summary, err)
}

func run(dir string) (wrong []string, summary string, err error) {
	packages, err := golist.Load(dir, "./...")
	if err != nil {
		return nil, "", err
	}
	names, links := 0, newLibrary(dir)
	for _, p := range packages {
		pg, err := read(p)
		if err != nil {
			return nil, "", err
		}
		checkComments(pg)
		checkLinks(pg, links)
		checkSections(pg)
		wrong, names = append(wrong, pg.wrong...), names+pg.names
	}
	return wrong, fmt.Sprintf("%d packages, %d exported names, %d links", len(packages), names, links.asked), nil
}

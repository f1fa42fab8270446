// Command readme checks README.md and the root's doc.go against the module in the
// current folder: length, code that compiles and prints what is shown, and the
// packages named.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/relmark/relmark/.ci/tools/golist"
	"github.com/relmark/relmark/.ci/tools/verdict"
)

const maxLines = 150

func main() {
	wrong, summary, err := run()
	verdict.Exit("readme", wrong, summary, err)
}

func run() (wrong []string, summary string, err error) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return nil, "", err
	}
	packages, err := golist.Load(".", "./...")
	if err != nil {
		return nil, "", err
	}
	overview, err := overview(packages)
	if err != nil {
		return nil, "", err
	}
	lines := strings.Count(string(readme), "\n")
	if lines > maxLines {
		wrong = append(wrong, fmt.Sprintf("README.md has %d lines, more than %d", lines, maxLines))
	}
	real := public(packages)
	wrong = append(wrong, compare("the table of README.md", tablePackages(string(readme)), real)...)
	wrong = append(wrong, compare("doc.go", textPackages(overview), rooms(real))...)
	programs := programs(string(readme))
	shown := 0
	for _, p := range programs {
		if err := p.check(); err != nil {
			wrong = append(wrong, fmt.Sprintf("README.md:%d: %v", p.line, err))
		}
		if p.output != nil {
			shown++
		}
	}
	if shown == 0 {
		wrong = append(wrong, "README.md shows no program with its output right under it")
	}
	return wrong, fmt.Sprintf("%d lines, %d programs, %d outputs, %d packages", lines, len(programs), shown, len(real)), nil
}

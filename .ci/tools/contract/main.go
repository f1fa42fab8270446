// Command contract holds the types of the module in the current folder to the one
// contract of the design: closed sets are words, keys are snake case, what is written
// is read again, nothing is lost on the way and nothing encodes as {}.
//
// What can be seen in the sources is looked up there. What cannot is tried: a program
// is made that encodes and decodes values of every exported type, and is run.
package main

import (
	"fmt"

	"github.com/relmark/relmark/.ci/tools/verdict"
)

func main() {
	wrong, summary, err := run(".", exemptions)
	verdict.Exit("contract", wrong, summary, err)
}

// run checks the module in dir and says what is wrong beyond the exemptions.
func run(dir string, exempt []exemption) (wrong []string, summary string, err error) {
	m, err := load(dir)
	if err != nil {
		return nil, "", err
	}
	m.checkSets()
	m.checkKeys()
	m.checkBare()
	m.checkTwins()
	m.checkLosses()
	m.checkArguments()
	m.checkZeros()
	tried, err := m.try(dir)
	if err != nil {
		return nil, "", err
	}
	wrong, used := m.without(exempt)
	return wrong, fmt.Sprintf("%d packages, %d exported types, %d sets; %s; %d exemptions", len(m.rooms), m.types, m.sets, tried, used), nil
}

// Package verdict ends a check: with a summary, or with what is wrong.
package verdict

import (
	"fmt"
	"os"
	"strings"
)

// Exit prints what a command has found and ends it: with 0 if nothing is wrong, with 1
// if something is, and with 2 if it could not be told.
func Exit(command string, wrong []string, summary string, err error) {
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %v\n", command, err)
		os.Exit(2)
	case len(wrong) > 0:
		fmt.Fprintf(os.Stderr, "%s\n%d findings\n", strings.Join(wrong, "\n"), len(wrong))
		os.Exit(1)
	}
	fmt.Println(summary)
}

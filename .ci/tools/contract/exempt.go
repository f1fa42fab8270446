package main

import (
	"fmt"
	"strings"
)

// An exemption is a finding that is right here, with the reason.
type exemption struct {
	rule   string
	name   string // as in the finding
	reason string
}

// exemptions is the one list of them.
var exemptions = []exemption{
	{"bare", "relmark.FieldError", "an error is said and not stored"},
	{"loss", "relmark.FieldError", "an error is said and not stored: its value is whatever was wrong, and logs write its text"},
}

// without returns the findings that no exemption covers, and the exemptions that cover
// nothing: what was exempt and is mended needs none any more.
func (m *module) without(list []exemption) (wrong []string, used int) {
	covered := make([]bool, len(list))
	for _, f := range m.found {
		if i := exempt(list, f); i >= 0 {
			covered[i] = true
			continue
		}
		wrong = append(wrong, f.String())
	}
	for i, e := range list {
		switch {
		case strings.TrimSpace(e.reason) == "":
			wrong = append(wrong, fmt.Sprintf("exemption of %s from %s: has no reason", e.name, e.rule))
		case !covered[i]:
			wrong = append(wrong, fmt.Sprintf("exemption of %s from %s: covers nothing", e.name, e.rule))
		default:
			used++
		}
	}
	return wrong, used
}

func exempt(list []exemption, f finding) int {
	for i, e := range list {
		if e.rule == f.rule && e.name == f.name {
			return i
		}
	}
	return -1
}

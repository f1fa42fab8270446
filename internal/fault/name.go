package fault

import (
	"fmt"
	"unicode/utf8"
)

const (
	// MaxName is how many bytes a name, a key or an identifier has at most.
	MaxName = 200
	// NameRule is the rule of [ValidName].
	NameRule = "must be 1 to 200 bytes of UTF-8"
)

// ValidName reports whether a text may be a name, a key or an identifier. Bytes that are
// not UTF-8 become U+FFFD in JSON, so that two names would fall together.
func ValidName(s string) bool { return s != "" && len(s) <= MaxName && utf8.ValidString(s) }

// Name adds a field that is no [ValidName].
func (l *List) Name(field, s string) { l.Check(ValidName(s), field, nil, NameRule) }

// NameOnce adds element i of a list whose name, at a part such as ".Name", is no [ValidName] or
// among those seen, and adds it to these. It makes the path only where there is a fault.
func (l *List) NameOnce(seen map[string]bool, list string, i int, part, name string) {
	switch {
	case !ValidName(name):
		l.Add(fmt.Sprintf("%s[%d]%s", list, i, part), nil, NameRule)
	case seen[name]:
		l.Add(fmt.Sprintf("%s[%d]%s", list, i, part), nil, "must not repeat another")
	}
	seen[name] = true
}

// Names adds the elements of a set of names that are no [ValidName] or come twice, and
// returns the set.
func (l *List) Names(field string, names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for i, s := range names {
		if !ValidName(s) || set[s] {
			l.Add(fmt.Sprintf("%s[%d]", field, i), nil, NameRule+", once")
		}
		set[s] = true
	}
	return set
}

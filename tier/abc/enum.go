package abc

import "slices"

// An enum is a closed set of words. Its constants index its names, which are those
// of the JSON encoding; an empty name is no word.
type enum interface {
	~uint8
	names() []string
}

func valid[E enum](e E) bool { return int(e) < len(e.names()) && e.names()[e] != "" }

func nameOf[E enum](e E) string {
	if !valid(e) {
		return "invalid"
	}
	return e.names()[e]
}

func appendName[E enum](b []byte, e E) ([]byte, error) {
	if err := checkEnum("Enum", e); err != nil {
		return b, wrap(err)
	}
	return append(b, e.names()[e]...), nil
}

func parseName[E enum](e *E, text []byte) error {
	i := slices.Index((*e).names(), string(text))
	if i < 0 || len(text) == 0 {
		return wrap(fault("Enum", nil, enumRule(*e)))
	}
	*e = E(i)
	return nil
}

// checkEnum returns an error unless e is one of its constants.
func checkEnum[E enum](field string, e E) error {
	if valid(e) {
		return nil
	}
	return fault(field, uint8(e), enumRule(e))
}

func enumRule[E enum](e E) string {
	rule, separator := "must be one of", " "
	for _, name := range e.names() {
		if name != "" {
			rule, separator = rule+separator+name, ", "
		}
	}
	return rule
}

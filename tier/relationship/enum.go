package relationship

import "slices"

// An enum is a closed set of words whose constants index its names.
type enum interface {
	~uint8
	names() []string
}

func valid[E enum](e E) bool { return int(e) < len(e.names()) }

func nameOf[E enum](e E) string {
	if !valid(e) {
		return "invalid"
	}
	return e.names()[e]
}

func textOf[E enum](e E) ([]byte, error) {
	if !valid(e) {
		return nil, wrap(fault("must be one of the constants", uint8(e), "Enum"))
	}
	return []byte(e.names()[e]), nil
}

func parse[E enum](e *E, text []byte) error {
	i := slices.Index((*e).names(), string(text))
	if i < 0 {
		return wrap(fault("must be one of the names", nil, "Enum"))
	}
	*e = E(i)
	return nil
}

package rfm

import "errors"

type Shown struct{} // want revive "exported type Shown should have comment"

// Same compares errors by identity.
func Same(err error) bool {
	if err == ErrPlain { // want errorlint "comparing with == will fail on wrapped errors"
		return true
	}
	return errors.Is(err, ErrPlain) //nolint:errorlint // want nolintlint "unused for linter"
}

// Loop is written in an old way // want godot "should end in a period"
func Loop() (n int) {
	for i := 0; i < 3; i++ { // want modernize "range over int"
		n += i
	}
	return n
}

// Ignore drops an error.
func Ignore(f func() error) {
	f() // want errcheck "not checked"
}

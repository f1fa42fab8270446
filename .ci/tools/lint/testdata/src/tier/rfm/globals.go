package rfm

import "errors"

// ErrPlain is a sentinel, as it must be.
var ErrPlain = errors.New("plain")

var calls int // want gochecknoglobals "calls is a global variable"

func init() { calls++ } // want gochecknoinits "don't use `init` function"

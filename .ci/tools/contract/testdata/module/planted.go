// Package planted breaks no rule.
package planted

import "errors"

// ErrUnsupported is what a version that is not known matches.
var ErrUnsupported = errors.New("unsupported")

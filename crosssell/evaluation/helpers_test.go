package evaluation_test

import (
	"errors"
	"math/rand/v2"

	"github.com/relmark/relmark"
)

// source returns the same random numbers each time.
func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// fields returns the names in all field errors that err joins.
func fields(err error) []string {
	var names []string
	if field, ok := err.(*relmark.FieldError); ok { //nolint:errorlint // the tree is walked by hand
		return []string{field.Field}
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			names = append(names, fields(e)...)
		}
	} else if one := errors.Unwrap(err); one != nil {
		names = fields(one)
	}
	return names
}

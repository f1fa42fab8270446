package sequence_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/sequence"
)

// day returns a date by its number.
func day(n int) relmark.Date { return relmark.MustParseDate("2024-01-01").AddDays(n) }

// historiesOf gives customer c their visits on successive days.
func historiesOf[I relmark.ID](t require.TestingT, customers [][][]I) *sequence.Histories[int, I] {
	h := &sequence.Histories[int, I]{}
	for c, visits := range customers {
		require.NoError(t, h.Add(c, day(0)))
		for v, items := range visits {
			require.NoError(t, h.Add(c, day(v), items...))
		}
	}
	return h
}

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

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

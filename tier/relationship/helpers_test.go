package relationship_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

func errorIs(err, target error) bool { return target != nil && errors.Is(err, target) }

func date(t testing.TB, text string) relmark.Date {
	t.Helper()
	d, err := relmark.ParseDate(text)
	require.NoError(t, err)
	return d
}

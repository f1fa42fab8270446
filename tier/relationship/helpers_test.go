package relationship_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

func errorIs(err, target error) bool { return target != nil && errors.Is(err, target) }

// decode reads a case strictly: a field that nothing reads must not pass for right.
func decode(data []byte, into any) error {
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	return strict.Decode(into)
}

func date(t testing.TB, text string) relmark.Date {
	t.Helper()
	d, err := relmark.ParseDate(text)
	require.NoError(t, err)
	return d
}

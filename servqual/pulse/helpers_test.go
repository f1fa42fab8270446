package pulse_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/pulse"
)

func tally(t testing.TB, low, high int, answers ...int) *pulse.Tally {
	t.Helper()
	y, err := pulse.NewTally(pulse.Scale{Low: low, High: high})
	require.NoError(t, err)
	for _, a := range answers {
		require.NoError(t, y.Add(a))
	}
	return y
}

func weighted(t testing.TB, low, high int) *pulse.Weighted {
	t.Helper()
	w, err := pulse.NewWeighted(pulse.Scale{Low: low, High: high})
	require.NoError(t, err)
	return w
}

// field returns the field at fault; "" if there is none.
func field(err error) string {
	if e, ok := errors.AsType[*relmark.FieldError](err); ok {
		return e.Field
	}
	return ""
}

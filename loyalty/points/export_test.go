package points_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/points"
)

func TestExportIsTheAccount(t *testing.T) {
	t.Parallel()
	events, a := everyKind(t)
	data, err := points.Export([]byte("# "), stored(events))
	require.NoError(t, err)
	lines := bytes.Split(bytes.TrimSpace(data[2:]), []byte("\n"))
	assert.Len(t, lines, len(events))
	var again points.Account
	require.NoError(t, points.Fold(&again, decoded(lines)))
	assert.Equal(t, snapshot(t, &a), snapshot(t, &again))
}

func TestExportStopsAtErrors(t *testing.T) {
	t.Parallel()
	events, _ := everyKind(t)
	whole, err := points.Export(nil, stored(events[:1]))
	require.NoError(t, err)
	data, err := points.Export(nil, stored([]points.Event{events[0], {}, events[1]}))
	require.ErrorIs(t, err, errInvalid)
	assert.Equal(t, whole, data)
	broken := errors.New("broken")
	data, err = points.Export(nil, func(yield func(points.Event, error) bool) {
		_ = yield(events[0], nil) && yield(points.Event{}, broken)
	})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, whole, data)
}

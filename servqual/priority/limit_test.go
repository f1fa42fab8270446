package priority_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/priority"
)

// fill merges one answer with itself until there are 2³² − 1 of them, and returns what the next
// double says.
func fill(t *testing.T, double func() error, take func() error) error {
	t.Helper()
	for range 31 {
		require.NoError(t, take())
		require.NoError(t, double())
	}
	require.NoError(t, take())
	return double()
}

// At the limit nothing is added, and nothing is changed.
func TestAnswersAreLimited(t *testing.T) {
	t.Parallel()
	const most int64 = 1<<32 - 1
	var k, ks priority.Kano
	require.NoError(t, k.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Dislike}))
	require.ErrorIs(t, fill(t, func() error { return k.Merge(&k) }, func() error { return ks.Merge(&k) }), relmark.ErrLimit)
	require.ErrorIs(t, ks.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Like}), relmark.ErrLimit)
	require.ErrorIs(t, ks.Merge(&k), relmark.ErrLimit)
	assert.Equal(t, most, ks.N())
	report, err := ks.Report(0.95)
	require.NoError(t, err)
	assert.Equal(t, most, report.Counts.OneDimensional)
	assert.Equal(t, most, report.Fong.Difference, "nobody is second")

	w, err := priority.NewWindow(priority.Needs())
	require.NoError(t, err)
	require.NoError(t, w.Add(0, priority.Using, true, false))
	var ws priority.Window
	require.ErrorIs(t, fill(t, func() error { return w.Merge(w) }, func() error { return ws.Merge(w) }), relmark.ErrLimit)
	require.ErrorIs(t, ws.Add(0, priority.Using, true, false), relmark.ErrLimit)
	require.ErrorIs(t, ws.Merge(w), relmark.ErrLimit)
	assert.Equal(t, most, ws.N())

	r, err := priority.NewRatings(priority.RatingParams{Attributes: []string{"a"}, Low: 1, High: 5})
	require.NoError(t, err)
	require.NoError(t, r.Add([]int8{2}, []int8{5}))
	var rs priority.Ratings
	require.ErrorIs(t, fill(t, func() error { return r.Merge(r) }, func() error { return rs.Merge(r) }), relmark.ErrLimit)
	require.ErrorIs(t, rs.Add([]int8{2}, []int8{5}), relmark.ErrLimit)
	require.ErrorIs(t, rs.Merge(r), relmark.ErrLimit)
	assert.Equal(t, most, rs.N())

	d, overall := drivers(t, twoAttributes()), 40
	require.NoError(t, d.Add([]int8{2, 5}, &overall))
	var ds priority.Drivers
	require.ErrorIs(t, fill(t, func() error { return d.Merge(d) }, func() error { return ds.Merge(d) }), relmark.ErrLimit)
	require.ErrorIs(t, ds.Add([]int8{2, 5}, &overall), relmark.ErrLimit)
	require.ErrorIs(t, ds.Merge(d), relmark.ErrLimit)
	assert.Equal(t, most, ds.Complete())
}

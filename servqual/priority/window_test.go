package priority_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/priority"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	w, err := priority.NewWindow(priority.Needs())
	require.NoError(t, err)
	assert.Len(t, w.Needs(), 8)
	for _, a := range []struct {
		stage              priority.Stage
		expected, provided bool
	}{
		{priority.Buying, true, true},
		{priority.Buying, true, false},
		{priority.Using, true, false},
		{priority.Advice, false, true},
		{priority.Advice, false, false},
	} {
		require.NoError(t, w.Add(3, a.stage, a.expected, a.provided))
	}
	list, err := w.Report(0.95)
	require.NoError(t, err)
	r := list[3]
	assert.Equal(t, "ordering", r.Need)
	assert.EqualValues(t, 5, r.N)
	near.Slice(t, []float64{.2, .4, .2, .2}, []float64{r.Met.Value, r.Dissatisfied.Value, r.Delighted.Value, r.Latent.Value}, 1e-15, 0)
	near.Equal(t, 0.5, r.Buying.Met.Value, 0, 0)
	near.Equal(t, 1, r.Using.Dissatisfied.Value, 0, 0)
	near.Equal(t, 0.5, r.Advice.Latent.Value, 0, 0)
	assert.Equal(t, priority.Panes{}, list[0].Buying)
	for _, err := range []error{
		w.Add(-1, priority.Buying, true, true), w.Add(8, priority.Buying, true, true), w.Add(0, "", true, true), w.Add(0, "sold", true, true),
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	assert.EqualValues(t, 5, w.N())
}

func TestWindowRefuses(t *testing.T) {
	t.Parallel()
	for _, needs := range [][]string{nil, {""}, {"a", "a"}, {"\xff"}, make([]string, 101)} {
		_, err := priority.NewWindow(needs)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	var zero priority.Window
	require.ErrorIs(t, zero.Add(0, priority.Buying, true, true), relmark.ErrInvalid)
	_, err := zero.Report(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = zero.Report(0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	a, err := priority.NewWindow([]string{"a"})
	require.NoError(t, err)
	b, err := priority.NewWindow([]string{"b"})
	require.NoError(t, err)
	require.ErrorIs(t, a.Merge(b), relmark.ErrInvalid)
	require.NoError(t, a.Merge(nil))
	require.NoError(t, a.Merge(&zero))
	require.NoError(t, zero.Merge(a))
	require.NoError(t, zero.Add(0, priority.Buying, true, true))
	assert.Zero(t, a.N(), "a copy")
}

// Parts merge to the whole, and the four shares of every pane add to 1.
func TestWindowProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole, err := priority.NewWindow([]string{"a", "b"})
		require.NoError(t, err)
		parts := [2]*priority.Window{}
		for i := range parts {
			parts[i], err = priority.NewWindow([]string{"a", "b"})
			require.NoError(t, err)
		}
		for range rapid.IntRange(1, 30).Draw(t, "answers") {
			need, stage := rapid.IntRange(0, 1).Draw(t, "need"), rapid.SampledFrom([]priority.Stage{priority.Buying, priority.Using, priority.Advice}).Draw(t, "stage")
			e, p := rapid.Bool().Draw(t, "expected"), rapid.Bool().Draw(t, "provided")
			require.NoError(t, whole.Add(need, stage, e, p))
			require.NoError(t, parts[rapid.IntRange(0, 1).Draw(t, "part")].Add(need, stage, e, p))
		}
		require.NoError(t, parts[0].Merge(parts[1]))
		require.Equal(t, whole, parts[0])
		list, err := whole.Report(0.95)
		require.NoError(t, err)
		for _, r := range list {
			for _, p := range []priority.Panes{r.Panes, r.Buying, r.Using, r.Advice} {
				sum := p.Met.Value + p.Dissatisfied.Value + p.Delighted.Value + p.Latent.Value
				if p.N > 0 {
					near.Equal(t, 1, sum, 1e-15, 0)
				} else {
					near.Equal(t, 0, sum, 0, 0)
				}
			}
		}
	})
}

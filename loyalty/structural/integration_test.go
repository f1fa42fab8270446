package structural_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/structural"
)

func TestLinksAreChecked(t *testing.T) {
	t.Parallel()
	good := structural.Link[string]{"a", 0.5, 3, 30}
	for field, change := range map[string]func(*structural.Link[string]){
		"Weight":   func(l *structural.Link[string]) { l.Weight = 1 },
		"Active":   func(l *structural.Link[string]) { l.Active = -1 },
		"Expected": func(l *structural.Link[string]) { l.Expected = 0 },
		"ID":       func(l *structural.Link[string]) { l.ID = "b" },
	} {
		bad := good
		change(&bad)
		_, err := structural.Integrate([]structural.Link[string]{{"b", 0.5, 3, 30}, bad})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, "Links[1]."+field)
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, bad := range []structural.Link[string]{{"a", x, 3, 30}, {"a", 0.5, x, 30}, {"a", 0.5, 3, x}} {
			_, err := structural.Integrate([]structural.Link[string]{bad})
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
	}
	_, err := structural.Integrate(make([]structural.Link[string], 100))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func drawLinks(t *rapid.T) []structural.Link[int] {
	links := make([]structural.Link[int], rapid.IntRange(0, 12).Draw(t, "links"))
	for i := range links {
		links[i] = structural.Link[int]{i, rapid.Float64Range(1e-6, 1-1e-6).Draw(t, "weight"), rapid.Float64Range(0, 60).Draw(t, "active"), 30}
	}
	return links
}

func depth(t require.TestingT, links []structural.Link[int]) structural.Integration[int] {
	out, err := structural.Integrate(links)
	require.NoError(t, err)
	return out
}

// Depth is a share that no order changes and every link raises; loss and gain are what
// leaving a link out, and using it in full, do.
func TestDepth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		links := drawLinks(t)
		all := depth(t, links)
		require.True(t, all.Depth >= 0 && all.Depth <= 1)
		turned := slices.Clone(links)
		slices.Reverse(turned)
		near.Equal(t, all.Depth, depth(t, turned).Depth, 1e-12, 1e-14)
		for i, e := range all.Links {
			rest := slices.Delete(slices.Clone(links), i, i+1)
			near.Equal(t, all.Depth-depth(t, rest).Depth, e.Loss, 1e-12, 1e-12)
			full := slices.Clone(links)
			full[i].Active = 30
			near.Equal(t, depth(t, full).Depth-all.Depth, e.Gain, 1e-12, 1e-12)
			require.True(t, e.Loss >= 0 && e.Gain >= 0 && e.Use >= 0 && e.Use <= 1)
		}
	})
}

// A small depth keeps its digits: 1 - Π would not.
func TestSmallDepths(t *testing.T) {
	t.Parallel()
	out := depth(t, []structural.Link[int]{{1, 1e-9, 30, 30}, {2, 1e-9, 30, 30}})
	near.Equal(t, 2e-9-1e-18, out.Depth, 1e-15, 0)
	near.Equal(t, 1e-9-1e-18, out.Links[0].Loss, 1e-15, 0)
}

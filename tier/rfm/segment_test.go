package rfm_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/rfm"
)

func TestStandardSegmentsCoverEveryScore(t *testing.T) {
	t.Parallel()
	segments, err := rfm.NewSegments(5, rfm.StandardSegments())
	require.NoError(t, err)
	assert.Equal(t, 5, segments.Bins())
	assert.Equal(t, rfm.StandardSegments(), segments.List())
	for score, want := range map[rfm.Score]string{
		{R: 5, F: 5, M: 1}: "champions", {R: 4, F: 5, M: 1}: "loyal", {R: 1, F: 1, M: 5}: "hibernating",
		{R: 1, F: 5, M: 1}: "cannot lose", {R: 3, F: 3, M: 3}: "need attention", {R: 5, F: 1, M: 1}: "new customers",
	} {
		got, ok := segments.Of(score)
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
	for _, score := range []rfm.Score{{}, {R: 6, F: 1, M: 1}, {R: 1, F: -1, M: 1}, {R: 1, F: 1, M: 6}} {
		_, ok := segments.Of(score)
		assert.False(t, ok)
	}
	_, ok := rfm.Segments{}.Of(rfm.Score{R: 1, F: 1, M: 1})
	assert.False(t, ok)
}

// Whatever NewSegments accepts gives each score the first segment that holds it.
func TestSegmentsFirstMatchWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bins := rapid.IntRange(2, 4).Draw(t, "bins")
		anyRange := rapid.Custom(func(t *rapid.T) *rfm.Range {
			low := rapid.IntRange(0, bins).Draw(t, "min")
			if low == 0 {
				return nil
			}
			return &rfm.Range{Min: low, Max: rapid.IntRange(low, bins).Draw(t, "max")}
		})
		var list []rfm.Segment
		for i := range rapid.IntRange(0, 4).Draw(t, "n") {
			list = append(list, rfm.Segment{Name: string(rune('a' + i)), R: anyRange.Draw(t, "r"), F: anyRange.Draw(t, "f"), M: anyRange.Draw(t, "m")})
		}
		list = append(list, rfm.Segment{Name: "rest"})
		segments, err := rfm.NewSegments(bins, list)
		if err != nil {
			require.ErrorContains(t, err, "must hold a score that no segment before it holds")
			return
		}
		holds := func(r *rfm.Range, v int) bool { return r == nil || r.Min <= v && v <= r.Max }
		for r := 1; r <= bins; r++ {
			for f := 1; f <= bins; f++ {
				for m := 1; m <= bins; m++ {
					i := slices.IndexFunc(list, func(s rfm.Segment) bool { return holds(s.R, r) && holds(s.F, f) && holds(s.M, m) })
					got, ok := segments.Of(rfm.Score{R: r, F: f, M: m})
					assert.True(t, ok)
					assert.Equal(t, list[i].Name, got)
				}
			}
		}
	})
}

func TestSegmentsRefuse(t *testing.T) {
	t.Parallel()
	all := rfm.Segment{Name: "all"}
	for _, c := range []struct {
		want string
		bins int
		list []rfm.Segment
	}{
		{"rfm: Bins = 1: must be 2 to 10", 1, []rfm.Segment{all}},
		{"rfm: Bins = 11: must be 2 to 10", 11, []rfm.Segment{all}},
		{"rfm: Segments = 0: must be 1 to 1000", 5, nil},
		{"rfm: Segments = 1001: must be 1 to 1000", 10, make([]rfm.Segment, 1001)},
		{"rfm: Segments[0].Name: must be UTF-8 and not empty", 10, make([]rfm.Segment, 1000)},
		{"rfm: Segments[0].Name: must be UTF-8 and not empty", 5, []rfm.Segment{{}}},
		{"rfm: Segments[0].Name: must be UTF-8 and not empty", 5, []rfm.Segment{{Name: "\xff"}}},
		{"rfm: Segments[0].F.Min = 0: must be 1 to the number of bins", 5, []rfm.Segment{{Name: "x", F: &rfm.Range{Max: 3}}}},
		{"rfm: Segments[0].M.Max = 2: must be Min to the number of bins", 5, []rfm.Segment{{Name: "x", M: &rfm.Range{Min: 3, Max: 2}}}},
		{"rfm: Segments[0].R.Min = 0: must be 1 to the number of bins", 5, []rfm.Segment{{Name: "x", R: &rfm.Range{}}, all}},
		{"rfm: Segments = R1 F1 M1: must cover every score", 5, []rfm.Segment{{Name: "x", R: &rfm.Range{Min: 2, Max: 5}}}},
		{"rfm: Segments[1]: must hold a score that no segment before it holds", 5, []rfm.Segment{all, {Name: "x"}}},
	} {
		_, err := rfm.NewSegments(c.bins, c.list)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.EqualError(t, err, c.want)
	}
}

// Whoever keeps the list or gets it back cannot move a segment.
func TestSegmentsShareNothing(t *testing.T) {
	t.Parallel()
	list := rfm.StandardSegments()
	segments, err := rfm.NewSegments(5, list)
	require.NoError(t, err)
	list[0].R.Max, segments.List()[0].F.Min = 1, 1
	assert.Equal(t, rfm.StandardSegments(), segments.List())
}

func TestSegmentsEncoding(t *testing.T) {
	t.Parallel()
	segments, err := rfm.NewSegments(5, rfm.StandardSegments())
	require.NoError(t, err)
	reference.PinJSON(t, "segments.v1.json", segments, &rfm.Segments{})
	for text, want := range map[string]error{
		`{"v":0,"bins":5}`:                     relmark.ErrUnsupported,
		`"x"`:                                  relmark.ErrInvalid,
		`{"v":1,"bins":5,"segments":[],"x":1}`: relmark.ErrInvalid,
		`{"v":1,"bins":5,"segments":[{"r":"a"}]}`: relmark.ErrInvalid,
		`{"v":1,"bins":5,"segments":[]}`:          relmark.ErrInvalid,
	} {
		decoded := segments
		require.ErrorIs(t, decoded.UnmarshalJSON([]byte(text)), want, text)
		assert.Equal(t, segments, decoded, "unchanged")
	}
	_, err = json.Marshal(rfm.Segments{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Whatever NewSegments accepts names every score.
func FuzzNewSegments(f *testing.F) {
	f.Add(3, "a", 2, 3, 1, 1)
	f.Fuzz(func(t *testing.T, bins int, name string, rMin, rMax, mMin, mMax int) {
		segments, err := rfm.NewSegments(bins, []rfm.Segment{
			{Name: name, R: &rfm.Range{Min: rMin, Max: rMax}, M: &rfm.Range{Min: mMin, Max: mMax}}, {Name: "rest"},
		})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		for grade := 1; grade <= bins; grade++ {
			_, ok := segments.Of(rfm.Score{R: grade, F: bins, M: bins + 1 - grade})
			assert.True(t, ok)
		}
	})
}

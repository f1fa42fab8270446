package near_test

import (
	"cmp"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
)

var (
	nan  = math.NaN()
	inf  = math.Inf(1)
	tiny = math.SmallestNonzeroFloat64
)

// recorder is a test that is watched failing.
type recorder struct{ failures []string }

func (r *recorder) Helper()                   {}
func (r *recorder) Errorf(f string, a ...any) { r.failures = append(r.failures, fmt.Sprintf(f, a...)) }

func TestWithin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		want, got, rel, abs float64
		ok                  bool
	}{
		"equal":                            {1, 1, 0, 0, true},
		"signed zeros are equal":           {0, math.Copysign(0, -1), 0, 0, true},
		"exactly the relative tolerance":   {8, 9, 0.125, 0, true},
		"more than it":                     {8, 9.000001, 0.125, 0, false},
		"the scale is what is wanted":      {9, 8, 0.112, 0, true},
		"exactly the absolute tolerance":   {0, 0.5, 0, 0.5, true},
		"more than that":                   {0, 0.50001, 0, 0.5, false},
		"both add up":                      {8, 9.5, 0.125, 0.5, true},
		"negative numbers have a size":     {-8, -9, 0.125, 0, true},
		"the sign matters":                 {1, -1, 0.5, 0, false},
		"zero has no relative tolerance":   {0, tiny, 1, 0, false},
		"wanted NaN":                       {nan, nan, 0, 0, true},
		"unwanted NaN":                     {1, nan, 1e300, 1e300, false},
		"missing NaN":                      {nan, 1, 1e300, 1e300, false},
		"equal infinities":                 {inf, inf, 0, 0, true},
		"opposite infinities":              {inf, -inf, 1e300, 1e300, false},
		"unwanted infinity":                {1, inf, 1e300, 1e300, false},
		"missing infinity":                 {inf, math.MaxFloat64, 1e300, 1e300, false},
		"NaN is no tolerance":              {1, 1, nan, 0, false},
		"nor an absolute one":              {1, 1, 0, nan, false},
		"infinite tolerance":               {1, 1, inf, 0, false},
		"infinite absolute tolerance":      {1, 1, 0, inf, false},
		"negative tolerance":               {1, 1, -1e-9, 1, false},
		"negative absolute tolerance":      {1, 1, 1, -1e-9, false},
		"even a wanted NaN needs a proper": {nan, nan, nan, 0, false},
		"the difference may overflow":      {math.MaxFloat64, -math.MaxFloat64, 1, 0, false},
	} {
		assert.Equal(t, c.ok, near.Within(c.want, c.got, c.rel, c.abs), name)
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ want, got, off float64 }{
		"equal":              {3, 3, 0},
		"relative":           {4, 5, 0.25},
		"of the wanted size": {-4, -5, 0.25},
		"wanted zero":        {0, -0.25, 0.25},
		"both NaN":           {nan, nan, 0},
		"one NaN":            {nan, 1, inf},
		"the other NaN":      {1, nan, inf},
		"equal infinities":   {inf, inf, 0},
		"one infinity":       {1, inf, inf},
		"two infinities":     {inf, -inf, inf},
	} {
		assert.Zero(t, cmp.Compare(c.off, near.Error(c.want, c.got)), "%s: %v", name, near.Error(c.want, c.got))
	}
}

// Within and Error tell the same story, for all floats there are.
func TestWithinAgreesWithError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want, got := rapid.Float64().Draw(t, "want"), rapid.Float64().Draw(t, "got")
		require.True(t, near.Within(want, want, 0, 0))
		require.Zero(t, near.Error(want, want))
		require.GreaterOrEqual(t, near.Error(want, got), 0.0)
		require.Equal(t, near.Within(want, got, 0, 0), near.Error(want, got) == 0)
		rel := rapid.Float64Range(0, 1).Draw(t, "rel")
		if near.Within(want, got, rel, 0) {
			require.LessOrEqual(t, near.Error(want, got), rel*(1+1e-15)+tiny)
			require.True(t, near.Within(want, got, 2*rel, 0), "a wider tolerance accepts no less")
		}
	})
}

func TestEqual(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	assert.True(t, near.Equal(r, 1, 1+1e-12, 1e-9, 0))
	assert.Empty(t, r.failures)
	assert.False(t, near.Equal(r, 8, 9, 0.1, 0, "wait of %d servers", 3))
	assert.False(t, near.Equal(r, 8, nan, 0.1, 0.5, "wait"))
	assert.False(t, near.Equal(r, 8, 9, 0.1, 0, 42, "x"))
	assert.False(t, near.Equal(r, 8, 9, 0.1, 0))
	require.Len(t, r.failures, 4)
	assert.Equal(t, "wait of 3 servers: want 8, got 9: off by 1, relative 0.125; allowed 0 + 0.1", r.failures[0])
	assert.Equal(t, "wait: want 8, got NaN: off by NaN, relative +Inf; allowed 0.5 + 0.1", r.failures[1])
	assert.Contains(t, r.failures[2], "42x: want 8")
	assert.Equal(t, "want 8, got 9: off by 1, relative 0.125; allowed 0 + 0.1", r.failures[3])
}

func TestSlice(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	assert.True(t, near.Slice(r, []float64{1, nan}, []float64{1, nan}, 0, 0))
	assert.True(t, near.Slice(r, nil, []float64{}, 0, 0))
	assert.Empty(t, r.failures)
	assert.False(t, near.Slice(r, []float64{1, 2}, []float64{1}, 1, 1, "shares of %s", "x"), "a short slice")
	assert.False(t, near.Slice(r, []float64{1, 2, 3}, []float64{1, 9, 8}, 0, 0, "shares"))
	require.Len(t, r.failures, 3)
	assert.Equal(t, "shares of x: want 2 values, got 1", r.failures[0])
	assert.Contains(t, r.failures[1], "shares")
	assert.Contains(t, r.failures[1], "[1]: want 2, got 9")
	assert.Contains(t, r.failures[2], "[2]: want 3, got 8")
}

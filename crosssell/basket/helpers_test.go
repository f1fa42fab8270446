package basket_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/reference"
)

// count returns a counter of baskets written as words.
func count(tb testing.TB, baskets ...string) *basket.Counter[string] {
	tb.Helper()
	words := make([][]string, len(baskets))
	for i, b := range baskets {
		words[i] = strings.Fields(b)
	}
	return counterOf(tb, words)
}

// frequent returns the sets of a counter at a minimum count.
func frequent[I relmark.ID](t *testing.T, c *basket.Counter[I], minCount int64) []basket.Set[I] {
	t.Helper()
	sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: minCount})
	require.NoError(t, err)
	return sets
}

// encode returns the encoding of a counter, which tells any two apart.
func encode[I relmark.ID](t require.TestingT, c *basket.Counter[I]) []byte {
	b, err := c.MarshalBinary()
	require.NoError(t, err)
	return b
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

// few draws baskets of at most seven items, so that all subsets can be tried.
func few() *rapid.Generator[[][]int8] {
	return rapid.SliceOfN(rapid.SliceOfN(rapid.Int8Range(-3, 3), 0, 9), 0, 14)
}

// counterOf counts baskets.
func counterOf[I relmark.ID](t require.TestingT, baskets [][]I) *basket.Counter[I] {
	c := &basket.Counter[I]{}
	for _, b := range baskets {
		require.NoError(t, c.Add(b...))
	}
	return c
}

// load counts the baskets of a data set.
func load(tb testing.TB, name string) *basket.Counter[string] {
	tb.Helper()
	return counterOf(tb, lines(tb, name))
}

// lines reads a data set, one basket a line: NAME.csv with labels separated by
// commas if there is one, or else NAME.dat.gz with ids separated by blanks.
func lines(tb testing.TB, name string) [][]string {
	tb.Helper()
	file, text := reference.Data(tb, "crosssell/"+name+".[cd]*")
	split := strings.Fields
	if strings.HasSuffix(file, ".csv") {
		split = labels
	}
	var baskets [][]string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			baskets = append(baskets, split(line))
		}
	}
	return baskets
}

func labels(line string) []string {
	parts := strings.Split(line, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// notShares lists numbers that are no share of anything.
func notShares() []float64 {
	return []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1e-9, math.Nextafter(1, 2)}
}

// bound is a bound of n items, none if n is 0.
func bound(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

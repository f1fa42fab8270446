package sequence_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/sequence"
)

// Purchases may come in any order for years: what each one allocates on average does not
// grow with those before it.
//
//nolint:paralleltest // AllocsPerRun panics in a parallel test
func TestGrowthOfHistories(t *testing.T) {
	perEvent := func(n int) float64 {
		return testing.AllocsPerRun(1, func() {
			h := &sequence.Histories[int, int]{}
			for i := range n {
				k := (n - i) * 7919 % n // neither sorted nor repeated
				require.NoError(t, h.Add(k%97, day(k/97), k%31))
			}
		}) / float64(n)
	}
	small, large := perEvent(2_000), perEvent(64_000)
	assert.LessOrEqual(t, large, small+0.1)
}

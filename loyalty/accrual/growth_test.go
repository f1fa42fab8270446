package accrual_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/accrual"
)

// sizes are numbers of lots; the largest takes its time.
func sizes(t *testing.T) []int {
	t.Helper()
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// States here hold sums and no lots: what they weigh does not grow with the lots that they
// have seen, so that nothing which goes over them can. A history has one row for each age,
// of which there are 1200 at most.
func TestGrowthOfSums(t *testing.T) {
	t.Parallel()
	most := map[string]int{}
	for _, n := range sizes(t) {
		start := time.Now()
		var history accrual.History
		var forward accrual.RollForward
		deferral, err := accrual.Defer(dec("100000"), 2)
		require.NoError(t, err)
		for i := range n {
			ages := make([]accrual.Movement, 1+i%36)
			ages[i%36].Redeemed = int64(i % 10)
			require.NoError(t, history.Add(accrual.Vintage{Granted: 10, Ages: ages}))
			next, _, err := deferral.Measure(accrual.Estimate{Redeemed: int64(i), Expected: int64(n + i%7)})
			require.NoError(t, err)
			require.NoError(t, forward.Add(&deferral, next))
			deferral = next
		}
		t.Logf("%7d lots: %6d ns each", n, time.Since(start).Nanoseconds()/int64(n))
		for name, state := range map[string]interface{ MarshalBinary() ([]byte, error) }{"history": &history, "roll-forward": &forward} {
			data, err := state.MarshalBinary()
			require.NoError(t, err)
			most[name] = len(data)
		}
		text, err := deferral.MarshalJSON()
		require.NoError(t, err)
		assert.Less(t, len(text), 200)
	}
	assert.Less(t, most["history"], 36*3*4+30, "three numbers an age, which grow by their digits")
	assert.Less(t, most["roll-forward"], 9*8+8)
}

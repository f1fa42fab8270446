package accrual_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/accrual"
)

// Accumulators are run over millions of lots.
func TestAccumulatorsAllocateNothing(t *testing.T) {
	v := accrual.Vintage{Granted: 1000, Ages: make([]accrual.Movement, 36)}
	var h accrual.History
	require.NoError(t, h.Add(v))
	before, after := deferral(t, 500), deferral(t, 500)
	var f accrual.RollForward
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = h.Add(v)
		_ = f.Add(&before, after)
	}))
	assert.Equal(t, int64(101), f.Rows().Deferrals)
}

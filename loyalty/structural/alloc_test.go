package structural_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/structural"
)

// A decision allocates what it hands out and what it works with, however long the history.
func TestAllocations(t *testing.T) {
	e, l, _ := year(t)
	c := structural.Consumption{"next", 1, began.AddDate(0, 0, 7*51)}
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = e.Consume(l, c) }), 5.0)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = l.Balance(c.At) }), 1.0)
}

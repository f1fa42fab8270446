package stat_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/stat"
)

func TestPareto(t *testing.T) {
	t.Parallel()
	half := func(before, total int64) bool { return 2*before < total }
	rows, total := stat.Pareto([]string{"b", "c", "a"}, []int64{1, 2, 1}, half)
	assert.Equal(t, int64(4), total)
	assert.Equal(t, []stat.ParetoRow{
		{Index: 1, Share: 0.5, Cumulative: 0.5, Vital: true},
		{Index: 2, Share: 0.25, Cumulative: 0.75},
		{Index: 0, Share: 0.25, Cumulative: 1},
	}, rows)
	rows, total = stat.Pareto([]string{"b"}, []int64{0}, half)
	assert.Zero(t, total)
	assert.Equal(t, []stat.ParetoRow{{}}, rows)
	rows, total = stat.Pareto(nil, nil, half)
	assert.Zero(t, total)
	assert.Empty(t, rows)
}

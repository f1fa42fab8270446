package lot_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/lot"
)

// Instants that 64 bits hold are exact, and others come to the nearest of them.
func TestInstantsAreClamped(t *testing.T) {
	t.Parallel()
	first, last := time.Unix(0, math.MinInt64), time.Unix(0, lot.Never-1)
	for _, x := range []struct {
		at   time.Time
		want int64
	}{
		{time.Time{}, math.MinInt64},
		{first.Add(-1), math.MinInt64},
		{first, math.MinInt64},
		{first.Add(1), math.MinInt64 + 1},
		{time.Unix(0, -1), -1},
		{time.Unix(1, 5).In(time.FixedZone("", 3600)), 1_000_000_005},
		{last, lot.Never - 1},
		{last.Add(1), lot.Never - 1},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), lot.Never - 1},
	} {
		assert.Equal(t, x.want, lot.Instant(x.at), x.at)
	}
}

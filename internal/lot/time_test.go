package lot_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/lot"
)

func TestInstantIsClamped(t *testing.T) {
	t.Parallel()
	for want, at := range map[int64]time.Time{
		0:              time.Unix(0, 0),
		-1:             time.Unix(0, -1),
		math.MinInt64:  time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC),
		lot.Never - 1:  time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC),
		lot.Never - 10: time.Unix(0, lot.Never-10),
	} {
		assert.Equal(t, want, lot.Instant(at), at)
	}
	assert.Equal(t, lot.Never-1, lot.Instant(time.Unix(0, lot.Never)), "no instant is none")
}

func TestLives(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]bool{1699: false, 1700: true, 2255: true, 2256: false} {
		assert.Equal(t, want, lot.Lives(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)), year)
	}
}

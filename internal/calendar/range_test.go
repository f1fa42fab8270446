package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/calendar"
)

func TestRangeEndsWithYears(t *testing.T) {
	t.Parallel()
	first, end := time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2151, 1, 1, 0, 0, 0, 0, time.UTC)
	east := time.FixedZone("", 14*3600)
	for _, in := range []time.Time{first, first.In(east), end.Add(-1), end.Add(-1).In(east)} {
		assert.True(t, calendar.InRange(in), in)
		assert.True(t, time.Unix(0, in.AddDate(100, 0, 0).UnixNano()).Equal(in.AddDate(100, 0, 0)), "a century later fits")
	}
	for _, out := range []time.Time{{}, first.Add(-1), end, end.In(east)} {
		assert.False(t, calendar.InRange(out), out)
	}
}

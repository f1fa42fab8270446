package canon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/canon"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{
		"a": true, "é": true, strings.Repeat("x", 200): true, strings.Repeat("é", 100): true,
		"": false, "\xff": false, strings.Repeat("x", 201): false, strings.Repeat("é", 101): false,
	} {
		assert.Equal(t, ok, canon.IsName(s), "%q", s)
		assert.Equal(t, ok || s == "", canon.IsNote(s), "%q", s)
	}
}

func TestInstants(t *testing.T) {
	t.Parallel()
	on := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		t                 time.Time
		activity, instant bool
	}{
		{time.Time{}, false, true}, // none
		{on(1700).Add(-1), false, false},
		{on(1700), true, true},
		{on(2151).Add(-1), true, true},
		{on(2151), false, true},
		{on(2262).Add(-1), false, true},
		{on(2262), false, false},
		{on(9999), false, false},
	} {
		assert.Equal(t, c.activity, canon.IsActivity(c.t), "%v", c.t)
		assert.Equal(t, c.activity, calendar.InRange(c.t), "%v: one range in all rooms", c.t)
		assert.Equal(t, c.instant, canon.IsInstant(c.t), "%v", c.t)
	}
	assert.Equal(t, on(2150).Year(), time.Unix(canon.EndOfActivity-1, 0).UTC().Year())
}

package lot_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
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

// Every end comes back, from every beginning, and has one form.
func TestTimesRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64().Draw(t, "from")
		until := rapid.OneOf(rapid.Int64(), rapid.Just(lot.Never), rapid.Int64Range(-1e6, 1e6)).Draw(t, "until")
		w := codec.NewWriter(nil, 1, 1)
		lot.WriteEnd(&w, until, from)
		r := codec.NewReader(w.Data(), 1, 1)
		assert.Equal(t, until, lot.ReadEnd(&r, from))
		require.NoError(t, r.Done())
	})
}

// Seconds and what is left of them have one sign, and stay within a second and an int64.
func TestTimesHaveOneForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seconds, nanos int64
		ok             bool
	}{{1, 1, true}, {-1, -1, true}, {1, -1, false}, {0, 1e9, false}, {math.MaxInt64, 0, false}, {math.MinInt64, -1, false}} {
		w := codec.NewWriter(nil, 1, 1)
		w.Varint(c.seconds)
		w.Varint(c.nanos)
		r := codec.NewReader(w.Data(), 1, 1)
		lot.ReadTime(&r, 0)
		assert.Equal(t, c.ok, r.Done() == nil, c)
	}
}

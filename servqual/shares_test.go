package servqual_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// Wilson's interval of 8 of 20 at 95 %, by hand: (0.4 + z²/40 ± z·√(0.24/20 + z²/1600)) /
// (1 + z²/20).
func TestSharesHaveWilsonsInterval(t *testing.T) {
	t.Parallel()
	s, err := servqual.Disconfirmation{Worse: 8, Equal: 2, Better: 10}.WorseShare(0.95)
	require.NoError(t, err)
	near.Slice(t, []float64{0.4, 0.21880653237, 0.61341849924}, []float64{s.Value, s.Low, s.High}, 1e-10, 0)
	z, err := servqual.ZoneCounts{Below: 2, Within: 8, Above: 9, Inverted: 1}.Share(servqual.ZoneWithin, 0.95)
	require.NoError(t, err)
	assert.Equal(t, s, z)
}

// Shares lie in their intervals, which lie within 0 and 1, and those of all statuses add
// to 1.
func TestSharesOfAllStatuses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<32)
		c := servqual.ZoneCounts{Below: n.Draw(t, "below"), Within: n.Draw(t, "within"), Above: n.Draw(t, "above"), Inverted: n.Draw(t, "inverted")}
		sum := 0.0
		for _, status := range []servqual.ZoneStatus{servqual.ZoneBelow, servqual.ZoneWithin, servqual.ZoneAbove, servqual.ZoneInverted} {
			s, err := c.Share(status, 0.9)
			if c == (servqual.ZoneCounts{}) {
				require.ErrorIs(t, err, relmark.ErrTooFew)
				return
			}
			require.NoError(t, err)
			assert.True(t, 0 <= s.Low && s.Low <= s.Value && s.Value <= s.High && s.High <= 1)
			sum += s.Value
		}
		near.Equal(t, 1, sum, 1e-15, 0)
	})
}

func TestSharesRefuse(t *testing.T) {
	t.Parallel()
	c := servqual.ZoneCounts{Within: 3}
	_, err := c.Share("", 0.95)
	assert.Equal(t, []string{"Status"}, fields(err))
	_, err = c.Share(servqual.ZoneWithin, 95)
	assert.Equal(t, []string{"Level"}, fields(err))
	_, err = servqual.Disconfirmation{Worse: -1, Better: 3}.WorseShare(0.95)
	assert.Equal(t, []string{"Counts"}, fields(err))
}

// The ready sets are questionnaires, for any number of items that one may have.
func TestTechnical(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 24; n++ {
		assert.Equal(t, 4*n, instrument(t, servqual.Technical(1, 7, n)).Items())
	}
	for _, n := range []int{-1, 0, 25, 1 << 30} {
		require.ErrorIs(t, servqual.Technical(1, 7, n).Validate(), relmark.ErrInvalid)
	}
}

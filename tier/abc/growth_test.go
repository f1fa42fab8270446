package abc_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/tier/abc"
)

func sizes() []int {
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// A value counts once however many there are, and again each time that values become
// finer, which they do nine times at most; a small part is merged into a large one for what
// the part holds.
func TestGrowthOfValues(t *testing.T) {
	t.Parallel()
	for _, n := range sizes() {
		var v abc.Values
		start := time.Now()
		for i := range n {
			digits := int32(i * 10 / n) // ever finer
			require.NoError(t, v.Add(decimal.New(int64(i)*10+1, -digits), 1))
			if i%10 == 0 {
				var part abc.Values
				require.NoError(t, part.Add(decimal.New(int64(i), 0), 2))
				require.NoError(t, v.Merge(part))
			}
		}
		t.Logf("%d values: %.1f steps and %v each", n, float64(v.Steps())/float64(n), time.Since(start)/time.Duration(n))
		assert.LessOrEqual(t, v.Steps(), 10*n, "%d values", n)
	}
}

// What a host keeps of a segment, of graded prospects and of the periods of a customer does
// not grow with them: it holds counts, sums and the latest of them.
func TestGrowthOfWhatIsKept(t *testing.T) {
	t.Parallel()
	for _, n := range sizes() {
		var s abc.Segmentation[string]
		var c abc.Conversions
		streak, err := abc.NewStreak(abc.A)
		require.NoError(t, err)
		start := time.Now()
		for i := range n {
			m := abc.Member{Values: []decimal.Decimal{decimal.New(int64(i%1000), -2), decimal.New(int64(i%999), -2)}}
			require.NoError(t, s.Add([]string{"north", "south"}[i%2], m))
			require.NoError(t, c.Add(abc.ProspectScore{FitLevel: abc.High, IntentLevel: abc.Low}, i%3 == 0))
			streak, _, err = streak.Next(decimal.New(int64(i%1000), -2), abc.StreakRule{})
			require.NoError(t, err)
		}
		segments, err := s.MarshalBinary()
		require.NoError(t, err)
		trials, err := c.MarshalBinary()
		require.NoError(t, err)
		periods, err := json.Marshal(streak)
		require.NoError(t, err)
		t.Logf("%d members, prospects and periods: %d, %d and %d bytes, %v each", n, len(segments), len(trials), len(periods), time.Since(start)/time.Duration(n))
		assert.LessOrEqual(t, len(segments), 150)
		assert.LessOrEqual(t, len(trials), 50)
		assert.LessOrEqual(t, len(periods), 100)
	}
}

package relationship_test

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/relationship"
)

// The index of every day of a long relationship goes over its exchanges once.
func TestGrowthOfSeries(t *testing.T) {
	t.Parallel()
	sizes := []int{1e2, 1e3, 1e4, 1e5}
	if testing.Short() {
		sizes = sizes[:3]
	}
	first := relmark.MustParseDate("1900-01-01")
	x := relationship.BondPolicy{HalfLife: 180}
	for _, n := range sizes {
		exchanges, dates := make([]relationship.Exchange, n), make([]relmark.Date, n)
		for i := range n {
			exchanges[n-1-i] = relationship.Exchange{On: first.AddDays(i), Given: decimal.New(int64(i%7+1), 0), Received: decimal.New(int64(i%5+1), 0)}
			dates[i] = first.AddDays(i * 7919 % n)
		}
		start := time.Now()
		bonds, err := x.Series(exchanges, dates...)
		require.NoError(t, err)
		t.Logf("%d exchanges and dates: %v each", n, time.Since(start)/time.Duration(n))
		assert.Len(t, bonds, n)
		assert.Equal(t, n, x.SeriesSteps(exchanges, dates))
	}
}

// Each date of a series has the index by definition: exchanges up to it, each with half
// the weight for each half-life before the latest of them. So it is for half-lives from
// far less than a day to far more than a life, and for years of silence.
func TestSeriesIsByDefinition(t *testing.T) {
	t.Parallel()
	first := relmark.MustParseDate("2020-01-01")
	rapid.Check(t, func(t *rapid.T) {
		x := relationship.BondPolicy{HalfLife: rapid.SampledFrom([]float64{0, 1e-300, 0.01, 1, 7, 90, 1e300}).Draw(t, "half-life")}
		var exchanges []relationship.Exchange
		on := first
		for range rapid.IntRange(0, 30).Draw(t, "exchanges") {
			on = on.AddDays(rapid.SampledFrom([]int{0, 1, 5, 40, 4000}).Draw(t, "silence"))
			due := rapid.IntRange(0, 4).Draw(t, "due")
			exchanges = append(exchanges, relationship.Exchange{On: on, Due: due, Kept: rapid.IntRange(0, due).Draw(t, "kept")})
		}
		dates := []relmark.Date{on.AddDays(400), first.AddDays(-1), on, first.AddDays(30)}
		bonds, err := x.Series(exchanges, dates...)
		require.NoError(t, err)
		for i, asOf := range dates {
			var last relmark.Date
			for _, e := range exchanges {
				if !e.On.After(asOf) {
					last = e.On
				}
			}
			due, kept := 0.0, 0.0
			for _, e := range exchanges {
				if weight := 1.0; !e.On.After(asOf) {
					if x.HalfLife > 0 {
						weight = math.Exp2(-float64(last.Sub(e.On)) / x.HalfLife)
					}
					due += weight * float64(e.Due)
					kept += weight * float64(e.Kept)
				}
			}
			assert.Equal(t, last, bonds[i].Last)
			score, known := bonds[i].Scores[relationship.Cooperation]
			assert.Equal(t, due > 0, known)
			if known {
				near.Equal(t, 100*kept/due, score, 1e-12, 1e-12)
			}
		}
	})
}

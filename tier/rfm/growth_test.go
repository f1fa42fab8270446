package rfm_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// sizes are the numbers of events at which the work for one event is counted.
func sizes() []int {
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// A row takes the same few steps however long the log and whatever its order, and a
// base that is read no more bytes than the package comment says.
func TestGrowthOfBase(t *testing.T) {
	t.Parallel()
	asOf := relmark.MustParseDate("2034-01-01")
	for _, order := range orders() {
		for _, n := range sizes() {
			var b rfm.Base[int]
			start := time.Now()
			for i := range n {
				k, day := order.row(i, n)
				require.NoError(t, b.Add(rfm.Purchase[int]{Customer: k, On: asOf.AddDays(-day), Amount: decimal.New(int64(i%700)-100, -2)}))
			}
			waiting := b.Footprint()
			_, _, err := b.Summaries(asOf, rfm.Options{})
			require.NoError(t, err)
			taken := time.Since(start)
			assert.LessOrEqual(t, b.Steps(), 4*n, "%s, %d rows", order.name, n)
			days := 0
			for _, h := range b.All() {
				days += h.Len()
			}
			t.Logf("%s, %d rows: %.1f steps and %v a row; %d bytes, %d while rows wait", order.name, n, float64(b.Steps())/float64(n), taken/time.Duration(n), b.Footprint(), waiting)
			least := 70_000 + 150_000 // of blocks, and of rows that may wait
			assert.LessOrEqual(t, b.Footprint(), least+(48+8+22)*b.Len()+48*days, "%s, %d rows", order.name, n)
			assert.LessOrEqual(t, waiting, least+(48+8+22)*b.Len()+48*days+16*n, "%s, %d rows", order.name, n)
		}
	}
}

// A till that asks for a customer after each row, and a host that removes and restores
// customers in between, pay for what they ask.
func TestGrowthOfBaseThatIsRead(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-01-01")
	for _, n := range sizes() {
		var b rfm.Base[int]
		start := time.Now()
		for i := range n {
			k := i * 7919 % (n/10 + 1)
			require.NoError(t, b.Add(rfm.Purchase[int]{Customer: k, On: on.AddDays(i * tenYears / n), Amount: decimal.New(199, -2)}))
			h, known := b.History(k)
			require.True(t, known)
			if i%5 == 0 {
				require.True(t, b.Remove(k))
				require.NoError(t, b.Put(k, h))
			}
		}
		t.Logf("%d rows: %.1f steps and %v a row", n, float64(b.Steps())/float64(n), time.Since(start)/time.Duration(n))
		assert.LessOrEqual(t, b.Steps(), 8*n+64, "%d rows", n)
	}
}

package promotion_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/promotion"
)

// bytesOf returns how much pricing an order allocates.
func bytesOf(t *testing.T, p *promotion.Pricer, o promotion.Order) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := p.Price(o)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	return after.TotalAlloc - before.TotalAlloc
}

// Units are counted, not listed: an order of 200 lines with a million units a line has
// hardly more runs of equal units than one with ten, and takes hardly more memory. The
// test is not parallel, as others would allocate meanwhile.
func TestGrowthOfUnits(t *testing.T) { //nolint:paralleltest // it measures memory
	offers := manyOffers(50)
	p := pricer(t, offers...)
	var runs []int
	var size []uint64
	for _, quantity := range []int64{100, 10_000, promotion.MaxQuantity} {
		o := manyLines(200)
		for i := range o.Lines {
			o.Lines[i].Quantity = quantity
		}
		r, err := p.Price(o)
		require.NoError(t, err)
		n := 0
		for _, l := range r.Lines() {
			n += len(l.Units)
		}
		runs, size = append(runs, n), append(size, bytesOf(t, p, o))
	}
	t.Log("runs", runs, "bytes", size)
	for i := range runs {
		assert.LessOrEqual(t, runs[i], 200*(1+len(offers)))
		assert.LessOrEqual(t, runs[i], 2*runs[0])
		assert.LessOrEqual(t, size[i], 4*size[0])
	}
}

// Memory grows with lines, and with offers, no faster than they do.
func TestGrowthOfLinesAndOffers(t *testing.T) { //nolint:paralleltest // it measures memory
	perLine, perOffer := func(n int) uint64 {
		return bytesOf(t, pricer(t, manyOffers(50)...), manyLines(n))
	}, func(n int) uint64 {
		return bytesOf(t, pricer(t, manyOffers(n)...), manyLines(50))
	}
	for name, size := range map[string]func(n int) uint64{"lines": perLine, "offers": perOffer} {
		small, large := size(50), size(500)
		t.Log(name, small, large)
		assert.LessOrEqual(t, large, 25*small, name)
	}
}

// Most orders are priced with a handful of allocations.
func TestPricingAllocatesLittle(t *testing.T) {
	p := pricer(t, manyOffers(50)...)
	o := manyLines(20)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = p.Price(o) }), 20.0)
}

// One pricer serves all checkouts at once, and each gets the same answer.
func TestPricersServeManyAtOnce(t *testing.T) {
	t.Parallel()
	p := pricer(t, manyOffers(50)...)
	o := manyLines(20)
	want, err := p.Price(o)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				got, err := p.Price(o)
				assert.NoError(t, err)
				assert.Equal(t, want, got)
			}
		})
	}
	all.Wait()
}

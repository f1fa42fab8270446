package rfm_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// What waits is read as if it had been booked at once: whatever the order of the rows,
// the digits of their amounts and the questions in between, and near the end of the range
// of sums, where some rows are refused.
func TestRowsThatWaitAreBooked(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		var b rfm.Base[string]
		model := map[string]*rfm.History{}
		largest := rapid.SampledFrom([]int64{9, 1e4, 1e15, math.MaxInt64}).Draw(t, "largest")
		for range rapid.IntRange(0, 60).Draw(t, "rows") {
			p := rfm.Purchase[string]{
				Customer: "customer-" + strings.Repeat("0", rapid.IntRange(0, 9).Draw(t, "zeros")) + rapid.SampledFrom([]string{"", "1", "\x00", "é", "12345678"}).Draw(t, "tail"),
				On:       origin.AddDays(rapid.IntRange(0, 30).Draw(t, "day")),
				Amount:   decimal.New(rapid.Int64Range(-largest, largest).Draw(t, "units"), -rapid.Int32Range(0, 9).Draw(t, "digits")),
			}
			h := model[p.Customer]
			if h == nil {
				h = &rfm.History{}
			}
			if err := h.Add(p.On, p.Amount); err != nil {
				require.EqualError(t, b.Add(p), err.Error())
				continue
			}
			require.NoError(t, b.Add(p))
			model[p.Customer] = h
			if rapid.IntRange(0, 9).Draw(t, "read") == 0 {
				got, known := b.History(p.Customer)
				require.True(t, known)
				require.Equal(t, *h, got)
			}
		}
		require.Equal(t, len(model), b.Len())
		previous := ""
		for customer, h := range b.All() {
			require.True(t, previous == "" || previous < customer)
			previous = customer
			require.Equal(t, *model[customer], h)
		}
	})
}

// Logs of many blocks of rows, read twice, are read as histories of their own are.
func TestLogsInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4096, 4097, 50_000} {
		for _, order := range orders() {
			inOrder(t, order, n, func(k int) int32 { return int32(k) - 7 })
			inOrder(t, order, n, func(k int) uint16 { return uint16(k) })
			inOrder(t, order, n, func(k int) string { return fmt.Sprint("c", k) })
		}
	}
}

func inOrder[C relmark.ID](t *testing.T, order order, n int, id func(int) C) {
	t.Helper()
	var b rfm.Base[C]
	want := map[C]*rfm.History{}
	asOf := relmark.MustParseDate("2034-01-01")
	for i := range 2 * n {
		k, day := order.row(i, n)
		p := rfm.Purchase[C]{Customer: id(k), On: asOf.AddDays(-day), Amount: decimal.New(int64(i%700)-100, -int32(i%3))}
		require.NoError(t, b.Add(p))
		if want[p.Customer] == nil {
			want[p.Customer] = &rfm.History{}
		}
		require.NoError(t, want[p.Customer].Add(p.On, p.Amount))
		if i == n {
			_, _, err := b.Summaries(asOf, rfm.Options{})
			require.NoError(t, err)
		}
	}
	require.Equal(t, len(want), b.Len(), order.name)
	n = 0
	for customer, h := range b.All() {
		require.Equal(t, encodedHistory(t, *want[customer]), encodedHistory(t, h), order.name)
		n++
	}
	require.Equal(t, len(want), n)
}

// An order is how a log comes: the customer and the days before the latest date of row i
// of n.
type order struct {
	name string
	row  func(i, n int) (customer, day int)
}

const tenYears = 3653 // days

func orders() []order {
	source := rand.New(rand.NewPCG(1, 2))
	return []order{
		{"by customer", func(i, _ int) (int, int) { return i / 10, tenYears - i%10*365 }},
		{"by date", func(i, n int) (int, int) { return i * 7919 % (n/10 + 1), tenYears - i*tenYears/(2*n+1) }},
		{"shuffled", func(_, n int) (int, int) { return source.IntN(n/10 + 1), source.IntN(tenYears) }},
		{"one customer, falling dates", func(i, _ int) (int, int) { return 5, i % tenYears }},
		{"one customer, one date", func(int, int) (int, int) { return 5, 5 }},
		{"two customers in turn, falling dates", func(i, _ int) (int, int) { return i % 2, i / 2 % tenYears }},
		{"new customers, falling", func(i, n int) (int, int) { return max(0, n-i), i % tenYears }},
	}
}

// Readers need not know that rows wait.
func TestConcurrentReadersOfRowsThatWait(t *testing.T) {
	t.Parallel()
	var b rfm.Base[int]
	on := relmark.MustParseDate("2024-02-01")
	for i := range 10_000 {
		require.NoError(t, b.Add(rfm.Purchase[int]{Customer: i * 7 % 1000, On: on.AddDays(i / 1000), Amount: decimal.New(1, 0)}))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			assert.Equal(t, 1000, b.Len())
			customers, _, err := b.Summaries(on.AddDays(60), rfm.Options{})
			assert.NoError(t, err)
			assert.Len(t, customers, 1000)
			h, known := b.History(7)
			assert.True(t, known)
			assert.Equal(t, 10, h.Len())
		})
	}
	all.Wait()
}

// What is merged into itself counts twice.
func TestMergeWithItself(t *testing.T) {
	t.Parallel()
	var b rfm.Base[int]
	on := relmark.MustParseDate("2024-02-01")
	for i := range 30 {
		require.NoError(t, b.Add(rfm.Purchase[int]{Customer: 3 - i%3, On: on, Amount: decimal.New(1, 0)}))
	}
	require.NoError(t, b.Merge(&b))
	customers, _, err := b.Summaries(on, rfm.Options{})
	require.NoError(t, err)
	require.Len(t, customers, 3)
	for _, c := range customers {
		assert.Equal(t, "20", c.Total().String())
	}
}

// More rows than may wait are booked in between.
func TestMoreRowsThanMayWait(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a million rows")
	}
	const n = 1<<20 + 5000
	on := relmark.MustParseDate("2024-02-01")
	var b rfm.Base[int]
	for i := range n {
		require.NoError(t, b.Add(rfm.Purchase[int]{Customer: i % 3, On: on.AddDays(-i % 100), Amount: decimal.New(1, 0)}))
	}
	require.Less(t, b.Footprint(), 16*5000+150_000)
	bought := int64(0)
	for _, h := range b.All() {
		require.Equal(t, 100, h.Len())
		s, err := h.Summary(on, rfm.Options{})
		require.NoError(t, err)
		bought += s.Total().IntPart()
	}
	require.EqualValues(t, n, bought)
}

// Customers of any kind come in ascending order.
func TestCustomersInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ascends(t, rapid.Int64().Draw)
		ascends(t, rapid.Uint64().Draw)
		ascends(t, rapid.String().Draw)
		ascends(t, rapid.StringMatching(`id\.[01]{0,12}`).Draw)
	})
}

func ascends[C relmark.ID](t *rapid.T, draw func(*rapid.T, string) C) {
	var b rfm.Base[C]
	want := map[C]bool{}
	for range rapid.IntRange(0, 30).Draw(t, "customers") {
		customer := draw(t, "customer")
		require.NoError(t, b.Put(customer, rfm.History{}))
		want[customer] = true
	}
	var got []C
	for customer := range b.All() {
		got = append(got, customer)
	}
	require.Equal(t, slices.Sorted(maps.Keys(want)), got)
}

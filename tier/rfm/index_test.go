package rfm_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// Bases of thousands of customers hold what a map of histories holds, whatever the
// order in which customers come, and neither rows that are refused nor amounts with
// more digits than those before disturb the days of anybody else.
func TestBaseAgainstMap(t *testing.T) {
	t.Parallel()
	orders := map[string]func(i, n int, source *rand.Rand) int{
		"sorted, in runs": func(i, _ int, _ *rand.Rand) int { return i / 3 },
		"shuffled":        func(_, n int, source *rand.Rand) int { return source.IntN(n / 3) },
		"sorted, then again": func(i, n int, _ *rand.Rand) int {
			return 2 * i % n / 3
		},
		"falling":        func(i, n int, _ *rand.Rand) int { return (n - i) / 2 },
		"sorted, a late": func(i, n int, _ *rand.Rand) int { return i / 4 * min(1, n-1-i) },
	}
	for name, order := range orders {
		for _, n := range []int{1, 2, 5, 64, 200, 5000} {
			agrees(t, name, n, order, func(k int) int64 { return int64(k) - 100 })
			agrees(t, name, n, order, func(k int) uint8 { return uint8(k) })
			agrees(t, name, n, order, func(k int) string { return fmt.Sprintf("%06d", k) })
		}
	}
}

func agrees[C relmark.ID](t *testing.T, name string, n int, order func(i, n int, source *rand.Rand) int, id func(int) C) {
	t.Helper()
	source := rand.New(rand.NewPCG(5, uint64(n)))
	start := relmark.MustParseDate("2024-01-01")
	var base rfm.Base[C]
	want := map[C]*rfm.History{}
	for i := range n {
		customer := id(order(i, max(n, 3), source))
		p := rfm.Purchase[C]{Customer: customer, On: start.AddDays(source.IntN(50)), Amount: decimal.New(source.Int64N(900)-100, -int32(source.IntN(4)))}
		if i%7 == 3 {
			p.Amount = decimal.New(1, -10)
			require.Error(t, base.Add(p))
			continue
		}
		require.NoError(t, base.Add(p))
		if want[customer] == nil {
			want[customer] = &rfm.History{}
		}
		require.NoError(t, want[customer].Add(p.On, p.Amount))
		if i%11 == 5 { // a host that restores what it stored
			require.NoError(t, base.Put(customer, *want[customer]))
		}
	}
	require.Equal(t, len(want), base.Len(), "%s, %d rows", name, n)
	sorted := slices.Sorted(maps.Keys(want))
	at := 0
	for customer, h := range base.All() {
		require.Zero(t, cmp.Compare(sorted[at], customer), "%s, %d rows", name, n)
		require.Equal(t, encodedHistory(t, *want[customer]), encodedHistory(t, h), "%s, %d rows", name, n)
		at++
	}
	require.Equal(t, len(sorted), at)
	for _, customer := range sorted {
		_, ok := base.History(customer)
		require.True(t, ok)
	}
	_, ok := base.History(id(77_777))
	require.Equal(t, want[id(77_777)] != nil, ok)
}

func encodedHistory(t testing.TB, h rfm.History) []byte {
	t.Helper()
	b, err := h.MarshalBinary()
	require.NoError(t, err)
	return b
}

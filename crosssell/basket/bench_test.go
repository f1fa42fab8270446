package basket_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/basket"
)

func BenchmarkCounterAdd(b *testing.B) {
	baskets := lines(b, "groceries")
	b.ReportAllocs()
	for b.Loop() {
		counterOf(b, baskets)
	}
	perUnit(b, len(baskets), "ns/basket")
}

func BenchmarkCounterMerge(b *testing.B) {
	part := load(b, "groceries")
	b.ReportAllocs()
	for b.Loop() {
		var c basket.Counter[string]
		require.NoError(b, c.Merge(part))
	}
	perUnit(b, int(part.Baskets()), "ns/basket")
}

func BenchmarkCounterEncode(b *testing.B) {
	c := load(b, "groceries")
	b.ReportAllocs()
	for b.Loop() {
		encode(b, c)
	}
	perUnit(b, int(c.Baskets()), "ns/basket")
}

func BenchmarkCounterDecode(b *testing.B) {
	c := load(b, "groceries")
	data := encode(b, c)
	b.ReportAllocs()
	for b.Loop() {
		var c basket.Counter[string]
		require.NoError(b, c.UnmarshalBinary(data))
	}
	perUnit(b, int(c.Baskets()), "ns/basket")
}

func BenchmarkFrequent(b *testing.B) {
	for _, c := range []struct {
		name     string
		minCount int64
	}{
		{"groceries", 10},
		{"retail", 89},
		{"retail", 9},
		{"chess", 1918},
		{"chess", 1598},
		{"online_retail_baskets", 99},
		{"online_retail_baskets", 80},
	} {
		b.Run(fmt.Sprintf("%s/count=%d", c.name, c.minCount), func(b *testing.B) {
			counter := load(b, c.name)
			sets := 0
			b.ReportAllocs()
			for b.Loop() {
				found, err := counter.Frequent(b.Context(), basket.SetParams{MinCount: c.minCount, MaxSets: 10_000_000})
				require.NoError(b, err)
				sets = len(found)
			}
			perUnit(b, sets, "ns/set")
		})
	}
}

func BenchmarkRules(b *testing.B) {
	c := load(b, "groceries")
	sets, err := c.Frequent(b.Context(), basket.SetParams{MinCount: 10})
	require.NoError(b, err)
	for _, confidence := range []float64{0.5, 0.1} {
		b.Run(fmt.Sprintf("groceries/sets=%d/confidence=%v", len(sets), confidence), func(b *testing.B) {
			rules := 0
			b.ReportAllocs()
			for b.Loop() {
				found, err := basket.Rules(b.Context(), sets, c.Baskets(), basket.RuleParams{MinConfidence: confidence})
				require.NoError(b, err)
				rules = len(found)
			}
			perUnit(b, rules, "ns/rule")
		})
	}
}

func perUnit(b *testing.B, n int, unit string) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), unit)
}

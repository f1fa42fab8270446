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

// cases are the data sets and counts that other programs are compared at.
var cases = []struct {
	name     string
	minCount int64
}{
	{"groceries", 10},
	{"retail", 89},
	{"retail", 18},
	{"retail", 9},
	{"chess", 1918},
	{"chess", 1598},
	{"online_retail_baskets", 99},
	{"online_retail_baskets", 80},
}

func BenchmarkFrequent(b *testing.B) {
	for _, c := range cases {
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

func BenchmarkSets(b *testing.B) {
	for _, f := range basket.Families() {
		for _, c := range cases {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/%s/count=%d/workers=%d", f, c.name, c.minCount, workers), func(b *testing.B) {
					counter := load(b, c.name)
					sets := 0
					b.ReportAllocs()
					for b.Loop() {
						sets = 0
						for _, err := range counter.Sets(b.Context(), basket.SetParams{MinCount: c.minCount, Family: f, Workers: workers}) {
							if err != nil {
								b.Fatal(err)
							}
							sets++
						}
					}
					perUnit(b, sets, "ns/set")
				})
			}
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	for _, c := range cases {
		b.Run(fmt.Sprintf("%s/count=%d", c.name, c.minCount), func(b *testing.B) {
			counter := load(b, c.name)
			var plan basket.Plan
			b.ReportAllocs()
			for b.Loop() {
				var err error
				plan, err = counter.Plan(b.Context(), basket.SetParams{MinCount: c.minCount})
				require.NoError(b, err)
			}
			perUnit(b, int(plan.Sets), "ns/set")
		})
	}
}

func BenchmarkTop(b *testing.B) {
	counter := load(b, "online_retail_baskets")
	b.ReportAllocs()
	for b.Loop() {
		_, err := counter.Top(b.Context(), basket.TopParams{K: 1000, MinLen: new(2)})
		require.NoError(b, err)
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

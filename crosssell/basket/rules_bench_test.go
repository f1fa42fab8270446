package basket_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/basket"
)

// groceryRules are the 5,668 rules of the grocery at ten baskets and confidence ½.
func groceryRules(tb testing.TB) ([]basket.Set[string], []basket.Rule[string], int64) {
	tb.Helper()
	c := load(tb, "groceries")
	sets, err := c.Frequent(tb.Context(), basket.SetParams{MinCount: 10})
	require.NoError(tb, err)
	rules, err := basket.Rules(tb.Context(), sets, c.Baskets(), basket.RuleParams{MinConfidence: 0.5, MaxConsequent: new(1)})
	require.NoError(tb, err)
	return sets, rules, c.Baskets()
}

func BenchmarkMeasures(b *testing.B) {
	_, rules, _ := groceryRules(b)
	b.Run(fmt.Sprintf("measures=20/p/rules=%d", len(rules)), func(b *testing.B) {
		b.ReportAllocs()
		sink := 0.0
		for b.Loop() {
			for i := range rules {
				for _, f := range twenty() {
					sink += f(rules[i].Table)
				}
				sink += rules[i].LogP()
			}
		}
		perUnit(b, len(rules), "ns/rule")
	})
	b.Run(fmt.Sprintf("p/rules=%d", len(rules)), func(b *testing.B) {
		b.ReportAllocs()
		sink := 0.0
		for b.Loop() {
			for i := range rules {
				sink += rules[i].LogP()
			}
		}
		perUnit(b, len(rules), "ns/rule")
	})
}

func BenchmarkStandings(b *testing.B) {
	_, rules, _ := groceryRules(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := basket.Standings(b.Context(), rules)
		require.NoError(b, err)
	}
	perUnit(b, len(rules), "ns/rule")
}

func BenchmarkProductivity(b *testing.B) {
	sets, rules, n := groceryRules(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := basket.Productivity(b.Context(), sets, n, rules)
		require.NoError(b, err)
	}
	perUnit(b, len(rules), "ns/rule")
}

func BenchmarkSuggest(b *testing.B) {
	_, rules, _ := groceryRules(b)
	s, err := basket.NewSuggester(rules)
	require.NoError(b, err)
	for _, items := range []int{5, 20} {
		owned := load(b, "groceries").Items()[20 : 20+items]
		b.Run(fmt.Sprintf("rules=%d/owned=%d", len(rules), items), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := s.Suggest(owned, basket.SuggestParams[string]{Max: 10})
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkAssociations(b *testing.B) {
	c := load(b, "groceries")
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Associations(b.Context(), basket.AssociationParams{Alpha: 0.05, MinCount: 1})
		require.NoError(b, err)
	}
}

func BenchmarkLamp(b *testing.B) {
	c := load(b, "groceries")
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Lamp(b.Context(), basket.LampParams[string]{Consequent: []string{"whole milk"}, Alpha: 0.05})
		require.NoError(b, err)
	}
}

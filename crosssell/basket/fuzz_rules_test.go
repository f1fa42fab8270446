package basket_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

// A table is refused, or every measure of it is answered.
func FuzzTable(f *testing.F) {
	f.Add(int64(194), int64(516), int64(1903), int64(9835), 0.99)
	f.Add(int64(0), int64(0), int64(0), int64(0), 0.5)
	f.Add(int64(1)<<61, int64(1)<<62, int64(1)<<62, int64(1)<<62+1, 1e-300)
	f.Fuzz(func(t *testing.T, both, left, right, n int64, level float64) {
		x := basket.Table{Both: both, Left: left, Right: right, N: n}
		if x.Validate() != nil {
			return
		}
		for _, m := range twenty() {
			m(x)
		}
		p, q := x.LogP(), x.LogTwoSidedP()
		require.True(t, p <= 0 && q <= 0, "%v, %v", p, q)
		x.HyperLift(level)
		x.StandardizedLift(level, level)
	})
}

// A taxonomy of anything is refused, or no item is its own ancestor.
func FuzzNewTaxonomy(f *testing.F) {
	f.Add([]byte("abb.bcc.c"))
	f.Add([]byte("ab.ba"))
	f.Add([]byte("a.a"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var nodes []basket.Node[byte]
		start := 0
		for i, b := range append(text, '.') {
			if b == '.' && i > start {
				nodes = append(nodes, basket.Node[byte]{Item: text[start], Parents: text[start+1 : i]})
			}
			if b == '.' {
				start = i + 1
			}
		}
		tax, err := basket.NewTaxonomy(nodes)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		for _, n := range nodes {
			ancestors, known := tax.Ancestors(n.Item)
			require.True(t, known)
			require.NotContains(t, ancestors, n.Item)
			for _, p := range n.Parents {
				require.Contains(t, ancestors, p)
			}
		}
	})
}

// Whatever the rules, they are refused or serve.
func FuzzNewSuggester(f *testing.F) {
	f.Add([]byte("ab"), []byte("c"), int64(3), int64(4), int64(4), int64(8), []byte("abc"), 2)
	f.Add([]byte(""), []byte("c"), int64(3), int64(4), int64(4), int64(8), []byte("abc"), 0)
	f.Fuzz(func(t *testing.T, left, right []byte, both, n1, m1, n int64, owned []byte, most int) {
		rules := []basket.Rule[byte]{{Antecedent: left, Consequent: right, Table: basket.Table{Both: both, Left: n1, Right: m1, N: n}}}
		s, err := basket.NewSuggester(rules)
		_, wrong := basket.Standings(t.Context(), rules)
		require.Equal(t, rules[0].Validate() == nil, err == nil)
		require.Equal(t, err == nil, wrong == nil)
		if err != nil {
			return
		}
		got, err := s.Suggest(owned, basket.SuggestParams[byte]{Max: most, Repeatable: owned})
		require.Equal(t, most < 1, err != nil)
		for _, suggestion := range got {
			require.NoError(t, suggestion.Validate())
			require.Equal(t, right[0], suggestion.Item)
		}
	})
}

// Associations and significant rules of any baskets are answered within the limit.
func FuzzAssociations(f *testing.F) {
	f.Add([]byte("ab.abc.b.ca.ab.ab.."), int64(1), 0.05, 0, 100, byte('a'))
	f.Add([]byte("ab"), int64(0), -1.0, -1, -1, byte('b'))
	f.Add([]byte("01"), int64(1), 0.05, 0, 100, byte(52)) // two items only
	f.Fuzz(func(t *testing.T, text []byte, minCount int64, alpha float64, maxLen, maxSets int, right byte) {
		c := letters(t, text)
		p := basket.AssociationParams{Alpha: alpha, MinCount: minCount, MaxLen: bound(maxLen), MaxSets: min(maxSets, 1000)}
		found, err := c.Associations(t.Context(), p)
		if p.Validate() != nil {
			require.EqualError(t, err, p.Validate().Error())
			return
		}
		if err == nil {
			for _, a := range found {
				require.Equal(t, c.Count(a.Items...), a.Count)
				require.Positive(t, a.Leverage)
			}
		} else {
			require.ErrorIs(t, err, relmark.ErrLimit)
		}
		lamp, err := c.Lamp(t.Context(), basket.LampParams[byte]{Consequent: []byte{right}, Alpha: alpha, MaxSets: 200})
		if err == nil {
			require.Positive(t, lamp.Testable.Cmp(new(big.Int)))
			return
		}
		require.ErrorIs(t, err, relmark.ErrLimit)
	})
}

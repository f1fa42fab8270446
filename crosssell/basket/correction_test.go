package basket_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/near"
)

// The p-values of Benjamini and Hochberg (1995), table of §4.1, adjusted by p.adjust of
// R 4.2.2, as they are and with 85 further ones that are 1.
func TestAdjustAsR(t *testing.T) {
	t.Parallel()
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	for _, c := range []struct {
		method basket.Method
		m      int64
		want   []float64 // the first ones, all others are 1
	}{
		{basket.Holm, 15, []float64{0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213}},
		{"", 15, []float64{0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213}},
		{basket.Bonferroni, 15, []float64{0.0015, 0.006, 0.0285, 0.1425, 0.3015, 0.417, 0.447, 0.516, 0.6885}},
		{basket.BenjaminiHochberg, 15, []float64{
			0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765,
			0.486, 0.5811818181818181, 0.714875, 0.7532307692307693, 0.8132142857142857,
		}},
		{basket.BenjaminiYekutieli, 15, []float64{
			0.0049773434898434899, 0.0099546869796869799, 0.0315231754356754337, 0.1182119078837828852, 0.200089208291708287,
			0.2118926228533371536, 0.2118926228533371536, 0.2140257700632700599, 0.2538445179820180142,
		}},
		{basket.Holm, 100, []float64{0.01, 0.0396, 0.1862, 0.9215}},
		{basket.Bonferroni, 100, []float64{0.01, 0.04, 0.19, 0.95}},
		{basket.BenjaminiHochberg, 100, []float64{0.01, 0.02, 0.06333333333333334, 0.2375, 0.402, 0.4257142857142857, 0.4257142857142857, 0.43, 0.51}},
		{basket.BenjaminiYekutieli, 100, []float64{0.051873775176396207, 0.103747550352792414, 0.328533909450509254}},
	} {
		got, err := basket.Correction{Method: c.method, Hypotheses: big.NewInt(c.m)}.Adjust(logs(p))
		require.NoError(t, err)
		for i := range got {
			want := 1.0
			if i < len(c.want) {
				want = c.want[i]
			}
			near.Equal(t, want, math.Exp(got[i]), 1e-13, 0, "%s of %d: %d", c.method, c.m, i)
		}
	}
}

func logs(p []float64) []float64 {
	out := make([]float64, len(p))
	for i := range p {
		out[i] = math.Log(p[i])
	}
	return out
}

// Adjusted p-values are at least the p-values, keep their order, and do not fall as more
// hypotheses are declared; Holm is never above Bonferroni, Hochberg never above Holm.
func TestAdjustProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		logP := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-12, 0), rapid.SampledFrom([]float64{0, -1, -5, -1e5, math.Inf(-1)})), 1, 30).Draw(t, "log p")
		m := big.NewInt(int64(len(logP) + rapid.IntRange(0, 1000).Draw(t, "more")))
		m.Mul(m, big.NewInt(rapid.SampledFrom([]int64{1, 1, 1 << 40}).Draw(t, "times")))
		m.Mul(m, big.NewInt(rapid.SampledFrom([]int64{1, 1 << 40}).Draw(t, "times again")))
		byMethod := map[basket.Method][]float64{}
		for _, method := range []basket.Method{basket.Holm, basket.Bonferroni, basket.BenjaminiHochberg, basket.BenjaminiYekutieli} {
			adjusted, err := basket.Correction{Method: method, Hypotheses: m}.Adjust(logP)
			require.NoError(t, err)
			more, err := basket.Correction{Method: method, Hypotheses: new(big.Int).Add(m, m)}.Adjust(logP)
			require.NoError(t, err)
			for i := range logP {
				require.True(t, adjusted[i] >= logP[i]-1e-12 && adjusted[i] <= 0)
				require.GreaterOrEqual(t, more[i], adjusted[i])
				for j := range logP {
					require.False(t, logP[i] < logP[j] && adjusted[i] > adjusted[j])
					require.False(t, logP[i] == logP[j] && math.Abs(adjusted[i]-adjusted[j]) > 1e-12)
				}
			}
			byMethod[method] = adjusted
		}
		for i := range logP {
			require.LessOrEqual(t, byMethod[basket.Holm][i], byMethod[basket.Bonferroni][i]+1e-12)
			require.LessOrEqual(t, byMethod[basket.BenjaminiHochberg][i], byMethod[basket.Holm][i]+1e-12)
			require.LessOrEqual(t, byMethod[basket.BenjaminiHochberg][i], byMethod[basket.BenjaminiYekutieli][i]+1e-12)
		}
	})
}

func TestAdjustRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		basket.Correction
		logP []float64
		text string
	}{
		"nothing declared": {basket.Correction{}, nil, "basket: Hypotheses: must be 1 or more"},
		"none":             {basket.Correction{Hypotheses: big.NewInt(0)}, nil, "basket: Hypotheses: must be 1 or more"},
		"negative":         {basket.Correction{Hypotheses: big.NewInt(-4)}, nil, "basket: Hypotheses: must be 1 or more"},
		"fewer than listed": {
			basket.Correction{Hypotheses: big.NewInt(2)},
			[]float64{-1, -2, -3},
			"basket: Hypotheses = 2: must be 3 or more, the number of p-values",
		},
		"unknown method": {
			basket.Correction{Method: "sidak", Hypotheses: big.NewInt(2)},
			nil,
			"basket: Method: must be empty or one of holm, bonferroni, benjamini_hochberg, benjamini_yekutieli",
		},
		"no logarithm of a share": {basket.Correction{Hypotheses: big.NewInt(2)}, []float64{-1, 0.5}, "basket: LogP[1] = 0.5: must be at most 0"},
		"no number":               {basket.Correction{Hypotheses: big.NewInt(2)}, []float64{math.NaN()}, "basket: LogP[0] = NaN: must be at most 0"},
	} {
		got, err := c.Adjust(c.logP)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		require.EqualError(t, err, c.text, name)
		assert.Nil(t, got, name)
	}
}

func TestCorrectionIsPlainData(t *testing.T) {
	t.Parallel()
	m, err := basket.SearchSpace(169, nil, nil)
	require.NoError(t, err)
	c := basket.Correction{Method: basket.BenjaminiYekutieli, Hypotheses: m}
	data, err := json.Marshal(c)
	require.NoError(t, err)
	var back basket.Correction
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, c, back)
	assert.Contains(t, string(data), `{"method":"benjamini_yekutieli","hypotheses":43002335939003422208`)
}

func TestSearchSpaceAgreesWithCounting(t *testing.T) {
	t.Parallel()
	for items := 1; items <= 7; items++ {
		for left := range 8 { // 0 is no bound
			for right := range 8 {
				want := int64(0)
				for a := range 1 << items {
					for c := range 1 << items {
						small := func(mask, most int) bool { n := ones(mask); return n > 0 && (most == 0 || n <= most) }
						if a&c == 0 && small(a, left) && small(c, right) {
							want++
						}
					}
				}
				got, err := basket.SearchSpace(items, bound(left), bound(right))
				require.NoError(t, err)
				require.Equal(t, big.NewInt(want).String(), got.String(), "%d items, %d → %d", items, left, right)
			}
		}
	}
	for _, bad := range [][3]int{{0, 1, 1}, {basket.MaxItems + 1, 1, 1}, {3, -1, 1}, {3, 1, -1}} {
		_, err := basket.SearchSpace(bad[0], &bad[1], &bad[2])
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// The sum by its definition, for bounds below, at and above the number of items and its
// half; and one for as many items as there may be.
func TestSearchSpaceAgreesWithItsSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 70).Draw(t, "items")
		left, right := rapid.IntRange(1, 80).Draw(t, "left"), rapid.IntRange(1, 80).Draw(t, "right")
		want := new(big.Int)
		for a := 1; a <= min(left, n); a++ {
			for c := 1; c <= min(right, n-a); c++ {
				ways := new(big.Int).Binomial(int64(n), int64(a))
				want.Add(want, ways.Mul(ways, new(big.Int).Binomial(int64(n-a), int64(c))))
			}
		}
		got, err := basket.SearchSpace(n, &left, &right)
		require.NoError(t, err)
		require.Equal(t, want.String(), got.String())
	})
	const n = basket.MaxItems
	want := new(big.Int)
	for a := int64(1); a <= 5; a++ {
		rest := new(big.Int).Lsh(big.NewInt(1), uint(n-a))
		want.Add(want, rest.Sub(rest, big.NewInt(1)).Mul(rest, new(big.Int).Binomial(n, a)))
	}
	got, err := basket.SearchSpace(n, nil, new(5))
	require.NoError(t, err)
	require.Zero(t, want.Cmp(got))
	_, err = basket.SearchSpace(n, new(1000), new(1000))
	require.NoError(t, err)
}

func ones(mask int) int {
	n := 0
	for ; mask > 0; mask &= mask - 1 {
		n++
	}
	return n
}

// All rules of one consequent have together the level.
func TestRuleLayersSumToAlpha(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ items, longest int }{{2, 1}, {5, 4}, {169, 5}, {16_470, 8}} {
		layers, err := basket.RuleLayers(0.05, c.items, c.longest)
		require.NoError(t, err)
		require.Len(t, layers, c.longest+1)
		sum, rules := 0.0, float64(c.items)
		for k := 1; k <= c.longest; k++ {
			rules *= float64(c.items-k) / float64(k)
			sum += rules * math.Exp(layers[k])
		}
		near.Equal(t, 0.05, sum, 1e-12, 0, "%d items", c.items)
		require.True(t, math.IsInf(layers[0], -1))
	}
	for _, bad := range []struct {
		alpha          float64
		items, longest int
	}{{0, 5, 1}, {math.NaN(), 5, 1}, {1.1, 5, 1}, {0.05, 1, 1}, {0.05, basket.MaxItems + 1, 1}, {0.05, 5, 5}, {0.05, 5, 0}} {
		_, err := basket.RuleLayers(bad.alpha, bad.items, bad.longest)
		require.ErrorIs(t, err, relmark.ErrInvalid, bad)
	}
}

// What significance leaves of the rules of a grocery: every one of 5,668 has p < 0.05.
func TestSignificantRulesOfGroceries(t *testing.T) {
	t.Parallel()
	c := load(t, "groceries")
	sets := frequent(t, c, 10)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(), basket.RuleParams{MinConfidence: 0.5, MaxConsequent: new(1)})
	require.NoError(t, err)
	require.Len(t, rules, 5668)
	kept := func(m *big.Int) int {
		t.Helper()
		significant, err := basket.Significant(rules, basket.Correction{Method: basket.Bonferroni, Hypotheses: m}, 0.05)
		require.NoError(t, err)
		return len(significant)
	}
	tested := basket.Tested(sets, new(1))
	space, err := basket.SearchSpace(169, new(5), new(1))
	require.NoError(t, err)
	require.Equal(t, "40943", tested.String())
	require.Equal(t, "183031997330", space.String())
	assert.Equal(t, 2481, kept(basket.Listed(rules)), "over the listed ones")
	assert.Equal(t, 1675, kept(tested), "over those tested")
	assert.Equal(t, 104, kept(space), "over all rules of up to five items on the left")

	layers, err := basket.RuleLayers(0.05, 169, 5)
	require.NoError(t, err)
	layered, err := basket.SignificantByLayer(rules, layers)
	require.NoError(t, err)
	assert.Len(t, layered, 329, "over these, divided by their length")
}

func TestSignificantRefuses(t *testing.T) {
	t.Parallel()
	good := basket.Rule[string]{Antecedent: []string{"a"}, Consequent: []string{"b"}, Table: cells(3, 1, 1, 3)}
	wide := basket.Rule[string]{Antecedent: []string{"a"}, Consequent: []string{"b", "c"}, Table: cells(3, 1, 1, 3)}
	bad := basket.Rule[string]{Antecedent: []string{"a"}, Consequent: []string{"a"}, Table: basket.Table{Both: 2, Left: 1, N: 1}}
	one := basket.Correction{Hypotheses: big.NewInt(1)}
	for _, alpha := range append(notShares(), 0) {
		_, err := basket.Significant([]basket.Rule[string]{good}, one, alpha)
		require.Equal(t, []string{"Alpha"}, fields(err))
	}
	_, err := basket.Significant([]basket.Rule[string]{good, bad}, one, 0.05)
	require.Equal(t, []string{"Rules[1].Consequent[0]", "Rules[1].Left", "Rules[1].Right"}, fields(err))
	_, err = basket.Significant([]basket.Rule[string]{good, good}, one, 0.05)
	require.Equal(t, []string{"Hypotheses"}, fields(err))
	_, err = basket.SignificantByLayer([]basket.Rule[string]{bad}, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = basket.SignificantByLayer([]basket.Rule[string]{wide}, nil)
	require.Equal(t, []string{"Rules[0].Consequent"}, fields(err))
	kept, err := basket.SignificantByLayer([]basket.Rule[string]{good}, []float64{0})
	require.NoError(t, err)
	assert.Empty(t, kept, "no layer for it")
	all, err := basket.Significant([]basket.Rule[string]{good}, one, 1)
	require.NoError(t, err)
	assert.Len(t, all, 1)
	for _, r := range []basket.Rule[string]{
		{Consequent: []string{"b"}},
		{Antecedent: []string{"b", "a"}, Consequent: []string{"c"}},
		{Antecedent: []string{"\xff"}, Consequent: []string{"c"}},
	} {
		require.ErrorIs(t, r.Validate(), relmark.ErrInvalid)
	}
}

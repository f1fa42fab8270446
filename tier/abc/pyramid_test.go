package abc_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/abc"
)

func account(t testing.TB, revenue, cost string, sensitivity, wallet float64) abc.Trade {
	t.Helper()
	return abc.Trade{Revenue: money(t, revenue), Cost: money(t, cost), PriceSensitivity: abc.Measured(sensitivity), Wallet: abc.Measured(wallet)}
}

// Worked by hand: margins 400, 300, 100, 100, 60, 40, 0, −50, −50.5; gain 1000. A
// while less than 800 came before, B while less than 950 did.
func TestStratifyByHand(t *testing.T) {
	t.Parallel()
	p, err := abc.NewPyramid(abc.PyramidParams{})
	require.NoError(t, err)
	s, err := abc.Stratify(p, maps.All(map[string]abc.Trade{
		"a": account(t, "1000", "600", 0.1, 0.9),
		"b": account(t, "900", "600.00", 0.5, 0.4),
		"c": {Revenue: money(t, "150"), Cost: money(t, "50")},
		"d": account(t, "150", "50", 0, 1),
		"e": account(t, "100", "40", 0.9, 0.5),
		"f": account(t, "100", "60", 0, 1),
		"g": account(t, "0", "0", 0, 1),
		"h": account(t, "100", "150", 0, 1),
		"i": account(t, "-0.5", "50", 0, 1),
	}))
	require.NoError(t, err)
	var got []string
	for x := range s.All() {
		got = append(got, fmt.Sprintf("%s %s %s %s", x.ID, x.Layer, x.Margin, x.Traits))
	}
	assert.Equal(t, []string{
		"a platinum 400 [top_margin]",
		"b gold 300 [top_margin price_sensitive divided]",
		"c gold 100 [top_margin price_unknown wallet_unknown]",
		"d gold 100 [upper_margin]",
		"e gold 60 [upper_margin price_sensitive]",
		"f iron 40 [small_margin]",
		"g iron 0 [small_margin]",
		"h lead -50 [loss]",
		"i lead -50.5 [loss]",
	}, got)
	assert.True(t, money(t, "100.5").Equal(s.Curve.Whale().Drain))
	gold := s.Of(abc.Gold)
	assert.Equal(t, 4, gold.Customers)
	near.Equal(t, 4.0/9, gold.CustomerShare, 0, 0)
	assert.True(t, money(t, "1300").Equal(gold.Revenue))
	assert.True(t, money(t, "740").Equal(gold.Cost))
	assert.True(t, money(t, "560").Equal(gold.Margin))
	assert.Zero(t, s.Of(""))
	assert.Zero(t, s.Of("silver"))
	assert.Equal(t, 9, s.Len())
	for x := range s.All() {
		assert.Equal(t, "a", x.ID)
		break
	}
}

func TestStratifyNobody(t *testing.T) {
	t.Parallel()
	p, err := abc.NewPyramid(abc.PyramidParams{})
	require.NoError(t, err)
	s, err := abc.Stratify(p, func(func(int, abc.Trade) bool) {})
	require.NoError(t, err)
	assert.Zero(t, s.Len())
	for range s.All() {
		t.Error("nobody stands there")
	}
	for range (abc.Strata[int]{}).All() {
		t.Error("nobody stands there")
	}
	assert.Zero(t, s.Of(abc.Lead))
}

// Every customer is in one layer; sums over the layers are those of the accounts;
// without behaviour nobody is platinum; who loses money is lead; with a stricter
// limit of cost nobody leaves lead.
func TestPyramidProperties(t *testing.T) {
	t.Parallel()
	accounts := rapid.Custom(func(t *rapid.T) abc.Trade {
		measure := rapid.Custom(func(t *rapid.T) abc.Measure {
			return abc.Measure{Value: rapid.Float64Range(0, 1).Draw(t, "value"), Known: rapid.Bool().Draw(t, "known")}
		})
		return abc.Trade{amounts(-1e6).Draw(t, "revenue"), amounts(0).Draw(t, "cost"), measure.Draw(t, "price"), measure.Draw(t, "wallet")}
	})
	loose, err := abc.NewPyramid(abc.PyramidParams{})
	require.NoError(t, err)
	strict, err := abc.NewPyramid(abc.PyramidParams{LeadCost: decimal.New(7, -1)})
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.MapOfN(rapid.Uint16(), accounts, 0, 20).Draw(t, "base")
		s, err := abc.Stratify(loose, maps.All(base))
		require.NoError(t, err)
		hard, err := abc.Stratify(strict, maps.All(base))
		require.NoError(t, err)
		var margin, sum decimal.Decimal
		customers := 0
		for _, l := range []abc.Layer{abc.Platinum, abc.Gold, abc.Iron, abc.Lead} {
			customers += s.Of(l).Customers
			sum = sum.Add(s.Of(l).Margin)
		}
		lead := map[uint16]bool{}
		standings := slices.Collect(s.All())
		for i, x := range slices.Collect(hard.All()) {
			lead[x.ID] = x.Layer == abc.Lead
			assert.True(t, x.Margin.Equal(standings[i].Margin))
		}
		for _, x := range standings {
			a := base[x.ID]
			margin = margin.Add(x.Margin)
			assert.True(t, a.Revenue.Sub(a.Cost).Equal(x.Margin))
			assert.Equal(t, x.Margin.Sign() < 0, x.Layer == abc.Lead)
			assert.Contains(t, []abc.Trait{abc.TopMargin, abc.UpperMargin, abc.SmallMargin, abc.Loss}, x.Traits[0])
			assert.True(t, len(x.Traits) == 1 || !slices.Contains([]abc.Trait{abc.UpperMargin, abc.SmallMargin, abc.Loss}, x.Traits[1]))
			assert.True(t, x.Layer != abc.Lead || lead[x.ID])
			assert.Equal(t, a.Cost.Cmp(a.Revenue.Mul(money2("0.7"))) > 0, lead[x.ID])
			if x.Layer == abc.Platinum {
				assert.True(t, a.Wallet.Known && a.Wallet.Value >= 0.5 && a.PriceSensitivity.Known && a.PriceSensitivity.Value < 0.5)
			}
		}
		assert.Equal(t, len(base), customers)
		assert.True(t, sum.Equal(margin) && sum.Equal(s.Curve.Total()))
	})
}

func money2(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func TestPyramidRefuses(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]abc.PyramidParams{
		"abc: Sensitive = 1.5: must be in (0, 1], or 0 for 0.5":           {Sensitive: 1.5},
		"abc: Loyal = NaN: must be in (0, 1], or 0 for 0.5":               {Loyal: math.NaN()},
		"abc: LeadCost: must be in (0, 1], or 0 for 1":                    {LeadCost: money(t, "1.1")},
		"abc: LeadCost: must have at most 9 fraction digits":              {LeadCost: decimal.New(1, -10)},
		"abc: Margin.A: must be > 0, or A and B both 0 for 0.80 and 0.95": {Margin: abc.Cuts{B: money(t, "1")}},
	} {
		_, err := abc.NewPyramid(p)
		require.EqualError(t, err, want)
		require.EqualError(t, p.Validate(), want)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	p, err := abc.NewPyramid(abc.PyramidParams{})
	require.NoError(t, err)
	for want, a := range map[string]abc.Trade{
		"abc: customer 0: Revenue: must have at most 9 fraction digits":           {Revenue: decimal.New(1, -10)},
		"abc: customer 0: Cost: must have at most 9 fraction digits":              {Cost: decimal.New(1, -10)},
		"abc: customer 0: Cost: must be 0 or more":                                {Cost: money(t, "-1")},
		"abc: customer 0: amount: limit reached":                                  {Revenue: money(t, "1e18"), Cost: decimal.New(1, -9)},
		"abc: customer 0: PriceSensitivity = 2: must be 0 to 1 where it is known": {PriceSensitivity: abc.Measured(2)},
		"abc: customer 0: Wallet = NaN: must be 0 to 1 where it is known":         {Wallet: abc.Measured(math.NaN())},
	} {
		_, err := abc.Stratify(p, func(yield func(int, abc.Trade) bool) { yield(1, a) })
		require.EqualError(t, err, want)
	}
	_, err = abc.Stratify(abc.Pyramid{}, func(func(int, abc.Trade) bool) {})
	require.EqualError(t, err, "abc: Pyramid: must come from NewPyramid")
	_, err = abc.Stratify(p, func(yield func(int, abc.Trade) bool) {
		_ = yield(1, abc.Trade{Revenue: money(t, "1e18")}) && yield(2, abc.Trade{Cost: decimal.New(1, -9)})
	})
	require.ErrorIs(t, err, relmark.ErrLimit)
}

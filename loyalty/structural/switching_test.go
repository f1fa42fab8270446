package structural_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/structural"
)

// lockIn is a customer whom an exit fee keeps.
func lockIn() structural.Switching {
	return structural.Switching{
		Digits: 2, TierBenefits: dec("180"), Years: 3, Discount: dec("0.08"), Relational: dec("50"),
		Points: dec("12000"), PointValue: dec("0.01"), Breakage: dec("0.15"), PrepaidUnits: dec("4"), PrepaidValue: dec("12.50"),
		ExitFee: dec("1200"), SetupHours: dec("2.5"), LearningHours: dec("6"), HourRate: dec("30"), Offer: dec("100"),
		Attitude: 0.3, AttitudeCut: 0.5, NegativeMin: dec("0.6"),
	}
}

// By hand: 180/1.08 + 180/1.08² + 180/1.08³ = 463.877…; 12,000 · 0.01 · 0.85 = 102.
func TestSwitchingCostByHand(t *testing.T) {
	t.Parallel()
	s, err := lockIn().Statement()
	require.NoError(t, err)
	for want, got := range map[string]decimal.Decimal{
		"463.88": s.TierBenefits, "102": s.Points, "75": s.Setup, "180": s.Learning, "2020.88": s.Net,
		"255": s.ProceduralCost, "1815.88": s.FinancialCost, "50": s.RelationalCost,
	} {
		assert.True(t, dec(want).Equal(got), "%s: %s", want, got)
	}
	assert.True(t, s.Spurious)
	fond := lockIn()
	fond.Attitude = 0.5 - 1e-14 // which is 0.5
	s, err = fond.Statement()
	require.NoError(t, err)
	assert.False(t, s.Spurious)
}

// The share is compared exactly: 600 of 1000 is at least 0.6.
func TestSpuriousAtTheThreshold(t *testing.T) {
	t.Parallel()
	s := structural.Switching{Digits: 2, Years: 1, Relational: dec("400"), ExitFee: dec("600"), NegativeMin: dec("0.6"), AttitudeCut: 1}
	out, err := s.Statement()
	require.NoError(t, err)
	assert.True(t, out.Spurious)
	s.NegativeMin = dec("0.600000001")
	out, err = s.Statement()
	require.NoError(t, err)
	assert.False(t, out.Spurious)
}

func TestSwitchingIsChecked(t *testing.T) {
	t.Parallel()
	huge := decimal.New(1, math.MaxInt32)
	for field, change := range map[string]func(*structural.Switching){
		"Digits":        func(s *structural.Switching) { s.Digits = 10 },
		"TierBenefits":  func(s *structural.Switching) { s.TierBenefits = dec("1.001") },
		"Years":         func(s *structural.Switching) { s.Years = 0 },
		"Discount":      func(s *structural.Switching) { s.Discount = dec("1.1") },
		"Relational":    func(s *structural.Switching) { s.Relational = dec("-1") },
		"Points":        func(s *structural.Switching) { s.Points = huge },
		"PointValue":    func(s *structural.Switching) { s.PointValue = dec("-0.01") },
		"Breakage":      func(s *structural.Switching) { s.Breakage = dec("1.2") },
		"PrepaidUnits":  func(s *structural.Switching) { s.PrepaidUnits = dec("-4") },
		"PrepaidValue":  func(s *structural.Switching) { s.PrepaidValue = huge },
		"ExitFee":       func(s *structural.Switching) { s.ExitFee = decimal.New(1, math.MinInt32) },
		"SetupHours":    func(s *structural.Switching) { s.SetupHours = dec("-1") },
		"LearningHours": func(s *structural.Switching) { s.LearningHours = dec("-1") },
		"HourRate":      func(s *structural.Switching) { s.HourRate = dec("0.001") },
		"Offer":         func(s *structural.Switching) { s.Offer = dec("-1") },
		"Attitude":      func(s *structural.Switching) { s.Attitude = math.NaN() },
		"AttitudeCut":   func(s *structural.Switching) { s.AttitudeCut = math.Inf(1) },
		"NegativeMin":   func(s *structural.Switching) { s.NegativeMin = huge },
	} {
		s := lockIn()
		change(&s)
		err := s.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, field)
		_, err = s.Statement()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
	}
	s := lockIn()
	s.Points, s.PointValue = dec("9000000000000"), dec("1000000")
	_, err := s.Statement()
	require.ErrorIs(t, err, relmark.ErrLimit)
	s = lockIn()
	s.ExitFee, s.Relational = dec("90000000000000"), dec("90000000000000")
	_, err = s.Statement()
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// A statement is what fractions make of it, rounded once for each component; the parts add
// up both ways, and a higher exit fee never makes leaving cheaper.
func TestStatementAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cent := func(name string, most int64) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, most).Draw(t, name), -2)
		}
		s := structural.Switching{
			Digits: 2, TierBenefits: cent("tier", 1e6), Years: rapid.IntRange(1, 20).Draw(t, "years"), Discount: cent("discount", 100), Relational: cent("relational", 1e6),
			Points: cent("points", 1e9), PointValue: decimal.New(rapid.Int64Range(0, 1e6).Draw(t, "value"), -6), Breakage: cent("breakage", 100),
			PrepaidUnits: cent("units", 1e4), PrepaidValue: cent("unit", 1e5), ExitFee: cent("exit", 1e6),
			SetupHours: cent("setup", 1e4), LearningHours: cent("learning", 1e4), HourRate: cent("rate", 1e5), Offer: cent("offer", 1e7), NegativeMin: cent("min", 100),
		}
		out, err := s.Statement()
		require.NoError(t, err)
		require.True(t, out.Positive.Equal(out.TierBenefits.Add(out.Relational)))
		require.True(t, out.Negative.Equal(out.Points.Add(out.Prepaid).Add(out.ExitFee).Add(out.Setup).Add(out.Learning)))
		require.True(t, out.Net.Equal(out.Positive.Add(out.Negative).Sub(out.Offer)))
		require.True(t, out.Positive.Add(out.Negative).Equal(out.ProceduralCost.Add(out.FinancialCost).Add(out.RelationalCost)))
		tier := new(big.Rat)
		factor := new(big.Rat).SetInt64(1)
		for range s.Years {
			factor.Quo(factor, decimal.NewFromInt(1).Add(s.Discount).Rat())
			tier.Add(tier, new(big.Rat).Mul(s.TierBenefits.Rat(), factor))
		}
		half := big.NewRat(1, 200)
		off := new(big.Rat).Sub(out.TierBenefits.Rat(), tier)
		require.LessOrEqual(t, off.Cmp(half), 0)
		require.Positive(t, off.Cmp(new(big.Rat).Neg(half)), "halves go up")
		s.ExitFee = s.ExitFee.Add(dec("1"))
		more, err := s.Statement()
		require.NoError(t, err)
		require.True(t, more.Net.Sub(out.Net).Equal(dec("1")))
	})
}

func TestPerceivedCosts(t *testing.T) {
	t.Parallel()
	facets := structural.SwitchingFacets()
	for i := range facets {
		facets[i].Items = []structural.Item{{Points: 1 + i%5}, {Points: 5 - i%5, Reversed: true}}
	}
	out, err := structural.PerceivedCosts(facets)
	require.NoError(t, err)
	require.Len(t, out.Facets, 8)
	near.Equal(t, 25, out.Facets[1].Index, 0, 1e-12) // items of 2, and 4 reversed
	require.Equal(t, []structural.TypeIndex{{structural.Procedural, 37.5, 4}, {structural.Financial, 50, 2}, {structural.Relational, 37.5, 2}}, out.Types)
	_, err = structural.PerceivedCosts(structural.SwitchingFacets())
	require.ErrorIs(t, err, relmark.ErrTooFew)
	none, err := structural.PerceivedCosts(nil)
	require.NoError(t, err)
	require.Empty(t, none.Facets)
	for _, bad := range [][]structural.Facet{
		{{Name: "", Type: structural.Financial}},
		{{Name: "a", Type: "other"}},
		{{Name: "a", Type: structural.Financial, Items: []structural.Item{{Points: 6}}}},
		{{Name: "a", Type: structural.Financial, Items: []structural.Item{{Points: 0}}}},
		{{Name: "a", Type: structural.Financial, Items: []structural.Item{{Points: 1}}}, {Name: "a", Type: structural.Financial, Items: []structural.Item{{Points: 1}}}},
		make([]structural.Facet, 100),
	} {
		_, err := structural.PerceivedCosts(bad)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

package abc_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/tier/abc"
)

// endless lists decimals that only decimal.New can make: to add, compare or print them
// takes for ever.
func endless() []decimal.Decimal {
	var list []decimal.Decimal
	for _, coefficient := range []int64{0, 1, -1} {
		list = append(list, decimal.New(coefficient, math.MaxInt32), decimal.New(coefficient, math.MinInt32))
	}
	return list
}

// Every edge answers such a decimal at once, with an error or as the zero that it is.
func TestHostileDecimals(t *testing.T) {
	t.Parallel()
	m, p, s, curve := matrix(t), pyramid(t), streak(t), abc.Curve{}
	for _, d := range endless() {
		for name, try := range map[string]func() error{
			"ranking": func() error { _, err := abc.NewRanking(each(d)); return err },
			"values":  func() error { var v abc.Values; return v.Add(d, 1) },
			"cuts":    func() error { return abc.Cuts{A: d, B: d}.Validate() },
			"cuts of a curve": func() error {
				_, err := curve.ABC(abc.Cuts{A: d, B: d})
				return err
			},
			"top": func() error { curve.Top(d); return nil },
			"profile": func() error {
				_, err := abc.Classify(m, func(yield func(int, abc.Profile) bool) { yield(1, abc.Profile{Value: d}) })
				return err
			},
			"trade": func() error {
				_, err := abc.Stratify(p, func(yield func(int, abc.Trade) bool) { yield(1, abc.Trade{Revenue: d, Cost: d}) })
				return err
			},
			"lead cost": func() error {
				q, err := abc.NewPyramid(abc.PyramidParams{LeadCost: d})
				_ = fmt.Sprint(q.Params().LeadCost)
				return err
			},
			"member":    func() error { var b abc.SegmentTotals; return b.Add(abc.Member{Values: []decimal.Decimal{d}}) },
			"min value": func() error { return abc.Criteria{MinValue: d}.Validate() },
			"criteria": func() error {
				_, err := segmentation(t).Reports(abc.Criteria{MinValue: d})
				return err
			},
			"criteria as JSON": func() error { _, err := abc.Criteria{MinValue: d}.MarshalJSON(); return err },
			"streak":           func() error { _, _, err := s.Next(d, abc.StreakRule{}); return err },
		} {
			var err error
			hostile.Ends(t, name, func() { err = try() })
			if err != nil {
				require.True(t, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrLimit), "%s: %v", name, err)
				require.Less(t, len(err.Error()), 200, name)
			}
		}
	}
}

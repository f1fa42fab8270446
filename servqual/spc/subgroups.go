package spc

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Subgroups holds the two charts of subgroups: of their means, and of their spreads,
// which are ranges or standard deviations.
type Subgroups struct {
	Means   Chart   `json:"means"`
	Spreads Chart   `json:"spreads"`
	Sigma   float64 `json:"sigma"` // of a single value, from the mean spread
}

// XbarR makes the charts of means and ranges from two subgroups or more of one size,
// 2 to 25. It fails with a [relmark.FieldError] for other sizes or values beyond
// 1e100, and with [relmark.ErrTooFew].
func XbarR(groups [][]float64) (Subgroups, error) {
	return subgroups(groups, func(group []float64) float64 { return slices.Max(group) - slices.Min(group) },
		func(f Factors) (float64, float64) { return f.D2, f.D3 })
}

// XbarS makes the charts of means and standard deviations. It fails as [XbarR] does.
func XbarS(groups [][]float64) (Subgroups, error) {
	return subgroups(groups, deviation,
		func(f Factors) (float64, float64) { return f.C4, math.Sqrt(1 - f.C4*f.C4) })
}

// subgroups makes both charts, given the spread of a group and, in sigmas, the mean
// and the standard deviation of that spread.
func subgroups(groups [][]float64, spread func([]float64) float64, factors func(Factors) (mean, sd float64)) (Subgroups, error) {
	f, err := checkGroups(groups)
	if err != nil {
		return Subgroups{}, err
	}
	means, spreads := make([]float64, len(groups)), make([]float64, len(groups))
	for i, group := range groups {
		means[i], spreads[i] = mean(group), spread(group)
	}
	center, sd := factors(f)
	sigma := mean(spreads) / center
	return Subgroups{
		Means:   draw(Limits{Values, mean(means), sigma / math.Sqrt(float64(len(groups[0])))}, Readings(means...), nil),
		Spreads: draw(Limits{Spreads, mean(spreads), sigma * sd}, Readings(spreads...), nil),
		Sigma:   sigma,
	}, nil
}

func checkGroups(groups [][]float64) (Factors, error) {
	if len(groups) < 2 {
		return Factors{}, fmt.Errorf("spc: charts of %d subgroups: %w", len(groups), relmark.ErrTooFew)
	}
	f, err := FactorsOf(len(groups[0]))
	if err != nil {
		return Factors{}, err
	}
	var l fault.List
	for i, group := range groups {
		l.Check(len(group) == len(groups[0]), fmt.Sprintf("[%d]", i), len(group), "must have the size of the first subgroup")
		for j, v := range group {
			l.Between(fmt.Sprintf("[%d][%d]", i, j), v, -most, most)
		}
	}
	return f, l.Err("spc")
}

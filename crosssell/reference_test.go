package crosssell_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/reference"
)

// An instance is one assignment problem of the file, with its proven optimum.
type instance struct {
	Customers, Offers int
	Value             [][]float64
	Eligible          [][]int
	Cost              []json.Number
	Inventory         []int64
	Cap               []int
	Budget            json.Number
	Optimum           float64
	LPBound           float64 `json:"lp_bound"`
	GreedyRatio       float64 `json:"greedy_ratio"`
	Seed              int
}

// problem turns decimal costs into whole units of one scale.
func (in *instance) problem(t testing.TB) crosssell.Problem {
	t.Helper()
	scale := big.NewInt(1)
	exact := func(n json.Number) *big.Rat {
		r, ok := new(big.Rat).SetString(n.String())
		require.True(t, ok)
		return r
	}
	for _, n := range append(in.Cost, in.Budget) {
		d := exact(n).Denom()
		scale.Mul(scale, new(big.Int).Div(d, new(big.Int).GCD(nil, nil, scale, d)))
	}
	units := func(n json.Number) int64 {
		r := exact(n)
		r.Mul(r, new(big.Rat).SetInt(scale))
		require.True(t, r.IsInt() && r.Num().IsInt64())
		return r.Num().Int64()
	}
	p := crosssell.Problem{Caps: in.Cap, Budget: new(units(in.Budget))}
	for o := range in.Offers {
		p.Offers = append(p.Offers, crosssell.Supply{Stock: &in.Inventory[o], Cost: units(in.Cost[o])})
	}
	for c := range in.Customers {
		for o := range in.Offers {
			if in.Eligible[c][o] == 1 {
				p.Pairs = append(p.Pairs, crosssell.Pair{Customer: c, Offer: o, Value: in.Value[c][o]})
			}
		}
	}
	return p
}

// Instances with an optimum that an integer program proved: never infeasible, never above
// the bound, the bound never below the optimum, and close to it.
func TestReferenceOfferSelection(t *testing.T) {
	t.Parallel()
	for _, f := range reference.Glob(t, "crosssell", "crosssell_offer_selection*") {
		if !f.Owns("optimum") {
			continue
		}
		var instances []instance
		f.JSON(&instances)
		sum, worst := 0.0, 1.0
		for i := range instances {
			in := &instances[i]
			p := in.problem(t)
			a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
			require.NoError(t, err)
			const rounded = 1e-6 // of the figures in the file
			assert.LessOrEqual(t, a.Value, a.Bound, i)
			assert.GreaterOrEqual(t, a.Bound, in.Optimum-rounded, i)
			assert.LessOrEqual(t, a.Value, in.Optimum+rounded, i)
			ratio := a.Value / in.Optimum
			t.Logf("%d: ratio %.6f bound/lp %.8f gap %.4f greedy %.4f", i, ratio, a.Bound/in.LPBound, 1-a.Value/a.Bound, in.GreedyRatio/in.Optimum)
			sum += ratio
			worst = math.Min(worst, ratio)
		}
		mean := sum / float64(len(instances))
		t.Logf("mean %.6f, worst %.6f of the optimum", mean, worst)
		f.Near(1, mean, 0.002, 0, "mean of the optimum")
		f.Near(1, worst, 0.02, 0, "worst of the optimum")
	}
}

package crosssell_test

import (
	"cmp"
	"encoding/json"
	"math"
	"math/big"
	"slices"
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

// relaxed returns the dual value of an allocation's prices, which is that of the linear
// program unless an offer costs more than the whole budget: of that the linear program takes
// a part, and the dual value may be lower.
func (in *instance) relaxed(p crosssell.Problem, a crosssell.Allocation) float64 {
	dual := dualValue(p, a)
	for _, q := range p.Pairs {
		if p.Offers[q.Offer].Cost > *p.Budget {
			return max(dual, in.LPBound)
		}
	}
	return dual
}

// greedy takes pairs by value for cost, as the file says, while all limits allow.
func (in *instance) greedy(t testing.TB, p crosssell.Problem) float64 {
	t.Helper()
	order := make([]int, len(p.Pairs))
	for i := range order {
		order[i] = i
	}
	rate := func(i int) float64 { // of the figures as written: rounding decides ties as it did there
		cost, err := in.Cost[p.Pairs[i].Offer].Float64()
		require.NoError(t, err)
		if cost == 0 {
			return math.Inf(1)
		}
		return p.Pairs[i].Value / cost
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(rate(j), rate(i)) })
	held, used := make([]int, len(p.Caps)), make([]int64, len(p.Offers))
	left, value := *p.Budget, 0.0
	for _, i := range order {
		q := p.Pairs[i]
		s := p.Offers[q.Offer]
		if held[q.Customer] < p.Caps[q.Customer] && used[q.Offer] < *s.Stock && s.Cost <= left {
			held[q.Customer]++
			used[q.Offer]++
			left -= s.Cost
			value += q.Value
		}
	}
	return value
}

// Instances with an optimum that an integer program proved: never infeasible, never above
// the bound, the bound never below the optimum and close to that of the linear program,
// and a value close to the optimum, which the greedy choice is not.
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
			checkAllocation(t, p, a)
			const rounded = 1e-6 // of the figures in the file
			assert.GreaterOrEqual(t, a.Bound, in.Optimum-rounded, i)
			assert.LessOrEqual(t, a.Value, in.Optimum+rounded, i)
			f.Near(in.LPBound, in.relaxed(p, a), 1e-3, 1, "instance %d, bound", i)
			assert.LessOrEqual(t, a.Bound, in.LPBound*(1+1e-3)+rounded, i)
			f.Near(in.GreedyRatio, in.greedy(t, p), 1e-6, 1, "instance %d, greedy", i)
			assert.GreaterOrEqual(t, a.Value, in.GreedyRatio-rounded, i)
			ratio := 1.0
			if in.Optimum > 0 {
				ratio = a.Value / in.Optimum
			}
			sum += ratio
			worst = math.Min(worst, ratio)
			f.Near(in.Optimum, a.Value, 0.02, 0, "instance %d, value", i)
		}
		mean := sum / float64(len(instances))
		t.Logf("mean %.6f, worst %.6f of the optimum", mean, worst)
		assert.GreaterOrEqual(t, mean, 0.998)
	}
}

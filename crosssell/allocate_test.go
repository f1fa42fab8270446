package crosssell_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/near"
)

// problems draws small ones, with ties, things that are out of stock and customers who
// want nothing.
func problems(customers, offers int) *rapid.Generator[crosssell.Problem] {
	return rapid.Custom(func(t *rapid.T) crosssell.Problem {
		p := crosssell.Problem{Budget: maybe(rapid.Int64Range(0, 40)).Draw(t, "budget")}
		p.Caps = rapid.SliceOfN(rapid.IntRange(0, 3), 0, customers).Draw(t, "caps")
		for range rapid.IntRange(1, offers).Draw(t, "offers") {
			p.Offers = append(p.Offers, crosssell.Supply{Stock: maybe(rapid.Int64Range(0, 4)).Draw(t, "stock"), Cost: rapid.Int64Range(0, 9).Draw(t, "cost")})
		}
		value := rapid.OneOf(rapid.Float64Range(0, 10), rapid.SampledFrom([]float64{0, 1, 2, 2, 3}))
		for c := range p.Caps {
			for o := range p.Offers {
				if rapid.IntRange(0, 3).Draw(t, "eligible") > 0 {
					p.Pairs = append(p.Pairs, crosssell.Pair{Customer: c, Offer: o, Value: value.Draw(t, "value")})
				}
			}
		}
		if len(p.Pairs) > 0 {
			p.Pairs = rapid.Permutation(p.Pairs).Draw(t, "pairs")
		}
		return p
	})
}

// checkAllocation holds an allocation against every limit, and its numbers against the
// pairs.
func checkAllocation(t rapid.TB, p crosssell.Problem, a crosssell.Allocation) {
	held, used := make([]int, len(p.Caps)), make([]int64, len(p.Offers))
	spent, value := int64(0), 0.0
	for i, k := range a.Chosen {
		require.True(t, i == 0 || a.Chosen[i-1] < k, "ascending")
		q := p.Pairs[k]
		held[q.Customer]++
		used[q.Offer]++
		spent += p.Offers[q.Offer].Cost
		value += q.Value
		require.Positive(t, q.Value)
	}
	for c, n := range held {
		require.LessOrEqual(t, n, p.Caps[c])
	}
	for o, n := range used {
		require.True(t, p.Offers[o].Stock == nil || n <= *p.Offers[o].Stock)
	}
	require.True(t, p.Budget == nil || spent <= *p.Budget)
	require.Equal(t, spent, a.Spent)
	near.Equal(t, value, a.Value, 1e-12, 0)
	require.LessOrEqual(t, a.Value, a.Bound)
	require.True(t, a.Gap() >= 0 && a.Gap() <= 1)
	dual := dualValue(p, a)
	require.LessOrEqual(t, a.Bound, dual*(1+1e-9)+1e-12)
	if a.Value < a.Bound {
		near.Equal(t, dual, a.Bound, 1e-9, 1e-12, "the bound is what the prices say, or reached")
	}
}

// dualValue computes the bound of an allocation's prices from its definition.
func dualValue(p crosssell.Problem, a crosssell.Allocation) float64 {
	total := 0.0
	for o, s := range p.Offers {
		stock := int64(len(p.Caps))
		if s.Stock != nil {
			stock = min(stock, *s.Stock)
		}
		total += a.StockPrices[o] * float64(stock)
	}
	if p.Budget != nil {
		total += a.BudgetPrice * float64(*p.Budget)
	}
	all := make([][]float64, len(p.Caps))
	for _, q := range p.Pairs {
		s := p.Offers[q.Offer]
		if (s.Stock == nil || *s.Stock > 0) && (p.Budget == nil || s.Cost <= *p.Budget) {
			all[q.Customer] = append(all[q.Customer], q.Value-a.StockPrices[q.Offer]-a.BudgetPrice*float64(s.Cost))
		}
	}
	for c, n := range p.Caps {
		nets := all[c]
		for ; n > 0 && len(nets) > 0; n-- {
			best := 0
			for i := range nets {
				if nets[i] > nets[best] {
					best = i
				}
			}
			total += max(0, nets[best])
			nets = append(nets[:best], nets[best+1:]...)
		}
	}
	return total
}

// exhaustive returns the greatest value of all allocations, by trying them: pairs in
// order, each chosen or not, cut off where even all that is left would not do.
func exhaustive(p crosssell.Problem) float64 {
	held, used := make([]int, len(p.Caps)), make([]int64, len(p.Offers))
	rest := make([]float64, len(p.Pairs)+1)
	for k := len(p.Pairs) - 1; k >= 0; k-- {
		rest[k] = rest[k+1] + p.Pairs[k].Value
	}
	best := 0.0
	var try func(k int, value float64, spent int64)
	try = func(k int, value float64, spent int64) {
		best = max(best, value)
		if k == len(p.Pairs) || value+rest[k] <= best {
			return
		}
		q := p.Pairs[k]
		s := p.Offers[q.Offer]
		if held[q.Customer] < p.Caps[q.Customer] && (s.Stock == nil || used[q.Offer] < *s.Stock) && (p.Budget == nil || spent+s.Cost <= *p.Budget) {
			held[q.Customer]++
			used[q.Offer]++
			try(k+1, value+q.Value, spent+s.Cost)
			held[q.Customer]--
			used[q.Offer]--
		}
		try(k+1, value, spent)
	}
	try(0, 0, 0)
	return best
}

// Small problems against all that could be done: never infeasible, never above the bound,
// and the best itself, which the bound knows.
func TestAllocateSmall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := problems(6, 3).Draw(t, "problem")
		a, err := crosssell.Allocate(context.Background(), p, crosssell.AllocateOptions{})
		require.NoError(t, err)
		checkAllocation(t, p, a)
		best := exhaustive(p)
		require.GreaterOrEqual(t, a.Bound, best*(1-1e-12))
		near.Equal(t, best, a.Value, 1e-9, 0)
		near.Equal(t, best, a.Bound, 1e-9, 1e-12)
	})
}

// A dozen customers, a few offers, a budget: the best there is. Where values follow costs, as
// in hard knapsack problems, prices tell little.
func TestAllocateTwelve(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		customers, offers int
		share             float64 // of all costs, that the budget pays on average
		likeCosts         bool
	}{
		"half":            {customers: 12, offers: 4, share: 0.5},
		"tight":           {customers: 12, offers: 4, share: 0.15},
		"like costs":      {customers: 10, offers: 5, share: 0.3, likeCosts: true},
		"few, like costs": {customers: 6, offers: 3, share: 0.2, likeCosts: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := rand.New(rand.NewPCG(5, 6))
			for range 60 {
				var p crosssell.Problem
				all := 0.0
				for range c.offers {
					stock, cost := 1+source.Int64N(5), 30+source.Int64N(370)
					all += float64(stock * cost)
					p.Offers = append(p.Offers, crosssell.Supply{Stock: new(stock), Cost: cost})
				}
				p.Budget = new(int64(all * c.share * (0.5 + source.Float64())))
				for customer := range c.customers {
					p.Caps = append(p.Caps, source.IntN(3))
					for o := range c.offers {
						if source.IntN(2) == 0 {
							continue
						}
						value := 20 * source.ExpFloat64()
						if c.likeCosts {
							value = float64(p.Offers[o].Cost) * (0.9 + 0.2*source.Float64())
						}
						p.Pairs = append(p.Pairs, crosssell.Pair{Customer: customer, Offer: o, Value: value})
					}
				}
				a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
				require.NoError(t, err)
				checkAllocation(t, p, a)
				best := exhaustive(p)
				near.Equal(t, best, a.Value, 1e-9, 0)
				near.Equal(t, best, a.Bound, 1e-9, 1e-12)
			}
		})
	}
}

// Where there is more than a search can go through it leaves some out, and says so by the gap.
func TestAllocateSearchStops(t *testing.T) {
	t.Parallel()
	source := rand.New(rand.NewPCG(3, 4))
	for name, c := range map[string]struct {
		customers, offers, most int
		equal                   bool
	}{
		"sets of one customer": {customers: 30, offers: 12, most: 8, equal: true},
		"states":               {customers: 80, offers: 9, most: 3},
	} {
		p := crosssell.Problem{Budget: new(int64(100 * c.customers))}
		for range c.offers {
			p.Offers = append(p.Offers, crosssell.Supply{Stock: new(1 + source.Int64N(20)), Cost: 100 + source.Int64N(300)})
		}
		for customer := range c.customers {
			p.Caps = append(p.Caps, c.most)
			for o := range c.offers {
				value := float64(p.Offers[o].Cost) * (0.9 + 0.2*source.Float64())
				if c.equal {
					p.Offers[o].Cost, value = 100, 5
				}
				p.Pairs = append(p.Pairs, crosssell.Pair{Customer: customer, Offer: o, Value: value})
			}
		}
		a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
		require.NoError(t, err, name)
		checkAllocation(t, p, a)
		assert.Less(t, a.Gap(), 0.001, name)
		if c.equal {
			near.Equal(t, float64(5*c.customers), a.Value, 0, 0, "the budget pays for one each")
		}
	}
}

// Whenever the context ends, so does the work, without an answer.
func TestAllocateStopsAnyTime(t *testing.T) {
	t.Parallel()
	for _, p := range []crosssell.Problem{city(40, 6, 4), city(2000, 40, 10)} {
		const many = 1_000_000
		left := many
		_, err := crosssell.Allocate(countdown{t.Context(), &left}, p, crosssell.AllocateOptions{})
		require.NoError(t, err)
		looks := many - left
		require.Greater(t, looks, 3)
		for stop := range looks {
			left := stop
			a, err := crosssell.Allocate(countdown{t.Context(), &left}, p, crosssell.AllocateOptions{})
			require.ErrorIs(t, err, context.Canceled, stop)
			assert.Zero(t, a)
		}
	}
}

// A countdown is a context that ends when it was looked at so many times.
type countdown struct {
	context.Context //nolint:containedctx // it is one

	left *int
}

func (c countdown) Err() error {
	if *c.left--; *c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Larger problems, of shapes that are hard for prices: few for each offer, equal values,
// a slack budget; all within one per cent, whatever the number of workers.
func TestAllocateLarge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		customers, offers, eligible int
		workers                     int
		slack, ties                 bool
		most                        float64
	}{
		"many for each offer":   {customers: 5000, offers: 40, eligible: 20, workers: 3, most: 0.001},
		"few for each offer":    {customers: 600, offers: 300, eligible: 15, workers: 2, most: 0.01},
		"no budget":             {customers: 2000, offers: 150, eligible: 20, workers: 100, slack: true, most: 0.005},
		"equal values":          {customers: 1500, offers: 100, eligible: 10, workers: 2, ties: true, most: 0.01},
		"equal, without budget": {customers: 1500, offers: 40, eligible: 10, workers: 5, ties: true, slack: true, most: 0.01},
		"one offer":             {customers: 10000, offers: 1, eligible: 1, workers: 2, most: 0.001},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := city(c.customers, c.offers, c.eligible)
			source := rand.New(rand.NewPCG(1, 2))
			for i := range p.Pairs {
				if c.ties {
					p.Pairs[i].Value = float64(1 + source.IntN(3))
				}
			}
			if c.slack {
				p.Budget = new(int64(1) << 50)
			}
			a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
			require.NoError(t, err)
			checkAllocation(t, p, a)
			t.Logf("gap %.4f %%", 100*a.Gap())
			assert.LessOrEqual(t, a.Gap(), c.most)
			again, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{Workers: c.workers})
			require.NoError(t, err)
			require.Equal(t, a, again, "the same bits for %d", c.workers)
		})
	}
}

// Customers and offers in another order, and values in another unit, give the same value.
func TestAllocateLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := problems(6, 3).Draw(t, "problem")
		a, err := crosssell.Allocate(context.Background(), p, crosssell.AllocateOptions{})
		require.NoError(t, err)
		text, err := json.Marshal(p)
		require.NoError(t, err)
		var back crosssell.Problem
		require.NoError(t, json.Unmarshal(text, &back))
		again, err := crosssell.Allocate(context.Background(), back, crosssell.AllocateOptions{})
		require.NoError(t, err)
		require.Equal(t, a, again)
		text, err = json.Marshal(a)
		require.NoError(t, err)
		var kept crosssell.Allocation
		require.NoError(t, json.Unmarshal(text, &kept))
		require.Equal(t, a.Gap(), kept.Gap()) //nolint:testifylint // the very same number

		for i := range back.Pairs {
			back.Pairs[i].Value *= 1024
		}
		scaled, err := crosssell.Allocate(context.Background(), back, crosssell.AllocateOptions{})
		require.NoError(t, err)
		near.Equal(t, 1024*a.Bound, scaled.Bound, 1e-9, 1e-12)
		if p.Budget != nil {
			richer := p
			richer.Budget = new(*p.Budget + 5)
			more, err := crosssell.Allocate(context.Background(), richer, crosssell.AllocateOptions{})
			require.NoError(t, err)
			require.GreaterOrEqual(t, more.Bound, a.Bound*(1-1e-9), "more budget allows more")
		}
	})
}

// Every pair says why it was chosen or not, with the price at which it lost.
func TestWhy(t *testing.T) {
	t.Parallel()
	p := crosssell.Problem{
		Caps:   []int{1, 1, 0, 2},
		Offers: []crosssell.Supply{{Stock: new(int64(1)), Cost: 10}, {Cost: 5}, {Stock: new(int64(0))}, {Cost: 1000}},
		Budget: new(int64(100)),
		Pairs: []crosssell.Pair{
			{Customer: 0, Offer: 0, Value: 9},
			{Customer: 1, Offer: 0, Value: 6},
			{Customer: 1, Offer: 1, Value: 2},
			{Customer: 2, Offer: 1, Value: 8},
			{Customer: 0, Offer: 1, Value: 1},
			{Customer: 3, Offer: 1, Value: 0},
			{Customer: 3, Offer: 2, Value: 5},
			{Customer: 3, Offer: 3, Value: 5},
		},
	}
	a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
	require.NoError(t, err)
	assert.Equal(t, []int{0, 2}, a.Chosen)
	near.Equal(t, 11, a.Value, 0, 0)
	near.Equal(t, 0, a.Gap(), 0, 1e-12)
	for i, want := range []crosssell.PairVerdict{
		{Outcome: "allocated", Value: 9, StockPrice: 4, Net: 5, Limit: 5},
		{Outcome: "left_behind", Value: 6, StockPrice: 4, Net: 2, Limit: 2}, // as good for the customer as what it gets
		{Outcome: "allocated", Value: 2, Net: 2, Limit: 2},
		{Outcome: "no_room", Value: 8, Net: 8},
		{Outcome: "better_had", Value: 1, Net: 1, Limit: 5},
		{Outcome: "worthless"},
		{Outcome: "no_room", Value: 5, Net: 5},
		{Outcome: "no_room", Value: 5, Net: 5},
	} {
		got, err := a.Why(p, i)
		require.NoError(t, err)
		assert.Equal(t, want, got, i)
	}
	p.Budget = new(int64(10))
	p.Pairs = append(p.Pairs, crosssell.Pair{Customer: 3, Offer: 0, Value: 1})
	a, err = crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
	require.NoError(t, err)
	v, err := a.Why(p, 8)
	require.NoError(t, err)
	assert.Equal(t, crosssell.PricedOut, v.Outcome)
	assert.Positive(t, v.StockPrice+v.BudgetCharge)

	for want, c := range map[string]struct {
		allocation crosssell.Allocation
		pair       int
	}{
		"crosssell: Pair = 9: must be a position in Pairs":  {a, 9},
		"crosssell: Pair = -1: must be a position in Pairs": {a, -1},
		"crosssell: StockPrices = 0: must be one for each offer of the problem; Limits = 0: must be one for each customer of the problem": {crosssell.Allocation{}, 0},
	} {
		_, err := c.allocation.Why(p, c.pair)
		require.EqualError(t, err, want)
	}
	p.Pairs[0].Offer = 7
	_, err = a.Why(p, 0)
	require.EqualError(t, err, "crosssell: Pairs[0]: must be of a customer and an offer that there are")
}

func TestAllocateNothing(t *testing.T) {
	t.Parallel()
	for _, p := range []crosssell.Problem{
		{},
		{Caps: []int{1}},
		{Offers: []crosssell.Supply{{}}, Budget: new(int64(0))},
		{Caps: []int{1}, Offers: []crosssell.Supply{{Cost: 1}}, Pairs: []crosssell.Pair{{Value: 1}}, Budget: new(int64(0))},
	} {
		a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
		require.NoError(t, err)
		assert.Empty(t, a.Chosen)
		assert.Zero(t, a.Value)
		assert.Zero(t, a.Bound)
		assert.Zero(t, a.Gap())
	}
}

func TestAllocateRefuses(t *testing.T) {
	t.Parallel()
	good := func() crosssell.Problem {
		return crosssell.Problem{Caps: []int{1, 1}, Offers: []crosssell.Supply{{}}, Pairs: []crosssell.Pair{{Value: 1}, {Customer: 1, Value: 2}}}
	}
	require.NoError(t, good().Validate())
	for want, change := range map[string]func(p *crosssell.Problem){
		"crosssell: Caps[1] = -1: must be 0 or more":                                                                            func(p *crosssell.Problem) { p.Caps[1] = -1 },
		"crosssell: Offers[0].Stock = -1: must be 0 or more":                                                                    func(p *crosssell.Problem) { p.Offers[0].Stock = new(int64(-1)) },
		"crosssell: Offers[0].Cost = -5: must be 0 to 2^53-1 whole minor units":                                                 func(p *crosssell.Problem) { p.Offers[0].Cost = -5 },
		"crosssell: Offers = 1.8014398509481982e+16: must cost 2^53-1 minor units at most if all that is in stock is allocated": func(p *crosssell.Problem) { p.Offers[0].Cost = 1<<53 - 1 },
		"crosssell: Budget = -7: must be 0 to 2^53-1 whole minor units":                                                         func(p *crosssell.Problem) { p.Budget = new(int64(-7)) },
		"crosssell: Budget = 9007199254740992: must be 0 to 2^53-1 whole minor units":                                           func(p *crosssell.Problem) { p.Budget = new(int64(1 << 53)) },
		"crosssell: Pairs[0].Value = NaN: must be finite and >= 0":                                                              func(p *crosssell.Problem) { p.Pairs[0].Value = math.NaN() },
		"crosssell: Pairs[1].Value = -1: must be finite and >= 0":                                                               func(p *crosssell.Problem) { p.Pairs[1].Value = -1 },
		"crosssell: Pairs[1].Value = +Inf: must be finite and >= 0":                                                             func(p *crosssell.Problem) { p.Pairs[1].Value = math.Inf(1) },
		"crosssell: Pairs[0].Customer = 2: must be a position in Caps":                                                          func(p *crosssell.Problem) { p.Pairs[0].Customer = 2 },
		"crosssell: Pairs[0].Offer = -1: must be a position in Offers":                                                          func(p *crosssell.Problem) { p.Pairs[0].Offer = -1 },
		"crosssell: Pairs[1]: must not repeat customer and offer of another":                                                    func(p *crosssell.Problem) { p.Pairs[1].Customer = 0 },
		"crosssell: Pairs: must have values of 1e290 at most in all":                                                            func(p *crosssell.Problem) { p.Pairs[0].Value, p.Pairs[1].Value = math.MaxFloat64, math.MaxFloat64 },
	} {
		p := good()
		change(&p)
		require.EqualError(t, p.Validate(), want)
		a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Zero(t, a)
	}
	_, err := crosssell.Allocate(t.Context(), good(), crosssell.AllocateOptions{Workers: -1})
	require.EqualError(t, err, "crosssell: Workers = -1: must be 0 or more")

	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, p := range []crosssell.Problem{good(), city(60, 6, 3), city(2000, 40, 10)} {
		a, err := crosssell.Allocate(done, p, crosssell.AllocateOptions{})
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, a)
	}
}

// Whatever problem is decoded is refused or solved within all its limits.
func FuzzAllocate(f *testing.F) {
	f.Add([]byte(`{"caps":[1,2],"offers":[{"stock":1,"cost":3},{"cost":2}],"pairs":[{"customer":0,"offer":0,"value":2},{"customer":1,"offer":0,"value":3},{"customer":1,"offer":1,"value":1}],"budget":4}`))
	f.Add([]byte(`{"caps":[1],"offers":[{}],"pairs":[{"customer":0,"offer":0,"value":1e308}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p crosssell.Problem
		if len(data) > 2000 || json.Unmarshal(data, &p) != nil {
			return
		}
		a, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Error(t, p.Validate())
			return
		}
		checkAllocation(t, p, a)
		for k := range p.Pairs {
			_, err := a.Why(p, k)
			require.NoError(t, err)
		}
	})
}

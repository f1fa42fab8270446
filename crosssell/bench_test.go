package crosssell_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell"
)

// shop returns n candidates with all that gates ask for, and a customer who owns 50 items
// and passes about half of them.
func shop(n int) (crosssell.Policy, crosssell.Customer[string], []crosssell.Candidate[string]) {
	source := rand.New(rand.NewPCG(1, 2))
	customer := willing()
	customer.Satisfaction, customer.Fatigue = new(5.5), new(1.5)
	customer.Facts = []crosssell.Fact{{Name: "market", Word: "de"}, {Name: "age", Number: 34}, {Name: "tier", Number: 2}}
	adult := []crosssell.Requirement{{Fact: "age", Min: new(18.0)}, {Fact: "market", OneOf: []string{"at", "de"}}}
	gold := []crosssell.Requirement{{Fact: "tier", Min: new(3.0)}}
	candidates := make([]crosssell.Candidate[string], n)
	for i := range candidates {
		c := offer(fmt.Sprintf("item %06d", source.IntN(1_000_000)), source.Float64(), 100*source.Float64()-5)
		c.Category = fmt.Sprintf("category %d", source.IntN(10))
		c.Stock = new(source.Int64N(5))
		c.Legal = adult
		if source.IntN(4) == 0 {
			c.Standing = gold
		}
		candidates[i] = c
	}
	for range 25 {
		customer.Owned = append(customer.Owned, candidates[source.IntN(n)].Item, fmt.Sprintf("item %06d", source.IntN(1_000_000)))
	}
	policy := crosssell.Policy{
		Floor: 1, MinMargin: new(0.0), MinSatisfaction: new(5.0), MaxFatigue: new(2.0), FatigueWeight: 0.5,
		Slots: 3, MaxPerCategory: new(1),
	}
	return policy, customer, candidates
}

// A shop assistant's question: one customer who owns 50 items, n candidates, all gates
// and all reasons.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{20, 200} {
		b.Run(fmt.Sprintf("candidates=%d", n), func(b *testing.B) {
			policy, customer, candidates := shop(n)
			d, err := crosssell.NewDecider[string](policy)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decide(&customer, candidates); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/candidate")
		})
	}
}

// A decider allocates nothing once it has decided about as much; whoever decides once
// pays for the lists.
func TestDecideAllocates(t *testing.T) {
	for _, n := range []int{1, 200} {
		policy, customer, candidates := shop(n)
		d, err := crosssell.NewDecider[string](policy)
		require.NoError(t, err)
		for range 2 { // maps and lists have grown
			_, err = d.Decide(&customer, candidates)
			require.NoError(t, err)
		}
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := d.Decide(&customer, candidates); err != nil {
				t.Error(err)
			}
		}), n)
	}
}

package crosssell_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell"
)

// city returns a problem with so many eligible offers for each customer, where stock for
// some two thirds of demand and a budget for half of that bind.
func city(customers, offers, eligible int) crosssell.Problem {
	source := rand.New(rand.NewPCG(7, uint64(customers)))
	var p crosssell.Problem
	attraction := make([]float64, offers)
	var cost int64
	for o := range offers {
		attraction[o] = math.Exp(0.5 * source.NormFloat64())
		stock := 1 + source.Int64N(max(1, int64(2*customers/offers)))
		p.Offers = append(p.Offers, crosssell.Supply{Stock: &stock, Cost: 20 + source.Int64N(400)})
		cost += stock * p.Offers[o].Cost
	}
	p.Budget = new(cost / 2)
	for c := range customers {
		p.Caps = append(p.Caps, 1+source.IntN(3))
		for _, o := range source.Perm(offers)[:eligible] {
			p.Pairs = append(p.Pairs, crosssell.Pair{Customer: c, Offer: o, Value: 10 * attraction[o] * source.ExpFloat64()})
		}
	}
	return p
}

// Which offers go to whom, with stock and a budget for all?
func BenchmarkAllocate(b *testing.B) {
	for _, size := range []struct{ customers, offers, eligible int }{{100, 10, 8}, {10_000, 50, 20}, {100_000, 200, 20}} {
		b.Run(fmt.Sprintf("customers=%d/offers=%d/pairs=%d", size.customers, size.offers, size.customers*size.eligible), func(b *testing.B) {
			p := city(size.customers, size.offers, size.eligible)
			b.ReportAllocs()
			gap := 0.0
			for b.Loop() {
				a, err := crosssell.Allocate(b.Context(), p, crosssell.AllocateOptions{})
				require.NoError(b, err)
				gap = 1 - a.Value/a.Bound
			}
			b.ReportMetric(100*gap, "gap-%")
		})
	}
}

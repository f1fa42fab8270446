package crosssell_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/near"
)

// Values of which small ones are lost beside large ones make chains of exchanges gain by
// rounding alone. All limits hold all the same, and the bound.
func TestAllocateRoundedValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := problems(7, 6).Draw(t, "problem")
		value := rapid.SampledFrom([]float64{0.1, 0.2, 0.3, 0.7, 1, 1e16, 1e16, 5e-324, 1e280})
		for i := range p.Pairs {
			p.Pairs[i].Value = value.Draw(t, "value")
		}
		checkAllocation(t, p, allocate(t, p))
	})
}

func allocate(t require.TestingT, p crosssell.Problem) crosssell.Allocation {
	a, err := crosssell.Allocate(context.Background(), p, crosssell.AllocateOptions{})
	require.NoError(t, err)
	return a
}

// An instance in which an exchange that gained by rounding alone gave one unit twice.
func TestAllocateGivesNoUnitTwice(t *testing.T) {
	t.Parallel()
	p := crosssell.Problem{Caps: []int{2, 2, 2, 1, 2, 0}}
	for _, stock := range []int64{1, 0, 1, 1, 1} {
		p.Offers = append(p.Offers, crosssell.Supply{Stock: &stock})
	}
	for c, row := range [][5]float64{
		{0.1, 0.1, 1, 0, 0},
		{0.1, 0, 0.7, 0.3, 0.3},
		{0.2, 0, 0, 0.2, 0.3},
		{0.7, 0, 1, 1e16, 0.3},
		{0.3, 0, 0.1, 0, 1e16},
		{0, 1e16, 1, 0, 1e16},
	} {
		for o, value := range row {
			if value > 0 {
				p.Pairs = append(p.Pairs, crosssell.Pair{Customer: c, Offer: o, Value: value})
			}
		}
	}
	a := allocate(t, p)
	checkAllocation(t, p, a)
	near.Equal(t, 2e16, a.Value, 1e-15, 0)
}

// What no sum of prices and stock holds is refused; what is a little less is allocated.
func TestAllocateGreatValues(t *testing.T) {
	t.Parallel()
	for _, customers := range []int{1, 3000} {
		p := crosssell.Problem{Caps: make([]int, customers), Budget: new(int64(1<<53 - 1))}
		for range 40 {
			p.Offers = append(p.Offers, crosssell.Supply{Stock: new(int64(2)), Cost: 1})
		}
		for c := range p.Caps {
			p.Caps[c] = 1
			for o := range p.Offers {
				p.Pairs = append(p.Pairs, crosssell.Pair{Customer: c, Offer: o, Value: 1e-300})
			}
		}
		p.Pairs[0].Value = 9.9e289
		checkAllocation(t, p, allocate(t, p))
		p.Pairs[0].Value = math.MaxFloat64
		_, err := crosssell.Allocate(t.Context(), p, crosssell.AllocateOptions{})
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Offers that are worth nearly the same to everybody, and few of each: no price moves alone.
func TestAllocateNearlyEqualValues(t *testing.T) {
	t.Parallel()
	p := crosssell.Problem{Caps: make([]int, 3000)}
	for range 40 {
		p.Offers = append(p.Offers, crosssell.Supply{Stock: new(int64(10))})
	}
	for c := range p.Caps {
		p.Caps[c] = 1
		for o := range p.Offers {
			p.Pairs = append(p.Pairs, crosssell.Pair{Customer: c, Offer: o, Value: 1 - 1e-7*float64(len(p.Pairs))})
		}
	}
	a := allocate(t, p)
	checkAllocation(t, p, a)
	assert.Less(t, a.Gap(), 1e-4)
}

// Propensities are those of the same worths in any unit, also next to the greatest float64.
func TestPropensitiesInAnyUnit(t *testing.T) {
	t.Parallel()
	draw := func(unit float64) []float64 {
		a, b := believed("a", 1, 1, 1.5*unit), believed("b", 1, 1, unit)
		a.Relationship, b.Relationship = unit, unit
		return propensities(t, exploring, a, b)
	}
	for _, unit := range []float64{1e-300, 1, 1e300, 1e308} {
		got := draw(unit)
		near.Equal(t, 2.0/3, got[0], 1e-6, 0)
		near.Equal(t, 1.0/3, got[1], 1e-6, 0)
	}
}

// However many contacts one item has, each is found to repeat another once.
func TestRepeatedContactsOfOneItem(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		seen, want := map[int]bool{}, map[string]bool{}
		var candidates []crosssell.Candidate[string]
		for i := range 10 + rng.IntN(100) {
			k := rng.IntN(2000)
			c := offer("a", 0.5, 1)
			c.Purpose = relmark.Purpose("p" + strconv.Itoa(k))
			if seen[k] {
				want["Candidates["+strconv.Itoa(i)+"]"] = true
			}
			seen[k] = true
			candidates = append(candidates, c)
		}
		_, err := crosssell.Decide(crosssell.Policy{}, willing(), candidates)
		got := map[string]bool{}
		for _, field := range fields(err) {
			require.False(t, got[field], "once")
			got[field] = true
		}
		require.Equal(t, want, got)
	}
}

// The work grows in proportion to the contacts of one item.
func BenchmarkDecideOneItem(b *testing.B) {
	for _, n := range []int{1000, 16000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			candidates := make([]crosssell.Candidate[string], n)
			for i := range candidates {
				candidates[i] = offer("a", 0.5, 1)
				candidates[i].Purpose = relmark.Purpose("p" + strconv.Itoa(i))
			}
			customer := willing()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := crosssell.Decide(crosssell.Policy{}, customer, candidates); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/candidate")
		})
	}
}

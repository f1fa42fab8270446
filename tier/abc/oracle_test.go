package abc_test

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/abc"
)

// An oracle computes by definition, customer by customer, in exact fractions.
type oracle struct {
	ids    []string
	values []*big.Rat // descending
}

func newOracle(values map[string]decimal.Decimal) oracle {
	o := oracle{ids: slices.Collect(maps.Keys(values))}
	slices.SortFunc(o.ids, func(a, b string) int { return cmp.Or(values[b].Cmp(values[a]), cmp.Compare(a, b)) })
	for _, id := range o.ids {
		o.values = append(o.values, values[id].Rat())
	}
	return o
}

func (o oracle) sum(from, to int) *big.Rat {
	s := new(big.Rat)
	for _, v := range o.values[from:to] {
		s.Add(s, v)
	}
	return s
}

func (o oracle) gain() *big.Rat {
	s := new(big.Rat)
	for _, v := range o.values {
		if v.Sign() > 0 {
			s.Add(s, v)
		}
	}
	return s
}

func (o oracle) class(i int, a, b *big.Rat) abc.Class {
	before, gain := o.sum(0, i), o.gain()
	switch {
	case o.values[i].Sign() <= 0:
		return abc.C
	case before.Cmp(new(big.Rat).Mul(a, gain)) < 0:
		return abc.A
	case before.Cmp(new(big.Rat).Mul(b, gain)) < 0:
		return abc.B
	default:
		return abc.C
	}
}

// gini is Σ|x_i − x_j| / (2n·Σx): half the relative mean difference, a formula
// that needs no order.
func (o oracle) gini() *big.Rat {
	s := new(big.Rat)
	for _, x := range o.values {
		for _, y := range o.values {
			d := new(big.Rat).Sub(x, y)
			s.Add(s, d.Abs(d))
		}
	}
	n := int64(len(o.values))
	return s.Quo(s, new(big.Rat).Mul(big.NewRat(2*n, 1), o.sum(0, len(o.values))))
}

func float(r *big.Rat) float64 {
	v, _ := r.Float64()
	return v
}

// amounts draws values with ties, zeros, losses and different digits.
func amounts(low int64) *rapid.Generator[decimal.Decimal] {
	return rapid.Custom(func(t *rapid.T) decimal.Decimal {
		digits := rapid.Int32Range(0, 9).Draw(t, "digits")
		return decimal.New(rapid.OneOf(rapid.Int64Range(max(low, -3), 3), rapid.Int64Range(low, 1e6)).Draw(t, "units"), -digits)
	})
}

func bases(low int64, least int) *rapid.Generator[map[string]decimal.Decimal] {
	return rapid.Custom(func(t *rapid.T) map[string]decimal.Decimal {
		base := map[string]decimal.Decimal{}
		for i, v := range rapid.SliceOfN(amounts(low), least, 30).Draw(t, "values") {
			base[fmt.Sprintf("c%02d", (i*17)%31)] = v
		}
		return base
	})
}

func TestRankingAgainstOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := bases(-1e6, 0).Draw(t, "base")
		b := rapid.Int64Range(1, 100).Draw(t, "b")
		a := rapid.Int64Range(1, b).Draw(t, "a")
		o := newOracle(base)
		ranking, err := abc.NewRanking(maps.All(base))
		require.NoError(t, err)
		classes, err := ranking.ABC(abc.Cuts{A: decimal.New(a, -2), B: decimal.New(b, -2)})
		require.NoError(t, err)

		require.Equal(t, len(o.ids), ranking.Len())
		i, counts := 0, map[abc.Class]int{}
		for id, value := range ranking.All() {
			assert.Equal(t, o.ids[i], id)
			assert.Zero(t, o.values[i].Cmp(value.Rat()))
			i++
		}
		i = 0
		for id, class := range classes.All() {
			assert.Equal(t, o.ids[i], id)
			assert.Equal(t, o.class(i, big.NewRat(a, 100), big.NewRat(b, 100)), class)
			counts[class]++
			i++
		}
		o.checkGroups(t, classes.Groups, counts)
		o.checkCurve(t, ranking.Curve())
	})
}

// checkGroups also says that the classes fall along the ranking and that shares
// sum to 1.
func (o oracle) checkGroups(t *rapid.T, s abc.ClassGroups, counts map[abc.Class]int) {
	t.Helper()
	from, shares, customers := 0, 0.0, 0.0
	for _, class := range []abc.Class{abc.A, abc.B, abc.C} {
		g := s.Of(class)
		to := from + g.Customers
		assert.Equal(t, counts[class], g.Customers)
		assert.Zero(t, o.sum(from, to).Cmp(g.Value.Rat()))
		if to > from {
			assert.Zero(t, o.values[to-1].Cmp(g.Least.Rat()))
			near.Equal(t, float(big.NewRat(int64(to-from), int64(len(o.ids)))), g.CustomerShare, 0, 0)
		}
		from, shares, customers = to, shares+g.ValueShare, customers+g.CustomerShare
	}
	if o.gain().Sign() > 0 {
		near.Equal(t, 1, shares, 1e-15, 1e-15)
	} else {
		assert.Zero(t, shares)
	}
	if len(o.ids) > 0 {
		near.Equal(t, 1, customers, 1e-15, 1e-15)
	}
}

func (o oracle) checkCurve(t *rapid.T, c abc.Curve) {
	t.Helper()
	n := len(o.ids)
	total := o.sum(0, n)
	assert.Equal(t, n, c.Customers())
	assert.Zero(t, total.Cmp(c.Total().Rat()))

	whale := c.Whale()
	best, at := new(big.Rat), 0
	for k := range n + 1 {
		if s := o.sum(0, k); s.Cmp(best) > 0 {
			best, at = s, k
		}
	}
	assert.Zero(t, best.Cmp(whale.Peak.Rat()))
	assert.Equal(t, at, whale.Customers)
	assert.Zero(t, new(big.Rat).Sub(best, total).Cmp(whale.Drain.Rat()))
	ratio, ok := whale.Ratio()
	assert.Equal(t, total.Sign() > 0, ok)
	if ok {
		near.Equal(t, float(new(big.Rat).Quo(best, total)), ratio, 0, 0)
	}

	signed := n > 0 && o.values[n-1].Sign() < 0
	gini, ok := c.Gini()
	assert.Equal(t, total.Sign() > 0 && !signed, ok)
	assert.Equal(t, ok, c.Lorenz(1) != nil)
	if ok {
		near.Equal(t, float(o.gini()), gini, 0, 0)
		assert.True(t, gini >= 0 && gini < 1)
	}
	for _, percent := range []string{"0.1", "1", "2.5", "50", "99.999", "100"} {
		p, _ := new(big.Rat).SetString(percent)
		k := new(big.Rat).Mul(p, big.NewRat(int64(n), 100))
		q, rest := new(big.Int).QuoRem(k.Num(), k.Denom(), new(big.Int))
		customers := int(q.Int64()) + rest.Sign()
		top, ok := c.Top(decimal.RequireFromString(percent))
		assert.Equal(t, total.Sign() > 0, ok)
		if ok {
			assert.Equal(t, abc.Top{Customers: customers, Share: float(new(big.Rat).Quo(o.sum(0, customers), total))}, top)
		}
	}
}

func TestLorenzAndStepsAgainstOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := bases(0, 1).Draw(t, "base")
		points := rapid.IntRange(1, 50).Draw(t, "points")
		o := newOracle(base)
		n := len(o.ids)
		ranking, err := abc.NewRanking(maps.All(base))
		require.NoError(t, err)
		curve := ranking.Curve()
		steps := curve.Steps(points)
		require.Len(t, steps, points+1)
		for i, s := range steps {
			assert.Equal(t, n*i/points, s.Customers)
			assert.Zero(t, o.sum(0, s.Customers).Cmp(s.Value.Rat()))
		}
		lorenz := curve.Lorenz(points)
		if o.gain().Sign() == 0 {
			require.Nil(t, lorenz)
			return
		}
		require.Len(t, lorenz, points+1)
		for i, p := range lorenz {
			// Everybody below the point, and a part of the customer at it.
			whole, rest := n*i/points, n*i%points
			sum := o.sum(n-whole, n)
			if rest > 0 {
				part := new(big.Rat).Mul(o.values[n-whole-1], big.NewRat(int64(rest), int64(points)))
				sum.Add(sum, part)
			}
			near.Equal(t, float(big.NewRat(int64(i), int64(points))), p.Customers, 0, 0)
			near.Equal(t, float(sum.Quo(sum, o.sum(0, n))), p.Value, 0, 0)
			assert.LessOrEqual(t, p.Value, p.Customers*(1+1e-15), "below the diagonal")
		}
	})
}

// The same customers in another order, another currency or merged from parts make
// the same curve.
func TestCurveInvariance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := bases(-1e6, 1).Draw(t, "base")
		rate := decimal.New(rapid.Int64Range(1, 999).Draw(t, "rate"), 0)
		ranking, err := abc.NewRanking(maps.All(base))
		require.NoError(t, err)
		scaled, err := abc.NewRanking(func(yield func(string, decimal.Decimal) bool) {
			for _, id := range slices.Backward(slices.Sorted(maps.Keys(base))) {
				if !yield(id, base[id].Mul(rate)) {
					return
				}
			}
		})
		require.NoError(t, err)
		classes, err := ranking.ABC(abc.Cuts{})
		require.NoError(t, err)
		same, err := scaled.ABC(abc.Cuts{})
		require.NoError(t, err)
		assert.Equal(t, pairs(classes.All()), pairs(same.All()))
		gini, ok := ranking.Curve().Gini()
		again, okToo := scaled.Curve().Gini()
		assert.Equal(t, ok, okToo)
		near.Equal(t, gini, again, 0, 0)

		var parts [3]abc.Values
		for id, v := range base {
			require.NoError(t, parts[int(id[2])%3].Add(v, 1))
		}
		require.NoError(t, parts[0].Merge(parts[1]))
		require.NoError(t, parts[0].Merge(parts[2]))
		assert.Equal(t, ranking.Len(), parts[0].Customers())
		summary, err := parts[0].Curve().ABC(abc.Cuts{})
		require.NoError(t, err)
		assert.Equal(t, texts(classes.Groups), texts(summary))
	})
}

func pairs[K, V any](seq iter.Seq2[K, V]) []string {
	var list []string
	for k, v := range seq {
		list = append(list, fmt.Sprint(k, v))
	}
	return list
}

// texts makes groups comparable, whose decimals may have different exponents.
func texts(s abc.ClassGroups) string { return fmt.Sprint(s) }

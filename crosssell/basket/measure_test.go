package basket_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/near"
)

// An exact holds the counts of a table as numbers of 200 bits, in which no difference of
// the textbook formulas loses what a float64 could show.
type exact struct{ n, n11, n10, n01, n00, n1, n0, m1, m0 *big.Float }

func exactOf(t basket.Table) exact {
	whole := func(n int64) *big.Float { return new(big.Float).SetPrec(200).SetInt64(n) }
	return exact{
		whole(t.N), whole(t.Both), whole(t.Left - t.Both), whole(t.Right - t.Both), whole(t.N - t.Left - t.Right + t.Both),
		whole(t.Left), whole(t.N - t.Left), whole(t.Right), whole(t.N - t.Right),
	}
}

func op() *big.Float                 { return new(big.Float).SetPrec(200) }
func add(a, b *big.Float) *big.Float { return op().Add(a, b) }
func sub(a, b *big.Float) *big.Float { return op().Sub(a, b) }
func mul(a *big.Float, b ...*big.Float) *big.Float {
	for _, x := range b {
		a = op().Mul(a, x)
	}
	return a
}
func div(a, b *big.Float) *big.Float { return op().Quo(a, b) }
func sqrt(a *big.Float) *big.Float   { return op().Sqrt(a) }
func least(a, b *big.Float) *big.Float {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func most(a, b *big.Float) *big.Float {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}
func num(x float64) *big.Float { return op().SetFloat64(x) }

// ln is the logarithm by 2·artanh((m − 1)/(m + 1)), with m in [½, 1).
func ln(x *big.Float) *big.Float {
	const ln2 = "0.693147180559945309417232121458176568075500134360255254120680009493393621969694715605863326996"
	m := op()
	exponent := x.MantExp(m)
	r := div(sub(m, num(1)), add(m, num(1)))
	sum, power, square := op(), r, mul(r, r)
	for k := 1.0; k < 110; k += 2 {
		sum = add(sum, div(power, num(k)))
		power = mul(power, square)
	}
	two, _ := op().SetString(ln2)
	return add(mul(num(2), sum), mul(num(float64(exponent)), two))
}

// term is (x/n)·ln(n·x/(a·b)), 0 for x = 0.
func (e exact) term(x, a, b *big.Float) *big.Float {
	if x.Sign() == 0 {
		return op()
	}
	return mul(div(x, e.n), ln(div(mul(e.n, x), mul(a, b))))
}

func (e exact) entropy(a, b *big.Float) *big.Float {
	h := op()
	for _, x := range []*big.Float{a, b} {
		h = sub(h, mul(div(x, e.n), ln(div(x, e.n))))
	}
	return h
}

// formulas are those of the literature, in the shares and cells in which it has them.
func formulas() map[string]struct {
	got  func(basket.Table) float64
	want func(e exact) *big.Float
} {
	type pair = struct {
		got  func(basket.Table) float64
		want func(e exact) *big.Float
	}
	conf := func(e exact) *big.Float { return div(e.n11, e.n1) }
	right := func(e exact) *big.Float { return div(e.m1, e.n) }
	odds := func(e exact) *big.Float { return div(mul(e.n11, e.n00), mul(e.n10, e.n01)) }
	one := num(1)
	expect := func(e exact, a, b *big.Float) *big.Float { return div(mul(a, b), e.n) }
	return map[string]pair{
		"support":        {basket.Table.Support, func(e exact) *big.Float { return div(e.n11, e.n) }},
		"confidence":     {basket.Table.Confidence, conf},
		"lift":           {basket.Table.Lift, func(e exact) *big.Float { return div(conf(e), right(e)) }},
		"coverage":       {basket.Table.Coverage, func(e exact) *big.Float { return div(e.n1, e.n) }},
		"prevalence":     {basket.Table.Prevalence, right},
		"reverse":        {basket.Table.ReverseConfidence, func(e exact) *big.Float { return div(e.n11, e.m1) }},
		"added value":    {basket.Table.AddedValue, func(e exact) *big.Float { return sub(conf(e), right(e)) }},
		"certainty":      {basket.Table.Certainty, func(e exact) *big.Float { return div(sub(conf(e), right(e)), sub(one, right(e))) }},
		"difference":     {basket.Table.DifferenceOfConfidence, func(e exact) *big.Float { return sub(conf(e), div(e.n01, e.n0)) }},
		"risk":           {basket.Table.RelativeRisk, func(e exact) *big.Float { return div(conf(e), div(e.n01, e.n0)) }},
		"conviction":     {basket.Table.Conviction, func(e exact) *big.Float { return div(sub(one, right(e)), sub(one, conf(e))) }},
		"sebag":          {basket.Table.Sebag, func(e exact) *big.Float { return div(e.n11, e.n10) }},
		"counter":        {basket.Table.CounterexampleRate, func(e exact) *big.Float { return div(sub(e.n11, e.n10), e.n11) }},
		"confirmed":      {basket.Table.ConfirmedConfidence, func(e exact) *big.Float { return sub(conf(e), div(e.n10, e.n1)) }},
		"contradiction":  {basket.Table.LeastContradiction, func(e exact) *big.Float { return div(sub(e.n11, e.n10), e.m1) }},
		"ralambondrainy": {basket.Table.Ralambondrainy, func(e exact) *big.Float { return div(e.n10, e.n) }},
		"causal support": {basket.Table.CausalSupport, func(e exact) *big.Float {
			return div(sub(add(e.n1, e.m1), mul(num(2), e.n10)), e.n)
		}},
		"causal confidence": {basket.Table.CausalConfidence, func(e exact) *big.Float {
			return sub(one, mul(div(e.n10, e.n), add(div(one, e.n1), div(one, e.m1))))
		}},
		"laplace":    {basket.Table.Laplace, func(e exact) *big.Float { return div(add(e.n11, one), add(e.n1, num(2))) }},
		"rule power": {basket.Table.RulePowerFactor, func(e exact) *big.Float { return mul(div(e.n11, e.n), conf(e)) }},
		"implication": {basket.Table.ImplicationIndex, func(e exact) *big.Float {
			return div(sub(e.n10, expect(e, e.n1, e.m0)), sqrt(expect(e, e.n1, e.m0)))
		}},
		"importance": {basket.Table.Importance, func(e exact) *big.Float {
			ratio := div(mul(add(e.n11, one), add(e.n0, num(2))), mul(add(e.n01, one), add(e.n1, num(2))))
			return div(ln(ratio), ln(num(10)))
		}},
		"zhang": {basket.Table.Zhang, func(e exact) *big.Float {
			s, a, c := div(e.n11, e.n), div(e.n1, e.n), div(e.m1, e.n)
			return div(sub(s, mul(a, c)), most(mul(s, sub(one, a)), mul(a, sub(c, s))))
		}},
		"gini": {basket.Table.Gini, func(e exact) *big.Float {
			square := func(x, of *big.Float) *big.Float { return mul(div(x, of), div(x, of)) }
			with := mul(div(e.n1, e.n), add(square(e.n11, e.n1), square(e.n10, e.n1)))
			without := mul(div(e.n0, e.n), add(square(e.n01, e.n0), square(e.n00, e.n0)))
			return sub(add(with, without), add(square(e.m1, e.n), square(e.m0, e.n)))
		}},
		"j": {basket.Table.JMeasure, func(e exact) *big.Float { return add(e.term(e.n11, e.n1, e.m1), e.term(e.n10, e.n1, e.m0)) }},
		"lambda": {basket.Table.Lambda, func(e exact) *big.Float {
			top := most(e.m1, e.m0)
			return div(sub(add(most(e.n11, e.n10), most(e.n01, e.n00)), top), sub(e.n, top))
		}},
		"leverage": {basket.Table.Leverage, func(e exact) *big.Float {
			return sub(div(e.n11, e.n), mul(div(e.n1, e.n), div(e.m1, e.n)))
		}},
		"liaison": {basket.Table.VaryingLiaison, func(e exact) *big.Float { return sub(div(conf(e), right(e)), one) }},
		"lerman": {basket.Table.Lerman, func(e exact) *big.Float {
			return div(sub(e.n11, expect(e, e.n1, e.m1)), sqrt(expect(e, e.n1, e.m1)))
		}},
		"cosine":     {basket.Table.Cosine, func(e exact) *big.Float { return div(e.n11, sqrt(mul(e.n1, e.m1))) }},
		"jaccard":    {basket.Table.Jaccard, func(e exact) *big.Float { return div(e.n11, add(add(e.n11, e.n10), e.n01)) }},
		"kulczynski": {basket.Table.Kulczynski, func(e exact) *big.Float { return div(add(conf(e), div(e.n11, e.m1)), num(2)) }},
		"max":        {basket.Table.MaxConfidence, func(e exact) *big.Float { return most(conf(e), div(e.n11, e.m1)) }},
		"imbalance":  {basket.Table.ImbalanceRatio, func(e exact) *big.Float { return div(op().Abs(sub(e.n1, e.m1)), sub(e.n, e.n00)) }},
		"kappa": {basket.Table.Kappa, func(e exact) *big.Float {
			agree, chance := div(add(e.n11, e.n00), e.n), div(add(mul(e.n1, e.m1), mul(e.n0, e.m0)), mul(e.n, e.n))
			return div(sub(agree, chance), sub(one, chance))
		}},
		"phi": {basket.Table.Phi, func(e exact) *big.Float {
			return div(sub(mul(e.n11, e.n00), mul(e.n10, e.n01)), sqrt(mul(e.n1, e.n0, e.m1, e.m0)))
		}},
		"chi squared": {basket.Table.ChiSquared, func(e exact) *big.Float {
			sum := op()
			for _, c := range [][3]*big.Float{{e.n11, e.n1, e.m1}, {e.n10, e.n1, e.m0}, {e.n01, e.n0, e.m1}, {e.n00, e.n0, e.m0}} {
				d := sub(c[0], expect(e, c[1], c[2]))
				sum = add(sum, div(mul(d, d), expect(e, c[1], c[2])))
			}
			return sum
		}},
		"odds":   {basket.Table.OddsRatio, odds},
		"yule q": {basket.Table.YuleQ, func(e exact) *big.Float { return div(sub(odds(e), one), add(odds(e), one)) }},
		"yule y": {basket.Table.YuleY, func(e exact) *big.Float { return div(sub(sqrt(odds(e)), one), add(sqrt(odds(e)), one)) }},
		"strength": {basket.Table.CollectiveStrength, func(e exact) *big.Float {
			bad := div(add(e.n10, e.n01), e.n)
			expected := sub(one, div(add(mul(e.n1, e.m1), mul(e.n0, e.m0)), mul(e.n, e.n)))
			return mul(div(sub(one, bad), sub(one, expected)), div(expected, bad))
		}},
		"disequilibrium": {basket.Table.RelativeLinkageDisequilibrium, func(e exact) *big.Float {
			d := div(sub(mul(e.n11, e.n00), mul(e.n10, e.n01)), e.n)
			if d.Sign() > 0 {
				return div(d, add(d, least(e.n01, e.n10)))
			}
			return div(d, sub(d, least(e.n11, e.n00)))
		}},
		"information": {basket.Table.MutualInformation, func(e exact) *big.Float {
			shared := add(add(e.term(e.n11, e.n1, e.m1), e.term(e.n10, e.n1, e.m0)), add(e.term(e.n01, e.n0, e.m1), e.term(e.n00, e.n0, e.m0)))
			return div(shared, least(e.entropy(e.n1, e.n0), e.entropy(e.m1, e.m0)))
		}},
		"standardized lift": {func(t basket.Table) float64 { return t.StandardizedLift(0.25, 0.5) }, func(e exact) *big.Float {
			a, b, s, c := div(e.n1, e.n), div(e.m1, e.n), num(0.25), num(0.5)
			lowest := most(div(most(sub(add(a, b), one), div(one, e.n)), mul(a, b)), div(num(1), mul(num(1.25), num(1.25))))
			lowest = most(lowest, most(div(s, mul(a, b)), div(c, b)))
			lift := div(mul(e.n, e.n11), mul(e.n1, e.m1))
			return div(sub(lift, lowest), sub(div(one, most(a, b)), lowest))
		}},
	}
}

// full draws tables in which no cell is empty, of counts from a few to 2⁶⁰; some of them
// nearly independent, where formulas in float64 would cancel.
func full() *rapid.Generator[basket.Table] {
	return rapid.Custom(func(t *rapid.T) basket.Table {
		scale := rapid.SampledFrom([]int64{4, 30, 1000, 1e6, 1e12, 1 << 60}).Draw(t, "scale")
		cell := rapid.Int64Range(1, scale)
		a, b, c, d := cell.Draw(t, "a"), cell.Draw(t, "b"), cell.Draw(t, "c"), cell.Draw(t, "d")
		if rapid.Bool().Draw(t, "independent") && scale <= 1e6 {
			a, b, c, d = a*c, b*c, a*d, b*d
			a += rapid.Int64Range(0, 2).Draw(t, "more")
		}
		return basket.Table{Both: a, Left: a + b, Right: a + c, N: a + b + c + d}
	})
}

func TestMeasuresAgreeWithExactArithmetic(t *testing.T) {
	t.Parallel()
	measures := formulas()
	rapid.Check(t, func(t *rapid.T) {
		x := full().Draw(t, "table")
		e := exactOf(x)
		for name, m := range measures {
			want, _ := m.want(e).Float64()
			if name != "standardized lift" {
				near.Equal(t, want, m.got(x), 1e-12, 1e-40, "%s of %+v", name, x)
			} else if x.N < 1e6 && x.Support() > 0.26 && x.Confidence() > 0.51 && x.Left != x.Right { // a rule that would be listed
				near.Equal(t, want, m.got(x), 1e-9, 1e-9, "%s of %+v", name, x)
			}
		}
	})
}

// Each measure stays within its bounds, also where cells are empty, unless it is NaN.
func TestMeasureBounds(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	bounds := map[string][2]float64{
		"support": {0, 1}, "confidence": {0, 1}, "lift": {0, inf}, "coverage": {0, 1}, "prevalence": {0, 1}, "reverse": {0, 1},
		"added value": {-1, 1}, "certainty": {-inf, 1}, "difference": {-1, 1}, "risk": {0, inf}, "conviction": {0, inf},
		"sebag": {0, inf}, "counter": {-inf, 1}, "confirmed": {-1, 1}, "contradiction": {-inf, 1}, "ralambondrainy": {0, 1},
		"causal support": {-1, 2}, "causal confidence": {-inf, 1}, "laplace": {0, 1}, "rule power": {0, 1},
		"implication": {-inf, inf}, "importance": {-inf, inf}, "zhang": {-1, 1}, "gini": {0, 0.5}, "j": {0, inf}, "lambda": {0, 1},
		"leverage": {-0.25, 0.25}, "liaison": {-1, inf}, "lerman": {-inf, inf}, "cosine": {0, 1}, "jaccard": {0, 1},
		"kulczynski": {0, 1}, "max": {0, 1}, "imbalance": {0, 1}, "kappa": {-1, 1}, "phi": {-1, 1}, "chi squared": {0, inf},
		"odds": {0, inf}, "yule q": {-1, 1}, "yule y": {-1, 1}, "strength": {0, inf}, "disequilibrium": {-inf, 1}, "information": {0, 1},
		"standardized lift": {-inf, inf},
	}
	measures := formulas()
	require.Len(t, bounds, len(measures))
	rapid.Check(t, func(t *rapid.T) {
		x := tables(40).Draw(t, "table")
		for name, m := range measures {
			if got := m.got(x); !math.IsNaN(got) {
				require.GreaterOrEqual(t, got, bounds[name][0]-1e-12, "%s of %+v", name, x)
				require.LessOrEqual(t, got, bounds[name][1]+1e-12, "%s of %+v", name, x)
			}
		}
		require.False(t, math.IsNaN(x.Importance()))
		p, q := x.P(), x.HyperConfidence()
		require.True(t, p >= 0 && p <= 1 && q >= 0 && q <= 1)
		near.Equal(t, 1, p+q, 0, 1e-13)
	})
}

// tables draws any table of at most that many baskets in each cell.
func tables(most int64) *rapid.Generator[basket.Table] {
	return rapid.Custom(func(t *rapid.T) basket.Table {
		cell := rapid.Int64Range(0, most)
		a, b, c, d := cell.Draw(t, "a"), cell.Draw(t, "b"), cell.Draw(t, "c"), cell.Draw(t, "d")
		return basket.Table{Both: a, Left: a + b, Right: a + c, N: a + b + c + d}
	})
}

// The measures of a pair are the same in both directions.
func TestPairMeasuresAreSymmetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := full().Draw(t, "table")
		y := basket.Table{Both: x.Both, Left: x.Right, Right: x.Left, N: x.N}
		for name, f := range map[string]func(basket.Table) float64{
			"lift": basket.Table.Lift, "leverage": basket.Table.Leverage, "liaison": basket.Table.VaryingLiaison,
			"lerman": basket.Table.Lerman, "cosine": basket.Table.Cosine, "jaccard": basket.Table.Jaccard,
			"kulczynski": basket.Table.Kulczynski, "max": basket.Table.MaxConfidence, "imbalance": basket.Table.ImbalanceRatio,
			"kappa": basket.Table.Kappa, "phi": basket.Table.Phi, "chi squared": basket.Table.ChiSquared, "odds": basket.Table.OddsRatio,
			"yule q": basket.Table.YuleQ, "yule y": basket.Table.YuleY, "strength": basket.Table.CollectiveStrength,
			"disequilibrium": basket.Table.RelativeLinkageDisequilibrium, "information": basket.Table.MutualInformation,
			"standardized": func(t basket.Table) float64 { return t.StandardizedLift(0.01, 0) },
			"support":      basket.Table.Support,
		} {
			near.Equal(t, f(x), f(y), 1e-13, 1e-300, "%s of %+v", name, x)
		}
		near.Equal(t, x.LogP(), y.LogP(), 1e-10, 1e-10, "p of %+v", x)
	})
}

// Where a cell or a margin is empty: the limits and the gaps that the comments name.
func TestMeasuresOfEmptyCells(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	always := basket.Table{Both: 4, Left: 4, Right: 6, N: 10} // the rule never fails
	never := basket.Table{Left: 4, Right: 6, N: 10}           // it never holds
	everyone := basket.Table{Both: 6, Left: 10, Right: 6, N: 10}
	all := basket.Table{Both: 10, Left: 10, Right: 10, N: 10}
	for name, c := range map[string][2]float64{
		"conviction":               {inf, always.Conviction()},
		"sebag":                    {inf, always.Sebag()},
		"odds":                     {inf, always.OddsRatio()},
		"yule q":                   {1, always.YuleQ()},
		"yule y":                   {1, always.YuleY()},
		"j":                        {0.4 * math.Log(10./6), always.JMeasure()},
		"p of never":               {1, never.P()},
		"hyper confidence":         {0, never.HyperConfidence()},
		"yule q of never":          {-1, never.YuleQ()},
		"lift of never":            {0, never.Lift()},
		"zhang of never":           {-1, never.Zhang()},
		"zhang of everyone":        {0, everyone.Zhang()},
		"p of everyone":            {1, everyone.P()},
		"two-sided of everyone":    {1, everyone.TwoSidedP()},
		"phi of everyone":          {nan, everyone.Phi()},
		"information of everyone":  {nan, everyone.MutualInformation()},
		"risk of everyone":         {nan, everyone.RelativeRisk()},
		"conviction of all":        {nan, all.Conviction()},
		"standardized lift of all": {1, all.StandardizedLift(0, 0)},
		"disequilibrium of all":    {nan, all.RelativeLinkageDisequilibrium()},
		"p of nothing":             {1, basket.Table{}.P()},
		"zhang of nothing":         {nan, basket.Table{}.Zhang()},
		"laplace of nothing":       {0.5, basket.Table{}.Laplace()},
		"importance of nothing":    {0, basket.Table{}.Importance()},
		"standardized of nothing":  {nan, basket.Table{}.StandardizedLift(0, 0)},
		"standardized, no share":   {nan, always.StandardizedLift(-0.1, 0)},
		"standardized, no number":  {nan, always.StandardizedLift(0, nan)},
		"hyper lift, no level":     {nan, always.HyperLift(1)},
		"hyper lift, no number":    {nan, always.HyperLift(nan)},
		"hyper lift of nothing":    {nan, basket.Table{}.HyperLift(0.99)},
		"hyper lift of everyone":   {1, everyone.HyperLift(0.99)},
	} {
		require.True(t, c[0] == c[1] || math.IsNaN(c[0]) && math.IsNaN(c[1]) || math.Abs(c[0]-c[1]) < 1e-15, "%s: %v", name, c)
	}
}

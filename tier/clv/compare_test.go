package clv_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

func TestCompareHoldout(t *testing.T) {
	t.Parallel()
	truth, other := newBGNBD(t, 0.8, 6, 1, 4), newBGNBD(t, 0.8, 6, 1, 40)
	twin := newBGNBD(t, 0.8, 6, 1, 4.02)
	customers := drawn(t, truth, 81, 4000, 26, 26)
	got, err := clv.CompareHoldout(0.95, slices.Values(customers),
		clv.Rival{Name: "few drop out", Model: other}, clv.Rival{Name: "twin", Model: twin}, clv.Rival{Name: "truth", Model: truth})
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.Equal(t, "few drop out", got[2].Name)
	require.Equal(t, clv.Interval{}, got[0].Behind)
	require.True(t, got[1].Behind.Low < 0 && got[1].Behind.High > 0, "%v", got[1].Behind)
	require.Positive(t, got[2].Behind.Low)
	for _, c := range got {
		m := map[string]clv.BGNBD{"few drop out": other, "twin": twin, "truth": truth}[c.Name]
		e, err := clv.Evaluate(m, slices.Values(customers))
		require.NoError(t, err)
		require.Equal(t, e, c.Evaluation)
	}
	// By hand: the mean difference and its standard error.
	best := map[string]clv.BGNBD{"twin": twin, "truth": truth}[got[0].Name]
	var sum, squares float64
	for _, c := range customers {
		p, q := other.CondExpected(c.Pattern, 26)-float64(c.Purchases), best.CondExpected(c.Pattern, 26)-float64(c.Purchases)
		d := p*p - q*q
		sum, squares = sum+d, squares+d*d
	}
	n := float64(len(customers))
	near.Equal(t, sum/n, got[2].Behind.Estimate, 1e-9, 0)
	near.Equal(t, 1.959963984540054*math.Sqrt((squares/n-sum/n*sum/n)/(n-1)), got[2].Behind.High-got[2].Behind.Estimate, 1e-9, 0)
	near.Equal(t, got[2].Behind.High-got[2].Behind.Estimate, got[2].Behind.Estimate-got[2].Behind.Low, 1e-9, 0)
}

func TestCompareHoldoutRejects(t *testing.T) {
	t.Parallel()
	one := clv.Rival{Name: "a", Model: cdnowBGNBD(t)}
	two := slices.Values([]clv.Holdout{{Length: 1}, {Length: 2}})
	compare := func(level float64, rivals ...clv.Rival) error {
		return second(clv.CompareHoldout(level, two, rivals...))
	}
	require.NoError(t, compare(0.9, one))
	require.NoError(t, compare(0.9, one, one))
	for _, level := range []float64{0, 1, math.NaN()} {
		require.ErrorIs(t, compare(level, one), relmark.ErrInvalid)
	}
	require.ErrorIs(t, compare(0.9), relmark.ErrInvalid)
	require.ErrorContains(t, compare(0.9, one, clv.Rival{}), "Rivals[1].Model")
	require.ErrorIs(t, second(clv.CompareHoldout(0.9, slices.Values([]clv.Holdout{{Length: 1}}), one)), relmark.ErrTooFew)
	err := second(clv.CompareHoldout(0.9, slices.Values([]clv.Holdout{{}, {Length: -1}}), one))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorContains(t, err, "customer 1")
	require.Equal(t, 1, strings.Count(err.Error(), "clv: "), err.Error())
	require.ErrorIs(t, second(clv.CompareHoldout(0.9, slices.Values([]clv.Holdout{{Pattern: rfm.Pattern{X: -1}}, {}}), one)), relmark.ErrInvalid)
}

// The interval holds 0 about as often as it says where spend and frequency are
// independent, though spend varies less among those who buy often, and not where they
// are not.
func TestDependenceOfSpendAndFrequency(t *testing.T) {
	t.Parallel()
	m, from := newGammaGamma(t, 6, 5, 20), source(82)
	held, found := 0, 0
	const rounds = 300
	for range rounds {
		var independent, dependent clv.Spend
		for i := range 400 {
			x := 1 + i%7
			c, err := m.Simulate(from, x)
			require.NoError(t, err)
			require.NoError(t, independent.Add(c, 1))
			c.Value *= 1 + 0.2*float64(x)
			require.NoError(t, dependent.Add(c, 1))
		}
		in, err := independent.Dependence(0.9)
		require.NoError(t, err)
		require.True(t, -1 < in.Low && in.Low < in.Estimate && in.Estimate < in.High && in.High < 1)
		if in.Low < 0 && in.High > 0 {
			held++
		}
		if in, err = dependent.Dependence(0.9); err == nil && in.Low > 0 {
			found++
		}
	}
	near.Equal(t, 0.9*rounds, float64(held), 0, 4*math.Sqrt(0.09*rounds))
	require.Equal(t, rounds, found)
}

// Four customers by hand: x = 1, 2, 3, 4 and values 1, 3, 2, 4, r = 0.8. The parts of
// the variance are those of ab − r(a²+b²)/2.
func TestDependenceByHand(t *testing.T) {
	t.Parallel()
	s := spendFrom(t, clv.SpendMean{X: 1, Value: 1}, clv.SpendMean{X: 2, Value: 3}, clv.SpendMean{X: 3, Value: 2}, clv.SpendMean{X: 4, Value: 4})
	in, err := s.Dependence(0.95)
	require.NoError(t, err)
	near.Equal(t, 0.8, in.Estimate, 1e-14, 0)
	// a, b are ±1.5 and ±0.5 over √1.25: parts 0.36 twice and −0.36 twice.
	half := 1.959963984540054 * math.Sqrt(0.36*0.36/4) / 0.36
	near.Equal(t, math.Tanh(math.Atanh(0.8)-half), in.Low, 1e-12, 0)
	near.Equal(t, math.Tanh(math.Atanh(0.8)+half), in.High, 1e-12, 0)

	line := spendFrom(t, clv.SpendMean{X: 1, Value: 1}, clv.SpendMean{X: 2, Value: 2}, clv.SpendMean{X: 3, Value: 3}, clv.SpendMean{X: 4, Value: 4})
	in, err = line.Dependence(0.95)
	require.NoError(t, err)
	near.Equal(t, 1, in.Low, 1e-12, 0)
	near.Equal(t, 1, in.High, 1e-12, 0)
	huge := spendFrom(t, clv.SpendMean{X: 1, Value: 1e308}, clv.SpendMean{X: 2, Value: 3e307}, clv.SpendMean{X: 3, Value: 2e307}, clv.SpendMean{X: 4, Value: 4e306})
	in, err = huge.Dependence(0.95)
	require.NoError(t, err)
	require.Negative(t, in.Estimate)

	for _, level := range []float64{0, 1, math.NaN()} {
		require.ErrorIs(t, second(s.Dependence(level)), relmark.ErrInvalid)
	}
	var few, alike, price clv.Spend
	require.NoError(t, few.Add(clv.SpendMean{X: 1, Value: 2}, 3))
	require.NoError(t, alike.Add(clv.SpendMean{X: 3, Value: 2}, 30))
	require.NoError(t, alike.Add(clv.SpendMean{X: 3, Value: 3}, 30))
	require.NoError(t, price.Add(clv.SpendMean{X: 3, Value: 9.99}, 30))
	require.NoError(t, price.Add(clv.SpendMean{X: 4, Value: 9.99}, 30))
	for _, s := range []clv.Spend{{}, few, alike, price} {
		require.ErrorIs(t, second(s.Dependence(0.9)), relmark.ErrTooFew)
	}
}

// Everybody pays one price: the likelihood rises for ever, the fit says so by name, and
// its means are the price.
func TestGammaGammaOfOnePrice(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{3, 60, 1000, math.MaxInt32} {
		for _, price := range []float64{9.99, 100, 0.01, 1e-20, 1e20} {
			var s clv.Spend
			require.NoError(t, s.Add(clv.SpendMean{X: 1, Value: price}, n/2))
			require.NoError(t, s.Add(clv.SpendMean{X: 7, Value: price}, n-n/2))
			f, err := clv.FitGammaGamma(t.Context(), &s, clv.FitOptions{})
			require.NoError(t, err)
			require.Equal(t, clv.Unbounded, f.Status)
			requireHonest(t, plain(f, err), "one price")
			mean, ok := f.Model.Mean()
			require.True(t, ok)
			near.Equal(t, price, mean, 1e-11, 0)
			near.Equal(t, price, f.Model.CondMean(3, price), 1e-11, 0)
			require.ErrorIs(t, second(f.Delta(0.9, func(clv.GammaGamma) float64 { return 1 })), relmark.ErrTooFew)
		}
	}
	// Two prices of next to nothing apart are as good as one, some cents apart are not.
	for apart, want := range map[float64]clv.Status{1e-12: clv.Unbounded, 1e-8: clv.Unbounded, 0.05: clv.Converged} {
		var s clv.Spend
		for i := range 400 {
			require.NoError(t, s.Add(clv.SpendMean{X: 1 + i%3, Value: 9.99 * (1 + apart*float64(i%5)/float64(1+i%3))}, 1))
		}
		f, err := clv.FitGammaGamma(t.Context(), &s, clv.FitOptions{})
		requireHonest(t, plain(f, err), "next to one price")
		require.NoError(t, err)
		if want == clv.Unbounded {
			require.Equal(t, want, f.Status, "%v %v", apart, f.Warnings)
		}
		mean, ok := f.Model.Mean()
		require.True(t, ok)
		near.Equal(t, 9.99*(1+apart), mean, 2*apart+1e-6, 0)
	}
}

package stat

import "math/bits"

// MaxShares is how many regressors [Shares] takes at most.
const MaxShares = 16

// Shares splits R² of the regression of column y on some columns among these: each has
// what it adds to R², on average over all orders in which they may enter (Lindeman,
// Merenda and Gold 1980; the value of Shapley). They add up to R² within rounding. It
// takes 2^k regressions for k columns, and fails as [Regress] does.
func Shares(c Covariance, y int, x ...int) ([]float64, error) {
	if _, err := Regress(c, y, x...); err != nil {
		return nil, err
	}
	explained := make([]float64, 1<<len(x))
	for set := 1; set < len(explained); set++ {
		g, err := Regress(c, y, chosen(x, set)...)
		if err != nil {
			return nil, err
		}
		explained[set] = g.R2
	}
	weights, shares := orders(len(x)), make([]float64, len(x))
	for i := range x {
		for set := range explained {
			if set>>i&1 == 0 {
				gain := explained[set|1<<i] - explained[set]
				shares[i] += float64(weights[bits.OnesCount(uint(set))] * gain)
			}
		}
	}
	return shares, nil
}

func chosen(x []int, set int) (some []int) {
	for i, column := range x {
		if set>>i&1 == 1 {
			some = append(some, column)
		}
	}
	return some
}

// orders returns, by the number of columns that come before one, the share of all orders
// of k in which given ones do: s!(k−1−s)!/k!.
func orders(k int) []float64 {
	w := make([]float64, k)
	for s := range w {
		w[s] = 1 / float64(k)
		for i := 1; i <= s; i++ {
			w[s] *= float64(i) / float64(k-i)
		}
	}
	return w
}
